"""Verbs of allocation: giving a part of one unit, or of many at once, to somebody else."""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from assessments.actions import telling
from assessments.actions.journey import administers, lock, require
from assessments.allocating import allocation_refusals
from assessments.enums import AllocatedAs
from assessments.models import Allocation, Enrolment
from assessments.queries.allocation import hands_in
from assessments.queries.interests import has_interest
from portfolio import audit
from portfolio.canonical import JSON
from portfolio.models import User
from portfolio.refusal import Refusal

WHY = "Say why the allocation changes."


@dataclass(frozen=True)
class Allocated:
    """What became of many units: those that changed hands, and those that did not, with the reasons."""

    done: list[Enrolment] = field(default_factory=list)
    refused: list[tuple[Enrolment, list[str]]] = field(default_factory=list)


@transaction.atomic
def allocate(
    *,
    enrolment: Enrolment,
    part: AllocatedAs,
    user: User | None,
    reason: str,
    despite: str = "",
    by: User,
    at: datetime.datetime,
) -> Enrolment:
    """Give a part of an enrolment to somebody else (or a countersigner to nobody); the history keeps both.

    `despite` says why somebody assesses in spite of a conflict of interest. Raises Refusal when the person cannot hold
    the part, or had a hand in the unit that the part must not have; when the unit is claimed or over; when it waits
    for the countersigner who is to be taken away.
    """
    found = _go_or_stay([enrolment], part, user, despite, by, at)
    reason = require(reason, WHY)
    if found.refused:
        raise Refusal(found.refused[0][1])
    return give(found.done[0], part, user, reason, despite, by, at, uuid.uuid4())


@transaction.atomic
def allocate_many(
    *,
    enrolments: Iterable[Enrolment],
    part: AllocatedAs,
    user: User | None,
    reason: str,
    despite: str = "",
    by: User,
    at: datetime.datetime,
) -> Allocated:
    """Give a part of many enrolments to one person in one act: an audit line for each, all with one act_id.

    Those that cannot be given to the person stay as they are, and are told with the reasons; all others change hands.
    Raises Refusal when none can, or when one is of a centre that `by` does not administer.
    """
    found = _go_or_stay(list(enrolments), part, user, despite, by, at)
    reason = require(reason, WHY)
    if not found.done:
        sentences = [sentence for _, refused in found.refused for sentence in refused]
        raise Refusal(list(dict.fromkeys(sentences)) or ["Choose at least one unit."])
    act = uuid.uuid4()
    done = [give(row, part, user, reason, despite, by, at, act) for row in found.done]
    return Allocated(done, found.refused)


def _go_or_stay(
    enrolments: Sequence[Enrolment],
    part: AllocatedAs,
    user: User | None,
    despite: str,
    by: User,
    at: datetime.datetime,
) -> Allocated:
    """The enrolments, locked: those that can be given to the person, and the others with the reasons."""
    locked = list(lock(row.pk for row in enrolments).values())
    for centre in {row.centre for row in locked}:
        administers(by, centre, at)
    if len({row.centre_id for row in locked}) > 1:
        raise Refusal(["Change the allocations of one centre at a time."])
    hands, found = hands_in(locked, user, timezone.localdate(at)), Allocated()
    for row in locked:
        sentences = allocation_refusals(hands[row.pk], part, despite=despite)
        if sentences:
            found.refused.append((row, sentences))
        else:
            found.done.append(row)
    return found


def give(
    enrolment: Enrolment,
    part: AllocatedAs,
    user: User | None,
    reason: str,
    despite: str,
    by: User,
    at: datetime.datetime,
    act_id: uuid.UUID,
    verb: str = "allocate",
) -> Enrolment:
    """The part to the person, in the enrolment and its history, with the audit line of the verb that gives it."""
    before: User | None = getattr(enrolment, part.value)
    if part != AllocatedAs.ASSESSOR or not (
        user and has_interest(user, enrolment.candidate_id, timezone.localdate(at))
    ):
        despite = ""
    Enrolment.objects.filter(pk=enrolment.pk).update(**{part.value: user})
    Allocation.objects.filter(enrolment=enrolment, part=part, to_at=None).update(to_at=at)
    if user:
        Allocation.objects.create(
            enrolment=enrolment, part=part, user=user, from_at=at, reason=reason, despite=despite.strip()
        )
    enrolment.refresh_from_db()
    telling.allocated(enrolment, part, before, user, by, at)
    details: dict[str, JSON] = {
        "part": part.value,
        "from": before.pk if before else None,
        "to": user.pk if user else None,
        "reason": reason,
    }
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=enrolment,
        centre=enrolment.centre,
        details={**details, "despite": despite.strip()},
        act_id=act_id,
    )
    return enrolment
