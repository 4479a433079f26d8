"""A candidate's unit as the pages of it find it, with what they tell of it before they look further."""

import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from assessments.models import Adjustment, Enrolment, SimulationApproval, VersionMove
from assessments.queries.consistency import RULED
from assessments.queries.enrolment import name_of
from assessments.queries.verification import EVER_LOOKED_AT
from portfolio.compiled import compiled
from portfolio.models import User

PARTS = ("assessor", "countersigner", "verifier")
Shown = tuple[Enrolment, dict[str, str]]
"""A unit, and the names of its staff by part."""
SHOWN = (
    Enrolment.objects.all()
    .select_related("unit__awarding_body", "candidate", "centre")
    .annotate(
        **{f"{part}_name": name_of(part) for part in PARTS},
        **EVER_LOOKED_AT,
        ruled=RULED,
        adjusted=Exists(Adjustment.objects.filter(candidate=OuterRef("candidate"))),
        simulating=Exists(SimulationApproval.objects.filter(enrolment=OuterRef("pk"))),
        moved=Exists(VersionMove.objects.filter(Q(enrolment=OuterRef("pk")) | Q(earlier=OuterRef("pk")))),
    )
)
"""Enrolments with all that the page of one tells of them."""


def enrolment_shown(user: User, pk: int) -> Shown:
    """The unit and the names of its staff by part, in one query.

    It comes with what verifiers ever did in it (EVER_LOOKED_AT), with whether anything was ever arranged for the
    candidate or approved to be simulated, whether it `moved` between versions, and with `ruled`, whether its centre
    asks for consistency: most units have nothing of the kind to be asked for.
    Raises Enrolment.DoesNotExist for strangers.
    """
    return _with_staff(_shown.first(user, pk, timezone.localdate()))


def sampled_shown(user: User, sample_id: int) -> Shown:
    """The same of the unit of a sample; its candidate is a stranger to that."""
    return _with_staff(_sampled.first(user, sample_id, timezone.localdate()))


@compiled
def _shown(user: User, pk: int, day: datetime.date) -> QuerySet[Enrolment]:
    return SHOWN.visible_to(user, day).filter(pk=pk)


@compiled
def _sampled(user: User, sample_id: int, day: datetime.date) -> QuerySet[Enrolment]:
    return SHOWN.visible_to(user, day).filter(Q(samples=sample_id) & ~Q(candidate_user=user))


def _with_staff(enrolment: Enrolment | None) -> Shown:
    if enrolment is None:
        raise Enrolment.DoesNotExist
    return enrolment, {part: getattr(enrolment, f"{part}_name") or "" for part in PARTS}
