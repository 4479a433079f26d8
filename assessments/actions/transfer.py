"""Verbs of a transfer: a candidate leaves for another centre, or comes from one with what they achieved there."""

import datetime
import uuid

from django.db import transaction
from django.utils import timezone

from assessments.actions import telling
from assessments.actions.enrolment import ended
from assessments.actions.journey import administers, lock, locked_candidate, move_unit, person, require
from assessments.actions.registration import end_registration
from assessments.enums import EndedAs, UnitStatus, Verb
from assessments.models import AchievedElsewhere, TransferIn, TransferOut, TransferredUnit
from assessments.queries.transfer import (
    awards_resting_on,
    closing,
    day_refusals,
    leaving_refusals,
    role_that_ends,
    with_nothing_claimed,
)
from portfolio import audit
from portfolio.actions import roles
from portfolio.actions.checks import take_turns
from portfolio.canonical import JSON
from portfolio.models import CandidateRecord, User
from portfolio.refusal import Refusal
from units.models import Unit

WHY = "Say why the candidate moves."
WHERE_TO = "Say to which centre the candidate moves."
WHERE_FROM = "Say from which centre the candidate comes."
WHAT = "Say which unit it was."
SEEN = "Say what was seen of it, and where: a certificate, the awarding body’s list, the other centre’s record."
TO_COME = "The day cannot be after today."
TAKEN_BACK = "This was taken back already."
RESTS = "{} counts in the claim of {}: take that claim back first."
STAYS_FOR = datetime.timedelta(days=30)
"""How long somebody who has left may still sign in as a candidate, to take their portfolio along."""


@transaction.atomic
def transfer_out(
    *,
    candidate: CandidateRecord,
    to_centre: str,
    left_on: datetime.date,
    known_on: datetime.date,
    reason: str,
    by: User,
    at: datetime.datetime,
) -> TransferOut:
    """Close every unit in progress of a candidate who leaves for another centre; what is claimed stands.

    Their registrations for whole awards end too, and where nothing is left here, their role as candidate, thirty days
    on: until then they can take their portfolio along. Everything recorded stays. A line in the book for each unit,
    all with one act_id, and one for each registration and the role, by their own verbs. Raises Refusal while anything
    is open in a unit, during a break in learning, and where there is nothing to close.
    """
    take_turns(candidate.centre)
    candidate = locked_candidate(candidate)
    administers(by, candidate.centre, at)
    to_centre, reason = require(to_centre, WHERE_TO), require(reason, WHY)
    mover = person(by, candidate.centre_id, at)
    lock(row.enrolment.pk for row in closing(candidate, mover))
    units = closing(candidate, mover)
    registered = with_nothing_claimed(candidate)
    sentences = [
        *leaving_refusals(candidate, units, registered),
        *day_refusals(left_on, known_on, timezone.localdate(at)),
    ]
    if sentences:
        raise Refusal(sentences)
    left = TransferOut.objects.create(
        centre=candidate.centre,
        candidate=candidate,
        to_centre=to_centre,
        left_on=left_on,
        known_on=known_on,
        reason=reason,
        by=by,
        at=at,
    )
    act = uuid.uuid4()
    for row in units:
        unit, stood = row.enrolment, row.enrolment.status
        unit.mappings.update(waiting_since=None)
        move_unit(unit, Verb.TRANSFER_OUT, UnitStatus.WITHDRAWN, **ended(EndedAs.TRANSFERRED, at))
        TransferredUnit.objects.create(transfer=left, enrolment=unit, stood=stood)
        telling.paused(unit, f"It is closed here, as the candidate moves to {to_centre}.", by, at)
        details: dict[str, JSON] = {"to": to_centre, "left on": left_on.isoformat(), "stood": stood, "reason": reason}
        audit.record(verb="transfer_out", by=by, at=at, subject=unit, centre=left.centre, details=details, act_id=act)
    if not units:
        audit.record(verb="transfer_out", by=by, at=at, subject=left, centre=left.centre, details={"to": to_centre})
    for registration in registered:
        end_registration(registration=registration, reason=f"They move to {to_centre}.", by=by, at=at)
    if grant := role_that_ends(candidate, timezone.localdate(at)):
        roles.end_role(grant=grant, ends_on=timezone.localdate(at + STAYS_FOR), by=by, at=at)
    return left


@transaction.atomic
def transfer_in(
    *,
    candidate: CandidateRecord,
    from_centre: str,
    joined_on: datetime.date,
    note: str = "",
    by: User,
    at: datetime.datetime,
) -> TransferIn:
    """Record from which centre a candidate came. Raises Refusal for a day to come."""
    candidate = locked_candidate(candidate)
    administers(by, candidate.centre, at)
    from_centre = require(from_centre, WHERE_FROM)
    if joined_on > timezone.localdate(at):
        raise Refusal([TO_COME])
    came = TransferIn.objects.create(
        centre=candidate.centre,
        candidate=candidate,
        from_centre=from_centre,
        joined_on=joined_on,
        note=note.strip(),
        by=by,
        at=at,
    )
    details: dict[str, JSON] = {"from": from_centre, "joined on": joined_on.isoformat(), "note": came.note}
    audit.record(verb="transfer_in", by=by, at=at, subject=came, centre=came.centre, details=details)
    return came


@transaction.atomic
def record_achieved(
    *,
    transfer: TransferIn,
    unit: Unit | None,
    title: str,
    achieved_on: datetime.date,
    certificate: str = "",
    seen: str,
    by: User,
    at: datetime.datetime,
) -> AchievedElsewhere:
    """Record a unit that a candidate achieved where they came from, and what was seen of it. Raises Refusal."""
    administers(by, transfer.centre, at)
    title = require(title or (str(unit) if unit else ""), WHAT)
    seen = require(seen, SEEN)
    if achieved_on > timezone.localdate(at):
        raise Refusal([TO_COME])
    row = AchievedElsewhere.objects.create(
        transfer=transfer,
        unit=unit,
        title=title,
        achieved_on=achieved_on,
        certificate=certificate.strip(),
        seen=seen,
        by=by,
        at=at,
    )
    _told(row, "record_achieved", by, at)
    return row


@transaction.atomic
def take_back_achieved(*, achieved: AchievedElsewhere, by: User, at: datetime.datetime) -> AchievedElsewhere:
    """Say that a unit recorded as achieved elsewhere was not. It stays on record. Raises Refusal the second time."""
    rows = AchievedElsewhere.objects.select_for_update(of=("self",)).select_related("transfer__centre")
    found = rows.get(pk=achieved.pk)
    administers(by, found.transfer.centre, at)
    if found.taken_back_at:
        raise Refusal([TAKEN_BACK])
    if claimed := awards_resting_on(found):
        raise Refusal([RESTS.format(found.title, row.registration.qualification) for row in claimed])
    found.taken_back_by, found.taken_back_at = by, at
    found.save(update_fields=["taken_back_by", "taken_back_at"])
    _told(found, "take_back_achieved", by, at)
    return found


def _told(row: AchievedElsewhere, verb: str, by: User, at: datetime.datetime) -> None:
    details: dict[str, JSON] = {
        "title": row.title,
        "achieved on": row.achieved_on.isoformat(),
        "certificate": row.certificate,
        "seen": row.seen,
    }
    audit.record(verb=verb, by=by, at=at, subject=row.transfer, centre=row.transfer.centre, details=details)
