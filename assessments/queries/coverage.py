"""What the samples of a plan's period cover of what its strategy wants: the facts, and the page made of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import BooleanField, CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.urls import reverse

from assessments.enums import EvidenceKind, PlanStatus, RiskLevel, SampleStage
from assessments.models import (
    Decision,
    Enrolment,
    PlannedCell,
    PlanUnit,
    RiskRating,
    Sample,
    SampledCriterion,
    SamplingPlan,
)
from assessments.models.enrolment import candidate_at
from assessments.queries.strategy import (
    accepted_in,
    period,
    policy_of,
    taken_under,
    unique,
    unit_names,
    with_simulation,
    within,
)
from assessments.sampling import Cell, Covered, Part, Ratings, Seen, cover
from portfolio.models import Centre, StaffRecord
from portfolio.workdays import midnight

FEEDBACK, PLANS = "Feedback to the candidate", "Assessment plan"
RECORD_KINDS = frozenset(
    str(kind.label)
    for kind in (
        EvidenceKind.OBSERVATION,
        EvidenceKind.PROFESSIONAL_DISCUSSION,
        EvidenceKind.QUESTIONS,
        EvidenceKind.WITNESS_TESTIMONY,
    )
)
SHOWN_NAMES = 12
ROW = (
    "pk", "candidate_id", "candidate__known_as", "candidate__legal_name", "candidate__workplace", "unit_id",
    "assessor_id", "signed_off_at", "planned_for",
)  # fmt: skip


AGREED = Exists(
    PlanUnit.objects.filter(enrolment=OuterRef("pk"), plan__status__in=(PlanStatus.AGREED, PlanStatus.REPLACED))
)
"""Of an enrolment: whether an assessment plan was agreed for it."""
T = TypeVar("T")
ByPlan = defaultdict[tuple[int, int], set[T]]
"""What is known of a unit under a plan, by the ids of both."""


@dataclass(frozen=True)
class CoveredLine:
    """A line of the coverage, with where its units are found in the grid."""

    line: Covered
    names: tuple[str, ...]
    more: int
    href: str


@dataclass(frozen=True)
class Coverage:
    """The coverage of a plan, part by part."""

    plan: SamplingPlan
    parts: list[tuple[Part, list[CoveredLine]]]
    wanted: int
    met: int

    @property
    def is_complete(self) -> bool:
        return self.met == self.wanted


@dataclass(frozen=True)
class Names:
    """What goes by which name here, for addresses: assessors and units."""

    assessors: dict[int, str]
    units: dict[int, str]


def coverage_page(plan: SamplingPlan) -> Coverage:
    """What was covered in the plan's period, in ten queries. The plan comes with its policy."""
    return coverages([plan])[0]


def coverages(plans: Sequence[SamplingPlan]) -> list[Coverage]:
    """The same of plans of one centre, in ten queries however many they are."""
    if not plans:
        return []
    seen, names = seen_in(plans)
    rated = ratings_now(plans, names)
    return [coverage_of(plan, seen[place], rated[place], names) for place, plan in enumerate(plans)]


def coverage_of(plan: SamplingPlan, seen: list[Seen], rated: Ratings, names: Names) -> Coverage:
    """What its facts say of the coverage of a plan."""
    lines = cover(seen, policy_of(plan.policy), rated)
    parts: dict[Part, list[CoveredLine]] = defaultdict(list)
    for line in lines:
        shown = line.names[:SHOWN_NAMES]
        parts[line.part].append(CoveredLine(line, shown, len(line.names) - len(shown), place_of(line, plan, names)))
    return Coverage(plan, list(parts.items()), len(lines), sum(1 for line in lines if not line.missing))


def place_of(line: Covered, plan: SamplingPlan, names: Names) -> str:
    """The grid, narrowed to what the line is about: there its units are planned and sampled."""
    grid = reverse("assessments:grid", args=[plan.pk])
    assessors = {name: pk for pk, name in names.assessors.items()}
    units = {name: pk for pk, name in names.units.items()}
    asked: dict[str, Any] = {}
    assessor = line.about.partition(": ")[0]
    if assessor in assessors and line.part in (Part.ASSESSORS, Part.STAGES, Part.CANDIDATES, Part.METHODS):
        asked = {"assessor": assessors[assessor]}
    elif line.part == Part.UNITS:
        asked = {"unit": units[line.about]}
    elif line.part == Part.SITES:
        asked = {"site": line.about}
    return f"{grid}?{urlencode(asked)}" if asked else grid


# --- the facts -------------------------------------------------------------------------------------------------------


def ratings_now(plans: Sequence[SamplingPlan], names: Names) -> list[Ratings]:
    """The risk each plan was drawn by, and what was rated since; who came since is new: at high risk. Two queries."""
    rated = dict(SamplingPlan.objects.filter(pk__in=[plan.pk for plan in plans]).values_list("pk", "facts__ratings"))
    first = min(plan.drawn_at for plan in plans)
    since = RiskRating.objects.filter(centre=plans[0].policy.centre_id, rated_at__gte=first).order_by("pk")
    later = list(since.values_list("rated_at", "assessor_id", "unit_id", "kind", "level"))
    return [rated_since(rated[plan.pk], [row[1:] for row in later if row[0] >= plan.drawn_at], names) for plan in plans]


def rated_since(
    drawn_by: dict[str, dict[str, str]], since: Iterable[tuple[int | None, int | None, str, str]], names: Names
) -> Ratings:
    """The ratings a plan was drawn by, with those since then."""
    found = {about: {name: RiskLevel(level) for name, level in levels.items()} for about, levels in drawn_by.items()}
    assessors = {**dict.fromkeys(names.assessors.values(), RiskLevel.HIGH), **found["assessors"]}
    units = {**dict.fromkeys(names.units.values(), RiskLevel.HIGH), **found["units"]}
    kinds = found["kinds"]
    for assessor, unit, kind, level in since:
        if assessor in names.assessors:
            assessors[names.assessors[assessor]] = RiskLevel(level)
        elif unit in names.units:
            units[names.units[unit]] = RiskLevel(level)
        elif kind:
            kinds[EvidenceKind(kind).label] = RiskLevel(level)
    return Ratings(assessors, units, kinds)


def seen_in(plans: Sequence[SamplingPlan]) -> tuple[list[list[Seen]], Names]:
    """The units of each plan's period with what was sampled of them, in eight queries. The plans are of one centre."""
    centre = plans[0].policy.centre
    periods = [period(plan.policy.awarding_body_id, midnight(plan.starts_on), plan.ends_on) for plan in plans]
    scope = Enrolment.objects.filter(any_of(periods), centre=centre).order_by()
    inside = {f"in_{place}": ExpressionWrapper(each, BooleanField()) for place, each in enumerate(periods)}
    told = scope.filter(candidate_at(centre)).annotate(planned_for=AGREED, **inside)
    rows = list(told.order_by("pk").values_list(*ROW, *inside))
    units = unit_names(centre)
    assessors = unique(StaffRecord.objects.filter(centre=centre).values_list("user_id", "name"))
    ids = scope.values("pk")
    accepted, held = held_in(centre, ids)
    simulated = with_simulation(ids)
    done, planned = stages_in(ids, plans)
    kinds, records = looked_at_in(ids, plans)
    found = []
    for place, plan in enumerate(plans):
        own = [row[: len(ROW)] for row in rows if row[len(ROW) + place]]
        candidates = unique({pk: known_as or legal_name for _, pk, known_as, legal_name, *_ in own}.items())
        seen = []
        for pk, candidate, _, _, workplace, unit, assessor, signed_off_at, planned_for in own:
            key = (plan.pk, pk)
            cell = Cell(
                key=str(pk).zfill(12),
                candidate=candidates[candidate],
                unit=units[unit],
                assessor=assessors.get(assessor, f"assessor no. {assessor}"),
                site=workplace,
                kinds=frozenset(accepted[pk]),
                signed_off=signed_off_at is not None,
                simulated=pk in simulated,
            )
            drawn_up = frozenset({PLANS} if planned_for else ())
            seen.append(
                Seen(
                    cell=cell,
                    done=frozenset(done[key]),
                    planned=frozenset(planned[key] - done[key]),
                    kinds=frozenset(kinds[key]),
                    holds=frozenset(held[pk]) | (RECORD_KINDS & cell.kinds) | drawn_up,
                    records=frozenset(records[key]) | (RECORD_KINDS & kinds[key]) | (drawn_up if done[key] else set()),
                )
            )
        found.append(seen)
    return found, Names(assessors, units)


def any_of(conditions: Iterable[Q]) -> Q:
    """That one of these holds."""
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def under(plans: Sequence[SamplingPlan], at: str = "") -> dict[str, ExpressionWrapper[Any]]:
    """Of a sample: under which of the plans it was taken. `at` leads to it."""
    return {
        f"under_{place}": ExpressionWrapper(taken_under(within(plan), at=at), BooleanField())
        for place, plan in enumerate(plans)
    }


def said(at: str = "") -> Q:
    """Whether a decision told the candidate something, itself or in its reading. `at` leads to the decision."""
    return ~Q(**{f"{at}feedback": ""}) | ~Q(**{f"{at}review__feedback": ""})


def held_in(
    centre: Centre, ids: QuerySet[Enrolment, Any]
) -> tuple[defaultdict[int, set[str]], defaultdict[int, set[str]]]:
    """The kinds of evidence accepted in each of the centre's units, and whether there is feedback. One query, of two
    halves: the evidence is read for the one alone, and the readings for the other, of all units of the centre: of some,
    SQLite would look for each of them in each reading."""
    kinds: defaultdict[int, set[str]] = defaultdict(set)
    held: defaultdict[int, set[str]] = defaultdict(set)
    told = Decision.objects.filter(review__centre=centre).order_by().filter(said())
    for unit, kind in accepted_in(centre, ids).union(told.values_list("enrolment_id", Value("", CharField()))):
        if kind:
            kinds[unit].add(EvidenceKind(kind).label)
        else:
            held[unit].add(FEEDBACK)
    return kinds, held


def looked_at_in(ids: QuerySet[Enrolment, Any], plans: Sequence[SamplingPlan]) -> tuple[ByPlan[str], ByPlan[str]]:
    """The kinds of evidence and the records behind the criteria that samples ticked. One query."""
    kinds: ByPlan[str] = defaultdict(set)
    records: ByPlan[str] = defaultdict(set)
    at, which = "criterion__decisions__", under(plans, "sample__")
    ticked = SampledCriterion.objects.filter(
        any_of(taken_under(within(plan), at="sample__") for plan in plans),
        sample__enrolment__in=ids,
        criterion__decisions__enrolment=F("sample__enrolment"),
        criterion__decisions__review__at__lte=F("sample__done_at"),
    )
    rows = ticked.order_by().annotate(said=ExpressionWrapper(said(at), BooleanField()), **which)
    for unit, kind, told, *holds in rows.values_list(
        "sample__enrolment_id", f"{at}version__kind", "said", *which
    ).distinct():
        for key in keys(unit, plans, holds):
            kinds[key].add(EvidenceKind(kind).label)
            if told:
                records[key].add(FEEDBACK)
    return kinds, records


def stages_in(
    ids: QuerySet[Enrolment, Any], plans: Sequence[SamplingPlan]
) -> tuple[ByPlan[SampleStage], ByPlan[SampleStage]]:
    """The stages at which each unit was sampled under each plan, and at which the plan still wants it. Two queries."""
    done: ByPlan[SampleStage] = defaultdict(set)
    planned: ByPlan[SampleStage] = defaultdict(set)
    wanted = PlannedCell.objects.filter(plan__in=[plan.pk for plan in plans], removed_at=None)
    to_do = wanted.exclude(pk__in=Sample.objects.cells_taken_at(plans[0].policy.centre_id)).order_by()
    for plan, unit, stage in to_do.values_list("plan_id", "enrolment_id", "stage"):
        planned[plan, unit].add(SampleStage(stage))
    taken = Sample.objects.filter(any_of(taken_under(within(plan)) for plan in plans), enrolment__in=ids).order_by()
    which = under(plans)
    for unit, stage, *holds in taken.annotate(**which).values_list("enrolment_id", "stage", *which):
        for key in keys(unit, plans, holds):
            done[key].add(SampleStage(stage))
    return done, planned


def keys(unit: int, plans: Sequence[SamplingPlan], holds: Sequence[object]) -> Iterator[tuple[int, int]]:
    """The unit with each plan of which it holds."""
    return ((plan.pk, unit) for plan, held in zip(plans, holds, strict=True) if held)
