"""Plans and a consistency rule in a loaded centre, by the real verbs: a few rows for the pages that show them."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from assessments.actions import consistency, follow_up, planning
from assessments.actions.claims import Target
from assessments.actions.consistency import AskedFor, For
from assessments.actions.follow_up import Held
from assessments.actions.planning import ActivityWords, PlanWords
from assessments.enums import Effect, EvidenceKind
from assessments.models import AssessmentPlan, ConsistencyRule, Enrolment
from bench.centre import Staffed

ACTIVITIES = 6
WEEK = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Plans:
    """Plans of one unit at three points, and a rule for it."""

    written: AssessmentPlan
    proposed: AssessmentPlan
    agreed: AssessmentPlan
    rule: ConsistencyRule


def plans_of(unit: Enrolment, staffed: Staffed) -> Plans:
    """One plan being written, one proposed, one agreed with evidence and a review of it; made the first time."""
    candidate, at = unit.candidate_user, timezone.now()
    there = list(AssessmentPlan.objects.filter(candidate=unit.candidate).order_by("pk"))
    if there:
        written, proposed, agreed = there
        return Plans(written, proposed, agreed, ConsistencyRule.objects.get(unit=unit.unit_id, centre=staffed.centre))
    written, proposed, agreed = (a_plan(unit, at) for _ in range(3))
    for plan in (proposed, agreed):
        planning.propose_plan(plan=plan, by=unit.assessor, at=at)
    agreed.refresh_from_db()
    planning.agree_plan(plan=agreed, by=candidate, at=at)
    for activity in agreed.activities.all()[: ACTIVITIES // 2]:
        follow_up.start_activity(activity=activity, by=candidate, at=at)
    said = Held(timezone.localdate(), "How the calls went.", "Two more.", timezone.localdate() + WEEK)
    for _ in range(2):
        follow_up.hold_review(plan=agreed, held=said, by=unit.assessor, at=at)
    rule = consistency.set_rule(
        centre=staffed.centre,
        what=For(unit=unit.unit),
        asked=AskedFor(Effect.WARN, times=2, dates=2),
        reason="Two calls at least.",
        by=staffed.administrator,
        at=at,
    )
    return Plans(written, proposed, agreed, rule)


def a_plan(unit: Enrolment, at: datetime.datetime) -> AssessmentPlan:
    """A draft with its activities."""
    today = timezone.localdate(at)
    words = PlanWords("Calls in spring", review_on=today + WEEK)
    plan = planning.start_plan(candidate=unit.candidate, units=[unit], words=words, by=unit.assessor, at=at)
    criteria = list(unit.unit.criteria.values_list("pk", flat=True))
    for number in range(ACTIVITIES):
        planning.write_activity(
            plan=plan,
            activity=None,
            words=ActivityWords(f"Call {number + 1}", EvidenceKind.OBSERVATION, today + WEEK, "The floor"),
            targets=[Target(unit.pk, pk) for pk in criteria[number : number + 3]],
            by=unit.assessor,
            at=at,
        )
    return plan
