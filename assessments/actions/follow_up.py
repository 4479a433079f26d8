"""What comes of an agreed assessment plan: evidence, and reviews that both sign."""

import datetime
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from assessments.actions import telling
from assessments.actions.claims import Target
from assessments.actions.evidence import Described, begun
from assessments.actions.planning import ready, sign, told
from assessments.enums import EvidenceKind, PlanVerb, Setting, UnitStatus
from assessments.models import (
    ActivityItem,
    AssessmentPlan,
    Evidence,
    EvidenceVersion,
    PlannedActivity,
    PlanReview,
    ReviewedProgress,
)
from assessments.queries.enrolment import staff_name
from assessments.queries.planning import IN_PREPARATION, activities_in, items_of, linkable, progress_by_unit, units_in
from portfolio.canonical import JSON
from portfolio.models import User
from portfolio.refusal import Refusal

REVIEW_AGREED = "review-agreed"


@dataclass(frozen=True)
class Held:
    """What was said in a review."""

    held_on: datetime.date
    discussed: str
    next_steps: str
    next_on: datetime.date | None = None
    present: str = ""


# --- what it leads to ------------------------------------------------------------------------------------------------


@transaction.atomic
def start_activity(*, activity: PlannedActivity, by: User, at: datetime.datetime) -> EvidenceVersion:
    """The activity becomes evidence: a draft with its title, kind, day and criteria, which the candidate goes on with.

    Raises Refusal while an item of it is in preparation, and where none of its units takes evidence any more.
    """
    plan = ready(activity.plan, PlanVerb.START, by, at)
    activity = _activity_in(plan, activity)
    refuse_starting(plan, activity)
    open_units = {unit.pk for unit in units_in(plan) if unit.status == UnitStatus.COLLECTING}
    described = Described(
        title=activity.what,
        kind=activity.kind,
        setting=Setting.SIMULATED if activity.kind == EvidenceKind.SIMULATION else Setting.PAID_WORK,
        activity_on=activity.due_on,
    )
    targets = [
        Target(row.enrolment_id, row.criterion_id) for row in activity.criteria.all() if row.enrolment_id in open_units
    ]
    version, _ = begun(plan.candidate, described, [], targets, by, at)
    ActivityItem.objects.create(activity_id=activity.root_key, evidence=version.evidence, by=by, at=at)
    told(PlanVerb.START, plan, by, at, activity=activity.pk, evidence=version.evidence_id)
    return version


@transaction.atomic
def link_activity(*, activity: PlannedActivity, evidence: Evidence, by: User, at: datetime.datetime) -> ActivityItem:
    """Put an item that is there already to the activity it came of: also what the assessor recorded."""
    plan = ready(activity.plan, PlanVerb.LINK, by, at)
    activity = _activity_in(plan, activity)
    if not linkable(plan, activity, by).filter(pk=evidence.pk).exists():
        raise Refusal(["This item is none of the candidate's, or stands beside the activity already."])
    item = ActivityItem.objects.create(activity_id=activity.root_key, evidence=evidence, by=by, at=at)
    told(PlanVerb.LINK, plan, by, at, activity=activity.pk, evidence=evidence.pk)
    return item


# --- reviewing -------------------------------------------------------------------------------------------------------


@transaction.atomic
def hold_review(*, plan: AssessmentPlan, held: Held, by: User, at: datetime.datetime) -> PlanReview:
    """Record a review that was held, signed by the assessor, with how far each unit is. The candidate signs next."""
    plan = ready(plan, PlanVerb.REVIEW, by, at)
    sentences = []
    if not held.discussed.strip() or not held.next_steps.strip():
        sentences.append("Say what was discussed and what was agreed.")
    if held.held_on > timezone.localdate(at):
        sentences.append("A review is recorded once it was held: its day cannot lie ahead.")
    if held.next_on and held.next_on <= held.held_on:
        sentences.append("The next review must be on a later day than this one.")
    if sentences:
        raise Refusal(sentences)
    units = units_in(plan)
    progress = progress_by_unit(units)
    figures: JSON = [[pk, row.total, row.claimed, row.accepted, row.confirmed] for pk, row in sorted(progress.items())]
    latest = plan.reviews.order_by("-held_on", "-pk").first()
    facts: dict[str, JSON] = {**asdict(held), "plan": plan.pk, "progress": figures}
    review = PlanReview.objects.create(
        plan=plan,
        planned_on=latest.next_on if latest else plan.review_on,
        held_by=by,
        held_by_name=staff_name(by, plan.centre_id),
        recorded_at=at,
        assessor_signature=sign(plan, REVIEW_AGREED, {"facts": facts}, by, at),
        **asdict(held),
    )
    ReviewedProgress.objects.bulk_create(
        ReviewedProgress(
            review=review,
            enrolment_id=pk,
            total=row.total,
            claimed=row.claimed,
            accepted=row.accepted,
            confirmed=row.confirmed,
        )
        for pk, row in sorted(progress.items())
    )
    telling.of_plan(plan, "A review was held: read what was written of it, and agree.", by, at)
    told(PlanVerb.REVIEW, plan, by, at, review=review.pk)
    return review


@transaction.atomic
def agree_review(*, review: PlanReview, comment: str, by: User, at: datetime.datetime) -> PlanReview:
    """The candidate signs the review, with a word of their own where they see something otherwise."""
    plan = ready(review.plan, PlanVerb.AGREE_REVIEW, by, at)
    review = PlanReview.objects.select_related("assessor_signature").get(pk=review.pk)
    facts: dict[str, JSON] = {"review": review.assessor_signature.digest, "comment": comment.strip()}
    signature = sign(plan, REVIEW_AGREED, {"facts": facts}, by, at)
    unsigned = PlanReview.objects.filter(pk=review.pk, candidate_signature=None)
    if unsigned.update(candidate_signature=signature, candidate_comment=comment.strip()) != 1:
        raise Refusal(["You have signed this review already."])
    review.refresh_from_db()
    telling.of_plan(plan, "The candidate has agreed to a review.", by, at)
    told(PlanVerb.AGREE_REVIEW, plan, by, at, review=review.pk)
    return review


def refuse_starting(plan: AssessmentPlan, activity: PlannedActivity) -> None:
    """Raise Refusal where no evidence can be started for the activity now."""
    if activity.kind == EvidenceKind.PRIOR_LEARNING:
        raise Refusal(
            [
                "Prior learning asks where it comes from and when it was achieved: add it as evidence, then put it to "
                "this activity."
            ]
        )
    if any(item.status in IN_PREPARATION for item in items_of([activity]).get(activity.root_key, [])):
        raise Refusal(["Evidence for this activity is in preparation already: go on with that."])
    collecting = {unit.pk for unit in units_in(plan) if unit.status == UnitStatus.COLLECTING}
    if not any(row.enrolment_id in collecting for row in activity.criteria.all()):
        raise Refusal(["The units this activity is for take no evidence any more."])


def _activity_in(plan: AssessmentPlan, activity: PlannedActivity) -> PlannedActivity:
    """The activity with its criteria. Raises Refusal for one that was taken out."""
    found = next((row for row in activities_in(plan) if row.pk == activity.pk), None)
    if found is None:
        raise Refusal(["This activity was taken out of the plan."])
    return found
