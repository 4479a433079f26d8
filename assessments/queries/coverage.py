"""What the samples of a plan's period cover of what its strategy wants: the facts, and the page made of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.urls import reverse

from assessments.enums import EvidenceKind, PlanStatus, RiskLevel, SampleStage, Verdict
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
from assessments.queries.strategy import in_period, policy_of, taken_under, unique, unit_names, with_simulation
from assessments.sampling import Cell, Covered, Part, Ratings, Seen, cover
from portfolio.models import StaffRecord

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
    "assessor_id", "signed_off_at",
)  # fmt: skip


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
    """What was covered in the plan's period, in eleven queries. The plan comes with its policy."""
    seen, names = seen_in(plan)
    lines = cover(seen, policy_of(plan.policy), ratings_now(plan, names))
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


def ratings_now(plan: SamplingPlan, names: Names) -> Ratings:
    """The risk the plan was drawn by, and what was rated since; who came since is new, so at high risk. Two queries."""
    rated: dict[str, dict[str, str]] = SamplingPlan.objects.values_list("facts__ratings", flat=True).get(pk=plan.pk)
    found = {about: {name: RiskLevel(level) for name, level in levels.items()} for about, levels in rated.items()}
    assessors = {**dict.fromkeys(names.assessors.values(), RiskLevel.HIGH), **found["assessors"]}
    units = {**dict.fromkeys(names.units.values(), RiskLevel.HIGH), **found["units"]}
    kinds = found["kinds"]
    since = RiskRating.objects.filter(centre=plan.policy.centre_id, rated_at__gte=plan.drawn_at).order_by("pk")
    for assessor, unit, kind, level in since.values_list("assessor_id", "unit_id", "kind", "level"):
        if assessor in names.assessors:
            assessors[names.assessors[assessor]] = RiskLevel(level)
        elif unit in names.units:
            units[names.units[unit]] = RiskLevel(level)
        elif kind:
            kinds[EvidenceKind(kind).label] = RiskLevel(level)
    return Ratings(assessors, units, kinds)


def seen_in(plan: SamplingPlan) -> tuple[list[Seen], Names]:
    """The units of the plan's period with what was sampled of them, in nine queries."""
    policy = plan.policy
    scope = in_period(policy.centre, policy.awarding_body, plan.starts_on, plan.ends_on).order_by()
    rows = list(scope.order_by("pk").values_list(*ROW))
    candidates = unique({pk: known_as or legal_name for _, pk, known_as, legal_name, *_ in rows}.items())
    units = unit_names(policy.centre)
    assessors = unique(StaffRecord.objects.filter(centre=policy.centre_id).values_list("user_id", "name"))
    ids = scope.values("pk")
    accepted, held = held_in(ids)
    simulated = with_simulation(ids)
    done, planned = stages_in(ids, plan)
    kinds, records = looked_at_in(ids, plan)
    planned_for = set(agreed_plans(ids))
    seen = []
    for pk, candidate, _, _, workplace, unit, assessor, signed_off_at in rows:
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
        plans = frozenset({PLANS} if pk in planned_for else ())
        seen.append(
            Seen(
                cell=cell,
                done=frozenset(done[pk]),
                planned=frozenset(planned[pk] - done[pk]),
                kinds=frozenset(kinds[pk]),
                holds=frozenset(held[pk]) | (RECORD_KINDS & cell.kinds) | plans,
                records=frozenset(records[pk]) | (RECORD_KINDS & kinds[pk]) | (plans if done[pk] else frozenset()),
            )
        )
    return seen, Names(assessors, units)


def said(at: str = "") -> ExpressionWrapper[Any]:
    """Whether a decision told the candidate something, itself or in its reading. `at` leads to the decision."""
    return ExpressionWrapper(~Q(**{f"{at}feedback": ""}) | ~Q(**{f"{at}review__feedback": ""}), BooleanField())


def held_in(ids: QuerySet[Enrolment, Any]) -> tuple[defaultdict[int, set[str]], defaultdict[int, set[str]]]:
    """The kinds of evidence accepted in each unit, and whether there is feedback. One query."""
    kinds: defaultdict[int, set[str]] = defaultdict(set)
    held: defaultdict[int, set[str]] = defaultdict(set)
    rows = Decision.objects.filter(enrolment__in=ids).order_by().annotate(said=said())
    for unit, kind, verdict, told in rows.values_list("enrolment_id", "version__kind", "verdict", "said").distinct():
        if verdict == Verdict.MET:
            kinds[unit].add(EvidenceKind(kind).label)
        if told:
            held[unit].add(FEEDBACK)
    return kinds, held


def looked_at_in(
    ids: QuerySet[Enrolment, Any], plan: SamplingPlan
) -> tuple[defaultdict[int, set[str]], defaultdict[int, set[str]]]:
    """The kinds of evidence and the records behind the criteria that samples ticked. One query."""
    kinds: defaultdict[int, set[str]] = defaultdict(set)
    records: defaultdict[int, set[str]] = defaultdict(set)
    ticked = SampledCriterion.objects.filter(
        taken_under(plan, at="sample__"),
        sample__enrolment__in=ids,
        criterion__decisions__enrolment=F("sample__enrolment"),
        criterion__decisions__review__at__lte=F("sample__done_at"),
    )
    at = "criterion__decisions__"
    rows = ticked.order_by().annotate(said=said(at))
    for unit, kind, told in rows.values_list("sample__enrolment_id", f"{at}version__kind", "said").distinct():
        kinds[unit].add(EvidenceKind(kind).label)
        if told:
            records[unit].add(FEEDBACK)
    return kinds, records


def stages_in(
    ids: QuerySet[Enrolment, Any], plan: SamplingPlan
) -> tuple[defaultdict[int, set[SampleStage]], defaultdict[int, set[SampleStage]]]:
    """The stages at which each unit was sampled in the period, and at which the plan still wants it. Two queries."""
    wanted = PlannedCell.objects.filter(plan=plan, removed_at=None).exclude(samples__done_at__isnull=False)
    taken = Sample.objects.filter(taken_under(plan), enrolment__in=ids)
    return by_unit(taken.order_by()), by_unit(wanted.order_by())


def by_unit(rows: QuerySet[Any]) -> defaultdict[int, set[SampleStage]]:
    found: defaultdict[int, set[SampleStage]] = defaultdict(set)
    for unit, stage in rows.values_list("enrolment_id", "stage"):
        found[unit].add(SampleStage(stage))
    return found


def agreed_plans(ids: QuerySet[Enrolment, Any]) -> Iterable[int]:
    """The units for which an assessment plan was agreed. One query."""
    agreed: Sequence[str] = (PlanStatus.AGREED, PlanStatus.REPLACED)
    units = PlanUnit.objects.filter(enrolment__in=ids, plan__status__in=agreed).order_by()
    return units.values_list("enrolment_id", flat=True).distinct()
