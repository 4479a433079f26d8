"""The grid of a sampling plan: candidates down, units across, how sampling stands in each cell.

A page of candidates in a fixed number of queries, with the sums over all of them.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import BigIntegerField, Count, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from assessments.models import Action, Alarm, Enrolment, EnrolmentQuerySet, Sample, SamplingPlan
from assessments.models.access import opened_to
from assessments.models.verification import OPEN
from assessments.queries.cells import Found, GridCell, Reader, UnitFound, cell_of, cells_of, described, found_in
from assessments.queries.strategy import Within, in_period, unit_names, within
from portfolio.compiled import compiled
from portfolio.models import CandidateRecord, StaffRecord, User

PER_PAGE = 20


class Asked(NamedTuple):
    """What narrows the grid."""

    assessor: int | None = None
    unit: int | None = None
    site: str | None = None
    only_open: bool = False


class Scope(NamedTuple):
    """The units of a grid: of a plan, narrowed; `outside`: whoever looks from outside sees those of their remit."""

    plan: Within
    asked: Asked
    outside: User | None = None
    day: datetime.date | None = None
    """On which they do."""


@dataclass(frozen=True)
class Tally:
    """Sums of a row or a column: units, planned samples, those taken, and cells where something is to be done."""

    units: int = 0
    planned: int = 0
    taken: int = 0
    open: int = 0


@dataclass(frozen=True)
class GridRow:
    """A candidate, a cell for each unit (None: not taken), and their sum."""

    candidate: str
    site: str
    cells: list[GridCell | None]
    sum: Tally


@dataclass(frozen=True)
class Column:
    """A unit, with its sum over every candidate of the grid, on whatever page."""

    unit_id: int
    name: str
    sum: Tally


@dataclass(frozen=True)
class Grid:
    """A page of the grid. `sum` is over all of it."""

    plan: SamplingPlan
    page: "Page[Any]"
    columns: list[Column]
    rows: list[GridRow]
    sum: Tally


@dataclass(frozen=True)
class Choices:
    """What the grid can be narrowed to: who assesses, the units, where candidates work."""

    assessors: list[tuple[int, str]]
    units: list[tuple[int, str]]
    sites: list[str]


# --- the units and their sums ----------------------------------------------------------------------------------------


def units_of(scope: Scope) -> EnrolmentQuerySet:
    """The units of the plan's period that the grid shows."""
    plan, asked = scope.plan, scope.asked
    units = in_period(plan.centre, plan.body, plan.begins, plan.ends_on)
    if asked.assessor is not None:
        units = units.filter(assessor=asked.assessor)
    if asked.unit is not None:
        units = units.filter(unit=asked.unit)
    if asked.site is not None:
        units = units.filter(candidate__workplace=asked.site)
    if asked.only_open:
        units = units.filter(to_do(plan))
    return units.filter(opened_to(scope.outside, scope.day)) if scope.outside else units


def to_do(plan: Within) -> Q:
    """Units in whose sampling something is still to be done: a planned or open sample, an action, an alarm.

    Asked as one list of ids, which is short: a database then looks for these, and not through every unit.
    """
    centre = plan.centre
    planned = cells_of(plan).exclude(pk__in=Sample.objects.cells_taken_at(centre)).values("enrolment")
    at_work = Sample.objects.filter(OPEN, centre=centre).values("enrolment")
    asked = Action.objects.filter(closed_at=None, centre=centre).values("enrolment")
    changed = Alarm.objects.still_open().filter(sample__centre=centre).values("sample__enrolment")
    first, *further = (rows.order_by() for rows in (planned, at_work, asked, changed))
    return Q(pk__in=first.union(*further))


def columns_of(scope: Scope, names: dict[int, str]) -> list[Column]:
    """The units of the grid with their sums, by name. One query."""
    columns = (Column(pk, names[pk], Tally(*sums)) for pk, *sums in _summed(scope))
    return sorted(columns, key=lambda column: column.name)


@compiled
def _summed(scope: Scope) -> QuerySet[Enrolment, Any]:
    cells = cells_of(scope.plan).order_by()
    taken = cells.filter(pk__in=Sample.objects.cells_taken_at(scope.plan.centre))
    rows = units_of(scope).order_by().values("unit_id")
    summed = rows.annotate(
        units=Count("pk"),
        planned=Count("pk", filter=Q(pk__in=cells.values("enrolment"))),
        taken=Count("pk", filter=Q(pk__in=taken.values("enrolment"))),
        open=Count("pk", filter=None if scope.asked.only_open else to_do(scope.plan)),
    )
    return summed.values_list("unit_id", "units", "planned", "taken", "open")


def total(sums: Iterable[Tally]) -> Tally:
    """The sum of sums."""
    columns = zip(*((each.units, each.planned, each.taken, each.open) for each in sums), strict=True)
    return Tally(*map(sum, columns))


# --- a page ----------------------------------------------------------------------------------------------------------


def grid_page(plan: SamplingPlan, asked: Asked, number: str, reader: Reader, choices: Choices) -> Grid:
    """A page of the grid in five queries, however many candidates there are. The plan comes with its policy.

    All candidates are asked for by name: to count them first would take a database as long once more.
    """
    scope = Scope(within(plan), asked, reader.outside, reader.day if reader.outside else None)
    names, assessors = dict(choices.units), dict(choices.assessors)
    columns = columns_of(scope, names)
    page: Page[Any] = Paginator(_people(scope), PER_PAGE).get_page(number)
    shown = list(page)
    cells: dict[tuple[int, int], GridCell] = {}
    tallies: dict[int, list[Tally]] = defaultdict(list)
    units = [UnitFound(*row) for row in _units(scope, [person[0] for person in shown])]
    for found in found_in(scope.plan, units):
        unit = found.unit
        cell = cell_of(found, plan, names[unit.unit_id], assessors, reader)
        cells[unit.candidate_id, unit.unit_id] = cell
        tallies[unit.candidate_id].append(tally_of(found))
    rows = [
        GridRow(
            candidate=known_as or legal_name,
            site=site,
            cells=[cells.get((pk, column.unit_id)) for column in columns],
            sum=total(tallies[pk]),
        )
        for pk, known_as, legal_name, site in shown
    ]
    return Grid(plan, page, columns, rows, total(column.sum for column in columns))


@compiled
def _people(scope: Scope) -> QuerySet[CandidateRecord, Any]:
    taking = units_of(scope).order_by().values("candidate")
    candidates = CandidateRecord.objects.filter(centre=scope.plan.centre, pk__in=taking)
    return candidates.order_by("legal_name", "pk").values_list("pk", "known_as", "legal_name", "workplace")


@compiled
def _units(scope: Scope, candidates: list[int]) -> QuerySet[Enrolment, Any]:
    still = Q(pk__isnull=False) if scope.asked.only_open else to_do(scope.plan)
    return described(scope.plan, units_of(scope).filter(candidate__in=candidates), still)


def choices_of(plan: SamplingPlan, *, seen_by: User | None = None, on: datetime.date | None = None) -> Choices:
    """What the grid of a plan can be narrowed to. Two queries. `seen_by` somebody who looks from outside on a day."""
    policy = plan.policy
    found = _narrowing(Scope(within(plan), Asked(), seen_by, on))
    return Choices(
        assessors=sorted(((pk, name) for pk, name, _ in found if pk), key=lambda assessor: assessor[1]),
        units=sorted(unit_names(policy.centre).items(), key=lambda unit: unit[1]),
        sites=sorted(site for _, _, site in found if site),
    )


@compiled
def _narrowing(scope: Scope) -> QuerySet[Any, Any]:
    """Who assesses, by number and name, and where candidates work."""
    units, none, nameless = units_of(scope).order_by(), Value(0), Value("")
    staff = StaffRecord.objects.filter(centre=scope.plan.centre, user__in=units.values("assessor")).order_by()
    here = CandidateRecord.objects.filter(centre=scope.plan.centre).exclude(workplace="")
    candidates = here.filter(pk__in=units.values("candidate")).order_by()
    sites = candidates.values_list(Cast(none, BigIntegerField()), Cast(nameless, TextField()), "workplace")
    return staff.values_list("user", "name", Cast(nameless, TextField())).union(sites)


def tally_of(found: Found) -> Tally:
    """What a cell adds to its sums."""
    taken = any(each.taken for each in found.cells)
    return Tally(1, int(bool(found.cells)), int(taken), int(found.unit.to_do))
