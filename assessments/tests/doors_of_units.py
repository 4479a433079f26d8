"""The doors of units that come from outside. See test_doors.py."""

from typing import Any

from django.utils import timezone

from assessments.testing import House
from assessments.tests.answers import Expected, holding, office, signed_in
from assessments.tests.doors_of_awards import of_the_centre, slug
from portfolio.enums import Role
from portfolio.models import Centre
from units.actions import publish, send_units, take_units
from units.exchange.describing import as_json, unit_tree
from units.models import Unit, UnitImport


def set_units(house: House) -> None:
    """Of a unit the centre has brought two further versions in, one of them a draft; and a file waits to be taken."""
    tree = unit_tree(Unit.objects.select_related("awarding_body").get(key="ocr-cc16"))
    at, by = timezone.now(), house.administrator
    for version in (2, 3, 4):
        content = as_json([{**tree, "version": version}])
        sent = send_units(centre=house.centre, content=content, name="cc16.json", by=by, at=at)
        if version == 4:
            continue
        (unit,) = take_units(unit_import=sent, by=by, at=at)
        if version == 2:
            publish(unit=unit, by=by, at=at)


def of_draft(scene: Any) -> list[object]:
    return unit_of(scene.house.centre, 3)


def of_brought_in(scene: Any) -> list[object]:
    return unit_of(scene.house.centre, 2)


def unit_of(centre: Centre, version: int) -> list[object]:
    unit = Unit.objects.get(centre=centre, version=version)
    return [unit.key, unit.version]


def of_file(scene: Any) -> list[object]:
    return [*slug(scene), UnitImport.objects.filter(centre=scene.house.centre).latest("pk").pk]


def of_versions(scene: Any) -> list[object]:
    """CC16, of which the centre brought a second version in."""
    return [*slug(scene), "ocr-cc16", 1, *of_brought_in(scene)]


TABLE_OF_UNITS = {
    "assessments:new_versions": Expected(office(), slug),
    "assessments:version_map": Expected(office(), of_versions),
    "assessments:move_on": Expected(office(), of_versions),
    "units:list": Expected(signed_in()),
    "units:unit": Expected(of_the_centre(), of_brought_in),
    "units:import_units": Expected(office(), slug),
    "units:unit_import": Expected(office(), of_file),
    "units:throw_units_away": Expected(holding(Role.ADMINISTRATOR, code=405), of_file, posted=office(302)),
    "units:publish_unit": Expected(office(), of_draft),
    "units:discard_draft": Expected(office(), of_draft),
    "units:compare_versions": Expected(of_the_centre(), lambda scene: [*of_brought_in(scene), "ocr-cc16", 1]),
    "units:export_unit": Expected(of_the_centre(), of_brought_in),
    "units:unit_file": Expected(of_the_centre(), lambda scene: [*of_brought_in(scene), "yaml"]),
}
