"""The strategy page, and a sampling plan: what it chose and why, how far it is, what was left out."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from assessments.enums import EvidenceKind, PlannedHow, RatedAs, RiskLevel
from assessments.models import Enrolment, ExternalAccess, LeftOut, PlannedCell, Sample, SamplingPlan, SamplingPolicy
from assessments.models.access import opened_to, remit_of
from assessments.models.enrolment import candidate_at
from assessments.queries.access import seen_whole
from assessments.queries.enrolment import staff_names
from assessments.queries.strategy import Rated, in_period, plans_of, policies_of, policy_of, risks_of
from portfolio.compiled import Listed, compiled
from portfolio.models import Centre, User
from portfolio.workdays import midnight
from units.models import AwardingBody, Unit

PER_PAGE = 25
ROW = (
    "enrolment__candidate__known_as",
    "enrolment__candidate__legal_name",
    "enrolment__unit__short_code",
    "enrolment__assessor",
    "enrolment__centre",
)
"""What a line of a plan tells of its unit: a specification is too much to read for each."""


@dataclass(frozen=True)
class BodyLine:
    """An awarding body that approved the centre, the strategy for its units in words, and its plans."""

    body: AwardingBody
    policy: SamplingPolicy | None
    rules: list[str]
    plans: list[SamplingPlan]


@dataclass(frozen=True)
class StrategyPage:
    centre: Centre
    lines: list[BodyLine]
    risks: list[Rated]


def strategy_page(centre: Centre, day: datetime.date, *, seen_by: User | None = None) -> StrategyPage:
    """The strategy for each body that approved the centre, its plans, and the risk of every part. Nine queries.

    `seen_by` somebody who looks from outside: what is of their awarding body, in two more.
    """
    policies = policies_of(centre)
    plans = plans_of(centre.pk)
    bodies = AwardingBody.objects.filter(approvals__centre=centre)
    risks = risks_of(centre, day)
    if seen_by:
        sent_by = ExternalAccess.objects.in_force(seen_by, day).filter(centre=centre).values("awarding_body")
        bodies = bodies.filter(pk__in=sent_by)
        plans = [plan for plan in plans if plan.adopted_at]
        mine = Exists(
            ExternalAccess.objects.in_force(seen_by, day).filter(remit_of("pk", "awarding_body"), centre=centre)
        )
        units = set(Unit.objects.filter(mine).values_list("pk", flat=True))
        risks = [risk for risk in risks if risk.about != RatedAs.UNIT or risk.subject in units]
    lines = [
        BodyLine(
            body=body,
            policy=(policy := policies.get(body.pk)),
            rules=rules_in_words(policy) if policy else [],
            plans=[plan for plan in plans if plan.policy.awarding_body_id == body.pk],
        )
        for body in bodies
    ]
    return StrategyPage(centre, lines, risks)


def rules_in_words(policy: SamplingPolicy) -> list[str]:
    """The rules of a version, a sentence each."""
    rates = policy_of(policy).rates
    told = ", ".join(f"{rates.of(level)} % at {level.label.lower()} risk" for level in RiskLevel)
    sentences = [f"Units sampled: {told}, for each assessor and each unit."]
    if policy.every_candidate:
        sentences.append("At least one unit of every candidate.")
    elif policy.candidates:
        sentences.append(f"{policy.candidates} % of each assessor’s candidates.")
    everything = [
        (policy.every_assessor, "every assessor"),
        (policy.every_unit, "every unit"),
        (policy.every_site, "every place of work"),
        (policy.all_simulation, "all simulated evidence"),
    ]
    if covered := [words for holds, words in everything if holds]:
        sentences.append(f"In every plan: {', '.join(covered)}.")
    if policy.kinds:
        kinds = ", ".join(EvidenceKind(kind).label.lower() for kind in policy.kinds)
        sentences.append(f"In the sample of every assessor: {kinds}.")
    sentences.append(f"{policy.interim} % of each assessor’s samples are interim, while work is in progress.")
    return sentences


# --- a plan ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanLine:
    """A unit in a plan or left out of it, at which stage, with the reasons; and how far its sample is."""

    enrolment_id: int
    candidate: str
    unit: str
    assessor: str
    reasons: list[str]
    stage: str = ""
    cell_id: int | None = None
    how: str = ""
    state: str = ""
    removable: bool = False


@dataclass(frozen=True)
class PlanPage:
    """A plan, and one page of what it wants sampled or left out. `left_out`: how many units it left out."""

    plan: SamplingPlan
    page: "Page[Any]"
    lines: list[PlanLine]
    left_out: int
    by: str

    @property
    def proposal(self) -> bool:
        return self.plan.adopted_at is None and self.plan.discarded_at is None


@compiled
def plan_for(user: User, pk: int, day: datetime.date) -> QuerySet[SamplingPlan]:
    """The plan with its policy, if the person sees it; `whole`: whether all of it, where they look from outside."""
    plans = SamplingPlan.objects.visible_to(user, day).select_related("policy__centre", "policy__awarding_body")
    return plans.defer("facts").annotate(whole=seen_whole(user, day)).filter(pk=pk)


def plan_page(
    plan: SamplingPlan, number: str, *, left_out: bool, seen_by: User | None = None, on: datetime.date | None = None
) -> PlanPage:
    """A page of what a plan wants sampled, or of what it left out. Four queries. The plan comes with its policy.

    `seen_by` somebody who looks from outside on a day: of the units in their remit.
    """
    centre = plan.policy.centre_id
    seen = seen_rows(plan, seen_by, on)
    rows_left_out = _left_out.listed(*seen)
    found: Listed[Any] = rows_left_out if left_out else _planned.listed(*seen)
    page: Page[Any] = Paginator(found, PER_PAGE).get_page(number)
    rows = list(page)
    names = staff_names({plan.drawn_by_id, *(row.enrolment.assessor_id for row in rows)}, {centre})
    count = page.paginator.count if left_out else rows_left_out.count()
    return PlanPage(plan, page, plan_lines(rows, names), count, names.get((plan.drawn_by_id, centre), ""))


def whole_plan(plan: SamplingPlan, *, left_out: bool, seen_by: User | None, on: datetime.date) -> list[PlanLine]:
    """All that `plan_page` shows page by page. Two queries."""
    rows = (_left_out if left_out else _planned)(*seen_rows(plan, seen_by, on))
    names = staff_names({row.enrolment.assessor_id for row in rows}, {plan.policy.centre_id})
    return plan_lines(rows, names)


def seen_rows(plan: SamplingPlan, seen_by: User | None, on: datetime.date | None) -> tuple[Any, ...]:
    """What the rows of a plan are looked up by, for who looks at them."""
    return plan.pk, plan.policy.centre_id, seen_by, on if seen_by else None


def plan_lines(rows: Iterable[PlannedCell | LeftOut], names: dict[tuple[int, int], str]) -> list[PlanLine]:
    """Rows of a plan in words."""
    return [cell_line(names, row) if isinstance(row, PlannedCell) else left_out_line(names, row) for row in rows]


@compiled
def _planned(plan_id: int, centre_id: int, seen_by: User | None, day: datetime.date | None) -> QuerySet[PlannedCell]:
    return cells_of(plan_id, centre_id).filter(opened_to(seen_by, day, at="enrolment__") if seen_by else Q())


@compiled
def _left_out(plan_id: int, centre_id: int, seen_by: User | None, day: datetime.date | None) -> QuerySet[LeftOut]:
    return left_out_of(plan_id, centre_id).filter(opened_to(seen_by, day, at="enrolment__") if seen_by else Q())


def left_out_of(plan_id: int, centre_id: int) -> QuerySet[LeftOut]:
    """The units that a plan of the centre left out, by candidate."""
    rows = LeftOut.objects.filter(candidate_at(centre_id, at="enrolment__"), plan=plan_id)
    rows = rows.select_related("enrolment__candidate", "enrolment__unit")
    return rows.only(*ROW, "reasons").order_by("enrolment__candidate__legal_name", "enrolment", "pk")


def cells_of(plan_id: int, centre_id: int) -> QuerySet[PlannedCell]:
    """The units of a plan of the centre, those to be sampled first; with whether a sample was taken or is open."""
    begun = Sample.objects.still_open().filter(centre=centre_id, cell__isnull=False).values("cell")
    return (
        PlannedCell.objects.filter(candidate_at(centre_id, at="enrolment__"), plan=plan_id)
        .select_related("enrolment__candidate", "enrolment__unit")
        .only(*ROW, "stage", "reasons", "how", "removed_at", "removal_reason")
        .annotate(
            taken=ExpressionWrapper(Q(pk__in=Sample.objects.cells_taken_at(centre_id)), BooleanField()),
            open=ExpressionWrapper(Q(pk__in=begun.order_by()), BooleanField()),
        )
        .order_by(F("removed_at").asc(nulls_first=True), "taken", "enrolment__candidate__legal_name", "enrolment", "pk")
    )


def named(names: dict[tuple[int, int], str], enrolment: Enrolment) -> tuple[int, str, str, str]:
    """The unit by its id, its candidate, its code and who assesses it now."""
    assessor = names.get((enrolment.assessor_id, enrolment.centre_id), "")
    return enrolment.pk, enrolment.candidate.name, enrolment.unit.short_code, assessor


def left_out_line(names: dict[tuple[int, int], str], row: LeftOut) -> PlanLine:
    return PlanLine(*named(names, row.enrolment), row.reasons)


def cell_line(names: dict[tuple[int, int], str], cell: PlannedCell) -> PlanLine:
    """A cell as `cells_of` reads it."""
    return PlanLine(
        *named(names, cell.enrolment),
        cell.reasons,
        stage=cell.get_stage_display(),
        cell_id=cell.pk,
        how="" if cell.how == PlannedHow.DRAWN else cell.get_how_display(),
        state=state_of(cell),
        removable=not (cell.removed_at or cell.taken or cell.open),  # type: ignore[attr-defined]
    )


def state_of(cell: PlannedCell) -> str:
    """How far the sample is, in words."""
    if cell.removed_at:
        return f"Taken out on {cell.removed_at:%-d %B %Y}: {cell.removal_reason}"
    if cell.taken:  # type: ignore[attr-defined]
        return "Sampled as planned"
    return "Being sampled" if cell.open else "To be sampled"  # type: ignore[attr-defined]


def units_to_add(plan: SamplingPlan, user_id: int, *, leads: bool) -> list[tuple[int, str]]:
    """The units of the plan's period that a verifier may add, by name: their own, or all for who leads. One query."""
    policy = plan.policy
    units = in_period(policy.centre_id, policy.awarding_body_id, midnight(plan.starts_on), plan.ends_on)
    units = units.filter(candidate_at(policy.centre_id))
    if not leads:
        units = units.filter(verifier=user_id)
    planned = PlannedCell.objects.in_force().filter(plan=plan, enrolment=OuterRef("pk"))
    rows: Iterable[Enrolment] = units.filter(~Exists(planned)).exclude(Q(candidate_user=user_id)).listed()
    return sorted(((row.pk, f"{row.candidate}, {row.unit.short_code}") for row in rows), key=lambda row: row[1])
