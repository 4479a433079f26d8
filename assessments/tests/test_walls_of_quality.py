"""What was checked, seen, answered and judged unseen of others stands, tried with raw SQL."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from assessments.actions import standardisation, verification
from assessments.actions.checks import Checked
from assessments.enums import CheckResult, Verdict
from assessments.models import ActionTurn, Participant
from assessments.testing import House, all_well, an_enrolment, handed_in, judged
from assessments.tests.acts import open_action
from assessments.tests.acts_of_quality import (
    a_centre_action,
    a_closed_exercise,
    a_meeting,
    an_activity,
    an_exercise,
    judged_by,
    recorded,
    some_questions,
)
from assessments.tests.raw_sql import copy, refused, update
from portfolio import walls

pytestmark = pytest.mark.django_db

STANDING = {
    "samplequestions": "number = 9",
    "samplequestion": "text = 'Another?'",
    "samplecheck": "result = 'no', word = 'Wrong.'",
    "sampleanswer": "word = 'Another.'",
    "sampledreading": "review_id = review_id",
    "actionturn": "words = 'Other words.'",
    "meeting": "minutes = 'Other words.'",
    "attendance": "present = FALSE",
    "centreactionturn": "words = 'Other words.'",
    "exercisecriterion": "criterion_id = criterion_id",
    "participant": "person_id = person_id",
    "blindjudgement": "verdict = 'contributes'",
    "agreedoutcome": "rationale = 'Another.'",
}
NEVER_DELETED = ["activity", "centreaction", "exercise"]


def scene(house: House) -> SimpleNamespace:
    unit, foreign = an_enrolment(house, "ocr-cc32"), an_enrolment(house, "ocr-d20", candidate=house.other_candidate)
    action = open_action(house, answered=True)
    question = some_questions(house).questions.get()
    review = judged(handed_in(unit, "1.1"), unit).reviews.get()
    foreign_review = judged(handed_in(foreign, "1.1"), foreign).reviews.get()
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    answers = all_well({question.pk: Checked(CheckResult.YES)})
    verification.close_sample(
        sample=sample, criteria=[], readings=[review.pk], checks=answers, feedback="", wanted="", due_on=None,
        by=house.verifier, at=timezone.now(),
    )  # fmt: skip
    dropped = verification.plan_sample(enrolment=foreign, reason="New.", by=house.verifier, at=timezone.now())
    verification.drop_sample(sample=dropped, reason="Ill.", by=house.verifier, at=timezone.now())
    again = verification.plan_sample(enrolment=unit, reason="Again.", by=house.verifier, at=timezone.now())
    sqa = some_questions(house, "Another body's?", key="sqa").questions.get()
    exercise, waiting, ended = a_closed_exercise(house), an_exercise(house), an_exercise(house)
    standardisation.close_exercise(exercise=ended, by=house.lead, at=timezone.now())
    judged_by(waiting, house.assessor)
    outcome = standardisation.agree_outcome(
        exercise=exercise,
        criterion=exercise.criteria.all()[0].criterion,
        verdict=Verdict.MET,
        rationale="Enough.",
        meeting=a_meeting(house),
        by=house.lead,
        at=timezone.now(),
    )
    asked = a_centre_action(house, answered=True)
    return SimpleNamespace(
        again=again.pk,
        dropped=dropped.pk,
        late=ended.participants.earliest("pk").pk,
        check=sample.checks.earliest("pk").pk,
        answer=sample.answers.get().pk,
        reading=sample.readings.get().pk,
        foreign_review=foreign_review.pk,
        foreign_question=sqa.pk,
        action=action.pk,
        turn=ActionTurn.objects.get(action=action).pk,
        asked=asked.pk,
        asked_turn=asked.turns.get().pk,
        planned=an_activity(house).pk,
        about_unit=an_activity(house, enrolment=unit).pk,
        done=recorded(an_activity(house)).pk,
        exercise=exercise.pk,
        waiting=waiting.pk,
        said=Participant.objects.get(exercise=exercise, person=house.assessor).judgements.earliest("pk").pk,
        silent=Participant.objects.get(exercise=waiting, person=house.other_assessor).pk,
        foreign_criterion=foreign.unit.criteria.earliest("pk").pk,
        part=exercise.participants.earliest("pk").pk,
        exercise_criterion=exercise.criteria.all()[0].pk,
        outcome=outcome.pk,
        assessor=house.assessor.pk,
        verifier=house.verifier.pk,
        candidate=exercise.version.evidence.candidate.user_id,
    )


@pytest.fixture(scope="module")
def ids(house: House, django_db_blocker: DjangoDbBlocker) -> Iterator[SimpleNamespace]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield scene(house)
        transaction.set_rollback(True)


def test_what_was_said_stands_and_nothing_is_emptied_out(ids: SimpleNamespace) -> None:
    for table, change in STANDING.items():
        refused(f"UPDATE assessments_{table} SET {change}", "stand for good")  # noqa: S608
        refused(f"DELETE FROM assessments_{table}", "stand for good")  # noqa: S608
    for table in NEVER_DELETED:
        refused(f"DELETE FROM assessments_{table}", "are never deleted")  # noqa: S608
    emptied = {wall.table for wall in walls.registered() if wall.event == walls.TRUNCATE}
    assert {f"assessments_{table}" for table in [*STANDING, *NEVER_DELETED]} <= emptied
    if connection.vendor == "postgresql":
        connection.check_constraints()


def test_checks_answers_and_readings_belong_to_an_open_sample_of_their_own(ids: SimpleNamespace) -> None:
    dropped = {"sample_id": str(ids.dropped)}
    refused(copy("samplecheck", ids.check, **dropped), "while the sample is open")
    refused(copy("sampleanswer", ids.answer, **dropped), "answers its own centre's questions")
    other = {"sample_id": str(ids.again), "question_id": str(ids.foreign_question)}
    refused(copy("sampleanswer", ids.answer, **other), "answers its own centre's questions")
    foreign = {"sample_id": str(ids.again), "review_id": str(ids.foreign_review)}
    refused(copy("sampledreading", ids.reading, **foreign), "Readings of items of the unit")


def test_the_owner_sends_nothing_back_and_the_day_moves_only_with_a_turn(ids: SimpleNamespace) -> None:
    for table, turns, action, turn in (
        ("action", "actionturn", ids.action, ids.turn),
        ("centreaction", "centreactionturn", ids.asked, ids.asked_turn),
    ):
        refused(copy(turns, turn, kind="'sent_back'"), "Nobody sends back their own answer|Nobody verifies")
        refused(update(table, "due_on = '2031-01-01'", action), "moves only when an answer is sent back")
        refused(update(table, "wanted = 'Other words.'", action), "keeps what was")


def test_nobody_observes_themselves_or_where_they_judged_and_what_was_recorded_stands(ids: SimpleNamespace) -> None:
    refused(copy("activity", ids.planned, assessor_id=str(ids.verifier)), "nobody_observes_or_reviews_themselves")
    judge = {"verifier_id": str(ids.assessor), "assessor_id": str(ids.verifier)}
    refused(copy("activity", ids.about_unit, **judge), "Nobody verifies a unit")
    refused(update("activity", "reason = 'Another.'", ids.planned), "An activity keeps")
    refused(update("activity", "seen = 'Other words.'", ids.done), "An activity keeps")


def test_an_exercise_is_judged_in_its_time_by_who_is_asked_about_what_it_asks(ids: SimpleNamespace) -> None:
    refused(copy("blindjudgement", ids.said, participant_id=str(ids.late)), "while it is open")
    silent = {"participant_id": str(ids.silent), "criterion_id": str(ids.foreign_criterion)}
    refused(copy("blindjudgement", ids.said, **silent), "judges the criteria of the exercise")
    refused(copy("participant", ids.part, person_id=str(ids.candidate)), "their own evidence")
    foreign = {"criterion_id": str(ids.foreign_criterion)}
    refused(copy("exercisecriterion", ids.exercise_criterion, **foreign), "criteria of the unit of the exercise")
    refused(copy("agreedoutcome", ids.outcome, exercise_id=str(ids.waiting)), "that was closed")
    refused(update("exercise", "name_hidden = FALSE", ids.waiting), "stands as it was set")
    refused(update("exercise", "closed_at = NULL, closed_by_id = NULL", ids.exercise), "stands as it was set")
