"""Asking whether an audit book holds: a worker walks it, and what it found is kept with its day."""

import datetime

from django.db import transaction
from django.utils import timezone

from portfolio import audit, jobs, leases
from portfolio.actions.checks import refuse
from portfolio.models import AuditChain, BookCheck, Centre, RoleGrant, User
from portfolio.rules import RUNNING

LOST_AFTER = datetime.timedelta(minutes=10)
"""After which a check that is not done is taken to have lost its worker."""


@transaction.atomic
def check_book(*, centre: Centre, by: User, at: datetime.datetime) -> BookCheck:
    """Have the centre's whole book walked by a worker. One that is under way already is answered instead.

    Raises Refusal for anybody but those who run the centre that day.
    """
    runs_it = RoleGrant.objects.on(timezone.localdate(at)).filter(user=by, centre=centre, role__in=RUNNING)
    if not runs_it.exists():
        refuse([f"Only an administrator or lead internal verifier of {centre} has its audit book checked."])
    chain = AuditChain.objects.select_for_update().get(centre=centre)
    under_way = chain.checks.filter(done_at=None).exclude(leases.lost("asked_at", at, LOST_AFTER)).first()
    if under_way:
        return under_way
    check = BookCheck.objects.create(chain=chain, by=by, asked_at=at)
    audit.record(verb="check book", by=by, at=at, subject=centre, centre=centre, details={"check": check.pk})
    jobs.check_book.enqueue(check.pk)
    return check


@transaction.atomic
def requeue_lost(*, at: datetime.datetime) -> int:
    """Ask again for every check whose worker was lost. Returns how many."""
    lost = list(
        BookCheck.objects.filter(leases.lost("asked_at", at, LOST_AFTER), done_at=None).values_list("pk", flat=True)
    )
    for check_id in lost:
        jobs.check_book.enqueue(check_id)
    return len(lost)
