"""Verbs of standardisation: the same item set for several, judged unseen of each other, compared, and agreed.

None of them touches a decision: what is said in an exercise counts for no candidate.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from assessments.actions import telling
from assessments.actions.journey import person, refuse, require
from assessments.enums import HANDED_IN, Verdict
from assessments.models import (
    AgreedOutcome,
    BlindJudgement,
    EvidenceVersion,
    Exercise,
    ExerciseCriterion,
    Meeting,
    Participant,
)
from assessments.queries.enrolment import staff_holding
from assessments.verifying import answering_exercise_refusals, closing_exercise_refusals, meeting_refusals
from portfolio import audit, notices
from portfolio.actions.checks import refuse_invalid, take_turns
from portfolio.canonical import JSON
from portfolio.models import User
from portfolio.refusal import Refusal
from portfolio.rules import STAFF_ROLES
from units.models import Criterion, Unit

FEWEST = 2


@dataclass(frozen=True)
class Said:
    """A verdict on a criterion, and why."""

    verdict: str
    words: str = ""


@transaction.atomic
def set_exercise(
    *,
    version: EvidenceVersion,
    unit: Unit,
    criteria: Iterable[int],
    participants: Iterable[User],
    title: str,
    reason: str,
    name_hidden: bool,
    due_on: datetime.date,
    by: User,
    at: datetime.datetime,
) -> Exercise:
    """Ask several of the staff to judge a version of an item against criteria of a unit, unseen of each other."""
    reason = require(reason, "Say why this item was chosen.")
    title = require(title, "Give the exercise a title.")
    evidence = version.evidence
    centre = take_turns(evidence.centre)
    refuse(meeting_refusals(person(by, centre.pk, at)))
    day, asked, wanted = timezone.localdate(at), list(participants), set(criteria)
    sentences = []
    if version.status not in HANDED_IN or evidence.frozen_at is not None:
        sentences.append("Choose an item that was handed in, and that the centre’s office does not hold.")
    if not evidence.mappings.filter(enrolment__unit=unit, taken_back_at=None).exists():
        sentences.append(f"The item is not mapped to {unit}.")
    if not wanted or unit.criteria.filter(pk__in=wanted).count() != len(wanted):
        sentences.append("Tick the criteria it is to be judged against.")
    staff = set(staff_holding(centre, day, *STAFF_ROLES).values_list("user_id", flat=True))
    if len({user.pk for user in asked}) < FEWEST or not {user.pk for user in asked} <= staff:
        sentences.append("Choose two of the staff at least.")
    if evidence.candidate.user_id in {user.pk for user in asked}:
        sentences.append("Nobody judges their own evidence in an exercise.")
    if due_on < day:
        sentences.append("The day by which it is answered is today or later.")
    if sentences:
        raise Refusal(sentences)
    exercise = Exercise(
        centre=centre,
        title=title,
        reason=reason,
        version=version,
        unit=unit,
        name_hidden=name_hidden,
        due_on=due_on,
        set_by=by,
        set_at=at,
    )
    refuse_invalid(exercise)
    exercise.save()
    ExerciseCriterion.objects.bulk_create(
        ExerciseCriterion(exercise=exercise, criterion_id=pk) for pk in sorted(wanted)
    )
    Participant.objects.bulk_create(Participant(exercise=exercise, person=user) for user in asked)
    sentence = f"You are asked to judge an item by {due_on:%-d %B %Y}, unseen of others."
    telling.of_exercise(exercise, sentence, asked, by, at)
    details: dict[str, JSON] = {"version": version.pk, "criteria": sorted(wanted), "people": [u.pk for u in asked]}
    return _told("set_exercise", exercise, by, at, details)


@transaction.atomic
def judge_in_exercise(
    *, exercise: Exercise, said: Mapping[int, Said], by: User, at: datetime.datetime
) -> list[BlindJudgement]:
    """A participant says of every criterion what they would decide. It stands: nobody changes it having seen others'.

    When the last has answered, whoever set the exercise is told.
    """
    exercise = _locked(exercise)
    found = Participant.objects.filter(exercise=exercise, person=by).first()
    answered = bool(found and found.judgements.exists())
    refuse(answering_exercise_refusals(asked=found is not None, answered=answered, closed=_closed(exercise)))
    wanted = set(exercise.criteria.values_list("criterion_id", flat=True))
    if found is None or set(said) != wanted or any(each.verdict not in Verdict.values for each in said.values()):
        raise Refusal(["Say of every criterion whether it is met."])
    if any(each.verdict != Verdict.MET and not each.words.strip() for each in said.values()):
        raise Refusal(["Say what is still needed for a criterion that is not met."])
    judged = BlindJudgement.objects.bulk_create(
        BlindJudgement(
            participant=found, criterion_id=pk, verdict=said[pk].verdict, words=said[pk].words.strip(), at=at
        )
        for pk in sorted(wanted)
    )
    if not Participant.objects.filter(exercise=exercise, judgements=None).exists():
        telling.of_exercise(exercise, "Everybody has answered: compare, and close it.", [exercise.set_by], by, at)
    _told("judge_in_exercise", exercise, by, at, {"criteria": len(judged)})
    return judged


@transaction.atomic
def close_exercise(*, exercise: Exercise, by: User, at: datetime.datetime) -> Exercise:
    """End an exercise: whoever has not answered cannot any more, and the answers are shown to those who took part."""
    exercise = _locked(exercise)
    complete = not Participant.objects.filter(exercise=exercise, judgements=None).exists()
    closer = person(by, exercise.centre_id, at)
    refuse(closing_exercise_refusals(closer, closed=_closed(exercise), complete=complete))
    Exercise.objects.filter(pk=exercise.pk).update(closed_at=at, closed_by=by)
    exercise.refresh_from_db()
    people = [row.person for row in exercise.participants.select_related("person")]
    telling.of_exercise(exercise, "It is closed: see what others said.", people, by, at)
    return _told("close_exercise", exercise, by, at, {"complete": complete})


@transaction.atomic
def agree_outcome(
    *,
    exercise: Exercise,
    criterion: Criterion,
    verdict: Verdict,
    rationale: str,
    meeting: Meeting | None,
    by: User,
    at: datetime.datetime,
) -> AgreedOutcome:
    """Record what was agreed on a criterion and why; it guides whoever judges against it at the centre from now on."""
    rationale = require(rationale, "Say why this is agreed: it guides whoever judges next.")
    exercise = _locked(exercise)
    refuse(meeting_refusals(person(by, exercise.centre_id, at)))
    if exercise.closed_at is None:
        raise Refusal(["Close the exercise first: an outcome is agreed once everybody sees what others said."])
    if not exercise.criteria.filter(criterion=criterion).exists():
        raise Refusal(["The exercise was not about this criterion."])
    if meeting is not None and meeting.centre_id != exercise.centre_id:
        raise Refusal(["Choose a meeting of this centre."])
    if exercise.outcomes.filter(criterion=criterion).exists():
        raise Refusal(["What was agreed on this criterion is on record already."])
    outcome = AgreedOutcome.objects.create(
        exercise=exercise,
        criterion=criterion,
        verdict=verdict,
        rationale=rationale,
        meeting=meeting,
        recorded_by=by,
        recorded_at=at,
    )
    people = [row.person for row in exercise.participants.select_related("person")]
    telling.of_exercise(exercise, f"An outcome was agreed on {criterion.number}.", people, by, at)
    details: dict[str, JSON] = {"criterion": criterion.pk, "verdict": verdict, "rationale": rationale}
    _told("agree_outcome", exercise, by, at, details)
    return outcome


def _closed(exercise: Exercise) -> bool:
    return exercise.closed_at is not None


def _locked(exercise: Exercise) -> Exercise:
    related = ("centre", "set_by", "unit", "version")
    return Exercise.objects.select_related(*related).select_for_update(of=("self",)).get(pk=exercise.pk)


def _told(verb: str, exercise: Exercise, by: User, at: datetime.datetime, details: dict[str, JSON]) -> Exercise:
    notices.settle(exercise, by, at)
    audit.record(verb=verb, by=by, at=at, subject=exercise, centre=exercise.centre, details=details)
    return exercise
