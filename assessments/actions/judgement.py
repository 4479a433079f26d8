"""Verbs of judgement: reading an item, declaring, referring, signing off, countersigning."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from assessments.actions.evidence import LockedItem, lock_item, mapping_refusals, simulated_on
from assessments.actions.journey import (
    BACK_TO_COLLECTING,
    lock_one,
    move_item,
    move_unit,
    person,
    refuse,
    require,
    sign,
    void_signatures,
)
from assessments.enums import HeldAt, ItemStatus, SignedAs, UnitStatus, Verb, Verdict
from assessments.models import Countersignature, Decision, Enrolment, EvidenceVersion, Mapping, Review
from assessments.queries.enrolment import people_of, staff_name
from assessments.queries.judgement import UnitRows, digest_for, stale_parts, unit_facts, unit_rows
from assessments.rules import Person, is_assessor_of
from assessments.workflow import item_refusals, unit_refusals
from portfolio import audit
from portfolio.canonical import JSON
from portfolio.models import User
from portfolio.refusal import Refusal


@dataclass(frozen=True)
class RulesOfEvidence:
    """The four rules, confirmed once per item, with a word where one is not met (domain rule 13)."""

    valid: bool = True
    authentic: bool = True
    current: bool = True
    sufficient: bool = True
    remarks: str = ""


@dataclass(frozen=True)
class Judged:
    """The assessor's word on one criterion of one enrolment."""

    enrolment_id: int
    criterion_id: int
    verdict: str
    feedback: str = ""


@transaction.atomic
def review(
    *,
    version: EvidenceVersion,
    rules: RulesOfEvidence,
    decisions: Sequence[Judged],
    feedback: str,
    returned: bool,
    seen_at_location: bool,
    by: User,
    at: datetime.datetime,
) -> Review:
    """Save a reading with its decisions: one act, one audit line. Part of the mappings may wait.

    Criteria the item was not mapped to are mapped by the assessor in the same act. Decisions by somebody without an
    assessor's award wait for a countersignature. Returning sends the item back to the candidate with feedback.
    """
    item = lock_item(version, (judged.enrolment_id for judged in decisions))
    version, centre = item.version, item.version.evidence.centre
    reader = person(by, centre.pk, at)
    refuse(item_refusals(Verb.REVIEW, reader, item.facts))
    sentences = [
        *_reading_refusals(version, rules, decisions, feedback, returned=returned, seen_at_location=seen_at_location),
        *_decision_refusals(item, decisions, reader),
    ]
    if sentences:
        raise Refusal(sentences)
    reading = Review.objects.create(
        version=version,
        assessor=by,
        assessor_name=staff_name(by, centre.pk),
        qualified=reader.qualified,
        at=at,
        valid=rules.valid,
        authentic=rules.authentic,
        current=rules.current,
        sufficient=rules.sufficient,
        remarks=rules.remarks.strip(),
        seen_at_location=seen_at_location,
        returned=returned,
        feedback=feedback.strip(),
    )
    _decide(reading, decisions, needs_countersignature=not reader.qualified)
    move_item(version, Verb.REVIEW, ItemStatus.RETURNED if returned else ItemStatus.REVIEWED)
    if returned:
        version.evidence.mappings.update(waiting_since=None)
    details: dict[str, JSON] = {
        "version": version.pk,
        "review": reading.pk,
        "returned": returned,
        "decisions": [[judged.enrolment_id, judged.criterion_id, judged.verdict] for judged in decisions],
    }
    audit.record(verb=Verb.REVIEW, by=by, at=at, subject=version.evidence, centre=centre, details=details)
    return reading


@transaction.atomic
def declare(*, enrolment: Enrolment, by: User, at: datetime.datetime) -> Enrolment:
    """The candidate signs that everything is met and authentic, over the facts as they stand."""
    enrolment, rows = _ready(enrolment, Verb.DECLARE, by, at)
    move_unit(enrolment, Verb.DECLARE, UnitStatus.DECLARED, declared_at=at)
    for part in (SignedAs.CANDIDATE, SignedAs.CANDIDATE_AUTHENTICITY):
        sign(enrolment, part, digest_for(rows, part), by=by, at=at)
    return _told(enrolment, Verb.DECLARE, by, at)


@transaction.atomic
def refer(*, enrolment: Enrolment, feedback: str, by: User, at: datetime.datetime) -> Enrolment:
    """Send a declared unit back to the candidate with feedback; their signatures are voided by rows."""
    feedback = require(feedback, "Tell the candidate what is still needed.")
    enrolment, _ = _ready(enrolment, Verb.REFER, by, at)
    move_unit(enrolment, Verb.REFER, UnitStatus.COLLECTING, **BACK_TO_COLLECTING)
    void_signatures(enrolment, by=by, at=at, reason=f"Referred back: {feedback}")
    return _told(enrolment, Verb.REFER, by, at, feedback=feedback)


@transaction.atomic
def sign_off(*, enrolment: Enrolment, comments: str, by: User, at: datetime.datetime) -> Enrolment:
    """The assessor signs the unit, with comments that are part of what is signed.

    Where a decision is pending, or the assessor holds no award, the unit goes to its countersigner.
    """
    enrolment = lock_one(enrolment)
    rows = unit_rows(enrolment)
    assessor, facts = person(by, enrolment.centre_id, at), unit_facts(rows)
    refuse(unit_refusals(Verb.SIGN_OFF, assessor, facts))
    comments = comments.strip()
    columns = {"assessor_signed_at": at, "assessor_signed_by": by}
    if facts.pending or not assessor.qualified:
        move_unit(enrolment, Verb.SIGN_OFF, UnitStatus.AWAITING_COUNTERSIGNATURE, **columns)
    else:
        move_unit(enrolment, Verb.SIGN_OFF, UnitStatus.SIGNED_OFF, signed_off_at=at, **columns)
    for part in (SignedAs.ASSESSOR, SignedAs.ASSESSOR_AUTHENTICITY):
        sign(enrolment, part, digest_for(rows, part, comments), by=by, at=at, comments=comments)
    return _told(enrolment, Verb.SIGN_OFF, by, at, to=enrolment.status)


@transaction.atomic
def countersign(*, enrolment: Enrolment, by: User, at: datetime.datetime) -> Enrolment:
    """A qualified assessor puts their name to the sign-off and to every pending decision, a row each."""
    enrolment, rows = _ready(enrolment, Verb.COUNTERSIGN, by, at)
    Countersignature.objects.bulk_create(
        Countersignature(decision_id=decision.pk, by=by, at=at, agreed=True) for decision in rows.pending
    )
    digest = digest_for(rows, SignedAs.COUNTERSIGNER)
    move_unit(enrolment, Verb.COUNTERSIGN, UnitStatus.SIGNED_OFF, signed_off_at=at, countersigned_by=by)
    sign(enrolment, SignedAs.COUNTERSIGNER, digest, by=by, at=at)
    return _told(enrolment, Verb.COUNTERSIGN, by, at, decisions=[decision.pk for decision in rows.pending])


@transaction.atomic
def hand_back(
    *, enrolment: Enrolment, reason: str, disagreed: Iterable[int], by: User, at: datetime.datetime
) -> Enrolment:
    """The countersigner disagrees: the named pending decisions (by id) no longer count, the assessor goes on.

    Raises Refusal when one is not pending in this unit, or when none is named though one could be: a unit without
    pending decisions, or with a stale signature, goes back on its reason alone.
    """
    reason = require(reason, "Say why you hand the unit back.")
    enrolment, rows = _ready(enrolment, Verb.HAND_BACK, by, at)
    named = set(disagreed)
    decisions = [decision for decision in rows.pending if decision.pk in named]
    none_needed = not rows.pending or stale_parts(rows)
    if len(decisions) != len(named) or not (named or none_needed):
        raise Refusal(["Name the decisions you disagree with: each must be waiting for your countersignature."])
    Countersignature.objects.bulk_create(
        Countersignature(decision_id=decision.pk, by=by, at=at, agreed=False, reason=reason) for decision in decisions
    )
    move_unit(enrolment, Verb.HAND_BACK, UnitStatus.DECLARED, assessor_signed_at=None, assessor_signed_by=None)
    parts = (SignedAs.ASSESSOR, SignedAs.ASSESSOR_AUTHENTICITY)
    void_signatures(enrolment, by=by, at=at, reason=f"Handed back: {reason}", parts=parts)
    return _told(enrolment, Verb.HAND_BACK, by, at, reason=reason, decisions=sorted(named))


def _reading_refusals(
    version: EvidenceVersion,
    rules: RulesOfEvidence,
    decisions: Sequence[Judged],
    feedback: str,
    *,
    returned: bool,
    seen_at_location: bool,
) -> list[str]:
    sentences = []
    all_met = rules.valid and rules.authentic and rules.current and rules.sufficient
    if not all_met and not rules.remarks.strip():
        sentences.append("Say why the evidence is not valid, authentic, current or sufficient.")
    if any(judged.verdict == Verdict.MET for judged in decisions):
        if not (rules.valid and rules.authentic and rules.current):
            sentences.append("Evidence that is not valid, authentic and current cannot meet a criterion.")
        if version.held == HeldAt.LOCATION and not seen_at_location:
            sentences.append(f"Confirm that you have seen the evidence at {version.location}.")
    if returned and not feedback.strip():
        sentences.append("Tell the candidate what is missing before you return the item.")
    if not returned and not decisions:
        sentences.append("Decide at least one criterion, or return the item with feedback.")
    return sentences


def _decision_refusals(item: LockedItem, decisions: Sequence[Judged], reader: Person) -> list[str]:
    """Why these decisions cannot be made: not the reader's unit, not collecting, no words, unmappable criterion."""
    sentences = []
    for judged in decisions:
        if judged.verdict not in Verdict.values:
            sentences.append("Choose met, contributes or not yet for each criterion you decide.")
        elif judged.verdict != Verdict.MET and not judged.feedback.strip():
            sentences.append("Say what is still needed for each criterion that is not met.")
    if len({(judged.enrolment_id, judged.criterion_id) for judged in decisions}) < len(decisions):
        sentences.append("Decide each criterion once.")
    for enrolment_id in dict.fromkeys(judged.enrolment_id for judged in decisions):
        enrolment = item.enrolments.get(enrolment_id)
        if (
            enrolment is None
            or enrolment.candidate_id != item.version.evidence.candidate_id
            or not is_assessor_of(reader, people_of(enrolment))
        ):
            sentences.append("Some of these criteria are in a unit that you do not assess.")
            continue
        criteria = {judged.criterion_id for judged in decisions if judged.enrolment_id == enrolment_id}
        sentences += mapping_refusals(
            enrolment, criteria, item.version.setting, simulated_on=simulated_on(item.version)
        )
    return list(dict.fromkeys(sentences))


def _decide(reading: Review, decisions: Sequence[Judged], *, needs_countersignature: bool) -> None:
    evidence = reading.version.evidence
    live = set(evidence.mappings.filter(taken_back_at=None).values_list("enrolment_id", "criterion_id"))
    Mapping.objects.bulk_create(
        Mapping(
            evidence=evidence,
            enrolment_id=judged.enrolment_id,
            criterion_id=judged.criterion_id,
            made_by=reading.assessor,
            made_at=reading.at,
        )
        for judged in decisions
        if (judged.enrolment_id, judged.criterion_id) not in live
    )
    Decision.objects.bulk_create(
        Decision(
            review=reading,
            version=reading.version,
            enrolment_id=judged.enrolment_id,
            criterion_id=judged.criterion_id,
            verdict=judged.verdict,
            feedback=judged.feedback.strip(),
            needs_countersignature=needs_countersignature,
        )
        for judged in decisions
    )
    for judged in decisions:
        evidence.mappings.filter(enrolment=judged.enrolment_id, criterion=judged.criterion_id).update(
            waiting_since=None
        )


def _ready(enrolment: Enrolment, verb: Verb, by: User, at: datetime.datetime) -> tuple[Enrolment, UnitRows]:
    """The enrolment locked, with its rows, once nothing refuses the verb."""
    enrolment = lock_one(enrolment)
    rows = unit_rows(enrolment)
    refuse(unit_refusals(verb, person(by, enrolment.centre_id, at), unit_facts(rows)))
    return enrolment, rows


def _told(enrolment: Enrolment, verb: Verb, by: User, at: datetime.datetime, **details: JSON) -> Enrolment:
    audit.record(verb=verb, by=by, at=at, subject=enrolment, centre=enrolment.centre, details=details)
    return enrolment
