"""The verbs about people whose units change as a whole, ready to be done."""

from django.utils import timezone

from assessments.actions import breaks, moving, transfer
from assessments.testing import House, an_enrolment
from assessments.tests.doing import Act
from assessments.tests.leaving import achieved_elsewhere, achieved_there, comes, leaves
from assessments.tests.pauses import DAY, TODAY, on_a_break
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


def begin_break(house: House) -> Act:
    an_enrolment(house)
    return Act(
        house.administrator,
        lambda by: breaks.begin_break(
            candidate=house.candidate,
            starts_on=TODAY(),
            expected_on=TODAY() + 30 * DAY,
            reason="Parental leave.",
            by=by,
            at=timezone.now(),
        ),
    )


def expect_back(house: House) -> Act:
    found = on_a_break(house)
    return Act(
        house.administrator,
        lambda by: breaks.expect_back(learning_break=found, expected_on=TODAY() + 60 * DAY, by=by, at=timezone.now()),
    )


def end_break(house: House) -> Act:
    found = on_a_break(house)
    return Act(
        house.administrator,
        lambda by: breaks.end_break(learning_break=found, returned_on=TODAY(), by=by, at=timezone.now()),
    )


def transfer_out(house: House) -> Act:
    an_enrolment(house)
    return Act(house.administrator, lambda by: leaves(house, by=by))


def transfer_in(house: House) -> Act:
    return Act(house.administrator, lambda by: comes(house, by=by))


def record_achieved(house: House) -> Act:
    came = comes(house)
    return Act(house.administrator, lambda by: achieved_there(came, by))


def take_back_achieved(house: House) -> Act:
    found = achieved_elsewhere(house)
    return Act(house.administrator, lambda by: transfer.take_back_achieved(achieved=found, by=by, at=timezone.now()))


ACTS_OF_PEOPLE = {
    "transfer_out": transfer_out,
    "transfer_in": transfer_in,
    "record_achieved": record_achieved,
    "take_back_achieved": take_back_achieved,
    "begin_break": begin_break,
    "expect_back": expect_back,
    "end_break": end_break,
    "map_versions": map_versions,
    "move_on": move_on,
}
