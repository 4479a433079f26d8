"""A cell of the sampling grid: what was planned, done and said of one candidate's unit, in marks and words.

What it shows is what was done, not what was planned; one that was neither says why not.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, JSONField, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from assessments.enums import GridMark, SampleOutcome, SampleStage, UnitStatus
from assessments.models import (
    Alarm,
    Enrolment,
    LeftOut,
    PlannedCell,
    PlannedCellQuerySet,
    Sample,
    SamplingPlan,
    UnsampledNote,
)
from assessments.models.verification import OPEN
from assessments.queries.strategy import Within, taken_under
from assessments.verifying import STAGES
from portfolio.compiled import compiled
from portfolio.models import User

UNIT = (
    "pk",
    "candidate_id",
    "unit_id",
    "assessor_id",
    "verifier_id",
    "candidate_user_id",
    "status",
    "accepted_count",
    "left_out",
    "noted",
    "to_do",
)
CELL = ("pk", "stage", "due_on", "reasons", "taken")
SAMPLE = ("pk", "stage", "planned_at", "done_at", "outcome", "cell_id", "open_actions", "alarm_id", "changed")
SIGNED_OR_LATER = (UnitStatus.SIGNED_OFF, UnitStatus.VERIFIED)


@dataclass(frozen=True)
class Line:
    """What is said of one stage of a cell's sampling: the mark, and a few words beside it.

    `spoken` is what the mark alone says, where the words beside it do not say it again.
    """

    mark: GridMark
    words: str
    spoken: str = ""


@dataclass(frozen=True)
class GridCell:
    """A candidate's unit. `about`: all that is known of its sampling, in sentences; `href`: where to go on."""

    unit_id: int
    unit: str
    lines: list[Line]
    about: str
    href: str = ""

    @property
    def mark(self) -> GridMark:
        """The most pressing of its lines."""
        order = list(GridMark)
        return min((line.mark for line in self.lines), key=order.index)


@dataclass(frozen=True)
class Reader:
    """Who looks at the grid: cells are links where they can go on."""

    user_id: int
    leads: bool
    day: datetime.date
    outside: User | None = None
    """Themselves, where they look from outside: they see the units of their remit, and change nothing."""


@dataclass(frozen=True)
class UnitFound:
    """A candidate's unit in the grid's period; why the draw left it out, and what a verifier said since."""

    pk: int
    candidate_id: int
    unit_id: int
    assessor_id: int
    verifier_id: int
    candidate_user_id: int
    status: str
    accepted: int
    left_out: list[str] | None
    noted: str | None
    to_do: bool


@dataclass(frozen=True)
class CellFound:
    """A sample that the plan wants, and whether it was taken."""

    pk: int
    stage: str
    due_on: datetime.date | None
    reasons: list[str]
    taken: bool


@dataclass(frozen=True)
class SampleFound:
    """A sample that is open, or was taken in the period; its open actions, and what changed since."""

    pk: int
    stage: str
    planned_at: datetime.datetime
    done_at: datetime.datetime | None
    outcome: str
    cell_id: int | None
    open_actions: int
    alarm_id: int | None
    changed: str | None


@dataclass(frozen=True)
class Found:
    """What was planned, done and said of one unit under the plan."""

    unit: UnitFound
    cells: list[CellFound] = field(default_factory=list)
    samples: list[SampleFound] = field(default_factory=list)

    @property
    def waiting(self) -> list[CellFound]:
        """Planned samples that nobody has begun."""
        begun = {sample.cell_id for sample in self.samples}
        return [cell for cell in self.cells if not cell.taken and cell.pk not in begun]


def cells_of(plan: SamplingPlan | Within) -> PlannedCellQuerySet:
    """What the plan wants sampled, or proposes to."""
    return PlannedCell.objects.filter(plan=plan.pk, removed_at=None)


def described(plan: Within, units: QuerySet[Enrolment], to_do: Q) -> QuerySet[Enrolment, Any]:
    """The units with why the draw left them out, and what was said since; `to_do`: where there is still something to
    be done. The columns of `UnitFound`."""
    left_out = LeftOut.objects.filter(plan=plan.pk, enrolment=OuterRef("pk")).values("reasons")[:1]
    notes = UnsampledNote.objects.filter(enrolment=OuterRef("pk"), at__gte=OuterRef("signed_off_at"))
    rows = units.order_by("pk").annotate(
        left_out=Subquery(left_out, output_field=JSONField()),
        noted=Subquery(notes.order_by("-pk").values("reason")[:1]),
        to_do=ExpressionWrapper(to_do, BooleanField()),
    )
    return rows.values_list(*UNIT)


def found_in(plan: Within, units: Iterable[UnitFound]) -> list[Found]:
    """Everything that was planned, done and said of these units under the plan. Two queries."""
    found = {unit.pk: Found(unit) for unit in units}
    for enrolment, *row in _cells(plan, list(found)):
        found[enrolment].cells.append(CellFound(*row))
    for enrolment, *told in _samples(plan, list(found)):
        found[enrolment].samples.append(SampleFound(*told))
    return list(found.values())


@compiled
def _cells(plan: Within, enrolments: list[int]) -> QuerySet[PlannedCell, Any]:
    done = Sample.objects.filter(cell=OuterRef("pk"), done_at__isnull=False)
    cells = cells_of(plan).filter(enrolment__in=enrolments).annotate(taken=Exists(done)).order_by("pk")
    return cells.values_list("enrolment_id", *CELL)


@compiled
def _samples(plan: Within, enrolments: list[int]) -> QuerySet[Sample, Any]:
    alarm = Alarm.objects.still_open().filter(sample=OuterRef("pk"))
    samples = Sample.objects.filter(OPEN | taken_under(plan), enrolment__in=enrolments).annotate(
        open_actions=Count("actions", filter=Q(actions__closed_at=None, actions__isnull=False)),
        alarm_id=Subquery(alarm.values("pk")[:1]),
        changed=Subquery(alarm.values("first")[:1]),
    )
    return samples.order_by("pk").values_list("enrolment_id", *SAMPLE)


# --- in marks and words -----------------------------------------------------------------------------------------------


def cell_of(found: Found, plan: SamplingPlan, unit: str, assessors: dict[int, str], reader: Reader) -> GridCell:
    """A cell in words, with where to go on from it."""
    lines = [*map(sample_line, found.samples), *(planned_line(cell, reader.day) for cell in found.waiting)]
    why = [sentence for cell in found.cells for sentence in cell.reasons]
    if not lines:
        lines = [unsampled_line(found.unit)]
        why += [found.unit.noted] if found.unit.noted else found.unit.left_out or []
    about = [f"{line.mark.label}: {line.words}." if line.spoken else f"{line.mark.label}." for line in lines]
    about += [sample.changed for sample in found.samples if sample.changed]
    if assessor := assessors.get(found.unit.assessor_id):
        about.append(f"Assessor: {assessor}.")
    return GridCell(found.unit.unit_id, unit, lines, " ".join([*about, *why]), address_of(found, plan, reader))


def spoken(mark: GridMark, words: str) -> Line:
    """A line whose mark says what its words do not."""
    return Line(mark, words, f"{mark.label}: ")


def sample_line(sample: SampleFound) -> Line:
    """A sample that is open, or was taken: its stage, its outcome, its day."""
    stage = SampleStage(sample.stage).label
    if sample.done_at is None:
        return spoken(GridMark.OPEN, f"{stage}, chosen {short(timezone.localdate(sample.planned_at))}")
    words = f"{stage}, {short(timezone.localdate(sample.done_at))}"
    if sample.alarm_id:
        return spoken(GridMark.CHANGED, words)
    if sample.outcome == SampleOutcome.NOT_AGREED:
        return spoken(GridMark.NOT_AGREED, words)
    return spoken(GridMark.ACTION if sample.open_actions else GridMark.AGREED, words)


def planned_line(cell: CellFound, day: datetime.date) -> Line:
    """A planned sample that nobody has begun."""
    late = cell.due_on is not None and cell.due_on < day
    by = f", by {short(cell.due_on)}" if cell.due_on else ""
    return spoken(GridMark.OVERDUE if late else GridMark.PLANNED, f"{SampleStage(cell.stage).label}{by}")


def unsampled_line(unit: UnitFound) -> Line:
    """A unit that is neither sampled nor planned."""
    if unit.noted or unit.left_out:
        return Line(GridMark.LEFT_OUT, "Left out")
    nothing_yet = unit.status not in SIGNED_OR_LATER and not unit.accepted
    return Line(GridMark.NOTHING, "Nothing yet") if nothing_yet else Line(GridMark.UNPLANNED, "Not planned")


def address_of(found: Found, plan: SamplingPlan, reader: Reader) -> str:
    """The alarm, the open sample, the planned one to begin, the sample taken; else planning one. Empty for others."""
    unit = found.unit
    if reader.outside:
        last = found.samples[-1:]
        return address(last[0].pk, "assessments:sample") if last else address(unit.pk, "assessments:enrolment")
    verifies = unit.verifier_id == reader.user_id
    if unit.candidate_user_id == reader.user_id or not (reader.leads or verifies):
        return ""
    for sample in found.samples:
        if sample.alarm_id:
            return address(sample.alarm_id, "assessments:alarm")
    for sample in found.samples:
        if sample.done_at is None:
            return address(sample.pk, "assessments:sample")
    if found.waiting:
        begins = verifies and UnitStatus(unit.status) in STAGES
        return address(unit.pk, "assessments:plan_sample" if begins else "assessments:enrolment")
    if found.samples:
        return address(found.samples[-1].pk, "assessments:sample")
    stage = SampleStage.SUMMATIVE if unit.status in SIGNED_OR_LATER else SampleStage.INTERIM
    return f"{address(plan.pk, 'assessments:add_cell')}?enrolment={unit.pk}&stage={stage}" if plan.adopted_at else ""


def address(pk: int, page: str) -> str:
    """The address of a record's page."""
    return reverse(page, args=[pk])


def short(day: datetime.date) -> str:
    """`3 May`."""
    return f"{day:%-d %b}"
