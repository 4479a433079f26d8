"""Observations, interviews, reviews and meetings: planned, recorded once, and what they ask answered and closed."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from assessments.actions import activities
from assessments.actions.allocation import allocate
from assessments.enums import ActivityKind, ActivityOutcome, AllocatedAs
from assessments.models import Activity, CentreActionTurn
from assessments.queries.enrolment import has_verified
from assessments.testing import House, an_enrolment, handed_in, judged
from assessments.tests.acts_of_quality import a_centre_action, a_meeting, an_activity, recorded
from assessments.tests.refusing import refusals

pytestmark = pytest.mark.django_db
TOMORROW = timezone.localdate() + datetime.timedelta(days=1)
YESTERDAY = timezone.localdate() - datetime.timedelta(days=1)


def test_nobody_looks_at_their_own_work(house: House) -> None:
    house.centre.grants.create(user=house.verifier, role="assessor", starts_on=timezone.localdate())
    own = "Nobody observes, asks about or reviews their own work: choose somebody else."
    assert refusals(lambda: an_activity(house, assessor=house.verifier)) == [own]
    assert an_activity(house, assessor=house.verifier, verifier=house.lead, by=house.lead).verifier == house.lead


def test_a_verifier_plans_for_themselves_and_the_lead_for_others(house: House) -> None:
    other: dict[str, Any] = {"verifier": house.other_verifier}
    assert refusals(lambda: an_activity(house, **other)) == ["Only the lead verifier plans for another verifier."]
    assert an_activity(house, **other, by=house.lead).verifier == house.other_verifier
    assert refusals(lambda: an_activity(house, verifier=house.assessor, by=house.lead)) == [
        "Choose one of the centre's verifiers to do it."
    ]


def test_an_interview_is_with_a_candidate_about_a_unit_of_that_assessor(house: House) -> None:
    interview: dict[str, Any] = {"kind": ActivityKind.INTERVIEW}
    assert refusals(lambda: an_activity(house, **interview)) == [
        "Choose the candidate and unit that the interview is about."
    ]
    unit = an_enrolment(house, assessor=house.other_assessor)
    assert refusals(lambda: an_activity(house, **interview, enrolment=unit)) == [
        "Choose a unit that this assessor assesses."
    ]
    assert an_activity(house, **interview, enrolment=unit, assessor=house.other_assessor).enrolment == unit


def test_nobody_looks_into_a_unit_in_which_they_judged(house: House) -> None:
    unit = an_enrolment(house)
    judged(handed_in(unit, "1.1"), unit)
    house.centre.grants.create(user=house.assessor, role="internal_verifier", starts_on=timezone.localdate())
    type(unit).objects.filter(pk=unit.pk).update(assessor=house.other_assessor)
    unit.refresh_from_db()
    by = house.assessor
    assert refusals(lambda: an_activity(house, enrolment=unit, assessor=house.other_assessor, verifier=by, by=by)) == [
        "Choose another verifier: this one has a hand in the unit."
    ]


def test_what_was_seen_of_ones_own_unit_does_not_exist_for_its_candidate_whatever_else_they_are(house: House) -> None:
    unit = an_enrolment(house)
    activity = recorded(an_activity(house, kind=ActivityKind.INTERVIEW, enrolment=unit))
    candidate = unit.candidate_user
    house.centre.grants.create(user=candidate, role="administrator", starts_on=timezone.localdate())
    assert Activity.objects.visible_to(house.administrator).filter(pk=activity.pk).exists()
    assert activity.actions.visible_to(house.administrator).exists()
    assert not Activity.objects.visible_to(candidate).filter(pk=activity.pk).exists()
    assert not activity.actions.visible_to(candidate).exists()


def test_whoever_recorded_an_activity_about_a_unit_does_not_judge_in_it_afterwards(house: House) -> None:
    unit = an_enrolment(house)
    recorded(an_activity(house, kind=ActivityKind.INTERVIEW, enrolment=unit))
    house.centre.grants.create(user=house.verifier, role="assessor", starts_on=timezone.localdate())
    give: dict[str, Any] = {"enrolment": unit, "reason": "Leave.", "by": house.administrator, "at": timezone.now()}
    allocate(part=AllocatedAs.VERIFIER, user=house.other_verifier, **give)
    assert refusals(lambda: allocate(part=AllocatedAs.ASSESSOR, user=house.verifier, **give))
    assert has_verified(unit, house.verifier)


def test_the_lead_drops_what_a_verifier_who_has_left_was_to_do(house: House) -> None:
    unit = an_enrolment(house, assessor=house.other_assessor)
    activity = an_activity(house, kind=ActivityKind.INTERVIEW, enrolment=unit, assessor=house.other_assessor)
    drop: dict[str, Any] = {"activity": activity, "reason": "She has left.", "at": timezone.now()}
    assert refusals(lambda: activities.drop_activity(by=house.other_verifier, **drop)) == [
        "Only the verifier for whom it was planned, or the lead verifier, drops it."
    ]
    assert activities.drop_activity(by=house.lead, **drop).dropped_at


def test_it_is_planned_for_a_day_to_come_and_recorded_once_it_was_done(house: House) -> None:
    assert refusals(lambda: an_activity(house, planned_on=YESTERDAY))[0].startswith("Plan it for today or later.")
    activity = an_activity(house)
    assert refusals(lambda: recorded(activity, held_on=TOMORROW)) == [
        "It cannot have been done on a day that is still to come."
    ]
    assert recorded(activity, outcome=ActivityOutcome.SATISFACTORY, wanted="", due_on=None).actions.count() == 0
    assert refusals(lambda: recorded(activity)) == ["This was recorded or dropped already."]
    dropped = activities.drop_activity(activity=an_activity(house), reason="Ill.", by=house.verifier, at=timezone.now())
    assert refusals(lambda: recorded(dropped)) == ["This was recorded or dropped already."]


def test_an_outcome_that_asks_for_something_says_what_and_by_when(house: House) -> None:
    activity = an_activity(house)
    assert refusals(lambda: recorded(activity, wanted=" ", due_on=YESTERDAY)) == [
        "Say what is to be done.",
        "Give the action a day it is due, today or later.",
    ]
    assert refusals(lambda: recorded(activity, outcome=ActivityOutcome.SATISFACTORY)) == [
        "An outcome with something to be done is not simply satisfactory: choose another."
    ]
    assert Activity.objects.get().recorded_at is None
    action = recorded(activity).actions.get()
    assert (action.owner, action.raised_by) == (house.assessor, house.verifier)


def test_an_answer_goes_back_with_a_word_and_another_closes_the_action(house: House) -> None:
    action = a_centre_action(house)
    close: dict[str, Any] = {"action": action, "at": timezone.now()}
    assert refusals(lambda: activities.close_centre_action(by=house.verifier, **close)) == [
        "This action has not been answered yet."
    ]
    activities.answer_centre_action(action=action, answer="Done.", by=house.assessor, at=timezone.now())
    activities.return_centre_action(
        action=action, words="When?", due_on=TOMORROW, by=house.other_verifier, at=timezone.now()
    )
    action.refresh_from_db()
    assert (action.answer, action.due_on) == ("", TOMORROW)
    activities.answer_centre_action(action=action, answer="On Monday.", by=house.assessor, at=timezone.now())
    activities.close_centre_action(by=house.lead, **close)
    assert [turn.words for turn in CentreActionTurn.objects.all()] == ["Done.", "When?", "On Monday."]
    assert refusals(lambda: activities.answer_centre_action(answer="More.", by=house.assessor, **close)) == [
        "This action is closed already."
    ]


def test_a_verifier_does_not_close_what_was_asked_of_themselves(house: House) -> None:
    action = activities.ask_of_staff(
        source=a_meeting(house), owner=house.lead, wanted="Ask OCR.", due_on=TOMORROW, by=house.lead, at=timezone.now()
    )
    activities.answer_centre_action(action=action, answer="Asked.", by=house.lead, at=timezone.now())
    close: dict[str, Any] = {"action": action, "at": timezone.now()}
    assert refusals(lambda: activities.close_centre_action(by=house.lead, **close)) == [
        "Another person, who verifies at the centre, closes an action."
    ]
    assert activities.close_centre_action(by=house.verifier, **close).closed_by == house.verifier


def test_a_meeting_says_who_was_there_and_only_people_of_the_centre_were(house: House, other_house: House) -> None:
    assert refusals(lambda: a_meeting(house, present=[])) == ["Say who was there."]
    assert refusals(lambda: a_meeting(house, apologies=[house.assessor])) == [
        "Somebody who was there sent no apologies: tick one of the two."
    ]
    assert refusals(lambda: a_meeting(house, present=[other_house.assessor])) == [
        "Choose people on the staff of the centre."
    ]
    assert refusals(lambda: a_meeting(house, held_on=TOMORROW)) == ["A meeting is recorded once it was held."]
    assert refusals(lambda: a_meeting(house, minutes=" ")) == ["Minutes: This field cannot be blank."]
    meeting = a_meeting(house)
    assert {row.person: row.present for row in meeting.attendance.all()} == {
        house.assessor: True,
        house.verifier: True,
        house.other_assessor: False,
    }
