"""Verbs of judgement: reading an item, declaring, referring, signing off, countersigning."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import cast

from django.db import transaction
from django.utils import timezone

from assessments.actions import leaves, telling
from assessments.actions.claims import mapping_refusals, simulated_on
from assessments.actions.counting import recount
from assessments.actions.items import LockedItem, lock_item
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
from assessments.actions.leaves import LeafTarget
from assessments.actions.watching import watch
from assessments.enums import HeldAt, ItemStatus, SignedAs, UnitStatus, Verb, Verdict
from assessments.models import (
    Countersignature,
    Decision,
    DecisionMarker,
    Enrolment,
    EvidenceFile,
    EvidenceVersion,
    Mapping,
    Review,
)
from assessments.places import Place
from assessments.queries.enrolment import people_of, staff_name
from assessments.queries.interests import has_interest
from assessments.queries.judgement import UnitRows, digest_for, stale_parts, unit_facts, unit_rows
from assessments.queries.seen import Seen, changed_since
from assessments.rules import Person, is_assessor_of, stands_alone
from assessments.workflow import WHAT_IS_NEEDED, ReadingFacts, item_refusals, reading_refusals, unit_refusals
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
    places: tuple[Place, ...] = ()
    """Where in the evidence it rests on."""


class ChangedRefusal(Refusal):
    """Something happened to the item since its reader looked at it: nothing was saved, and they are told what."""


@transaction.atomic
def review(
    *,
    version: EvidenceVersion,
    rules: RulesOfEvidence,
    decisions: Sequence[Judged],
    feedback: str,
    returned: bool,
    seen_at_location: bool,
    shows: Sequence[LeafTarget] = (),
    hides: Sequence[LeafTarget] = (),
    by: User,
    at: datetime.datetime,
    seen: Seen | None = None,
) -> Review:
    """Save a reading with its decisions: one act, one audit line. Part of the mappings may wait.

    Criteria the item was not mapped to are mapped by the assessor in the same act. Decisions by somebody without an
    assessor's award, or with an interest in the candidate, wait for a countersignature. Returning sends the item back
    to the candidate with feedback. `shows` and `hides` correct which evidence requirements the item is said to show.
    `seen` is what the reader was shown: where the item is another by now, raises ChangedRefusal that says in what.
    """
    item = lock_item(version, {judged.enrolment_id for judged in decisions} | {leaf.enrolment_id for leaf in shows})
    version, centre = item.version, item.version.evidence.centre
    if seen and (changes := changed_since(seen, version, by)):
        raise ChangedRefusal(changes)
    reader = person(by, centre.pk, at)
    refuse(item_refusals(Verb.REVIEW, reader, item.facts))
    said = _reading_facts(version, rules, decisions, feedback, returned=returned, seen_at_location=seen_at_location)
    sentences = [
        *reading_refusals(said),
        *_decision_refusals(item, decisions, reader),
        *_place_refusals(version, decisions),
    ]
    if sentences:
        raise Refusal(sentences)
    interested = has_interest(by, version.evidence.candidate_id, timezone.localdate(at))
    reading = Review.objects.create(
        version=version,
        assessor=by,
        assessor_name=staff_name(by, centre.pk),
        qualified=reader.qualified,
        interested=interested,
        at=at,
        centre=centre,
        handed_in_at=cast(datetime.datetime, version.submitted_at),  # what was not handed in is refused above
        valid=rules.valid,
        authentic=rules.authentic,
        current=rules.current,
        sufficient=rules.sufficient,
        remarks=rules.remarks.strip(),
        seen_at_location=seen_at_location,
        returned=returned,
        feedback=feedback.strip(),
    )
    made = _decide(reading, decisions, needs_countersignature=interested or not reader.qualified)
    leaves.correct(item, shows, hides, reader, by, at)
    leaves.seen(version.evidence_id, {judged.enrolment_id for judged in decisions}, at)
    move_item(version, Verb.REVIEW, ItemStatus.RETURNED if returned else ItemStatus.REVIEWED)
    if returned:
        version.evidence.mappings.update(waiting_since=None)
    recount(item.enrolments)
    watch(item.enrolments, by, at)
    details: dict[str, JSON] = {
        "version": version.pk,
        "review": reading.pk,
        "returned": returned,
        "decisions": [[judged.enrolment_id, judged.criterion_id, judged.verdict] for judged in decisions],
        "markers": sum(len(judged.places) for judged in decisions),
    }
    if shows or hides:
        details["shows"] = [target.requirement_id for target in shows]
        details["hides"] = [target.requirement_id for target in hides]
    telling.reviewed(reading, made, by, at)
    audit.record(verb=Verb.REVIEW, by=by, at=at, subject=version.evidence, centre=centre, details=details)
    return reading


@transaction.atomic
def declare(*, enrolment: Enrolment, by: User, at: datetime.datetime) -> Enrolment:
    """The candidate signs that everything is met and authentic, over the facts as they stand."""
    enrolment, rows = _ready(enrolment, Verb.DECLARE, by, at)
    move_unit(enrolment, Verb.DECLARE, UnitStatus.DECLARED, declared_at=at)
    for part in (SignedAs.CANDIDATE, SignedAs.CANDIDATE_AUTHENTICITY):
        sign(enrolment, part, digest_for(rows, part), by=by, at=at)
    telling.declared(enrolment, by, at)
    return _told(enrolment, Verb.DECLARE, by, at)


@transaction.atomic
def refer(*, enrolment: Enrolment, feedback: str, by: User, at: datetime.datetime) -> Enrolment:
    """Send a declared unit back to the candidate with feedback; their signatures are voided by rows."""
    feedback = require(feedback, "Tell the candidate what is still needed.")
    enrolment, _ = _ready(enrolment, Verb.REFER, by, at)
    move_unit(enrolment, Verb.REFER, UnitStatus.COLLECTING, **BACK_TO_COLLECTING)
    void_signatures(enrolment, by=by, at=at, reason=f"Referred back: {feedback}")
    watch([enrolment.pk], by, at)
    telling.came_back(enrolment, "Your assessor has referred it back to you, with what is still needed.", [], by, at)
    return _told(enrolment, Verb.REFER, by, at, feedback=feedback)


@transaction.atomic
def sign_off(*, enrolment: Enrolment, comments: str, by: User, at: datetime.datetime) -> Enrolment:
    """The assessor signs the unit, with comments that are part of what is signed.

    Where a decision is pending, or the assessor holds no award or has an interest in the candidate, the unit goes to
    its countersigner.
    """
    enrolment = lock_one(enrolment)
    rows = unit_rows(enrolment, day=timezone.localdate(at))
    assessor, facts = person(by, enrolment.centre_id, at), unit_facts(rows)
    refuse(unit_refusals(Verb.SIGN_OFF, assessor, facts))
    comments = comments.strip()
    columns = {"assessor_signed_at": at, "assessor_signed_by": by}
    if facts.pending or not stands_alone(assessor, facts.interested):
        move_unit(enrolment, Verb.SIGN_OFF, UnitStatus.AWAITING_COUNTERSIGNATURE, **columns)
    else:
        move_unit(enrolment, Verb.SIGN_OFF, UnitStatus.SIGNED_OFF, signed_off_at=at, **columns)
    for part in (SignedAs.ASSESSOR, SignedAs.ASSESSOR_AUTHENTICITY):
        sign(enrolment, part, digest_for(rows, part, comments), by=by, at=at, comments=comments)
    telling.signed_off(enrolment, by, at)
    return _told(enrolment, Verb.SIGN_OFF, by, at, to=enrolment.status)


@transaction.atomic
def countersign(*, enrolment: Enrolment, by: User, at: datetime.datetime) -> Enrolment:
    """A qualified assessor puts their name to the sign-off and to every pending decision, a row each."""
    enrolment, rows = _ready(enrolment, Verb.COUNTERSIGN, by, at)
    Countersignature.objects.bulk_create(
        Countersignature(decision_id=decision.pk, by=by, at=at, agreed=True) for decision in rows.pending
    )
    recount([enrolment.pk])
    digest = digest_for(rows, SignedAs.COUNTERSIGNER)
    move_unit(enrolment, Verb.COUNTERSIGN, UnitStatus.SIGNED_OFF, signed_off_at=at, countersigned_by=by)
    sign(enrolment, SignedAs.COUNTERSIGNER, digest, by=by, at=at)
    telling.signed_off(enrolment, by, at)
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
    recount([enrolment.pk])
    move_unit(enrolment, Verb.HAND_BACK, UnitStatus.DECLARED, assessor_signed_at=None, assessor_signed_by=None)
    parts = (SignedAs.ASSESSOR, SignedAs.ASSESSOR_AUTHENTICITY)
    void_signatures(enrolment, by=by, at=at, reason=f"Handed back: {reason}", parts=parts)
    watch([enrolment.pk], by, at)
    telling.handed_back(enrolment, by, at)
    return _told(enrolment, Verb.HAND_BACK, by, at, reason=reason, decisions=sorted(named))


def _reading_facts(
    version: EvidenceVersion,
    rules: RulesOfEvidence,
    decisions: Sequence[Judged],
    feedback: str,
    *,
    returned: bool,
    seen_at_location: bool,
) -> ReadingFacts:
    return ReadingFacts(
        usable=rules.valid and rules.authentic and rules.current,
        sufficient=rules.sufficient,
        remarks=rules.remarks,
        verdicts=[judged.verdict for judged in decisions],
        feedback=feedback,
        returned=returned,
        of_a_record=bool(version.evidence.author_id),
        elsewhere=version.location if version.held == HeldAt.LOCATION and not seen_at_location else "",
    )


def _decision_refusals(item: LockedItem, decisions: Sequence[Judged], reader: Person) -> list[str]:
    """Why these decisions cannot be made: not the reader's unit, not collecting, no words, unmappable criterion."""
    sentences = []
    for judged in decisions:
        if judged.verdict not in Verdict.values:
            sentences.append("Choose met, contributes or not yet for each criterion you decide.")
        elif judged.verdict != Verdict.MET and not judged.feedback.strip():
            sentences.append(WHAT_IS_NEEDED)
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


def _place_refusals(version: EvidenceVersion, decisions: Sequence[Judged]) -> list[str]:
    """Why these places cannot be marked: in no file of the version that was read."""
    named = {place.file_id for judged in decisions for place in judged.places if place.file_id}
    if not named or EvidenceFile.objects.filter(version=version, pk__in=named, removed_at=None).count() == len(named):
        return []
    return ["One of the places is in no file of this item: look at the files again."]


def _decide(reading: Review, decisions: Sequence[Judged], *, needs_countersignature: bool) -> list[Decision]:
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
    made = Decision.objects.bulk_create(
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
    DecisionMarker.objects.bulk_create(
        DecisionMarker(decision=decision, **asdict(place))
        for decision, judged in zip(made, decisions, strict=True)
        for place in judged.places
    )
    for judged in decisions:
        evidence.mappings.filter(enrolment=judged.enrolment_id, criterion=judged.criterion_id).update(
            waiting_since=None
        )
    return made


def _ready(enrolment: Enrolment, verb: Verb, by: User, at: datetime.datetime) -> tuple[Enrolment, UnitRows]:
    """The enrolment locked, with its rows, once nothing refuses the verb."""
    enrolment = lock_one(enrolment)
    rows = unit_rows(enrolment, day=timezone.localdate(at))
    refuse(unit_refusals(verb, person(by, enrolment.centre_id, at), unit_facts(rows)))
    return enrolment, rows


def _told(enrolment: Enrolment, verb: Verb, by: User, at: datetime.datetime, **details: JSON) -> Enrolment:
    audit.record(verb=verb, by=by, at=at, subject=enrolment, centre=enrolment.centre, details=details)
    return enrolment
