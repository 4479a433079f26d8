"""The doors of qualifications, registrations and claims. See test_doors.py."""

from typing import Any

from assessments.testing import House
from assessments.tests.answers import ROLES, Codes, Expected, office, only, signed_in
from units.models import Qualification
from units.testing import a_draft, an_award

HERE = tuple(person for person, role in ROLES.items() if role and not person.endswith("elsewhere"))


def set_awards(house: House) -> None:
    """A qualification of the centre's in use, and one that is being written down."""
    an_award(house.centre, house.administrator)
    a_draft(house.centre, house.administrator, "Award to come")


def slug(scene: Any) -> list[object]:
    return [scene.house.centre.slug]


def of_award(scene: Any) -> list[object]:
    found = Qualification.objects.published().get(centre=scene.house.centre)
    return [found.key, found.version]


def of_draft(scene: Any) -> list[object]:
    found = Qualification.objects.get(centre=scene.house.centre, publication=None)
    return [found.key, found.version]


def of_the_centre(code: int = 200) -> Codes:
    """A page of everybody at the centre."""
    return only(*HERE, code=code)


TABLE_OF_AWARDS = {
    "units:qualifications": Expected(signed_in()),
    "units:qualification": Expected(of_the_centre(), of_award),
    "units:new_qualification": Expected(office(), slug),
    "units:edit_qualification": Expected(office(), of_draft),
    "units:qualification_structure": Expected(office(), of_draft),
    "units:publish_qualification": Expected(office(), of_draft),
    "units:new_version": Expected(office(), of_award),
}
