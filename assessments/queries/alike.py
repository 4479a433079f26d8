"""Where else an assessor decided like in a sample that was not agreed: the same unit, in the same period.

Source: a mistake found in a sample widens it, and what else it affects is put right (domain rule 45).
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from assessments.enums import UnitStatus
from assessments.models import Decision, Enrolment, Sample
from assessments.queries.enrolment import staff_names
from assessments.verifying import STAGES
from portfolio.models import User

MOST = 25
"""How many units are listed, the latest decisions first, before it says that there are more."""


@dataclass(frozen=True)
class Alike:
    """Whose decisions are meant, in which days, and the units in which they fell with who verifies each."""

    assessors: frozenset[int]
    since: datetime.date
    until: datetime.date
    units: dict[int, int]


@dataclass(frozen=True)
class AlikeRow:
    """Another candidate's unit with decisions of the same assessor, and how it can be sampled."""

    enrolment_id: int
    candidate: str
    status: str
    decisions: int
    last_at: datetime.datetime
    verifier: str
    sampled_at: datetime.datetime | None
    open_sample: int | None
    may_sample: bool


@dataclass(frozen=True)
class AlikePage:
    """What is shown of it to somebody who verifies. `elsewhere`: how many more are for others to look at."""

    assessors: str
    since: datetime.date
    until: datetime.date
    rows: list[AlikeRow]
    more: bool
    elsewhere: int


def alike_of(sample: Sample, since: datetime.date | None = None, until: datetime.date | None = None) -> Alike:
    """The other units that a sample makes doubtful, in four queries.

    Those whose decisions were sampled count as its assessors. Without days the period begins with their first decision
    in the sampled unit, and ends with the sample.
    """
    taken_at = sample.done_at or timezone.now()
    assessors = sampled_assessors(sample)
    if since is None:
        first = decided_by(sample).filter(review__assessor__in=assessors).aggregate(at=Min("review__at"))["at"]
        since = timezone.localdate(first or taken_at)
    until = until or timezone.localdate(taken_at)
    units = dict(_units(sample, assessors, since, until).values_list("pk", "verifier_id"))
    return Alike(assessors, since, until, units)


def decided_by(sample: Sample) -> QuerySet[Decision]:
    """What had been decided in the unit when the sample was taken."""
    taken_at = sample.done_at or timezone.now()
    return Decision.objects.filter(enrolment=sample.enrolment_id, review__at__lte=taken_at).order_by()


def sampled_assessors(sample: Sample) -> frozenset[int]:
    """Whose decisions were sampled; the unit's assessor where there were none. One query."""
    sampled = decided_by(sample).filter(criterion__in=sample.criteria.values("criterion"))
    found = frozenset(sampled.values_list("review__assessor_id", flat=True))
    return found or frozenset({sample.enrolment.assessor_id})


def alike_page(
    sample: Sample, user: User, since: datetime.date | None = None, until: datetime.date | None = None
) -> AlikePage:
    """The same as a verifier reads it: the units that exist for them, and how many more there are. Six queries."""
    found = alike_of(sample, since, until)
    decided = Q(decisions__in=_decisions(found.assessors, found.since, found.until))
    samples = Sample.objects.filter(enrolment=OuterRef("pk")).order_by("-done_at")
    units = (
        Enrolment.objects.visible_to(user)
        .filter(pk__in=found.units)
        .exclude(candidate_user=user)
        .annotate(
            decided=Count("decisions", filter=decided),
            last_at=Max("decisions__review__at", filter=decided),
            sampled_at=Subquery(samples.filter(done_at__gte=sample.done_at or timezone.now()).values("done_at")[:1]),
            open_sample=Subquery(samples.still_open().values("pk")[:1]),
        )
        .select_related("candidate")
        .order_by("-last_at", "pk")
    )
    listed = list(units)
    people = {row.verifier_id for row in listed} | found.assessors
    names = {user: name for (user, _), name in staff_names(set(people), {sample.enrolment.centre_id}).items()}
    return AlikePage(
        assessors=" and ".join(names.get(pk, "") for pk in sorted(found.assessors)),
        since=found.since,
        until=found.until,
        rows=[_row(unit, user, names) for unit in listed[:MOST]],
        more=len(listed) > MOST,
        elsewhere=len(found.units) - len(listed),
    )


def _units(sample: Sample, assessors: Iterable[int], since: datetime.date, until: datetime.date) -> QuerySet[Enrolment]:
    """Other candidates' enrolments on the unit, in whatever version, with such a decision; none that was left."""
    enrolment = sample.enrolment
    decided = _decisions(assessors, since, until).filter(enrolment=OuterRef("pk"))
    units = Enrolment.objects.filter(Exists(decided), unit__key=enrolment.unit.key, centre=enrolment.centre_id)
    return units.exclude(pk=enrolment.pk).exclude(status=UnitStatus.WITHDRAWN).order_by("pk")


def _decisions(assessors: Iterable[int], since: datetime.date, until: datetime.date) -> QuerySet[Decision]:
    days = {"review__at__date__gte": since, "review__at__date__lte": until}
    return Decision.objects.filter(review__assessor__in=list(assessors), **days).order_by()


def _row(unit: Enrolment, user: User, names: dict[int, str]) -> AlikeRow:
    told = vars(unit)
    mine = unit.verifier_id == user.pk
    return AlikeRow(
        enrolment_id=unit.pk,
        candidate=unit.candidate.name,
        status=unit.get_status_display(),
        decisions=told["decided"],
        last_at=told["last_at"],
        verifier="" if mine else names.get(unit.verifier_id, ""),
        sampled_at=told["sampled_at"],
        open_sample=told["open_sample"],
        may_sample=mine and unit.status in STAGES and not told["open_sample"],
    )
