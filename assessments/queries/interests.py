"""Who is tied to whom: conflicts of interest, and those named on a unit with the conflicts they have."""

import datetime
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from assessments.allocating import STANDING
from assessments.enums import AllocatedAs
from assessments.models import Allocation, Enrolment, Interest
from assessments.queries.enrolment import staff_names
from portfolio.compiled import compiled
from portfolio.models import StaffRecord, User

PARTS = ("assessor", "countersigner", "verifier")


class Held(NamedTuple):
    """Who held a part of a unit, from when to when, and whether they have an interest in its candidate that day."""

    part: str
    user_id: int
    name: str
    from_at: datetime.datetime
    to_at: datetime.datetime | None
    reason: str
    despite: str
    interested: bool

    @property
    def part_label(self) -> str:
        return AllocatedAs(self.part).label


def has_interest(user: User, candidate_id: int, day: datetime.date) -> bool:
    """Whether the person has a conflict of interest with the candidate on the day."""
    return bool(_interests(user.pk, candidate_id, day))


@compiled
def _interests(user_id: int, candidate_id: int, day: datetime.date) -> QuerySet[Interest, int]:
    found = Interest.objects.on(day).filter(staff=user_id, candidate=candidate_id)
    return found.order_by().values_list("pk", flat=True)[:1]


def held_in(enrolment: Enrolment, day: datetime.date) -> tuple[Held, ...]:
    """Everybody ever allocated to the unit, the earliest first, in one query."""
    return tuple(
        Held(part, user, name or "", from_at, to_at, reason, despite, interested)
        for part, user, name, from_at, to_at, reason, despite, interested in _held(
            enrolment.pk, enrolment.centre_id, enrolment.candidate_id, day
        )
    )


@compiled
def _held(enrolment_id: int, centre_id: int, candidate_id: int, day: datetime.date) -> QuerySet[Allocation, Any]:
    record = StaffRecord.objects.filter(user=OuterRef("user"), centre=centre_id).order_by()
    interest = Interest.objects.on(day).filter(staff=OuterRef("user"), candidate=candidate_id).order_by()
    rows = Allocation.objects.filter(enrolment=enrolment_id).annotate(
        name=Subquery(record.values("name")[:1]), interested=Exists(interest)
    )
    return rows.order_by("from_at", "pk").values_list(
        "part", "user_id", "name", "from_at", "to_at", "reason", "despite", "interested"
    )


def interests_shown(found: QuerySet[Interest], *, live_first: datetime.date) -> QuerySet[Interest]:
    """Conflicts as a page lists them: those in force on the day first, then the newest."""
    in_force = Interest.objects.on(live_first).filter(pk=OuterRef("pk")).order_by()
    record = StaffRecord.objects.filter(user=OuterRef("staff"), centre=OuterRef("centre")).order_by()
    return (
        found.select_related("candidate", "centre", "staff")
        .annotate(in_force=Exists(in_force), staff_name=Subquery(record.values("name")[:1]))
        .order_by("-in_force", "-pk")
    )


@dataclass(frozen=True)
class UnitConcerned:
    """A unit of the candidate on which the person is named; `second` is who countersigns it, if anybody."""

    pk: int
    code: str
    part: str
    second: str
    warns: bool


@dataclass(frozen=True)
class InterestLine:
    """A conflict of interest with the units it concerns."""

    interest: Interest
    staff: str
    in_force: bool
    units: list[UnitConcerned]


def units_concerned(found: list[Interest]) -> list[InterestLine]:
    """The conflicts of one page with the units, going on, on which the two meet: in two queries. They come `shown`."""
    going = Enrolment.objects.filter(candidate__in={row.candidate_id for row in found}).exclude(status__in=STANDING)
    rows = list(going.select_related("unit").only(*PARTS, "candidate", "centre", "unit__short_code").order_by("pk"))
    names = staff_names({row.countersigner_id for row in rows if row.countersigner_id}, {row.centre_id for row in rows})
    lines = []
    for interest in found:
        units = []
        for row in rows if interest.in_force else ():  # type: ignore[attr-defined]  # annotated
            part = next((part for part in PARTS if getattr(row, f"{part}_id") == interest.staff_id), None)
            if part and row.candidate_id == interest.candidate_id:
                second = names.get((row.countersigner_id or 0, row.centre_id), "")
                warns = part != AllocatedAs.ASSESSOR or not row.countersigner_id
                units.append(UnitConcerned(row.pk, row.unit.short_code, AllocatedAs(part).label, second, warns))
        name = interest.staff_name or interest.staff.email  # type: ignore[attr-defined]  # annotated
        lines.append(InterestLine(interest, name, interest.in_force, units))  # type: ignore[attr-defined]  # annotated
    return lines
