"""The verbs about people whose units change as a whole, ready to be done."""

from django.utils import timezone

from assessments.actions import moving
from assessments.testing import House
from assessments.tests.doing import Act
from assessments.tests.versions import a_map, on_the_first, proposal, two_versions


def map_versions(house: House) -> Act:
    earlier, later = two_versions(house)
    return Act(
        house.administrator,
        lambda by: moving.map_versions(
            centre=house.centre, earlier=earlier, later=later, pairs=proposal(earlier, later), by=by, at=timezone.now()
        ),
    )


def move_on(house: House) -> Act:
    later, unit = a_map(house).later, on_the_first(house)
    return Act(
        house.administrator,
        lambda by: moving.move_on(enrolments=[unit], later=later, reason="Withdrawn.", by=by, at=timezone.now()),
    )


ACTS_OF_PEOPLE = {"map_versions": map_versions, "move_on": move_on}
