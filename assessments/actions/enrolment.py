"""Verbs of enrolment: taking a unit, who works on it, and pausing or leaving it."""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from assessments.actions.journey import lock_one, move_unit, person, refuse, require
from assessments.enums import AllocatedAs, UnitStatus, Verb
from assessments.models import Allocation, Enrolment
from assessments.queries.enrolment import (
    authors_in,
    bare_facts,
    has_judged,
    has_verified,
    is_qualified_assessor,
    person_at,
    witnesses_in,
)
from assessments.workflow import unit_refusals
from portfolio import audit
from portfolio.enums import Role
from portfolio.models import CandidateRecord, Centre, User
from portfolio.refusal import Refusal
from units.models import CentreApproval, Unit, UnitPublication


@transaction.atomic
def enrol(
    *,
    candidate: CandidateRecord,
    unit: Unit,
    assessor: User,
    verifier: User,
    countersigner: User | None,
    started_on: datetime.date,
    target_on: datetime.date | None,
    by: User,
    at: datetime.datetime,
) -> Enrolment:
    """Enrol a candidate on a unit, with everybody who will work on it named before it starts (SQA).

    Raises Refusal when the unit is not published or the centre not approved for it, when somebody does not hold the
    part's role, when two parts are one person, or when an unqualified assessor has no countersigner.
    """
    candidate = CandidateRecord.objects.select_for_update(of=("self",)).select_related("centre").get(pk=candidate.pk)
    centre = candidate.centre
    _administers(by, centre, at)
    parts = {AllocatedAs.ASSESSOR: assessor, AllocatedAs.COUNTERSIGNER: countersigner, AllocatedAs.VERIFIER: verifier}
    sentences = [
        *_unit_refusals(candidate, unit),
        *part_refusals(centre, candidate.user, parts, timezone.localdate(at)),
    ]
    if target_on and target_on < started_on:
        sentences.append("The target date cannot be before the start.")
    if sentences:
        raise Refusal(sentences)
    enrolment = Enrolment.objects.create(
        centre=centre,
        candidate=candidate,
        candidate_user=candidate.user,
        unit=unit,
        assessor=assessor,
        verifier=verifier,
        countersigner=countersigner,
        started_on=started_on,
        target_on=target_on,
    )
    Allocation.objects.bulk_create(
        Allocation(enrolment=enrolment, part=part, user=user, from_at=at) for part, user in parts.items() if user
    )
    details = {part.value: user.pk for part, user in parts.items() if user}
    audit.record(verb="enrol", by=by, at=at, subject=enrolment, centre=centre, details={"unit": unit.pk, **details})
    return enrolment


@transaction.atomic
def allocate(
    *, enrolment: Enrolment, part: AllocatedAs, user: User | None, reason: str, by: User, at: datetime.datetime
) -> Enrolment:
    """Give a part of an enrolment to somebody else (or a countersigner to nobody); the history keeps both.

    Raises Refusal when the person cannot hold the part, or had a hand in the unit that the part must not have; when the
    unit is claimed or over; when it waits for the countersigner who is to be taken away.
    """
    enrolment = lock_one(enrolment)
    _administers(by, enrolment.centre, at)
    reason = require(reason, "Say why the allocation changes.")
    if enrolment.status in (UnitStatus.CLAIMED, *_FINAL):
        raise Refusal([f"The unit is “{enrolment.get_status_display()}”: its allocations stand."])
    parts: dict[AllocatedAs, User | None] = {
        AllocatedAs.ASSESSOR: enrolment.assessor,
        AllocatedAs.COUNTERSIGNER: enrolment.countersigner,
        AllocatedAs.VERIFIER: enrolment.verifier,
    }
    if user is None and part != AllocatedAs.COUNTERSIGNER:
        raise Refusal(["A unit always has an assessor and a verifier."])
    before = parts[part]
    if before == user:
        raise Refusal([f"{user or 'Nobody'} holds this part already."])
    parts[part] = user
    sentences = part_refusals(enrolment.centre, enrolment.candidate_user, parts, timezone.localdate(at))
    if sentences := [*sentences, *_history_refusals(enrolment, part, user)]:
        raise Refusal(sentences)
    Enrolment.objects.filter(pk=enrolment.pk).update(**{part.value: user})
    Allocation.objects.filter(enrolment=enrolment, part=part, to_at=None).update(to_at=at)
    if user:
        Allocation.objects.create(enrolment=enrolment, part=part, user=user, from_at=at, reason=reason)
    enrolment.refresh_from_db()
    details = {"part": part.value, "from": before.pk if before else None, "to": user.pk if user else None}
    audit.record(
        verb="allocate", by=by, at=at, subject=enrolment, centre=enrolment.centre, details={**details, "reason": reason}
    )
    return enrolment


@transaction.atomic
def suspend(*, enrolment: Enrolment, reason: str, by: User, at: datetime.datetime) -> Enrolment:
    """Pause a unit; where it stood is kept."""
    reason = require(reason, "Say why the unit is suspended.")
    enrolment = _ready(enrolment, Verb.SUSPEND, by, at)
    move_unit(enrolment, Verb.SUSPEND, UnitStatus.SUSPENDED, kept_status=enrolment.status, suspended_at=at)
    return _told(enrolment, Verb.SUSPEND, by, at, reason)


@transaction.atomic
def resume(*, enrolment: Enrolment, by: User, at: datetime.datetime) -> Enrolment:
    """Go on where a suspended unit stood."""
    enrolment = _ready(enrolment, Verb.RESUME, by, at)
    move_unit(enrolment, Verb.RESUME, UnitStatus(enrolment.kept_status), kept_status="", suspended_at=None)
    return _told(enrolment, Verb.RESUME, by, at, "")


@transaction.atomic
def withdraw(*, enrolment: Enrolment, reason: str, by: User, at: datetime.datetime) -> Enrolment:
    """Leave a unit before it is claimed. Everything recorded stays; nothing of it waits to be read any more."""
    reason = require(reason, "Say why the candidate leaves the unit.")
    enrolment = _ready(enrolment, Verb.WITHDRAW, by, at)
    enrolment.mappings.update(waiting_since=None)
    move_unit(enrolment, Verb.WITHDRAW, UnitStatus.WITHDRAWN, kept_status="", suspended_at=None, ended_at=at)
    return _told(enrolment, Verb.WITHDRAW, by, at, reason)


_FINAL = (UnitStatus.CERTIFICATED, UnitStatus.REVOKED, UnitStatus.WITHDRAWN)


def part_refusals(
    centre: Centre, candidate: User, parts: Mapping[AllocatedAs, User | None], day: datetime.date
) -> list[str]:
    """Why these people cannot work on a candidate's unit together; empty when they can."""
    assessor, countersigner = parts[AllocatedAs.ASSESSOR], parts[AllocatedAs.COUNTERSIGNER]
    named = [user for user in parts.values() if user]
    sentences = []
    if candidate in named:
        sentences.append("Nobody can be assessor, countersigner or verifier of their own unit.")
    if len(set(named)) < len(named):
        sentences.append("Assessor, countersigner and verifier must be three different people.")
    for part, user in parts.items():
        if user and not _holds_role_for(part, user, centre, day):
            sentences.append(f"{user} does not hold the role of {part.label.lower()} at {centre}: grant it first.")
    if countersigner and not is_qualified_assessor(countersigner, centre.pk, day):
        sentences.append(f"{countersigner} holds no assessor's award, so cannot countersign.")
    if assessor and not countersigner and not is_qualified_assessor(assessor, centre.pk, day):
        sentences.append(f"{assessor} holds no assessor's award yet: name a qualified countersigner.")
    return sentences


def _history_refusals(enrolment: Enrolment, part: AllocatedAs, user: User | None) -> list[str]:
    """Why what happened in the unit so far keeps somebody from a part of it."""
    if user is None:
        if enrolment.status == UnitStatus.AWAITING_COUNTERSIGNATURE:
            return ["The unit waits for its countersigner: name another one."]
        return []
    if part == AllocatedAs.VERIFIER and has_judged(enrolment, user):
        return [f"{user} has judged in this unit, so somebody else must verify it."]
    if part == AllocatedAs.VERIFIER and user.pk in witnesses_in(enrolment.pk):
        return [f"{user} is a witness in this unit, so somebody else must verify it."]
    if part == AllocatedAs.VERIFIER and user.pk in authors_in(enrolment.pk):
        return [f"{user} made a record or devised questions in this unit, so somebody else must verify it."]
    if part != AllocatedAs.VERIFIER and has_verified(enrolment, user):
        return [f"{user} has sampled or verified this unit, so somebody else must judge it."]
    return []


def _holds_role_for(part: AllocatedAs, user: User, centre: Centre, day: datetime.date) -> bool:
    roles = person_at(user, centre.pk, day).roles
    if part == AllocatedAs.VERIFIER:
        return bool(roles & {Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER})
    return Role.ASSESSOR in roles


def _unit_refusals(candidate: CandidateRecord, unit: Unit) -> list[str]:
    sentences = []
    if not UnitPublication.objects.filter(unit=unit).exists():
        sentences.append(f"{unit} is not published yet.")
    if not CentreApproval.objects.filter(centre=candidate.centre, awarding_body=unit.awarding_body).exists():
        sentences.append(f"{candidate.centre} has no approval by {unit.awarding_body} on record: record it first.")
    if Enrolment.objects.filter(candidate=candidate, unit=unit).exclude(status=UnitStatus.WITHDRAWN).exists():
        sentences.append(f"{candidate} is enrolled on {unit.short_code} already.")
    return sentences


def _administers(by: User, centre: Centre, at: datetime.datetime) -> None:
    if Role.ADMINISTRATOR not in person(by, centre.pk, at).roles:
        raise Refusal([f"Only an administrator of {centre} can do this."])


def _ready(enrolment: Enrolment, verb: Verb, by: User, at: datetime.datetime) -> Enrolment:
    enrolment = lock_one(enrolment)
    refuse(unit_refusals(verb, person(by, enrolment.centre_id, at), bare_facts(enrolment)))
    return enrolment


def _told(enrolment: Enrolment, verb: Verb, by: User, at: datetime.datetime, reason: str) -> Enrolment:
    audit.record(verb=verb, by=by, at=at, subject=enrolment, centre=enrolment.centre, details={"reason": reason})
    return enrolment
