"""The staff of a centre: what each may do and knows, what they learned, and what falls due."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, DecimalField, Exists, F, OuterRef, Prefetch, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from portfolio.compiled import compiled
from portfolio.enums import Role
from portfolio.models import Centre, Competence, Development, RoleGrant, StaffQualification, StaffRecord
from portfolio.queries.people import DUE_SOON, awards_due
from portfolio.rules import STAFF_ROLES

A_YEAR = datetime.timedelta(days=365)


@dataclass(frozen=True)
class DueLine:
    """Something of somebody's that falls due, or is past its day."""

    day: datetime.date
    handle: str
    name: str
    what: str
    passed: bool


@dataclass(frozen=True)
class RoleHeld:
    """A role that somebody holds, and from when to when in words."""

    role: str
    days: str


@dataclass(frozen=True)
class StaffLine:
    """Somebody on the staff, in a line."""

    handle: str
    name: str
    job_title: str
    roles: list[RoleHeld]
    awards: list[str]
    areas: list[str]
    hours: Decimal
    review_on: datetime.date | None
    """When a competence is to be looked at again, the first of them."""


@dataclass(frozen=True)
class StaffPage:
    """The staff who hold a role today, and what falls due among them."""

    centre: Centre
    lines: list[StaffLine]
    due: list[DueLine]
    soon: int = DUE_SOON


def staff_page(centre: Centre, day: datetime.date) -> StaffPage:
    """Eight queries."""
    return StaffPage(centre, staff_lines(centre, day), falls_due(centre, day))


def staff_lines(centre: Centre, day: datetime.date) -> list[StaffLine]:
    """Everybody who holds a role of staff on the day, by name, with the hours of development of the year before."""
    in_force = RoleGrant.objects.on(day).filter(centre=centre, role__in=STAFF_ROLES)
    year = Development.objects.standing().filter(staff=OuterRef("pk"), done_on__gt=day - A_YEAR, done_on__lte=day)
    total = year.order_by().values("staff").annotate(total=Sum("hours")).values("total")
    rows = (
        StaffRecord.objects.filter(Exists(in_force.filter(user=OuterRef("user"))), centre=centre)
        .annotate(learned=Coalesce(Subquery(total), Value(Decimal(0)), output_field=DecimalField()))
        .select_related("user")
        .prefetch_related(
            Prefetch("user__grants", in_force, to_attr="roles_today"),
            "qualifications",
            Prefetch("competences", Competence.objects.on(day), to_attr="areas"),
        )
    )
    return [
        StaffLine(
            row.user.handle,
            row.name,
            row.job_title,
            roles_held(row.user.roles_today),  # type: ignore[attr-defined]  # prefetched above
            [award_in_words(award) for award in row.qualifications.all()],
            [str(one) for one in row.areas],
            row.learned,
            min((one.review_on for one in row.areas if one.review_on), default=None),
        )
        for row in rows
    ]


def roles_held(grants: Iterable[RoleGrant]) -> list[RoleHeld]:
    """The roles with their days, in the order of the enum."""
    order = list(Role)
    return [
        RoleHeld(grant.get_role_display(), days_in_words(grant))
        for grant in sorted(grants, key=lambda grant: order.index(Role(grant.role)))
    ]


def days_in_words(grant: RoleGrant) -> str:
    until = f" to {grant.ends_on:%-d %B %Y}" if grant.ends_on else ""
    return f"from {grant.starts_on:%-d %B %Y}{until}"


def award_in_words(award: StaffQualification) -> str:
    """What it is called for short, and when it is to be held where it is not yet."""
    short = award.get_kind_display()
    return short if award.achieved_on else f"{short}, by {award.target_on:%-d %B %Y}"


def falls_due(centre: Centre, day: datetime.date) -> list[DueLine]:
    """Awards to be held, roles that end and competences to be looked at again, the earliest first. Three queries."""
    until = day + datetime.timedelta(days=DUE_SOON)
    lines = [
        DueLine(row.target_on, row.handle, row.name, f"{row.award} is to be held", row.passed)
        for row in awards_due(centre, day)
    ]
    lines += [
        DueLine(row.review_on, row.staff.user.handle, row.staff.name, f"Competence in {row.area} to be looked at again",
                row.review_on < day)
        for row in _reviews_due(centre.pk, day, until)
        if row.review_on
    ]  # fmt: skip
    lines += [
        DueLine(ends_on, handle, name, f"Role as {Role(role).label.lower()} ends", False)
        for ends_on, handle, name, role in _roles_ending(centre.pk, day, until)
        if ends_on
    ]
    return sorted(lines, key=lambda line: (line.day, line.name))


@compiled
def _reviews_due(centre_id: int, day: datetime.date, until: datetime.date) -> QuerySet[Competence]:
    working = RoleGrant.objects.on(day).filter(user=OuterRef("staff__user"), centre=centre_id, role__in=STAFF_ROLES)
    reviews = Competence.objects.on(day).filter(Exists(working), staff__centre=centre_id, review_on__lt=until)
    return reviews.select_related("staff__user").only("area", "review_on", "staff__name", "staff__user__handle")


@compiled
def _roles_ending(centre_id: int, day: datetime.date, until: datetime.date) -> QuerySet[RoleGrant, Any]:
    called = StaffRecord.objects.filter(centre=centre_id, user=OuterRef("user")).values("name")[:1]
    ending = RoleGrant.objects.on(day).filter(centre=centre_id, ends_on__lt=until, role__in=STAFF_ROLES)
    name = Coalesce(Subquery(called), "user__email", output_field=CharField())
    return ending.values_list("ends_on", "user__handle", name, "role")


@dataclass(frozen=True)
class StaffMember:
    """What somebody on the staff knows and learned."""

    staff: StaffRecord
    awards: list[StaffQualification]
    competences: list[Competence]
    entries: list[Development]
    hours: Decimal
    day: datetime.date


def staff_member(staff: StaffRecord, day: datetime.date) -> StaffMember:
    """Three queries."""
    entries = list(Development.objects.standing().filter(staff=staff))
    return StaffMember(
        staff,
        list(StaffQualification.objects.filter(staff=staff)),
        list(Competence.objects.filter(staff=staff).order_by(F("ended_on").desc(nulls_first=True), "area")),
        entries,
        hours_of(entries, day),
        day,
    )


def hours_of(entries: Iterable[Development], day: datetime.date) -> Decimal:
    """Hours of the year up to the day."""
    return sum((row.hours for row in entries if day - A_YEAR < row.done_on <= day), Decimal(0))
