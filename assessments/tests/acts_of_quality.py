"""The verbs beside sampling, of the questions of samples and of standardisation, ready to be done: see acts.py."""

import datetime
from typing import Any

from django.utils import timezone

from assessments.actions import activities, checks, standardisation
from assessments.actions.standardisation import Said
from assessments.enums import ActivityKind, ActivityOutcome, Verdict
from assessments.models import Activity, CentreAction, Enrolment, Exercise, Meeting, SampleQuestions
from assessments.testing import House, an_enrolment, handed_in
from assessments.tests.doing import Act
from portfolio.models import User
from portfolio.testing import a_candidate
from units.models import AwardingBody

TODAY = timezone.localdate


def some_questions(house: House, *texts: str, key: str = "ocr") -> SampleQuestions:
    """The next version of a body's questions, set by the lead verifier."""
    body = AwardingBody.objects.get(code=key)
    latest = (
        SampleQuestions.objects.filter(centre=house.centre, awarding_body=body, unit=None).order_by("number").last()
    )
    return checks.set_questions(
        centre=house.centre,
        awarding_body=body,
        unit=None,
        questions=texts or ["Is the candidate’s voice heard?"],
        seen=latest.number if latest else 0,
        by=house.lead,
        at=timezone.now(),
    )


def an_activity(house: House, **otherwise: Any) -> Activity:
    """An observation of the assessor that the verifier has planned for today."""
    values: dict[str, Any] = {
        "centre": house.centre,
        "kind": ActivityKind.OBSERVATION,
        "assessor": house.assessor,
        "enrolment": None,
        "verifier": house.verifier,
        "planned_on": TODAY(),
        "reason": "Once a year.",
        "by": house.verifier,
        "at": timezone.now(),
    }
    return activities.plan_activity(**{**values, **otherwise})


def recorded(activity: Activity, **otherwise: Any) -> Activity:
    """The activity with what was seen, and an action that is due today."""
    values: dict[str, Any] = {
        "held_on": TODAY(),
        "seen": "Open questions throughout.",
        "outcome": ActivityOutcome.WITH_ACTION,
        "wanted": "Agree the next step aloud.",
        "due_on": TODAY(),
        "by": activity.verifier,
        "at": timezone.now(),
    }
    return activities.record_activity(activity=activity, **{**values, **otherwise})


def a_centre_action(house: House, *, answered: bool = False) -> CentreAction:
    action = recorded(an_activity(house)).actions.get()
    if answered:
        activities.answer_centre_action(action=action, answer="Done.", by=house.assessor, at=timezone.now())
    return action


def a_meeting(house: House, **otherwise: Any) -> Meeting:
    values: dict[str, Any] = {
        "centre": house.centre,
        "title": "Standardisation of CC26",
        "held_on": TODAY(),
        "present": [house.assessor, house.verifier],
        "apologies": [house.other_assessor],
        "minutes": "We looked at 1.1.",
        "by": house.verifier,
        "at": timezone.now(),
    }
    return activities.hold_meeting(**{**values, **otherwise})


def an_exercise(house: House, unit: Enrolment | None = None, **otherwise: Any) -> Exercise:
    """An item of a candidate of its own, else of the unit, for two assessors to judge against two criteria."""
    if unit is None:
        candidate = a_candidate(house.centre, f"Ewa {['Amber', 'Birch', 'Cliff'][Exercise.objects.count() % 3]}")
        unit = an_enrolment(house, candidate=candidate)
    values: dict[str, Any] = {
        "version": otherwise.get("version") or handed_in(unit, "1.1", "1.2"),
        "unit": unit.unit,
        "criteria": [unit.unit.criteria.get(number=number).pk for number in ("1.1", "1.2")],
        "participants": [house.assessor, house.other_assessor],
        "title": "What counts as 1.1?",
        "reason": "We differ.",
        "name_hidden": True,
        "due_on": TODAY() + datetime.timedelta(days=7),
        "by": house.verifier,
        "at": timezone.now(),
    }
    return standardisation.set_exercise(**{**values, **otherwise})


def judged_by(exercise: Exercise, user: User, *verdicts: Verdict) -> Exercise:
    """The user's verdicts on the criteria of the exercise, in order; met where none is given."""
    criteria = [row.criterion_id for row in exercise.criteria.all()]
    given = [*verdicts, *[Verdict.MET] * (len(criteria) - len(verdicts))]
    words = {verdict: Said(verdict, "" if verdict == Verdict.MET else "One more.") for verdict in Verdict}
    said = {pk: words[verdict] for pk, verdict in zip(criteria, given, strict=True)}
    standardisation.judge_in_exercise(exercise=exercise, said=said, by=user, at=timezone.now())
    return exercise


def a_closed_exercise(house: House) -> Exercise:
    exercise = judged_by(an_exercise(house), house.assessor)
    judged_by(exercise, house.other_assessor, Verdict.NOT_YET)
    return standardisation.close_exercise(exercise=exercise, by=house.verifier, at=timezone.now())


def set_questions(house: House) -> Act:
    body = AwardingBody.objects.get(code="sqa")
    return Act(
        house.lead,
        lambda by: checks.set_questions(
            centre=house.centre, awarding_body=body, unit=None, questions=["Why?"], seen=0, by=by, at=timezone.now()
        ),
    )


def plan_activity(house: House) -> Act:
    return Act(house.verifier, lambda by: an_activity(house, by=by))


def record_activity(house: House) -> Act:
    activity = an_activity(house)
    return Act(house.verifier, lambda by: recorded(activity, by=by))


def drop_activity(house: House) -> Act:
    activity = an_activity(house)
    return Act(
        house.verifier,
        lambda by: activities.drop_activity(activity=activity, reason="Ill.", by=by, at=timezone.now()),
    )


def hold_meeting(house: House) -> Act:
    return Act(house.verifier, lambda by: a_meeting(house, by=by))


def ask_of_staff(house: House) -> Act:
    meeting = a_meeting(house)
    return Act(
        house.verifier,
        lambda by: activities.ask_of_staff(
            source=meeting, owner=house.assessor, wanted="Write it up.", due_on=TODAY(), by=by, at=timezone.now()
        ),
    )


def answer_centre_action(house: House) -> Act:
    action = a_centre_action(house)
    return Act(
        house.assessor,
        lambda by: activities.answer_centre_action(action=action, answer="Done.", by=by, at=timezone.now()),
    )


def return_centre_action(house: House) -> Act:
    action = a_centre_action(house, answered=True)
    return Act(
        house.verifier,
        lambda by: activities.return_centre_action(action=action, words="When?", due_on=None, by=by, at=timezone.now()),
    )


def close_centre_action(house: House) -> Act:
    action = a_centre_action(house, answered=True)
    return Act(
        house.verifier,
        lambda by: activities.close_centre_action(action=action, by=by, at=timezone.now()),
    )


def set_exercise(house: House) -> Act:
    unit = an_enrolment(house)
    version = handed_in(unit, "1.1", "1.2")
    return Act(house.verifier, lambda by: an_exercise(house, unit, version=version, by=by))


def judge_in_exercise(house: House) -> Act:
    exercise = judged_by(an_exercise(house), house.other_assessor)
    return Act(house.assessor, lambda by: judged_by(exercise, by))


def close_exercise(house: House) -> Act:
    exercise = judged_by(judged_by(an_exercise(house), house.assessor), house.other_assessor)
    return Act(
        house.verifier,
        lambda by: standardisation.close_exercise(exercise=exercise, by=by, at=timezone.now()),
    )


def agree_outcome(house: House) -> Act:
    exercise = a_closed_exercise(house)
    criterion = exercise.criteria.all()[0].criterion
    return Act(
        house.verifier,
        lambda by: standardisation.agree_outcome(
            exercise=exercise,
            criterion=criterion,
            verdict=Verdict.MET,
            rationale="One call is enough for 1.1.",
            meeting=None,
            by=by,
            at=timezone.now(),
        ),
    )


ACTS_OF_QUALITY = {
    "set_questions": set_questions,
    "plan_activity": plan_activity,
    "record_activity": record_activity,
    "drop_activity": drop_activity,
    "hold_meeting": hold_meeting,
    "ask_of_staff": ask_of_staff,
    "answer_centre_action": answer_centre_action,
    "return_centre_action": return_centre_action,
    "close_centre_action": close_centre_action,
    "set_exercise": set_exercise,
    "judge_in_exercise": judge_in_exercise,
    "close_exercise": close_exercise,
    "agree_outcome": agree_outcome,
}
