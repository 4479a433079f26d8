"""Verbs of registration: for a whole award, with the awarding body."""

import datetime

from django.db import transaction
from django.utils import timezone

from assessments.actions.journey import administers, require
from assessments.models import Registration
from portfolio import audit
from portfolio.canonical import JSON
from portfolio.models import CandidateRecord, User
from portfolio.refusal import Refusal
from units.models import Qualification


def day_refusals(qualification: Qualification, registered_on: datetime.date, today: datetime.date) -> list[str]:
    """Why nobody can have been registered on the day; nothing when they can."""
    found = []
    if registered_on > today:
        found.append("The day of the registration cannot be in the future.")
    if qualification.from_on and registered_on < qualification.from_on:
        found.append(f"Candidates are registered for {qualification} from {qualification.from_on:%-d %B %Y} on.")
    if qualification.to_on and registered_on > qualification.to_on:
        found.append(f"Candidates were registered for {qualification} until {qualification.to_on:%-d %B %Y}.")
    return found


@transaction.atomic
def register(
    *,
    candidate: CandidateRecord,
    qualification: Qualification,
    number: str,
    registered_on: datetime.date,
    by: User,
    at: datetime.datetime,
) -> Registration:
    """Record that the awarding body registered a candidate for a whole award (Ofqual G5.1).

    Raises Refusal where the centre does not offer it, the day cannot be right, or they are registered already.
    """
    candidate = CandidateRecord.objects.select_for_update(of=("self",)).select_related("centre").get(pk=candidate.pk)
    centre = candidate.centre
    administers(by, centre, at)
    refusals = day_refusals(qualification, registered_on, timezone.localdate(at))
    if not Qualification.objects.offered_at(centre).filter(pk=qualification.pk).exists():
        refusals.append(f"{centre} does not offer {qualification}: it is not in use, or its body has not approved you.")
    if by.pk == candidate.user_id:
        refusals.append("Nobody registers themselves.")
    if Registration.objects.in_force().filter(candidate=candidate, qualification=qualification).exists():
        refusals.append(f"{candidate} is registered for {qualification} already.")
    if refusals:
        raise Refusal(refusals)
    made = Registration.objects.create(
        centre=centre,
        candidate=candidate,
        qualification=qualification,
        number=number.strip(),
        registered_on=registered_on,
        recorded_by=by,
        recorded_at=at,
    )
    details: dict[str, JSON] = {
        "candidate": candidate.pk,
        "qualification": qualification.pk,
        "number": made.number,
        "registered_on": registered_on.isoformat(),
    }
    return _told("register", made, by, at, details)


@transaction.atomic
def correct_registration(
    *, registration: Registration, number: str, registered_on: datetime.date, by: User, at: datetime.datetime
) -> Registration:
    """Correct the number or the day of a registration. The audit book keeps what they were. Raises Refusal."""
    row = _ready(registration, by, at)
    refusals = day_refusals(row.qualification, registered_on, timezone.localdate(at))
    if refusals:
        raise Refusal(refusals)
    details: dict[str, JSON] = {
        "number": [row.number, number.strip()],
        "registered_on": [row.registered_on.isoformat(), registered_on.isoformat()],
    }
    row.number, row.registered_on = number.strip(), registered_on
    row.save(update_fields=["number", "registered_on"])
    return _told("correct_registration", row, by, at, details)


def ending_refusals(row: Registration) -> list[str]:
    """Why the registration cannot end now: something came of it. Once its certificate was revoked, it can. Two queries.

    So somebody whose certificate was revoked can be registered anew, and what they do then be claimed.
    """
    standing = row.claims.filter(taken_back_at=None).exclude(certificates__revoked_on__isnull=False)
    if standing.filter(certificates__isnull=False).exists():
        return ["The award was certificated, so its registration stands."]
    return ["The award is claimed: take the claim back first."] if standing.exists() else []


@transaction.atomic
def end_registration(*, registration: Registration, reason: str, by: User, at: datetime.datetime) -> Registration:
    """Record that a candidate no longer works towards the whole award. Their units stay as they are. Raises Refusal."""
    reason = require(reason, "Say why the registration ends.")
    row = _ready(registration, by, at)
    if refusals := ending_refusals(row):
        raise Refusal(refusals)
    row.ended_at, row.ended_reason = at, reason
    row.save(update_fields=["ended_at", "ended_reason"])
    return _told("end_registration", row, by, at, {"reason": reason})


def _ready(registration: Registration, by: User, at: datetime.datetime) -> Registration:
    rows = Registration.objects.select_for_update(of=("self",)).select_related("candidate", "qualification", "centre")
    row = rows.get(pk=registration.pk)
    administers(by, row.centre, at)
    if by.pk == row.candidate.user_id:
        raise Refusal(["Nobody keeps their own registration."])
    if row.ended_at:
        raise Refusal([f"This registration ended on {timezone.localtime(row.ended_at):%-d %B %Y}."])
    return row


def _told(verb: str, row: Registration, by: User, at: datetime.datetime, details: dict[str, JSON]) -> Registration:
    audit.record(verb=verb, by=by, at=at, subject=row, centre=row.centre, details=details)
    return row
