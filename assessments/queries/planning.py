"""Assessment plans: one with all that came of it, and what waits of them for whom."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, When

from assessments.enums import ActivityState, EvidenceKind, ItemStatus, Pace, PlanStatus, PlanVerb, UnitStatus
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
from assessments.models.access import opened_to
from assessments.progress import Progress
from assessments.queries.enrolment import CONFIRMED, kept_pace, kept_progress, people_of
from assessments.rules import Person
from assessments.workflow import PlanFacts, PlannedFacts, Reason, activity_state, plan_refusals, plan_verbs
from portfolio.canonical import JSON
from portfolio.enums import Role
from portfolio.models import User
from units.models import Criterion

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
    paces: list[tuple[Enrolment, Pace | None]]
    """Each unit, and how it keeps pace with its target date."""
    activities: list[ActivityRow]
    reviews: list[ReviewRow]
    versions: list[AssessmentPlan]
    next_review_on: datetime.date | None
    review_missed: bool
    verbs: list[PlanVerb]
    elsewhere: int
    """How many of its units are none of the reader's, who looks from outside: these are not told of."""
    missing: list[Reason]
    """What a draft still needs before it can be proposed, for whoever writes it."""

    @property
    def own(self) -> bool:
        """Whether the reader is its candidate."""
        return self.person.user_id == self.facts.candidate_id


def with_next_review(plans: QuerySet[AssessmentPlan]) -> QuerySet[AssessmentPlan]:
    """Each plan with `next_review_on`: what the latest review agreed, else the day the plan names."""
    held = PlanReview.objects.filter(plan=OuterRef("pk")).order_by("-held_on", "-pk")
    latest = Subquery(held.values("next_on")[:1])
    return plans.annotate(next_review_on=Case(When(Exists(held), then=latest), default=F("review_on")))


PlanOf = QuerySet[PlannedActivity, Any]
"""A plan by one of its activities."""


def plan_shown(user: User, pk: int | PlanOf) -> AssessmentPlan:
    """The plan with its signatures, if it exists for the person. Raises AssessmentPlan.DoesNotExist for strangers."""
    seen = AssessmentPlan.objects.visible_to(user)
    named = seen.select_related("candidate__user", "centre", "assessor_signature", "candidate_signature")
    followed = Exists(AssessmentPlan.objects.filter(previous=OuterRef("pk")))
    return with_next_review(named.annotate(followed=followed)).get(pk=pk)  # type: ignore[misc]  # or a question for it


def plan_page(
    user: User, pk: int | PlanOf, person_at: Callable[[int], Person], day: datetime.date, *, reviews: bool = True
) -> PlanPage:
    """A plan's page, in nine queries at most however long it is, ten from outside; two less without its `reviews`.

    Who looks from outside is shown what it says of the units in their remit. Raises AssessmentPlan.DoesNotExist for
    strangers.
    """
    plan = plan_shown(user, pk)
    person = person_at(plan.centre_id)
    every = units_in(plan)
    outside = Role.EXTERNAL_VERIFIER in person.roles
    units = opened_of(every, user) if outside else every
    activities = activities_in(plan)
    if len(units) < len(every):
        activities = [row for row in activities if shows_any(row, {unit.pk for unit in units})]
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
        paces=[(unit, kept_pace(unit, day)) for unit in units],
        activities=[activity_row(row, units, items.get(row.root_key, []), day, starts=starts) for row in activities],
        reviews=reviews_of(versions, opened_to(user, at="enrolment__") if outside else Q()) if reviews else [],
        versions=versions,
        next_review_on=next_review_on,
        review_missed=bool(next_review_on and next_review_on < day and plan.status == PlanStatus.AGREED),
        verbs=verbs,
        elsewhere=len(every) - len(units),
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
        may_start=starts and idle and open_units and activity.kind != EvidenceKind.PRIOR_LEARNING,
    )


# --- rows ------------------------------------------------------------------------------------------------------------


def units_in(plan: AssessmentPlan) -> list[Enrolment]:
    """The units the plan is for, with their specifications' names. One query."""
    within = PlanUnit.objects.filter(plan=plan, removed_at=None).values("enrolment")
    found = Enrolment.objects.filter(pk__in=within).listed("countersigner", "kept_status")
    return list(found.annotate(confirmed=CONFIRMED).order_by("pk"))


def opened_of(units: list[Enrolment], user: User) -> list[Enrolment]:
    """Those of the units that somebody who looks from outside may see. One query."""
    opened = set(
        Enrolment.objects.filter(opened_to(user), pk__in=[unit.pk for unit in units]).values_list("pk", flat=True)
    )
    return [unit for unit in units if unit.pk in opened]


def shows_any(activity: PlannedActivity, units: set[int]) -> bool:
    """Whether an activity that comes with its criteria is to show something of one of the units, or of none yet."""
    within = {row.enrolment_id for row in activity.criteria.all()}
    return not within or bool(within & units)


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


def reviews_of(versions: Iterable[AssessmentPlan], seen: Q) -> list[ReviewRow]:
    """The reviews of the plan in all its versions, the newest first, with how far the units were that are `seen`. Two
    queries."""
    progress = ReviewedProgress.objects.select_related("enrolment__unit", "enrolment__candidate")
    rows = PlanReview.objects.filter(plan__in=[row.pk for row in versions]).order_by("-held_on", "-pk")
    rows = rows.select_related("assessor_signature", "candidate_signature")
    progress = progress.filter(seen)
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
    """How far each unit is, as its verbs wrote it down. No query."""
    return {row.pk: kept_progress(row, confirmed=vars(row)["confirmed"]) for row in units}


def linkable(plan: AssessmentPlan, activity: PlannedActivity, user: User) -> QuerySet[Evidence]:
    """The candidate's items that can be put to an activity: what the person sees, not withdrawn, not there yet."""
    there = ActivityItem.objects.filter(activity=activity.root_key).values("evidence")
    seen = Evidence.objects.visible_to(user).filter(candidate=plan.candidate_id).exclude(pk__in=there)
    latest = EvidenceVersion.objects.filter(evidence=OuterRef("pk"), replaced_at=None)
    latest = latest.exclude(status=ItemStatus.WITHDRAWN).order_by("number")
    return seen.annotate(title=Subquery(latest.values("title")[:1])).exclude(title=None)
