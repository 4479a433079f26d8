"""Assessment plans: one with all that came of it, and what waits of them for whom."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Prefetch, Q, QuerySet, Subquery, When

from assessments.enums import ActivityState, ItemStatus, PlanStatus, PlanVerb, UnitStatus
from assessments.models import (
    ActivityItem,
    AssessmentPlan,
    Enrolment,
    Evidence,
    EvidenceVersion,
    PlannedActivity,
    PlannedCriterion,
    PlanReview,
    PlanUnit,
    ReviewedProgress,
)
from assessments.progress import Progress, layers, progress_of
from assessments.queries.enrolment import people_of
from assessments.queries.judgement import marks_of
from assessments.queries.mapping import LIVE
from assessments.rules import Person
from assessments.workflow import PlanFacts, PlannedFacts, Reason, activity_state, plan_refusals, plan_verbs
from portfolio.canonical import JSON
from portfolio.enums import Role
from portfolio.models import User, centres_of
from units.models import Criterion

SOON = datetime.timedelta(days=7)
SHORT_LIST = 5
"""How many of each kind a desk shows before it says how many more there are."""
IN_PREPARATION = (ItemStatus.DRAFT, ItemStatus.RETURNED)


@dataclass(frozen=True)
class ItemOfActivity:
    """An item an activity became, as it stands."""

    evidence_id: int
    name: str
    title: str
    status: str

    @property
    def handed_in(self) -> bool:
        """A draft is its candidate's alone."""
        return self.status != ItemStatus.DRAFT


@dataclass(frozen=True)
class ActivityRow:
    """A planned activity: what it is to show, by unit, and how far it is."""

    activity: PlannedActivity
    shows: list[tuple[Enrolment, list[Criterion]]]
    items: list[ItemOfActivity]
    state: ActivityState
    may_start: bool

    @property
    def missed(self) -> bool:
        return self.state == ActivityState.MISSED


@dataclass(frozen=True)
class ReviewRow:
    """A review with how far each unit was then."""

    review: PlanReview
    progress: list[ReviewedProgress]


@dataclass(frozen=True)
class PlanPage:
    """An assessment plan with its activities and what they led to, its reviews and its other versions.

    Everything a printed form of it needs is here.
    """

    plan: AssessmentPlan
    person: Person
    facts: PlanFacts
    units: list[Enrolment]
    activities: list[ActivityRow]
    reviews: list[ReviewRow]
    versions: list[AssessmentPlan]
    next_review_on: datetime.date | None
    review_missed: bool
    verbs: list[PlanVerb]
    missing: list[Reason]
    """What a draft still needs before it can be proposed, for whoever writes it."""

    @property
    def own(self) -> bool:
        """Whether the reader is its candidate."""
        return self.person.user_id == self.facts.candidate_id

    @property
    def has_buttons(self) -> bool:
        """Whether the reader can do something with the plan itself."""
        return bool(set(self.verbs) - {PlanVerb.START, PlanVerb.LINK, PlanVerb.AGREE_REVIEW})


def with_next_review(plans: QuerySet[AssessmentPlan]) -> QuerySet[AssessmentPlan]:
    """Each plan with `next_review_on`: what the latest review agreed, else the day the plan names."""
    held = PlanReview.objects.filter(plan=OuterRef("pk")).order_by("-held_on", "-pk")
    latest = Subquery(held.values("next_on")[:1])
    return plans.annotate(next_review_on=Case(When(Exists(held), then=latest), default=F("review_on")))


def plan_shown(user: User, pk: int) -> AssessmentPlan:
    """The plan with its signatures, if it exists for the person. Raises AssessmentPlan.DoesNotExist for strangers."""
    seen = AssessmentPlan.objects.visible_to(user)
    named = seen.select_related("candidate__user", "centre", "assessor_signature", "candidate_signature")
    followed = Exists(AssessmentPlan.objects.filter(previous=OuterRef("pk")))
    return with_next_review(named.annotate(followed=followed)).get(pk=pk)


def plan_page(
    user: User, pk: int, person_at: Callable[[int], Person], day: datetime.date, *, reviews: bool = True
) -> PlanPage:
    """A plan's page, in nine queries at most however long it is; two less without its `reviews`.

    Raises AssessmentPlan.DoesNotExist for strangers.
    """
    plan = plan_shown(user, pk)
    person = person_at(plan.centre_id)
    units = units_in(plan)
    activities = activities_in(plan)
    items = items_of(activities)
    versions = versions_of(plan)
    facts = facts_of(plan, units, activities, criteria_in(activities), items, versions, day)
    verbs = plan_verbs(person, facts)
    starts = PlanVerb.START in verbs
    next_review_on: datetime.date | None = getattr(plan, "next_review_on", None)
    return PlanPage(
        plan=plan,
        person=person,
        facts=facts,
        units=units,
        activities=[activity_row(row, units, items.get(row.root_key, []), day, starts=starts) for row in activities],
        reviews=reviews_of(versions) if reviews else [],
        versions=versions,
        next_review_on=next_review_on,
        review_missed=bool(next_review_on and next_review_on < day and plan.status == PlanStatus.AGREED),
        verbs=verbs,
        missing=plan_refusals(PlanVerb.PROPOSE, person, facts) if PlanVerb.PROPOSE in verbs else [],
    )


def activity_row(
    activity: PlannedActivity, units: list[Enrolment], items: list[ItemOfActivity], day: datetime.date, *, starts: bool
) -> ActivityRow:
    """An activity that comes with its criteria."""
    by_unit: dict[int, list[Criterion]] = defaultdict(list)
    for row in activity.criteria.all():
        by_unit[row.enrolment_id].append(row.criterion)
    state = activity_state((item.status for item in items), activity.due_on, day)
    open_units = any(unit.status == UnitStatus.COLLECTING for unit in units if unit.pk in by_unit)
    idle = not any(item.status in IN_PREPARATION for item in items)
    return ActivityRow(
        activity=activity,
        shows=[(unit, by_unit[unit.pk]) for unit in units if unit.pk in by_unit],
        items=items,
        state=state,
        may_start=starts and idle and open_units,
    )


# --- rows ------------------------------------------------------------------------------------------------------------


def units_in(plan: AssessmentPlan) -> list[Enrolment]:
    """The units the plan is for, with their specifications' names. One query."""
    within = PlanUnit.objects.filter(plan=plan, removed_at=None).values("enrolment")
    return list(Enrolment.objects.filter(pk__in=within).listed("countersigner", "kept_status").order_by("pk"))


def activities_in(plan: AssessmentPlan) -> list[PlannedActivity]:
    """The plan's activities by their day, each with its criteria. Two queries."""
    criteria = PlannedCriterion.objects.filter(removed_at=None).select_related("criterion")
    rows = PlannedActivity.objects.filter(plan=plan, removed_at=None)
    return list(rows.prefetch_related(Prefetch("criteria", criteria)))


def criteria_in(activities: Iterable[PlannedActivity]) -> dict[int, list[PlannedCriterion]]:
    """The criteria of activities that come with them, by activity. No query."""
    return {row.pk: list(row.criteria.all()) for row in activities}


def items_of(activities: Iterable[PlannedActivity]) -> dict[int, list[ItemOfActivity]]:
    """What the activities became, by the root of each: an item's version in force, else its draft. One query."""
    roots = {row.root_key for row in activities}
    if not roots:
        return {}
    rows = ActivityItem.objects.filter(activity__in=roots, evidence__versions__replaced_at=None).order_by(
        "pk", "evidence__versions__number"
    )
    found: dict[tuple[int, int], ItemOfActivity] = {}
    for root, evidence, number, title, status in rows.values_list(
        "activity_id",
        "evidence_id",
        "evidence__number",
        "evidence__versions__title",
        "evidence__versions__status",
    ):
        key = (root, evidence)
        if status != ItemStatus.WITHDRAWN and (key not in found or status != ItemStatus.DRAFT):
            name = f"Evidence {number}" if number else "Draft"
            found[key] = ItemOfActivity(evidence, name, title, status)
    by_root: dict[int, list[ItemOfActivity]] = defaultdict(list)
    for (root, _), item in found.items():
        by_root[root].append(item)
    return dict(by_root)


def versions_of(plan: AssessmentPlan) -> list[AssessmentPlan]:
    """Every version of the plan, oldest first: they are few. One query; none where it is known to be the only one."""
    if plan.previous_id is None and not getattr(plan, "followed", True):
        return [plan]
    rows = AssessmentPlan.objects.filter(candidate=plan.candidate_id).order_by("pk")
    ours = {plan.pk}
    all_rows = list(rows.select_related("candidate"))
    by_pk = {row.pk: row for row in all_rows}
    before = plan.previous_id
    while before:
        ours.add(before)
        before = by_pk[before].previous_id
    for row in all_rows:
        if row.previous_id in ours:
            ours.add(row.pk)
    return [row for row in all_rows if row.pk in ours]


def reviews_of(versions: Iterable[AssessmentPlan]) -> list[ReviewRow]:
    """The reviews of the plan in all its versions, the newest first, with how far the units were. Two queries."""
    progress = ReviewedProgress.objects.select_related("enrolment__unit", "enrolment__candidate")
    rows = PlanReview.objects.filter(plan__in=[row.pk for row in versions]).order_by("-held_on", "-pk")
    rows = rows.select_related("assessor_signature", "candidate_signature")
    return [ReviewRow(row, list(row.progress.all())) for row in rows.prefetch_related(Prefetch("progress", progress))]


def facts_of(
    plan: AssessmentPlan,
    units: list[Enrolment],
    activities: list[PlannedActivity],
    criteria: dict[int, list[PlannedCriterion]],
    items: dict[int, list[ItemOfActivity]],
    versions: Iterable[AssessmentPlan],
    day: datetime.date,
) -> PlanFacts:
    """What a plan's refusals rest on. No query."""
    following = [row for row in versions if row.previous_id == plan.pk and row.status != PlanStatus.CLOSED]
    return PlanFacts(
        plan_id=plan.pk,
        status=PlanStatus(plan.status),
        candidate_id=plan.candidate.user_id,
        units=tuple((unit.pk, unit.unit.short_code, people_of(unit)) for unit in units),
        activities=tuple(
            PlannedFacts(row.pk, row.what, row.due_on, len(criteria[row.pk]), bool(items.get(row.root_key)))
            for row in activities
        ),
        review_on=plan.review_on,
        day=day,
        being_changed=bool(following),
    )


def plan_facts(plan: AssessmentPlan, day: datetime.date) -> PlanFacts:
    """The same, gathered: five queries."""
    activities = activities_in(plan)
    return facts_of(
        plan,
        units_in(plan),
        activities,
        criteria_in(activities),
        items_of(activities),
        AssessmentPlan.objects.filter(previous=plan),
        day,
    )


def signed_facts(plan: AssessmentPlan) -> dict[str, JSON]:
    """What a signature on a plan is put to: everything in it. Three queries."""
    activities: list[JSON] = [
        {
            "what": row.what,
            "kind": row.kind,
            "place": row.place,
            "due_on": row.due_on,
            "resources": row.resources,
            "criteria": sorted([each.enrolment_id, each.criterion_id] for each in row.criteria.all()),
        }
        for row in activities_in(plan)
    ]
    return {
        "plan": plan.pk,
        "candidate": plan.candidate_id,
        "version": plan.number,
        "title": plan.title,
        "needs": plan.needs,
        "expert_witnesses": plan.expert_witnesses,
        "review_on": plan.review_on,
        "units": [unit.pk for unit in units_in(plan)],
        "activities": activities,
    }


def progress_by_unit(units: list[Enrolment]) -> dict[int, Progress]:
    """How far each unit is, in two queries."""
    criteria: dict[int, list[int]] = defaultdict(list)
    rows = Criterion.objects.filter(unit__in={row.unit_id for row in units}).values_list("unit_id", "pk")
    for unit, pk in rows:
        criteria[unit].append(pk)
    marks = marks_of(row.pk for row in units)
    return {row.pk: progress_of(layers(criteria[row.unit_id], marks[row.pk], row.status)) for row in units}


# --- lists, and what waits -------------------------------------------------------------------------------------------


def assessed_by(user: User) -> Exists:
    """Of plans: those for a unit that the person assesses now, whoever wrote them."""
    return Exists(PlanUnit.objects.filter(plan=OuterRef("pk"), removed_at=None, enrolment__assessor=user))


def plans_listed(user: User, *, enrolment: int | None = None) -> QuerySet[AssessmentPlan]:
    """The plans a person goes through, as candidate or as assessor; or those of one unit. The newest first."""
    seen = AssessmentPlan.objects.visible_to(user)
    if enrolment is None:
        seen = seen.filter(Q(candidate__user=user) | assessed_by(user))
    else:
        within = PlanUnit.objects.filter(enrolment=enrolment, removed_at=None).values("plan")
        seen = seen.filter(pk__in=within)
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
    held = AssessmentPlan.objects.filter(assessed_by(user), centre__in=centres_of(user, Role.ASSESSOR, day=day))
    mine = with_next_review(held)
    due = Q(status=PlanStatus.AGREED, next_review_on__lte=day + SOON)
    returned = Q(status=PlanStatus.DRAFT) & ~Q(returned_reason="")
    rows = mine.filter(due | returned | Q(status=PlanStatus.PROPOSED)).select_related("candidate")
    return [
        PlanAtHand(row.pk, str(row), str(row.candidate), waits_for(row, getattr(row, "next_review_on", None)))
        for row in rows.order_by(F("next_review_on").asc(), "pk")[: SHORT_LIST + 1]
    ]


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
    unsigned = FilteredRelation("reviews", condition=Q(reviews__candidate_signature=None))
    mine = AssessmentPlan.objects.filter(candidate__user=user, proposed_at__isnull=False).annotate(unsigned=unsigned)
    waiting = mine.filter(Q(status=PlanStatus.PROPOSED) | Q(unsigned__isnull=False)).order_by("pk", "unsigned__pk")
    rows = waiting.values_list(
        "pk",
        "title",
        "number",
        "proposed_at",
        "unsigned__pk",
        "unsigned__held_on",
        "unsigned__next_steps",
        "unsigned__recorded_at",
    )
    return [ToAgree(*row) for row in rows]  # type: ignore[arg-type]  # proposed_at is filtered above


def activities_due(user: User, day: datetime.date) -> QuerySet[PlannedActivity]:
    """The candidate's activities that are due within a week or have missed their day, with nothing of them begun, in
    units that take evidence. They come with their plan. One query."""
    taking = PlannedCriterion.objects.filter(
        activity=OuterRef("pk"), removed_at=None, enrolment__status=UnitStatus.COLLECTING
    )
    begun = ActivityItem.objects.filter(
        Q(activity=OuterRef("root")) | Q(activity=OuterRef("pk")),
        evidence__versions__replaced_at=None,
        evidence__versions__status__in=LIVE,
    )
    rows = PlannedActivity.objects.filter(
        plan__candidate__user=user, plan__status=PlanStatus.AGREED, removed_at=None, due_on__lte=day + SOON
    )
    return rows.filter(Exists(taking), ~Exists(begun)).select_related("plan")


def linkable(plan: AssessmentPlan, activity: PlannedActivity, user: User) -> QuerySet[Evidence]:
    """The candidate's items that can be put to an activity: what the person sees, not withdrawn, not there yet."""
    there = ActivityItem.objects.filter(activity=activity.root_key).values("evidence")
    seen = Evidence.objects.visible_to(user).filter(candidate=plan.candidate_id).exclude(pk__in=there)
    latest = EvidenceVersion.objects.filter(evidence=OuterRef("pk"), replaced_at=None)
    latest = latest.exclude(status=ItemStatus.WITHDRAWN).order_by("number")
    return seen.annotate(title=Subquery(latest.values("title")[:1])).exclude(title=None)
