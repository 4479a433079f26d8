"""Verbs of a break in learning: a candidate pauses all they are working on at once, and comes back to it.

The units are suspended and resumed as by hand, a line in the book for each, all with one act_id.
"""

import datetime
import uuid

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assessments.actions import telling
from assessments.actions.counting import recount
from assessments.actions.journey import administers, lock, locked_candidate, move_unit, person, require
from assessments.enums import UnitStatus, Verb
from assessments.models import Break, Enrolment, PausedUnit
from assessments.queries.breaks import (
    BACK_ALREADY,
    IN_THE_PAST,
    NOTHING,
    OUT_OF_IT,
    Resuming,
    beginning_refusals,
    in_progress,
    paused_by,
    pausing,
)
from portfolio import audit
from portfolio.canonical import JSON
from portfolio.models import CandidateRecord, User
from portfolio.refusal import Refusal

WHY = "Say why the candidate takes a break."


@transaction.atomic
def begin_break(
    *,
    candidate: CandidateRecord,
    starts_on: datetime.date,
    expected_on: datetime.date,
    reason: str,
    by: User,
    at: datetime.datetime,
) -> Break:
    """Pause every unit that the candidate is working on, until they are back.

    What is signed off goes on to verification and claim; what was suspended before stays so after the return. Raises
    Refusal for somebody who is on a break, has nothing in progress, or for days that cannot be.
    """
    candidate = locked_candidate(candidate)
    administers(by, candidate.centre, at)
    reason = require(reason, WHY)
    day = timezone.localdate(at)
    before = list(Break.objects.filter(candidate=candidate))
    sentences = beginning_refusals(candidate, before, starts_on, expected_on, day)
    locked = list(lock(row.pk for row in in_progress(candidate)).values())
    found = pausing(locked, person(by, candidate.centre_id, at))
    if not found.going:
        sentences += [sentence for _, each in found.staying for sentence in each] or [NOTHING.format(candidate)]
    if sentences:
        raise Refusal(list(dict.fromkeys(sentences)))
    begun = Break.objects.create(
        centre=candidate.centre,
        candidate=candidate,
        starts_on=starts_on,
        expected_on=expected_on,
        reason=reason,
        recorded_by=by,
        recorded_at=at,
    )
    act = uuid.uuid4()
    details: dict[str, JSON] = {"from": starts_on.isoformat(), "expected": expected_on.isoformat(), "reason": reason}
    for unit in found.going:
        PausedUnit.objects.create(learning_break=begun, enrolment=unit, target_before=unit.target_on)
        columns = {"kept_status": unit.status, "suspended_at": at, "break_until": expected_on}
        move_unit(unit, Verb.SUSPEND, UnitStatus.SUSPENDED, **columns)
        telling.paused(unit, f"It pauses for a break in learning, until {expected_on:%-d %B %Y}.", by, at)
        audit.record(verb="begin_break", by=by, at=at, subject=unit, centre=begun.centre, details=details, act_id=act)
    return begun


@transaction.atomic
def expect_back(*, learning_break: Break, expected_on: datetime.date, by: User, at: datetime.datetime) -> Break:
    """Note another day on which the candidate is expected back. Raises Refusal for a day that has passed, and after
    their return."""
    found = _open(learning_break, by, at)
    day = timezone.localdate(at)
    if expected_on <= max(found.starts_on, day):
        raise Refusal([IN_THE_PAST])
    before, found.expected_on = found.expected_on, expected_on
    found.save(update_fields=["expected_on"])
    ids = [row.enrolment.pk for row in paused_by(found, day)]
    Enrolment.objects.filter(pk__in=lock(ids)).update(break_until=expected_on)
    details: dict[str, JSON] = {"from": before.isoformat(), "to": expected_on.isoformat()}
    audit.record(verb="expect_back", by=by, at=at, subject=found, centre=found.centre, details=details)
    return found


@transaction.atomic
def end_break(*, learning_break: Break, returned_on: datetime.date, by: User, at: datetime.datetime) -> Break:
    """The candidate is back: every unit that the break still pauses goes on where it stood, its target date later by
    the days of the break, which count for no pace. Raises Refusal for a day before the break or to come."""
    found = _open(learning_break, by, at)
    day = timezone.localdate(at)
    if not found.starts_on < returned_on <= day:
        raise Refusal([OUT_OF_IT])
    lock(row.enrolment.pk for row in paused_by(found, returned_on))
    units = paused_by(found, returned_on)
    found.returned_on, found.ended_by, found.ended_at = returned_on, by, at
    found.save(update_fields=["returned_on", "ended_by", "ended_at"])
    act = uuid.uuid4()
    for row in units:
        _resumed(found, row, by, at, act)
    recount(row.enrolment.pk for row in units)
    if not units:
        details: dict[str, JSON] = {"back on": returned_on.isoformat()}
        audit.record(verb="end_break", by=by, at=at, subject=found, centre=found.centre, details=details)
    return found


def _resumed(found: Break, row: Resuming, by: User, at: datetime.datetime, act_id: uuid.UUID) -> None:
    unit, before = row.enrolment, row.enrolment.target_on
    move_unit(
        unit,
        Verb.RESUME,
        UnitStatus(unit.kept_status),
        kept_status="",
        suspended_at=None,
        break_until=None,
        target_on=row.target_on,
        paused_days=F("paused_days") + row.days,
    )
    PausedUnit.objects.filter(learning_break=found, enrolment=unit).update(days=row.days)
    target = f", with the target date {row.target_on:%-d %B %Y}" if row.target_on else ""
    telling.paused(unit, f"It goes on after the break{target}.", by, at)
    details: dict[str, JSON] = {
        "back on": found.returned_on.isoformat() if found.returned_on else None,
        "days": row.days,
        "target from": before.isoformat() if before else None,
        "target to": row.target_on.isoformat() if row.target_on else None,
    }
    audit.record(verb="end_break", by=by, at=at, subject=unit, centre=found.centre, details=details, act_id=act_id)


def _open(learning_break: Break, by: User, at: datetime.datetime) -> Break:
    """The break as it is now, its candidate locked. Raises Refusal once they are back."""
    locked_candidate(learning_break.candidate)
    found = Break.objects.select_related("candidate", "centre").get(pk=learning_break.pk)
    administers(by, found.centre, at)
    if found.returned_on:
        raise Refusal([BACK_ALREADY])
    return found
