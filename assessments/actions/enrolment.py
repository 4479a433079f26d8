"""Verbs of enrolment: taking a unit, and pausing or leaving it."""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions import telling
from assessments.actions.counting import recount
from assessments.actions.journey import administers, lock, lock_one, move_unit, person, refuse, require
from assessments.allocating import interest_refusals, team_refusals
from assessments.enums import AllocatedAs, EndedAs, UnitStatus, Verb
from assessments.models import Allocation, Break, Enrolment
from assessments.queries.allocation import colleagues, interested_in
from assessments.queries.breaks import ON_BREAK
from assessments.queries.enrolment import bare_facts
from assessments.workflow import ITEM_FROZEN, unit_refusals
from portfolio import audit
from portfolio.models import CandidateRecord, Centre, User
from portfolio.refusal import Refusal
from units.models import CentreApproval, Unit, UnitPublication

LONGEST_COHORT = 60
IN_IT_ALREADY = "Every unit you chose is in it already."
IN_NONE = "None of the units you chose is in a cohort."


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
    cohort: str = "",
    despite: str = "",
    by: User,
    at: datetime.datetime,
    act_id: uuid.UUID | None = None,
) -> Enrolment:
    """Enrol a candidate on a unit, with everybody who will work on it named before it starts (SQA).

    Raises Refusal when the unit is not published or the centre not approved for it, when somebody does not hold the
    part's role, when two parts are one person, when an unqualified assessor has no countersigner, or when somebody has
    a conflict of interest with the candidate: `despite` says why an assessor with one cannot be avoided.
    """
    candidate = CandidateRecord.objects.select_for_update(of=("self",)).select_related("centre").get(pk=candidate.pk)
    centre = candidate.centre
    administers(by, centre, at)
    parts = {AllocatedAs.ASSESSOR: assessor, AllocatedAs.COUNTERSIGNER: countersigner, AllocatedAs.VERIFIER: verifier}
    day = timezone.localdate(at)
    people = colleagues(parts.values(), centre.pk, day)
    team = {part: people.get(user.pk) if user else None for part, user in parts.items()}
    interested = interested_in([candidate.pk], people, day)
    sentences = [
        *_unit_refusals(candidate, unit),
        *team_refusals(str(centre), candidate.user_id, team, list(team)),
        *interest_refusals(team, list(team), interested[candidate.pk], despite=despite),
    ]
    if target_on and target_on < started_on:
        sentences.append("The target date cannot be before the start.")
    if sentences:
        raise Refusal(sentences)
    in_spite = despite.strip() if assessor.pk in interested[candidate.pk] else ""
    enrolment = begun(candidate, unit, parts, started_on, target_on, _spelled(centre, cohort), in_spite, at)
    telling.begun(enrolment, by, at)
    details = {part.value: user.pk for part, user in parts.items() if user}
    audit.record(
        verb="enrol",
        by=by,
        at=at,
        subject=enrolment,
        centre=centre,
        details={"unit": unit.pk, **details},
        act_id=act_id,
    )
    return enrolment


def begun(
    candidate: CandidateRecord,
    unit: Unit,
    parts: Mapping[AllocatedAs, User | None],
    started_on: datetime.date,
    target_on: datetime.date | None,
    cohort: str,
    despite: str,
    at: datetime.datetime,
) -> Enrolment:
    """The enrolment and its first allocations, for a verb that has made sure of all of it and writes it in the book."""
    enrolment = Enrolment.objects.create(
        centre=candidate.centre,
        candidate=candidate,
        candidate_user=candidate.user,
        unit=unit,
        **{part.value: user for part, user in parts.items()},
        started_on=started_on,
        target_on=target_on,
        cohort=cohort,
        criteria_count=unit.criteria.count(),
    )
    recount([enrolment.pk])
    enrolment.refresh_from_db()
    Allocation.objects.bulk_create(
        Allocation(
            enrolment=enrolment,
            part=part,
            user=user,
            from_at=at,
            despite=despite if part == AllocatedAs.ASSESSOR else "",
        )
        for part, user in parts.items()
        if user
    )
    return enrolment


@transaction.atomic
def set_cohort(*, enrolments: Iterable[Enrolment], cohort: str, by: User, at: datetime.datetime) -> list[Enrolment]:
    """Put units into a cohort, or with none out of theirs: a line in the book for each that changes, one act.

    It is a name and no more: nothing of a unit hangs on it. Raises Refusal for units of a centre that `by` does not
    administer, and where nothing would change.
    """
    locked = list(lock(row.pk for row in enrolments).values())
    for centre in {row.centre for row in locked}:
        administers(by, centre, at)
    names = {row.centre_id: _spelled(row.centre, cohort) for row in locked}
    changed = [row for row in locked if row.cohort != names[row.centre_id]]
    if not changed:
        same = IN_IT_ALREADY if cohort.strip() else IN_NONE
        raise Refusal([same if locked else "Choose at least one unit."])
    act_id = uuid.uuid4()
    for row in changed:
        before, row.cohort = row.cohort, names[row.centre_id]
        row.save(update_fields=["cohort"])
        audit.record(
            verb="set_cohort",
            by=by,
            at=at,
            subject=row,
            centre=row.centre,
            details={"from": before, "to": row.cohort},
            act_id=act_id,
        )
    return changed


@transaction.atomic
def suspend(*, enrolment: Enrolment, reason: str, by: User, at: datetime.datetime) -> Enrolment:
    """Pause a unit; where it stood is kept."""
    reason = require(reason, "Say why the unit is suspended.")
    enrolment = _ready(enrolment, Verb.SUSPEND, by, at)
    move_unit(enrolment, Verb.SUSPEND, UnitStatus.SUSPENDED, kept_status=enrolment.status, suspended_at=at)
    telling.paused(enrolment, "It is suspended: nothing moves until it is resumed.", by, at)
    return _told(enrolment, Verb.SUSPEND, by, at, reason)


@transaction.atomic
def resume(*, enrolment: Enrolment, by: User, at: datetime.datetime) -> Enrolment:
    """Go on where a suspended unit stood."""
    enrolment = _ready(enrolment, Verb.RESUME, by, at)
    move_unit(enrolment, Verb.RESUME, UnitStatus(enrolment.kept_status), kept_status="", suspended_at=None)
    telling.paused(enrolment, "It goes on from where it was suspended.", by, at)
    return _told(enrolment, Verb.RESUME, by, at, "")


@transaction.atomic
def withdraw(*, enrolment: Enrolment, reason: str, by: User, at: datetime.datetime) -> Enrolment:
    """Leave a unit before it is claimed. Everything recorded stays; nothing of it waits to be read any more."""
    reason = require(reason, "Say why the candidate leaves the unit.")
    enrolment = _ready(enrolment, Verb.WITHDRAW, by, at)
    if enrolment.mappings.filter(evidence__frozen_at__isnull=False).exists():
        raise Refusal([ITEM_FROZEN])
    enrolment.mappings.update(waiting_since=None)
    move_unit(enrolment, Verb.WITHDRAW, UnitStatus.WITHDRAWN, **ended(EndedAs.WITHDRAWN, at))
    telling.paused(enrolment, "The candidate has left it.", by, at)
    return _told(enrolment, Verb.WITHDRAW, by, at, reason)


def ended(how: EndedAs, at: datetime.datetime) -> dict[str, Any]:
    """The columns of a unit that ends before it is claimed."""
    return {"kept_status": "", "suspended_at": None, "break_until": None, "ended_at": at, "ended_as": how}


def _spelled(centre: Centre, cohort: str) -> str:
    """The cohort as others of the centre have it, however large its letters were typed. Raises Refusal if too long."""
    cohort = " ".join(cohort.split())
    if len(cohort) > LONGEST_COHORT:
        raise Refusal([f"The name of a cohort has {LONGEST_COHORT} letters at most."])
    here = Enrolment.objects.filter(centre=centre, cohort__iexact=cohort) if cohort else Enrolment.objects.none()
    return here.order_by("pk").values_list("cohort", flat=True).first() or cohort


def _unit_refusals(candidate: CandidateRecord, unit: Unit) -> list[str]:
    sentences = unit.refusals_at(candidate.centre)
    if not UnitPublication.objects.filter(unit=unit).exists():
        sentences.append(f"{unit} is not published yet.")
    if not CentreApproval.objects.filter(centre=candidate.centre, awarding_body=unit.awarding_body).exists():
        sentences.append(f"{candidate.centre} has no approval by {unit.awarding_body} on record: record it first.")
    if found := Break.objects.going_on().filter(candidate=candidate).first():
        sentences.append(ON_BREAK.format(candidate, found.expected_on))
    if Enrolment.objects.filter(candidate=candidate, unit=unit).exclude(status=UnitStatus.WITHDRAWN).exists():
        sentences.append(f"{candidate} is enrolled on {unit.short_code} already.")
    return sentences


def _ready(enrolment: Enrolment, verb: Verb, by: User, at: datetime.datetime) -> Enrolment:
    enrolment = lock_one(enrolment)
    refuse(unit_refusals(verb, person(by, enrolment.centre_id, at), bare_facts(enrolment)))
    return enrolment


def _told(enrolment: Enrolment, verb: Verb, by: User, at: datetime.datetime, reason: str) -> Enrolment:
    audit.record(verb=verb, by=by, at=at, subject=enrolment, centre=enrolment.centre, details={"reason": reason})
    return enrolment
