"""Lists of assessment plans, and what waits of them for whom."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from assessments.enums import PlanStatus, UnitStatus
from assessments.models import ActivityItem, AssessmentPlan, PlannedActivity, PlannedCriterion, PlanUnit
from assessments.queries.marks import LIVE
from assessments.queries.planning import with_next_review
from portfolio.compiled import Listed, compiled
from portfolio.enums import Role
from portfolio.models import User, centres_of

SOON = datetime.timedelta(days=7)
SHORT_LIST = 5
"""How many of each kind a desk shows before it says how many more there are."""


def assessed_by(user: User) -> Exists:
    """Of plans: those for a unit that the person assesses now, whoever wrote them."""
    return Exists(PlanUnit.objects.filter(plan=OuterRef("pk"), removed_at=None, enrolment__assessor=user))


def plans_listed(user: User, day: datetime.date) -> Listed[AssessmentPlan]:
    """The plans a person goes through, as candidate or as assessor, the newest first."""
    return _gone_through.listed(user, day)


@compiled
def _gone_through(user: User, day: datetime.date) -> QuerySet[AssessmentPlan]:
    """Looked for from their own record and from their units: whether one is seen is asked of those alone."""
    own = AssessmentPlan.objects.filter(candidate__user=user).order_by().values("pk")
    assessed = PlanUnit.objects.filter(removed_at=None, enrolment__assessor=user).order_by().values("plan")
    return _in_list(AssessmentPlan.objects.visible_to(user, day).filter(pk__in=own.union(assessed)))


def plans_for(user: User, day: datetime.date, enrolment_id: int) -> Listed[AssessmentPlan]:
    """Those of one unit."""
    return _for_unit.listed(user, day, enrolment_id)


@compiled
def _for_unit(user: User, day: datetime.date, enrolment_id: int) -> QuerySet[AssessmentPlan]:
    within = PlanUnit.objects.filter(enrolment=enrolment_id, removed_at=None).values("plan")
    return _in_list(AssessmentPlan.objects.visible_to(user, day).filter(pk__in=within))


def _in_list(seen: QuerySet[AssessmentPlan]) -> QuerySet[AssessmentPlan]:
    return with_next_review(seen.select_related("candidate")).order_by("-pk")


@dataclass(frozen=True)
class PlanLine:
    """A plan in a list, with the units it is for."""

    plan: AssessmentPlan
    units: list[str]
    next_review_on: datetime.date | None


def plan_lines(plans: Iterable[AssessmentPlan]) -> list[PlanLine]:
    """One page of a list of plans, with its units in one query."""
    rows = list(plans)
    units: dict[int, list[str]] = defaultdict(list)
    within = PlanUnit.objects.filter(plan__in=rows, removed_at=None)
    for plan, code in within.values_list("plan_id", "enrolment__unit__short_code"):
        units[plan].append(code)
    return [PlanLine(row, units[row.pk], getattr(row, "next_review_on", None)) for row in rows]


@dataclass(frozen=True)
class PlanAtHand:
    """A plan that waits for its assessor: what for, and since or on which day."""

    plan_id: int
    title: str
    candidate: str
    what: str


def plans_at_hand(user: User, day: datetime.date) -> list[PlanAtHand]:
    """The plans for an assessor's units that wait: reviews due within a week, plans sent back to be changed, plans the
    candidate has not agreed yet. One query; one more than is shown where there are more."""
    return [
        PlanAtHand(row.pk, str(row), str(row.candidate), waits_for(row, getattr(row, "next_review_on", None)))
        for row in _at_hand(user, day, day + SOON)
    ]


@compiled
def _at_hand(user: User, day: datetime.date, soon: datetime.date) -> QuerySet[AssessmentPlan]:
    held = AssessmentPlan.objects.filter(assessed_by(user), centre__in=centres_of(user, Role.ASSESSOR, day=day))
    mine = with_next_review(held)
    due = Q(status=PlanStatus.AGREED, next_review_on__lte=soon)
    returned = Q(status=PlanStatus.DRAFT) & ~Q(returned_reason="")
    waiting = mine.filter(due | returned | Q(status=PlanStatus.PROPOSED)).select_related("candidate")
    rows = waiting.only("title", "number", "status", "returned_reason", "candidate__known_as", "candidate__legal_name")
    return rows.order_by(F("next_review_on").asc(), "pk")[: SHORT_LIST + 1]


def waits_for(plan: AssessmentPlan, next_review_on: datetime.date | None) -> str:
    """What a plan waits for, in words."""
    if plan.status == PlanStatus.DRAFT:
        return f"To be changed: {plan.returned_reason}"
    if plan.status == PlanStatus.PROPOSED:
        return "Waits for the candidate to agree"
    return f"Review on {next_review_on:%-d %B %Y}" if next_review_on else "Review"


class ToAgree(NamedTuple):
    """What waits for a candidate's signature: a plan proposed to them, or a review of one."""

    plan_id: int
    title: str
    number: int
    proposed_at: datetime.datetime
    review_id: int | None
    held_on: datetime.date | None
    next_steps: str | None
    recorded_at: datetime.datetime | None

    @property
    def name(self) -> str:
        """What people call the plan."""
        return str(AssessmentPlan(title=self.title, number=self.number))


def to_agree(user: User) -> list[ToAgree]:
    """The plans and the reviews that wait for this candidate's signature. One query."""
    return [ToAgree(*row) for row in _to_agree(user)]


@compiled
def _to_agree(user: User) -> QuerySet[AssessmentPlan, Any]:
    unsigned = FilteredRelation("reviews", condition=Q(reviews__candidate_signature=None))
    mine = AssessmentPlan.objects.filter(candidate__user=user, proposed_at__isnull=False).annotate(unsigned=unsigned)
    waiting = mine.filter(Q(status=PlanStatus.PROPOSED) | Q(unsigned__isnull=False)).order_by("pk", "unsigned__pk")
    return waiting.values_list(
        "pk",
        "title",
        "number",
        "proposed_at",
        "unsigned__pk",
        "unsigned__held_on",
        "unsigned__next_steps",
        "unsigned__recorded_at",
    )


def activities_due(user: User, day: datetime.date) -> list[PlannedActivity]:
    """The candidate's activities that are due within a week or have missed their day, with nothing of them begun, in
    units that take evidence. They come with their plan. One query."""
    return _due_by(user, day + SOON)


@compiled
def _due_by(user: User, soon: datetime.date) -> QuerySet[PlannedActivity]:
    taking = PlannedCriterion.objects.filter(
        activity=OuterRef("pk"), removed_at=None, enrolment__status=UnitStatus.COLLECTING
    )
    begun = ActivityItem.objects.filter(
        Q(activity=OuterRef("root")) | Q(activity=OuterRef("pk")),
        evidence__versions__replaced_at=None,
        evidence__versions__status__in=LIVE,
    )
    rows = PlannedActivity.objects.filter(
        plan__candidate__user=user, plan__status=PlanStatus.AGREED, removed_at=None, due_on__lte=soon
    )
    told = ("kind", "what", "due_on", "plan__agreed_at", "plan__made_at")
    return rows.filter(Exists(taking), ~Exists(begun)).select_related("plan").only(*told)
