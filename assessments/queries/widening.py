"""What a finding asks of the plan it was made under: risks one step up, and the units that these want beside it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from assessments.enums import RatedAs, RiskLevel, SampleOutcome, SampleStage
from assessments.models import Sample, SamplingPlan, Widening
from assessments.queries.alike import sampled_assessors
from assessments.queries.enrolment import staff_names
from assessments.queries.strategy import Rated, facts_of, policy_of, risks_of
from assessments.sampling import Ratings, draw

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


PLAN = Subquery(
    SamplingPlan.objects.filter(
        adopted_at__isnull=False,
        policy__centre=OuterRef("enrolment__centre"),
        policy__awarding_body=OuterRef("enrolment__unit__awarding_body"),
        starts_on__lte=OuterRef("done_at__date"),
        ends_on__gte=OuterRef("done_at__date"),
    )
    .order_by("-adopted_at", "-pk")
    .values("pk")[:1]
)
"""The plan in whose period a sample was taken: of several, the one adopted last."""


def open_findings(plan: SamplingPlan | None = None) -> QuerySet[Sample]:
    """Samples with a finding in the period of an adopted plan, `plan_id`, which nobody asked yet to be widened."""
    found = Sample.objects.filter(outcome__in=FINDINGS, widenings=None).annotate(plan_id=PLAN)
    found = found.filter(plan_id=plan.pk) if plan else found.filter(plan_id__isnull=False)
    return found.order_by("done_at", "pk")


FINDING = (
    "plan_id",
    "pk",
    "enrolment__candidate__known_as",
    "enrolment__candidate__legal_name",
    "enrolment__unit__short_code",
    "outcome",
    "done_at",
)


def findings_of(samples: QuerySet[Sample], most: int) -> list[Finding]:
    """The oldest of the open findings among these, with candidate and unit. One query."""
    return findings_read(samples.values_list(*FINDING)[:most])


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
    rows = list(
        Widening.objects.filter(plan=plan).select_related(
            "sample__enrolment__candidate", "sample__enrolment__unit", "assessor_rating", "unit_rating"
        )
    )
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
