"""A unit that a centre brought in, in two versions; and candidates moved from the one to the other."""

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from assessments.actions import moving
from assessments.models import Enrolment, VersionMap
from assessments.queries.moving import proposed
from assessments.testing import House, an_enrolment
from units.actions import publish, send_units, take_units
from units.keys import key_at
from units.models import Unit

EXAMPLES = Path(settings.BASE_DIR) / "docs" / "examples"


def two_versions(house: House) -> tuple[Unit, Unit]:
    """T1: in its second version 1.1 is worded anew, 1.10 is the same, 2.1 became 2.2, and 2.1 is new."""
    key = key_at("answer-telephone", house.centre)
    if not Unit.objects.filter(key=key).exists():
        now = timezone.now()
        for name in ("telephone.yaml", "telephone-next.yaml"):
            content, by = (EXAMPLES / name).read_bytes(), house.administrator
            sent = send_units(centre=house.centre, content=content, name=name, by=by, at=now)
            for unit in take_units(unit_import=sent, by=by, at=now):
                publish(unit=unit, by=by, at=now)
    first, second = Unit.objects.filter(key=key).select_related("awarding_body").order_by("version")
    return first, second


def a_third(house: House) -> Unit:
    """T1 once more: 1.1 is worded anew, all else as in the second version."""
    _, second = two_versions(house)
    if found := Unit.objects.filter(key=second.key, version=3).select_related("awarding_body").first():
        return found
    now, by = timezone.now(), house.administrator
    content = (EXAMPLES / "telephone-next.yaml").read_text()
    third = content.replace("version: 2", "version: 3").replace(
        "Answer calls within the time", "Take calls within the time"
    )
    sent = send_units(centre=house.centre, content=third.encode(), name="third.yaml", by=by, at=now)
    for unit in take_units(unit_import=sent, by=by, at=now):
        publish(unit=unit, by=by, at=now)
    return Unit.objects.select_related("awarding_body").get(key=second.key, version=3)


def ends(pairs: dict[int, list[int]]) -> set[tuple[int, int]]:
    return {(old, new) for old, found in pairs.items() for new in found}


def proposal(earlier: Unit, later: Unit) -> set[tuple[int, int]]:
    return ends(proposed(list(earlier.criteria.all()), list(later.criteria.all())))


def a_map(house: House) -> VersionMap:
    """As it is proposed."""
    earlier, later = two_versions(house)
    return moving.map_versions(
        centre=house.centre,
        earlier=earlier,
        later=later,
        pairs=proposal(earlier, later),
        by=house.administrator,
        at=timezone.now(),
    )


def on_the_first(house: House, **people: object) -> Enrolment:
    """A candidate's unit in its first version."""
    earlier, _ = two_versions(house)
    return an_enrolment(house, earlier.key, **people)  # type: ignore[arg-type]


def moved_on(house: House, *units: Enrolment, reason: str = "Version 1 is withdrawn in July.") -> moving.Moved:
    return moving.move_on(
        enrolments=units,
        later=two_versions(house)[1],
        reason=reason,
        by=house.administrator,
        at=timezone.now(),
    )
