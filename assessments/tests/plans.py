"""Assessment plans at any point, and consistency rules, born through the real verbs."""

import datetime

from django.utils import timezone

from assessments.actions import consistency, follow_up, planning
from assessments.actions.consistency import AskedFor, For
from assessments.actions.follow_up import Held
from assessments.actions.planning import ActivityWords, PlanWords
from assessments.enums import Effect, EvidenceKind
from assessments.models import AssessmentPlan, ConsistencyRule, Enrolment, PlannedActivity, PlanReview
from assessments.testing import House, targets

WEEK = datetime.timedelta(days=7)


def a_plan(unit: Enrolment, *more: Enrolment) -> AssessmentPlan:
    """A draft without an activity."""
    return planning.start_plan(
        candidate=unit.candidate,
        units=[unit, *more],
        words=PlanWords("Calls in spring", needs="Welsh", review_on=timezone.localdate() + 4 * WEEK),
        by=unit.assessor,
        at=timezone.now(),
    )


def with_activity(plan: AssessmentPlan, *numbers: str, **changes: object) -> PlannedActivity:
    """An activity in a draft that is to show criteria of its first unit."""
    unit = plan.units.select_related("enrolment__unit").earliest("pk").enrolment
    words = {"what": "Handle two complaints", "kind": EvidenceKind.OBSERVATION, "due_on": timezone.localdate() + WEEK}
    return planning.write_activity(
        plan=plan,
        activity=None,
        words=ActivityWords(**{**words, **changes}),  # type: ignore[arg-type]
        targets=targets(unit, *(numbers or ("1.1", "1.2"))),
        by=plan.assessor,
        at=timezone.now(),
    )


def proposed(unit: Enrolment, **changes: object) -> AssessmentPlan:
    plan = a_plan(unit)
    with_activity(plan, **changes)
    return planning.propose_plan(plan=plan, by=unit.assessor, at=timezone.now())


def agree(plan: AssessmentPlan) -> AssessmentPlan:
    plan.refresh_from_db()
    return planning.agree_plan(plan=plan, by=plan.candidate.user, at=timezone.now())


def agreed(unit: Enrolment, **changes: object) -> AssessmentPlan:
    return agree(proposed(unit, **changes))


def activity_of(plan: AssessmentPlan) -> PlannedActivity:
    return plan.activities.earliest("pk")


def held(plan: AssessmentPlan, **changes: object) -> PlanReview:
    """A review that waits for the candidate."""
    today = timezone.localdate()
    words = {"held_on": today, "discussed": "The first calls.", "next_steps": "Two more.", "next_on": today + WEEK}
    said = Held(**{**words, **changes})  # type: ignore[arg-type]
    return follow_up.hold_review(plan=plan, held=said, by=plan.assessor, at=timezone.now())


def ask_for(house: House, what: For, effect: Effect = Effect.BLOCK, **least: int) -> ConsistencyRule:
    """A rule that the lead verifier sets."""
    return consistency.set_rule(
        centre=house.centre,
        what=what,
        asked=AskedFor(effect, **least),
        reason="Two calls at least.",
        by=house.lead,
        at=timezone.now(),
    )
