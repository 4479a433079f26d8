"""Verbs of verification: sampling, actions, verifying, sending back, reopening."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from assessments.actions import telling, turns, watching
from assessments.actions.checks import NOTHING, Checks, checks_refusals, write_down
from assessments.actions.journey import (
    BACK_TO_COLLECTING,
    lock_one,
    move_unit,
    person,
    refuse,
    require,
    sign,
    void_signatures,
)
from assessments.enums import SampleOutcome, SampleStage, SignedAs, UnitStatus, Verb
from assessments.models import (
    Action,
    Decision,
    Enrolment,
    Review,
    Sample,
    SampledCriterion,
    SampledReading,
    UnsampledNote,
)
from assessments.queries.alike import alike_of
from assessments.queries.enrolment import bare_facts, people_of
from assessments.queries.judgement import everybody_in, unit_rows
from assessments.queries.strategy import cell_for
from assessments.queries.verification import action_facts, looked_at_in, places_held, unit_facts, verifier_digest
from assessments.verifying import (
    NOT_OPEN,
    STAGES,
    answering_refusals,
    closing_refusals,
    leaving_refusals,
    planning_refusals,
    verifier_refusals,
)
from assessments.workflow import unit_refusals
from portfolio import audit, notices
from portfolio.canonical import JSON
from portfolio.enums import Told
from portfolio.models import User
from portfolio.refusal import Refusal

SENT_BACK = "Sent back by internal verification. Its assessor says what is needed."


@dataclass(frozen=True)
class Closing:
    """What a sample is closed with."""

    outcome: SampleOutcome
    feedback: str
    checks: Checks
    criteria: set[int]
    readings: set[int]
    seen_at_location: bool = False


@transaction.atomic
def plan_sample(*, enrolment: Enrolment, reason: str, by: User, at: datetime.datetime) -> Sample:
    """Choose a unit for sampling, with the reason: interim while it is being assessed, summative once signed off.

    Source: planned samples are fixed with date and reason (domain rules 41, 42).
    """
    reason = require(reason, "Say why you sample this unit.")
    enrolment = lock_one(enrolment)
    facts = unit_facts(enrolment)
    refuse(planning_refusals(person(by, enrolment.centre_id, at), facts))
    stage = STAGES[facts.status]
    sample = Sample.objects.create(
        enrolment=enrolment,
        centre=enrolment.centre,
        verifier=by,
        stage=stage,
        cell=cell_for(enrolment.pk, stage),
        reason=reason,
        planned_at=at,
        planned_by=by,
    )
    notices.settle(enrolment, by, at)
    _told(enrolment, "plan_sample", by, at, sample=sample.pk, stage=stage.value, reason=reason)
    return sample


@transaction.atomic
def drop_sample(*, sample: Sample, reason: str, by: User, at: datetime.datetime) -> Sample:
    """Take a planned sample off the plan, with the reason on record."""
    reason = require(reason, "Say why the sample is dropped.")
    enrolment = lock_one(sample.enrolment)
    _verifies(enrolment, by, at)
    _change_open(sample, dropped_at=at, drop_reason=reason)
    notices.settle(sample, by, at)
    _told(enrolment, "drop_sample", by, at, sample=sample.pk, reason=reason)
    return sample


@transaction.atomic
def close_sample(
    *,
    sample: Sample,
    criteria: Iterable[int],
    feedback: str,
    wanted: str,
    due_on: datetime.date | None,
    by: User,
    at: datetime.datetime,
    agreed: bool = True,
    seen_at_location: bool = False,
    checks: Checks = NOTHING,
    readings: Iterable[int] = (),
) -> Sample:
    """Record what was sampled and what came of it: agreed; with `wanted`, agreed with an action due on a day.

    Every check and every question of the centre's is answered. An interim sample may look at single `readings`: the
    criteria decided in them are sampled with them.
    What is held outside the portfolio is agreed to once the verifier has seen it there (domain rules 24, 25).
    Not agreed closes an interim sample of a unit that is still collecting; a unit further on is sent back instead.
    Raises Refusal when nothing was sampled, a check is not answered, or an action lacks its finding or its day.
    """
    enrolment = lock_one(sample.enrolment)
    _verifies(enrolment, by, at)
    asks = bool(wanted.strip()) or not agreed or due_on is not None
    read = set(readings)
    looked_at = set(criteria) | _decided_in(enrolment, read)
    sentences = _sampled_refusals(enrolment, looked_at, sample.stage, read)
    sentences += checks_refusals(enrolment, checks, asks=asks)
    if not agreed and enrolment.status != UnitStatus.COLLECTING:
        sentences.append("A unit that has been declared complete is sent back where it is not agreed.")
    if agreed and not seen_at_location:
        places = places_held(enrolment.pk, looked_at, read)
        sentences += [
            f"Confirm that you have seen the evidence at {place}, or leave its criteria out." for place in places
        ]
    if asks:
        sentences += _action_refusals(feedback, wanted, due_on, at)
    if sentences:
        raise Refusal(sentences)
    outcome = SampleOutcome.AGREED_WITH_ACTION if asks else SampleOutcome.AGREED
    if not agreed:
        outcome = SampleOutcome.NOT_AGREED
    said = Closing(outcome, feedback, checks, looked_at, read, seen_at_location)
    _close(sample, said, by, at)
    if due_on is not None:
        _raise_action(enrolment, sample, feedback, wanted, due_on, by, at)
    telling.sampled(sample, enrolment, by, at)
    if outcome == SampleOutcome.NOT_AGREED:
        telling.not_agreed(sample, enrolment, alike_of(sample), by, at)
    _told(enrolment, "close_sample", by, at, sample=sample.pk, outcome=outcome.value)
    return sample


@transaction.atomic
def send_back(
    *,
    enrolment: Enrolment,
    finding: str,
    wanted: str,
    due_on: datetime.date | None,
    criteria: Iterable[int],
    by: User,
    at: datetime.datetime,
    checks: Checks = NOTHING,
    readings: Iterable[int] = (),
) -> Enrolment:
    """Not agreed: the unit goes back to collecting with a finding and a dated action; signatures are voided by rows.

    An open sample is closed by it as not agreed. What was found is said to the assessor, in the action: the candidate
    reads why signatures were voided, on pages and on paper, so that says no more than what to do.
    Source: an outcome not agreed reopens the unit (domain rule 44).
    """
    enrolment = lock_one(enrolment)
    facts = unit_facts(enrolment)
    refuse(unit_refusals(Verb.SEND_BACK, person(by, enrolment.centre_id, at), facts))
    sample = Sample.objects.get(pk=facts.open_sample.pk) if facts.open_sample else None
    read = set(readings)
    looked_at = set(criteria) | _decided_in(enrolment, read)
    sentences = []
    if sample and not looked_at and checks == NOTHING:
        raise Refusal(["A sample of this unit is open: send the unit back from the page of the sample."])
    if sample:
        sentences += _sampled_refusals(enrolment, looked_at, sample.stage, read)
        sentences += checks_refusals(enrolment, checks, asks=True)
    sentences += _action_refusals(finding, wanted, due_on, at)
    if sentences or due_on is None:
        raise Refusal(sentences)
    finding = finding.strip()
    if sample:
        _close(sample, Closing(SampleOutcome.NOT_AGREED, finding, checks, looked_at, read), by, at)
    _raise_action(enrolment, sample, finding, wanted, due_on, by, at)
    move_unit(enrolment, Verb.SEND_BACK, UnitStatus.COLLECTING, **BACK_TO_COLLECTING)
    void_signatures(enrolment, by=by, at=at, reason=SENT_BACK)
    watching.watch([enrolment.pk], by, at)
    if sample:
        notices.settle(sample, by, at)
        telling.not_agreed(sample, enrolment, alike_of(sample), by, at)
    sentence = "Sent back by internal verification: it is open for evidence again. Its assessor says what is needed."
    telling.came_back(enrolment, sentence, [enrolment.countersigner], by, at)
    return _told(enrolment, Verb.SEND_BACK, by, at, finding=finding, sample=sample.pk if sample else None)


@transaction.atomic
def verify(*, enrolment: Enrolment, by: User, at: datetime.datetime) -> Enrolment:
    """The internal verifier signs the unit."""
    enrolment = lock_one(enrolment)
    rows, looked_at = unit_rows(enrolment), looked_at_in(enrolment)
    refuse(unit_refusals(Verb.VERIFY, person(by, enrolment.centre_id, at), unit_facts(enrolment, rows, looked_at)))
    digest = verifier_digest(rows, looked_at.kept)
    move_unit(enrolment, Verb.VERIFY, UnitStatus.VERIFIED, verified_at=at, verified_by=by)
    sign(enrolment, SignedAs.VERIFIER, digest, by=by, at=at)
    telling.verified(enrolment, by, at)
    return _told(enrolment, Verb.VERIFY, by, at)


@transaction.atomic
def leave_unsampled(*, enrolment: Enrolment, reason: str, by: User, at: datetime.datetime) -> UnsampledNote:
    """Record why a signed-off unit is left out of the sample, where the awarding body allows that."""
    reason = require(reason, "Say why this unit is not sampled.")
    enrolment = lock_one(enrolment)
    refuse(leaving_refusals(person(by, enrolment.centre_id, at), unit_facts(enrolment)))
    note = UnsampledNote.objects.create(enrolment=enrolment, by=by, at=at, reason=reason)
    notices.settle(enrolment, by, at)
    telling.to_claim(enrolment, "Left unsampled by its internal verifier, to be claimed.", by, at)
    _told(enrolment, "leave_unsampled", by, at, reason=reason)
    return note


@transaction.atomic
def answer_action(*, action: Action, answer: str, by: User, at: datetime.datetime) -> Action:
    """Whoever an action was given to, or the unit's assessor of today, says what was done about it.

    A better answer may follow until the verifier closes the action; each is kept.
    """
    answer = require(answer, "Say what you have done.")
    enrolment, action = _locked_action(action)
    assessor = person(by, enrolment.centre_id, at)
    refuse(answering_refusals(assessor, people_of(enrolment), action_facts(action)))
    turns.answered(action, answer, by, at)
    asked_by = [action.raised_by, enrolment.verifier]
    sentence = "An action was answered, to be closed."
    telling.tell_action(action, Told.ANSWERED, sentence, asked_by, by, at)
    _told(enrolment, "answer_action", by, at, action=action.pk, answer=answer)
    return action


@transaction.atomic
def return_action(
    *, action: Action, words: str, due_on: datetime.date | None, by: User, at: datetime.datetime
) -> Action:
    """The verifier does not accept the answer, and says what is missing; a new day may be given with it.

    The answer stays among the turns of the action, which waits for its owner again.
    """
    words = require(words, "Say what is missing in the answer.")
    enrolment, action = _locked_action(action)
    refuse(closing_refusals(person(by, enrolment.centre_id, at), everybody_in(enrolment), action_facts(action)))
    answered_by = action.answered_by
    turns.sent_back(action, words, due_on, by, at)
    sentence = f"Your answer was sent back: more is asked of you by {action.due_on:%-d %B %Y}."
    telling.tell_action(action, Told.ACTION, sentence, [action.owner, answered_by], by, at)
    day = due_on.isoformat() if due_on else None
    _told(enrolment, "return_action", by, at, action=action.pk, words=words, due_on=day)
    return action


@transaction.atomic
def close_action(*, action: Action, by: User, at: datetime.datetime) -> Action:
    """The verifier is satisfied with what was done. Raises Refusal before the action is answered."""
    enrolment, action = _locked_action(action)
    verifier = person(by, enrolment.centre_id, at)
    people = everybody_in(enrolment)
    refuse(closing_refusals(verifier, people, action_facts(action)))
    turns.closed(action, by, at)
    telling.tell_action(action, Told.ACTION, "An action was closed by its verifier.", [action.owner], by, at)
    _told(enrolment, "close_action", by, at, action=action.pk)
    return action


@transaction.atomic
def reopen(*, enrolment: Enrolment, reason: str, by: User, at: datetime.datetime) -> Enrolment:
    """Open a signed unit again, with the reason; every signature is voided by a row."""
    reason = require(reason, "Say why the unit is reopened.")
    enrolment = lock_one(enrolment)
    refuse(unit_refusals(Verb.REOPEN, person(by, enrolment.centre_id, at), bare_facts(enrolment)))
    move_unit(enrolment, Verb.REOPEN, UnitStatus.COLLECTING, **BACK_TO_COLLECTING)
    void_signatures(enrolment, by=by, at=at, reason=f"Reopened: {reason}")
    watching.watch([enrolment.pk], by, at)
    sentence, staff = "It was opened again: every signature on it was voided.", [enrolment.assessor, enrolment.verifier]
    telling.came_back(enrolment, sentence, staff, by, at)
    return _told(enrolment, Verb.REOPEN, by, at, reason=reason)


def _verifies(enrolment: Enrolment, by: User, at: datetime.datetime) -> None:
    """Raise Refusal unless the person verifies this unit and never judged in it."""
    people = everybody_in(enrolment)
    refuse(verifier_refusals(person(by, enrolment.centre_id, at), people))


def _locked_action(action: Action) -> tuple[Enrolment, Action]:
    """The action as it is once its unit is locked."""
    enrolment = lock_one(action.enrolment)
    found = Action.objects.select_related("owner", "raised_by").get(pk=action.pk)
    found.enrolment = enrolment
    return enrolment, found


def _decided_in(enrolment: Enrolment, readings: set[int]) -> set[int]:
    """The criteria of the unit that were decided in these readings."""
    if not readings:
        return set()
    return set(Decision.objects.filter(review__in=readings, enrolment=enrolment).values_list("criterion_id", flat=True))


def _sampled_refusals(enrolment: Enrolment, criteria: set[int], stage: str, readings: set[int]) -> list[str]:
    read = Review.objects.filter(
        pk__in=readings,
        version__evidence__mappings__enrolment=enrolment,
        version__evidence__mappings__taken_back_at=None,
    ).distinct()
    if read.count() != len(readings) or (readings and stage != SampleStage.INTERIM):
        return ["Tick readings of this unit, in an interim sample."]
    if readings and not criteria:
        return []
    if not criteria or enrolment.unit.criteria.filter(pk__in=criteria).count() != len(criteria):
        interim = stage == SampleStage.INTERIM
        return ["Tick the items or criteria you sampled." if interim else "Tick the criteria you sampled."]
    return []


def _action_refusals(finding: str, wanted: str, due_on: datetime.date | None, at: datetime.datetime) -> list[str]:
    sentences = []
    if not finding.strip():
        sentences.append("Tell the assessor what you found.")
    if not wanted.strip():
        sentences.append("Say what the assessor is to do.")
    if due_on is None or due_on < timezone.localdate(at):
        sentences.append("Give the action a day it is due, today or later.")
    return sentences


def _close(sample: Sample, said: Closing, by: User, at: datetime.datetime) -> None:
    """Write down what was looked at and what came of it; whoever looked is the sample's verifier from now on."""
    if not Sample.objects.still_open().filter(pk=sample.pk).exists():
        raise Refusal([NOT_OPEN])
    SampledCriterion.objects.bulk_create(
        SampledCriterion(sample=sample, criterion_id=pk) for pk in sorted(said.criteria)
    )
    SampledReading.objects.bulk_create(SampledReading(sample=sample, review_id=pk) for pk in sorted(said.readings))
    write_down(sample, said.checks)
    columns = {
        "outcome": said.outcome,
        "feedback": said.feedback.strip(),
        "seen_at_location": said.seen_at_location,
    }
    _change_open(sample, done_at=at, verifier=by, **columns)
    watching.looked_again(sample, by, at)


def _change_open(sample: Sample, **columns: object) -> None:
    if Sample.objects.still_open().filter(pk=sample.pk).update(**columns) != 1:
        raise Refusal([NOT_OPEN])
    sample.refresh_from_db()


def _raise_action(
    enrolment: Enrolment,
    sample: Sample | None,
    finding: str,
    wanted: str,
    due_on: datetime.date,
    by: User,
    at: datetime.datetime,
) -> Action:
    action = Action.objects.create(
        enrolment=enrolment,
        centre=enrolment.centre,
        sample=sample,
        owner=enrolment.assessor,
        finding=finding.strip(),
        wanted=wanted.strip(),
        due_on=due_on,
        raised_by=by,
        raised_at=at,
    )
    sentence = f"Internal verification asks something of you by {due_on:%-d %B %Y}."
    telling.tell_action(action, Told.ACTION, sentence, [action.owner], by, at)
    return action


def _told(enrolment: Enrolment, verb: str, by: User, at: datetime.datetime, **details: JSON) -> Enrolment:
    audit.record(verb=verb, by=by, at=at, subject=enrolment, centre=enrolment.centre, details=details)
    return enrolment
