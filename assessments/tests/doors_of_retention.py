"""The doors of keeping and destroying. See test_doors.py."""

from typing import Any

from assessments.models import Disposal, LegalHold
from assessments.testing import House
from assessments.tests.acts_of_retention import a_hold
from assessments.tests.answers import Expected, holding, office
from assessments.tests.retained import certificated, ordered
from portfolio.enums import Role
from portfolio.testing import a_candidate


def set_retention(house: House) -> None:
    """A hold, and an order that waits to be confirmed, of somebody else's unit."""
    certificated(house, "sqa-h12e04", candidate=a_candidate(house.centre, "Fay Finished", number="10000004"))
    ordered(house)
    a_hold(house)


def slug(scene: Any) -> list[object]:
    return [scene.house.centre.slug]


def of_order(scene: Any) -> list[object]:
    return [Disposal.objects.filter(centre=scene.house.centre).latest("pk").pk]


def of_hold(scene: Any) -> list[object]:
    return [LegalHold.objects.filter(centre=scene.house.centre).latest("pk").pk]


TABLE_OF_RETENTION = {
    "assessments:retention": Expected(holding(Role.ADMINISTRATOR, code=302)),
    "assessments:centre_retention": Expected(office(), slug),
    "assessments:retention_file": Expected(office(), lambda scene: [*slug(scene), "csv"]),
    "assessments:try_destruction": Expected(office(), slug),
    "assessments:retention_schedule": Expected(office(), slug),
    "assessments:set_keeping": Expected(office(), lambda scene: [*slug(scene), "ocr", "files"]),
    "assessments:legal_holds": Expected(office(), slug),
    "assessments:holds_file": Expected(office(), lambda scene: [*slug(scene), "csv"]),
    "assessments:hold_record": Expected(office(), slug),
    "assessments:lift_hold": Expected(office(), of_hold),
    "assessments:destruction": Expected(office(), of_order),
    "assessments:give_up_destruction": Expected(office(), of_order),
    "assessments:destruction_certificate": Expected(
        holding(Role.ADMINISTRATOR, code=405), of_order, posted=office(409)
    ),
}
