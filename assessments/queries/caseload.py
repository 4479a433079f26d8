"""Many candidates' units at once: how far each is, how it keeps pace, and how long its oldest unread item waits."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import NullIf
from django.utils import timezone

from assessments.enums import EndedAs, Pace, UnitStatus
from assessments.models import Enrolment, EnrolmentQuerySet, Mapping
from assessments.models.enrolment import CLAIMED, SIGNED_OFF, candidate_at
from assessments.pace import PACED
from assessments.progress import Progress
from assessments.queries.enrolment import BY_CANDIDATE, CONFIRMED, kept_pace, kept_progress, staff_names
from portfolio.compiled import Listed, Word, compiled
from portfolio.enums import Role
from portfolio.models import Centre, RoleGrant, StaffRecord, User
from units.models import Unit

ACTIVE = (
    UnitStatus.COLLECTING,
    UnitStatus.DECLARED,
    UnitStatus.AWAITING_COUNTERSIGNATURE,
    UnitStatus.SIGNED_OFF,
    UnitStatus.VERIFIED,
    UnitStatus.SUSPENDED,
)
REACHED = {
    "signed_off_on": ("Signed off, or further", SIGNED_OFF),
    "verified_on": ("Verified, or further", (UnitStatus.VERIFIED, *CLAIMED)),
}
"""Where units stand that got so far, in words and as statuses."""
UNPACED, NO_COHORT = "none", "(none)"
"""What is asked for where units have no target date, or are in no cohort."""
SORTS = {
    "name": "Candidate",
    "waiting": "Longest waiting first",
    "pace": "Furthest behind first",
    "progress": "Least accepted first",
    "target": "Target date",
}
"""How a list can be sorted, by name and in words. By candidate where nothing is said."""
WAITING = Mapping.objects.filter(enrolment=OuterRef("pk"), waiting_since__isnull=False).order_by("waiting_since")
OLDEST = Subquery(WAITING.values("waiting_since")[:1])
"""Since when the oldest unread item of a unit has waited."""
AT_ONCE = 500
"""How many rows of a list that is taken away are read at a time."""


@dataclass(frozen=True)
class Wanted:
    """Which units of a list are asked for, and in which order."""

    search: str = ""
    unit: int | None = None
    status: str = ""
    pace: str = ""
    waiting_days: int | None = None
    assessor: int | None = None
    cohort: str = ""
    sort: str = ""


@dataclass(frozen=True)
class CaseRow:
    """A candidate's unit in a list: how far it is, and how long its oldest unread item has waited."""

    enrolment: Enrolment
    progress: Progress
    oldest_waiting: datetime.datetime | None
    pace: Pace | None = None
    assessor: str = ""
    verifier: str = ""
    countersigner: str = ""


class Narrowing(NamedTuple):
    """What narrows a list on a day, but for the words searched for."""

    today: datetime.date
    unit: int | None
    status: Word | None
    pace: Word | None
    waiting_since: datetime.datetime | None
    assessor: int | None
    cohort: str | None
    sort: Word


def narrowing(wanted: Wanted) -> Narrowing:
    now = timezone.now()
    days = wanted.waiting_days
    return Narrowing(
        today=timezone.localdate(now),
        unit=wanted.unit or None,
        status=Word(wanted.status) if wanted.status else None,
        pace=Word(wanted.pace) if wanted.pace else None,
        waiting_since=now - datetime.timedelta(days=days) if days is not None else None,
        assessor=wanted.assessor or None,
        cohort="" if wanted.cohort == NO_COHORT else wanted.cohort or None,
        sort=Word(wanted.sort),
    )


def caseload(user: User, wanted: Wanted | None = None) -> EnrolmentQuerySet:
    """The units a person assesses or countersigns, by candidate: those going on, unless another status is asked for."""
    wanted = wanted or Wanted()
    return mine(user, narrowing(wanted)).named(wanted.search)


def centre_units(centre: Centre, wanted: Wanted) -> EnrolmentQuerySet:
    """The centre's units, by candidate."""
    return of_centre(centre.pk, narrowing(wanted)).named(wanted.search)


def caseload_listed(user: User, wanted: Wanted) -> QuerySet[Enrolment] | Listed[Enrolment]:
    """`caseload` as its page lists it."""
    if wanted.search:
        return in_list(caseload(user, wanted))
    return _mine.listed(user, narrowing(wanted))


def centre_units_listed(centre: Centre, wanted: Wanted) -> QuerySet[Enrolment] | Listed[Enrolment]:
    """`centre_units` as its page lists them."""
    if wanted.search:
        return in_list(centre_units(centre, wanted))
    return _of_centre.listed(centre.pk, narrowing(wanted))


def in_list(units: EnrolmentQuerySet, *more: str) -> EnrolmentQuerySet:
    """The units with what a line of a list tells of them, and `more`: what `case_rows` takes."""
    return units.listed("countersigner", *more)


def mine(user: User, by: Narrowing) -> EnrolmentQuerySet:
    units = Enrolment.objects.all() if by.status else Enrolment.objects.filter(status__in=ACTIVE)
    held = units.held_by(user, "assessor", by.today) | units.held_by(user, "countersigner", by.today)
    return narrowed(held, by)


def of_centre(centre_id: int, by: Narrowing) -> EnrolmentQuerySet:
    return narrowed(Enrolment.objects.filter(candidate_at(centre_id), centre=centre_id), by)


@compiled
def _mine(user: User, by: Narrowing) -> QuerySet[Enrolment]:
    return in_list(mine(user, by))


@compiled
def _of_centre(centre_id: int, by: Narrowing) -> QuerySet[Enrolment]:
    return in_list(of_centre(centre_id, by))


def narrowed(found: EnrolmentQuerySet, by: Narrowing) -> EnrolmentQuerySet:
    """Those of the units that are asked for, in the order asked for."""
    if by.unit is not None:
        found = found.filter(unit=by.unit)
    if by.status is not None:
        found = found.filter(reached(by.status))
    if by.assessor is not None:
        found = found.filter(assessor=by.assessor)
    if by.cohort is not None:
        found = found.filter(cohort=by.cohort)
    if by.pace is not None:
        found = found.filter(without_pace() if by.pace == UNPACED else at_pace(Pace(by.pace), by.today))
    if by.waiting_since is not None:
        waiting = Mapping.objects.filter(enrolment=OuterRef("pk"), waiting_since__lt=by.waiting_since)
        found = found.filter(Exists(waiting))
    return in_order(found, by.sort)


def reached(stands: str) -> Q:
    """The units that stand there, got so far, or ended so."""
    if stands in EndedAs.values:
        return Q(status=UnitStatus.WITHDRAWN, ended_as=str(stands))
    return Q(status__in=REACHED[stands][1]) if stands in REACHED else Q(status=str(stands))


def without_pace() -> Q:
    """The units still being assessed that have no target date to keep."""
    return Q(status__in=PACED) & (Q(target_on=None) | Q(criteria_count=0))


def at_pace(pace: Pace, today: datetime.date) -> Q:
    """The units that stand so to their target date: `pace_of` as SQL."""
    paced = Q(status__in=PACED, target_on__isnull=False, criteria_count__gt=0)
    behind, ahead = Q(behind_from__lte=today), Q(ahead_before__gt=today)
    ahead &= Q(behind_from__isnull=True) | Q(behind_from__gt=today)
    if pace == Pace.BEHIND:
        return paced & behind
    if pace == Pace.AHEAD:
        return paced & ahead
    not_behind = Q(behind_from__isnull=True) | Q(behind_from__gt=today)
    not_ahead = Q(ahead_before__isnull=True) | Q(ahead_before__lte=today)
    return paced & not_behind & not_ahead


def in_order(found: EnrolmentQuerySet, sort: str) -> EnrolmentQuerySet:
    """The units sorted; those that have nothing to sort by come last, and equal ones by candidate."""
    if sort == "waiting":
        return found.annotate(oldest=OLDEST).order_by(F("oldest").asc(nulls_last=True), *BY_CANDIDATE)
    if sort == "pace":
        return found.order_by(F("behind_from").asc(nulls_last=True), *BY_CANDIDATE)
    if sort == "progress":
        share = F("accepted_count") * 1000 / NullIf(F("criteria_count"), 0)
        return found.order_by(share.asc(nulls_last=True), *BY_CANDIDATE)
    if sort == "target":
        return found.order_by(F("target_on").asc(nulls_last=True), *BY_CANDIDATE)
    return found.order_by(*BY_CANDIDATE)


def case_rows(enrolments: list[Enrolment]) -> list[CaseRow]:
    """The rows of one page of a list, in one query however many there are. They come `in_list`."""
    today = timezone.localdate()
    standing = {pk: (since, confirmed) for pk, since, confirmed in _standing([row.pk for row in enrolments])}
    rows = []
    for row in enrolments:
        since, confirmed = standing.get(row.pk, (None, False))
        rows.append(CaseRow(row, kept_progress(row, confirmed=confirmed), since, kept_pace(row, today)))
    return rows


def with_staff(rows: list[CaseRow]) -> list[CaseRow]:
    """The same rows with the names of those who work on the units, in one query."""
    parts = ("assessor", "countersigner", "verifier")
    people = {getattr(row.enrolment, f"{part}_id") for row in rows for part in parts}
    names = staff_names(people - {None}, {row.enrolment.centre_id for row in rows})

    def name(enrolment: Enrolment, part: str) -> str:
        return names.get((getattr(enrolment, f"{part}_id"), enrolment.centre_id), "")

    return [
        replace(
            row,
            assessor=name(row.enrolment, "assessor"),
            countersigner=name(row.enrolment, "countersigner"),
            verifier=name(row.enrolment, "verifier"),
        )
        for row in rows
    ]


def all_rows(found: EnrolmentQuerySet) -> Iterator[CaseRow]:
    """Every row of a list with its staff, some hundred at a time: a list of thousands is never held whole."""
    pairs = list(found.values_list("pk", "centre_id"))
    there = Enrolment.objects.filter(candidate__centre__in={centre for _, centre in pairs})
    for first in range(0, len(pairs), AT_ONCE):
        batch = [pk for pk, _ in pairs[first : first + AT_ONCE]]
        rows = {row.pk: row for row in in_list(there.filter(pk__in=batch), *TAKEN_AWAY)}
        yield from with_staff(case_rows([rows[pk] for pk in batch if pk in rows]))


TAKEN_AWAY = ("countersigner", "candidate__centre_reference", "candidate__candidate_number", "unit__awarding_body")


@compiled
def _standing(enrolment_ids: list[int]) -> QuerySet[Enrolment, tuple[int, datetime.datetime | None, bool]]:
    """Since when the oldest unread item of each has waited, and whether what is accepted is confirmed: looked for of a
    page's units alone, as a list is cut only when what it tells of all is known."""
    found = Enrolment.objects.filter(pk__in=enrolment_ids).order_by()
    return found.annotate(since=OLDEST, confirmed=CONFIRMED).values_list("pk", "since", "confirmed")


def cohorts_at(centres: list[int]) -> QuerySet[Enrolment, str]:
    """The cohorts that units of these centres are in, by name."""
    found = Enrolment.objects.filter(centre__in=centres).exclude(cohort="")
    return found.order_by("cohort").values_list("cohort", flat=True).distinct()


@compiled
def assessors_at(centre: int, day: datetime.date) -> QuerySet[StaffRecord, tuple[int, str]]:
    """(id, name) of the centre's assessors of the day and of whoever is named on a unit still, by name."""
    named = Enrolment.objects.filter(centre=centre, assessor=OuterRef("user"))
    holding = RoleGrant.objects.on(day).filter(centre=centre, role=Role.ASSESSOR, user=OuterRef("user"))
    staff = StaffRecord.objects.filter(Exists(named) | Exists(holding), centre=centre)
    return staff.order_by("name", "pk").values_list("user_id", "name")


@compiled
def units_at(centres: list[int]) -> QuerySet[Unit, tuple[int, str]]:
    """(id, code) of the units that candidates of these centres take, for a filter to offer."""
    taken = Enrolment.objects.filter(centre__in=centres, unit=OuterRef("pk"))
    return Unit.objects.filter(Exists(taken)).order_by("short_code").values_list("pk", "short_code")
