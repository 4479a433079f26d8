"""Verbs of verification: sampling, actions, verifying, sending back, reopening."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

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
from assessments.enums import Party, SampleOutcome, SampleStage, SignedAs, UnitStatus, Verb
from assessments.models import Action, Enrolment, Sample, SampledCriterion, UnsampledNote
from assessments.queries.enrolment import bare_facts
from assessments.queries.judgement import unit_rows
from assessments.queries.verification import samples_of, unit_facts, verifier_digest
from assessments.rules import has_decided, in_words, parties
from assessments.workflow import UnitFacts, unit_refusals
from portfolio import audit
from portfolio.canonical import JSON
from portfolio.models import User
from portfolio.refusal import Refusal

INTERIM_AT = (UnitStatus.COLLECTING, UnitStatus.DECLARED)
SUMMATIVE_AT = (UnitStatus.SIGNED_OFF, UnitStatus.VERIFIED)


@transaction.atomic
def plan_sample(*, enrolment: Enrolment, reason: str, by: User, at: datetime.datetime) -> Sample:
    """Choose a unit for sampling, with the reason: interim while it is being assessed, summative once signed off.

    Source: planned samples are fixed with date and reason (domain rules 41, 42).
    """
    reason = require(reason, "Say why you sample this unit.")
    enrolment = lock_one(enrolment)
    facts = unit_facts(enrolment)
    _verifies(facts, enrolment, by, at)
    if facts.status not in (*INTERIM_AT, *SUMMATIVE_AT):
        raise Refusal([f"The unit is “{facts.status.label}”: there is nothing to sample now."])
    if facts.open_sample:
        raise Refusal(["This unit has an open sample already: close it first."])
    stage = SampleStage.INTERIM if facts.status in INTERIM_AT else SampleStage.SUMMATIVE
    sample = Sample.objects.create(
        enrolment=enrolment, verifier=by, stage=stage, reason=reason, planned_at=at, planned_by=by
    )
    _told(enrolment, "plan_sample", by, at, sample=sample.pk, stage=stage.value, reason=reason)
    return sample


@transaction.atomic
def drop_sample(*, sample: Sample, reason: str, by: User, at: datetime.datetime) -> Sample:
    """Take a planned sample off the plan, with the reason on record."""
    reason = require(reason, "Say why the sample is dropped.")
    enrolment = lock_one(sample.enrolment)
    _verifies(unit_facts(enrolment), enrolment, by, at)
    _change_open(sample, dropped_at=at, drop_reason=reason)
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
) -> Sample:
    """Record what was sampled and that it is agreed; with `wanted`, agreed with an action due on a day.

    To disagree, send the unit back. Raises Refusal when no criterion was sampled, or an action lacks its day.
    """
    enrolment = lock_one(sample.enrolment)
    _verifies(unit_facts(enrolment), enrolment, by, at)
    outcome = SampleOutcome.AGREED_WITH_ACTION if wanted.strip() else SampleOutcome.AGREED
    if wanted.strip() and not feedback.strip():
        raise Refusal(["Tell the assessor what you found, so that the action makes sense to them."])
    _sampled(sample, enrolment, criteria)
    _change_open(sample, verifier=by, done_at=at, outcome=outcome, feedback=feedback.strip())
    if outcome == SampleOutcome.AGREED_WITH_ACTION:
        _raise_action(enrolment, sample, feedback, wanted, due_on, by, at)
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
) -> Enrolment:
    """Not agreed: the unit goes back to collecting with a finding and a dated action; signatures are voided by rows.

    An open sample is closed by it as not agreed. Source: an outcome not agreed reopens the unit (domain rule 44).
    """
    finding = require(finding, "Say what you found.")
    enrolment = lock_one(enrolment)
    facts = unit_facts(enrolment)
    refuse(unit_refusals(Verb.SEND_BACK, person(by, enrolment.centre_id, at), facts))
    sample = Sample.objects.get(pk=facts.open_sample.pk) if facts.open_sample else None
    if sample:
        _sampled(sample, enrolment, criteria)
        _change_open(sample, verifier=by, done_at=at, outcome=SampleOutcome.NOT_AGREED, feedback=finding)
    _raise_action(enrolment, sample, finding, wanted, due_on, by, at)
    move_unit(enrolment, Verb.SEND_BACK, UnitStatus.COLLECTING, **BACK_TO_COLLECTING)
    void_signatures(enrolment, by=by, at=at, reason=f"Sent back: {finding}")
    return _told(enrolment, Verb.SEND_BACK, by, at, finding=finding, sample=sample.pk if sample else None)


@transaction.atomic
def verify(*, enrolment: Enrolment, by: User, at: datetime.datetime) -> Enrolment:
    """The internal verifier signs the unit."""
    enrolment = lock_one(enrolment)
    rows = unit_rows(enrolment)
    refuse(unit_refusals(Verb.VERIFY, person(by, enrolment.centre_id, at), unit_facts(enrolment, rows)))
    digest = verifier_digest(rows, samples_of(enrolment))
    move_unit(enrolment, Verb.VERIFY, UnitStatus.VERIFIED, verified_at=at, verified_by=by)
    sign(enrolment, SignedAs.VERIFIER, digest, by=by, at=at)
    return _told(enrolment, Verb.VERIFY, by, at)


@transaction.atomic
def leave_unsampled(*, enrolment: Enrolment, reason: str, by: User, at: datetime.datetime) -> UnsampledNote:
    """Record why a signed-off unit is left out of the sample, where the awarding body allows that."""
    reason = require(reason, "Say why this unit is not sampled.")
    enrolment = lock_one(enrolment)
    facts = unit_facts(enrolment)
    _verifies(facts, enrolment, by, at)
    sentences = []
    if facts.status != UnitStatus.SIGNED_OFF:
        sentences.append(f"The unit is “{facts.status.label}”: only a signed-off unit can be left unsampled.")
    if facts.verifier_always:
        sentences.append(f"{enrolment.unit.awarding_body} wants the internal verifier's signature on every unit.")
    if facts.open_sample:
        sentences.append("A sample of this unit is open: close or drop it first.")
    if sentences:
        raise Refusal(sentences)
    note = UnsampledNote.objects.create(enrolment=enrolment, by=by, at=at, reason=reason)
    _told(enrolment, "leave_unsampled", by, at, reason=reason)
    return note


@transaction.atomic
def answer_action(*, action: Action, answer: str, by: User, at: datetime.datetime) -> Action:
    """The assessor an action was given to, or whoever assesses the unit since, says what was done about it."""
    answer = require(answer, "Say what you have done.")
    enrolment = lock_one(action.enrolment)
    if by.pk not in (action.owner_id, enrolment.assessor_id):
        raise Refusal(["Only the person an action was given to, or the unit's assessor, can answer it."])
    if Action.objects.filter(pk=action.pk, closed_at=None).update(answer=answer, answered_at=at) != 1:
        raise Refusal(["This action is closed already."])
    action.refresh_from_db()
    _told(enrolment, "answer_action", by, at, action=action.pk)
    return action


@transaction.atomic
def close_action(*, action: Action, by: User, at: datetime.datetime) -> Action:
    """The verifier is satisfied with what was done. Raises Refusal before the action is answered."""
    enrolment = lock_one(action.enrolment)
    _verifies(unit_facts(enrolment), enrolment, by, at)
    if by.pk == action.owner_id:
        raise Refusal(["Nobody closes an action given to themselves."])
    open_and_answered = Action.objects.filter(pk=action.pk, closed_at=None, answered_at__isnull=False)
    if open_and_answered.update(closed_at=at, closed_by=by) != 1:
        raise Refusal(["An action is closed once, and only after the assessor has answered it."])
    action.refresh_from_db()
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
    return _told(enrolment, Verb.REOPEN, by, at, reason=reason)


def _verifies(facts: UnitFacts, enrolment: Enrolment, by: User, at: datetime.datetime) -> None:
    """Raise Refusal unless the person verifies this unit and never judged in it (SQA: never one's own judgements)."""
    verifier = person(by, enrolment.centre_id, at)
    if Party.VERIFIER not in parties(verifier, facts.people):
        raise Refusal([f"Only {in_words([Party.VERIFIER])} can do this."])
    if has_decided(verifier, facts.people):
        raise Refusal(["You have judged evidence in this unit, so somebody else must sample it."])


def _sampled(sample: Sample, enrolment: Enrolment, criteria: Iterable[int]) -> None:
    wanted = set(criteria)
    found = enrolment.unit.criteria.filter(pk__in=wanted)
    if not wanted or found.count() != len(wanted):
        raise Refusal(["Tick the criteria you sampled."])
    SampledCriterion.objects.bulk_create(SampledCriterion(sample=sample, criterion=criterion) for criterion in found)


def _change_open(sample: Sample, **columns: object) -> None:
    if Sample.objects.filter(pk=sample.pk, done_at=None, dropped_at=None).update(**columns) != 1:
        raise Refusal(["This sample is not open any more."])
    sample.refresh_from_db()


def _raise_action(
    enrolment: Enrolment,
    sample: Sample | None,
    finding: str,
    wanted: str,
    due_on: datetime.date | None,
    by: User,
    at: datetime.datetime,
) -> Action:
    require(wanted, "Say what the assessor is to do.")
    if due_on is None or due_on < timezone.localdate(at):
        raise Refusal(["Give the action a day it is due, today or later."])
    return Action.objects.create(
        enrolment=enrolment,
        sample=sample,
        owner=enrolment.assessor,
        finding=finding.strip(),
        wanted=wanted.strip(),
        due_on=due_on,
        raised_by=by,
        raised_at=at,
    )


def _told(enrolment: Enrolment, verb: str, by: User, at: datetime.datetime, **details: JSON) -> Enrolment:
    audit.record(verb=verb, by=by, at=at, subject=enrolment, centre=enrolment.centre, details=details)
    return enrolment
