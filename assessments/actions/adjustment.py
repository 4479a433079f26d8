"""Arranging reasonable adjustments for a candidate, and ending them."""

import datetime
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from assessments.models import Adjustment
from portfolio import audit
from portfolio.actions.checks import refuse_invalid, refuse_strangers
from portfolio.models import CandidateRecord, User
from portfolio.refusal import Refusal


@dataclass(frozen=True)
class Arranged:
    """What is arranged, for everybody who works with the candidate; and the detail, for administrators alone."""

    arranged: str
    from_on: datetime.date
    to_on: datetime.date | None = None
    detail: str = ""
    held_elsewhere: str = ""


@transaction.atomic
def arrange_adjustment(*, candidate: CandidateRecord, words: Arranged, by: User, at: datetime.datetime) -> Adjustment:
    """Approve an adjustment for a candidate. The audit line holds its days, never its words (UK GDPR Art. 9)."""
    _keeps_records(candidate, by, at)
    adjustment = Adjustment(candidate=candidate, approved_by=by, approved_at=at, **asdict(words))
    refuse_invalid(adjustment)
    adjustment.save()
    days = {"from": words.from_on.isoformat(), "to": words.to_on.isoformat() if words.to_on else None}
    audit.record(verb="arrange_adjustment", by=by, at=at, subject=adjustment, centre=candidate.centre, details=days)
    return adjustment


@transaction.atomic
def end_adjustment(*, adjustment: Adjustment, to_on: datetime.date, by: User, at: datetime.datetime) -> Adjustment:
    """Say on which day an adjustment ends: no later than it would have anyway. What it was stays on record."""
    rows = Adjustment.objects.select_related("candidate__centre").select_for_update(of=("self",))
    adjustment = rows.get(pk=adjustment.pk)
    _keeps_records(adjustment.candidate, by, at)
    if to_on < adjustment.from_on:
        raise Refusal(["An adjustment cannot end before it starts."])
    if adjustment.to_on and (adjustment.to_on < timezone.localdate(at) or to_on >= adjustment.to_on):
        raise Refusal([f"It ends on {adjustment.to_on:%-d %B %Y} already: arrange another to go on."])
    Adjustment.objects.filter(pk=adjustment.pk).update(to_on=to_on, ended_by=by)
    audit.record(
        verb="end_adjustment",
        by=by,
        at=at,
        subject=adjustment,
        centre=adjustment.candidate.centre,
        details={"to": to_on.isoformat()},
    )
    adjustment.refresh_from_db()
    return adjustment


def _keeps_records(candidate: CandidateRecord, by: User, at: datetime.datetime) -> None:
    refuse_strangers(by, candidate.centre, at)
    if by.pk == candidate.user_id:
        raise Refusal(["Nobody approves an adjustment for themselves: another administrator must."])
