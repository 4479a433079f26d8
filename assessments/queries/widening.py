"""What a finding asks of the plan it was made under: risks one step up, and the units that these want beside it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value

from assessments.enums import RatedAs, RiskLevel, SampleOutcome, SampleStage
from assessments.models import Sample, SamplingPlan, Widening
from assessments.queries.alike import sampled_assessors
from assessments.queries.enrolment import staff_names
from assessments.queries.strategy import Rated, Within, facts_of, policy_of, risks_of, within
from assessments.sampling import Ratings, draw
from portfolio.compiled import compiled
from portfolio.workdays import midnight

MOST_FINDINGS = 10
STEP_UP = {RiskLevel.LOW: RiskLevel.MEDIUM, RiskLevel.MEDIUM: RiskLevel.HIGH, RiskLevel.HIGH: RiskLevel.HIGH}
FINDINGS = (SampleOutcome.AGREED_WITH_ACTION, SampleOutcome.NOT_AGREED)


@dataclass(frozen=True)
class Finding:
    """A sample that was not simply agreed, of which nobody has said yet what follows for the plan."""

    plan_id: int
    sample_id: int
    candidate: str
    unit: str
    outcome: str
    done_at: datetime.datetime


@dataclass(frozen=True)
class Raised:
    """A risk before and after. `rated` is how it stands."""

    rated: Rated
    level: RiskLevel

    @property
    def is_raised(self) -> bool:
        return self.level != self.rated.level


@dataclass(frozen=True)
class Added:
    """A unit that the raised risks want sampled as well, and why."""

    enrolment_id: int
    candidate: str
    unit: str
    assessor: str
    stage: SampleStage
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """All that follows from a finding: the assessor's risk, the unit's, and the units to be added."""

    plan: SamplingPlan
    sample: Sample
    why: str
    assessor: Raised
    unit: Raised
    added: tuple[Added, ...]

    @property
    def both(self) -> tuple[Raised, Raised]:
        """The risks, the assessor's first."""
        return self.assessor, self.unit

    @property
    def shown(self) -> str:
        """What a press agrees to, as the page sends it back: both risks, and each unit to be added."""
        levels = [str(each.level) for each in self.both]
        return ",".join([*levels, *(f"{each.enrolment_id}:{each.stage}" for each in self.added)])

    @property
    def changes_nothing(self) -> bool:
        return not (self.added or self.assessor.is_raised or self.unit.is_raised)


COVERING = (
    SamplingPlan.objects.filter(
        adopted_at__isnull=False,
        policy__centre=OuterRef("centre"),
        policy__awarding_body=OuterRef("enrolment__unit__awarding_body"),
    )
    .alias(taken_on=ExpressionWrapper(OuterRef("done_at__date"), DateField()))
    .filter(taken_on__range=(F("starts_on"), F("ends_on")))
    .order_by("-adopted_at", "-pk")
)
"""The plans in whose period a sample was taken, the one adopted last first: it is that one's."""
FOUND = Sample.objects.filter(outcome__in=FINDINGS, widenings=None).order_by("done_at", "pk")


def open_findings(plan: SamplingPlan | None = None) -> QuerySet[Sample]:
    """Samples with a finding in the period of an adopted plan, `plan_id`, which nobody asked yet to be widened.

    Those of one plan where it is given, with its policy.
    """
    if plan:
        period = period_of(plan)
        return findings_under(within(plan), period) if period else FOUND.none()
    return FOUND.filter(Exists(COVERING)).annotate(plan_id=Subquery(COVERING.values("pk")[:1]))


class Period(NamedTuple):
    """Of an adopted plan: the moments between which its samples are taken, and when it was adopted."""

    begins: datetime.datetime
    ends: datetime.datetime
    adopted_at: datetime.datetime


def findings_under(plan: Within, period: Period) -> QuerySet[Sample]:
    """The findings of one plan. A moment's day is not asked of the database, which is slow to tell it of each."""
    within = FOUND.filter(
        centre=plan.centre,
        enrolment__unit__awarding_body=plan.body,
        done_at__gte=period.begins,
        done_at__lt=period.ends,
    )
    later = COVERING.filter(Q(adopted_at__gt=period.adopted_at) | Q(adopted_at=period.adopted_at, pk__gt=plan.pk))
    return within.filter(~Exists(later)).annotate(plan_id=Value(plan.pk))


def period_of(plan: SamplingPlan) -> Period | None:
    """None before it is adopted."""
    if plan.adopted_at is None:
        return None
    return Period(midnight(plan.starts_on), midnight(plan.ends_on + datetime.timedelta(days=1)), plan.adopted_at)


FINDING = (
    "plan_id",
    "pk",
    "enrolment__candidate__known_as",
    "enrolment__candidate__legal_name",
    "enrolment__unit__short_code",
    "outcome",
    "done_at",
)


def findings_in(plan: SamplingPlan) -> list[Finding]:
    """The oldest open findings of a plan, with candidate and unit. One query. The plan comes with its policy."""
    period = period_of(plan)
    return findings_read(_findings(within(plan), period)) if period else []


@compiled
def _findings(plan: Within, period: Period) -> QuerySet[Sample, Any]:
    return findings_under(plan, period).values_list(*FINDING)[:MOST_FINDINGS]


def findings_read(rows: Iterable[tuple[Any, ...]]) -> list[Finding]:
    """The findings, from the columns of `FINDING`."""
    return [
        Finding(plan, pk, known_as or legal_name, unit, SampleOutcome(outcome).label.lower(), at)
        for plan, pk, known_as, legal_name, unit, outcome, at in rows
        if at
    ]


def proposal_for(plan: SamplingPlan, sample: Sample, day: datetime.date) -> Proposal:
    """What the finding asks for, by the strategy and the facts of today, drawn from the plan's seed and the sample.

    Nineteen queries. The plan comes with its policy, the sample with candidate and unit.
    """
    policy, unit = plan.policy, sample.enrolment
    risks = risks_of(policy.centre, day)
    assessor = raised(risks, RatedAs.ASSESSOR, assessor_of(sample))
    specification = raised(risks, RatedAs.UNIT, unit.unit_id)
    facts = facts_of(policy.centre, policy.awarding_body, plan.starts_on, plan.ends_on, day)
    ratings = with_levels(facts.ratings, assessor, specification)
    drawn = draw(facts.cells, policy_of(policy), ratings, f"{plan.seed}/{sample.pk}")
    cells = {cell.key: cell for cell in facts.cells}
    added = tuple(
        Added(facts.enrolments[chosen.key], cell.candidate, cell.unit, cell.assessor, chosen.stage, chosen.reasons)
        for chosen in drawn.chosen
        if (cell := cells[chosen.key]).assessor == assessor.rated.name or cell.unit == specification.rated.name
    )
    return Proposal(plan, sample, why_of(sample), assessor, specification, added)


def assessor_of(sample: Sample) -> int:
    """Whose decisions the finding is about: the unit's assessor, unless others decided what was sampled. One query."""
    decided = sampled_assessors(sample)
    return sample.enrolment.assessor_id if sample.enrolment.assessor_id in decided else min(decided)


def why_of(sample: Sample) -> str:
    """The finding in a sentence, as ratings and cells give it for their reason."""
    unit, outcome = sample.enrolment, SampleOutcome(sample.outcome).label.lower()
    stage = sample.get_stage_display().lower()
    on = f"{sample.done_at:%-d %B %Y}" if sample.done_at else ""
    return f"The {stage} sample of {unit.candidate.name}, {unit.unit.short_code}, was {outcome} on {on}."


def raised(risks: Iterable[Rated], about: RatedAs, subject: int) -> Raised:
    """The risk of an assessor or a unit, and one step up. Who is not rated here any more is as if at high risk."""
    for line in risks:
        if (line.about, line.subject) == (about, subject):
            return Raised(line, STEP_UP[line.level])
    gone = Rated(about, subject, "", RiskLevel.HIGH, "")
    return Raised(gone, RiskLevel.HIGH)


def with_levels(ratings: Ratings, assessor: Raised, unit: Raised) -> Ratings:
    """The ratings with both as they would be raised."""
    return replace(
        ratings,
        assessors={**ratings.assessors, assessor.rated.name: assessor.level},
        units={**ratings.units, unit.rated.name: unit.level},
    )


@dataclass(frozen=True)
class Widened:
    """What followed from a finding, as the plan tells it."""

    candidate: str
    unit: str
    sample_id: int
    by: str
    at: datetime.datetime
    words: str


def widened_in(plan: SamplingPlan) -> list[Widened]:
    """What followed from the findings of a plan so far. Two queries."""
    rows = _widened(plan.pk)
    names = staff_names({row.by_id for row in rows}, {plan.policy.centre_id}) if rows else {}
    return [
        Widened(
            candidate=row.sample.enrolment.candidate.name,
            unit=row.sample.enrolment.unit.short_code,
            sample_id=row.sample_id,
            by=names.get((row.by_id, plan.policy.centre_id), ""),
            at=row.at,
            words=words_of(row),
        )
        for row in rows
    ]


@compiled
def _widened(plan_id: int) -> QuerySet[Widening]:
    return Widening.objects.filter(plan=plan_id).select_related(
        "sample__enrolment__candidate", "sample__enrolment__unit", "assessor_rating", "unit_rating"
    )


def words_of(row: Widening) -> str:
    """What was done, in a sentence."""
    if row.reason:
        return f"The plan was left as it is: {row.reason}"
    told = []
    if row.assessor_rating:
        told.append(f"the assessor is at {row.assessor_rating.get_level_display().lower()} risk")
    if row.unit_rating:
        told.append(f"the unit is at {row.unit_rating.get_level_display().lower()} risk")
    told.append(f"{row.added} unit{'' if row.added == 1 else 's'} added")
    sentence = ", ".join(told)
    return f"{sentence[0].upper()}{sentence[1:]}."


def finding(plan: SamplingPlan, sample_id: int) -> Sample:
    """A sample with a finding that the plan was not asked about yet. Raises Sample.DoesNotExist."""
    related = ("enrolment__candidate", "enrolment__unit", "enrolment__centre")
    return open_findings(plan).select_related(*related).get(pk=sample_id)
