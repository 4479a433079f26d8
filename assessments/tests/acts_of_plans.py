"""Verbs of plans and of consistency, ready to be done. See acts.py."""

from collections.abc import Callable

from django.utils import timezone

from assessments.actions import consistency, follow_up, planning
from assessments.actions.consistency import AskedFor, For
from assessments.actions.follow_up import Held
from assessments.actions.planning import ActivityWords, PlanWords
from assessments.enums import Effect, EvidenceKind, PlanVerb
from assessments.testing import House, an_enrolment, handed_in, targets
from assessments.tests.doing import Act
from assessments.tests.plans import WEEK, a_plan, activity_of, agreed, ask_for, held, proposed, with_activity


def set_rule(house: House) -> Act:
    unit = an_enrolment(house).unit
    return Act(
        house.lead,
        lambda by: consistency.set_rule(
            centre=house.centre,
            what=For(unit=unit),
            asked=AskedFor(Effect.WARN, times=2),
            reason="Two calls.",
            by=by,
            at=timezone.now(),
        ),
    )


def end_rule(house: House) -> Act:
    rule = ask_for(house, For(unit=an_enrolment(house).unit), times=2)
    return Act(house.lead, lambda by: consistency.end_rule(rule=rule, reason="Enough.", by=by, at=timezone.now()))


def start_plan(house: House) -> Act:
    unit = an_enrolment(house)
    return Act(
        house.assessor,
        lambda by: planning.start_plan(
            candidate=house.candidate, units=[unit], words=PlanWords("Calls"), by=by, at=timezone.now()
        ),
    )


def edit_plan(house: House) -> Act:
    unit = an_enrolment(house)
    plan = a_plan(unit)
    return Act(
        house.assessor,
        lambda by: planning.edit_plan(plan=plan, units=[unit], words=PlanWords("More"), by=by, at=timezone.now()),
    )


def write_activity(house: House) -> Act:
    unit = an_enrolment(house)
    plan = a_plan(unit)
    words = ActivityWords("A call", EvidenceKind.OBSERVATION, timezone.localdate())
    return Act(
        house.assessor,
        lambda by: planning.write_activity(
            plan=plan, activity=None, words=words, targets=targets(unit, "1.1"), by=by, at=timezone.now()
        ),
    )


def remove_activity(house: House) -> Act:
    activity = with_activity(a_plan(an_enrolment(house)))
    return Act(house.assessor, lambda by: planning.remove_activity(activity=activity, by=by, at=timezone.now()))


def propose_plan(house: House) -> Act:
    plan = a_plan(an_enrolment(house))
    with_activity(plan)
    return Act(house.assessor, lambda by: planning.propose_plan(plan=plan, by=by, at=timezone.now()))


def return_plan(house: House) -> Act:
    plan = proposed(an_enrolment(house))
    return Act(
        house.candidate.user,
        lambda by: planning.return_plan(plan=plan, reason="Not in May.", by=by, at=timezone.now()),
    )


def agree_plan(house: House) -> Act:
    plan = proposed(an_enrolment(house))
    return Act(house.candidate.user, lambda by: planning.agree_plan(plan=plan, by=by, at=timezone.now()))


def revise_plan(house: House) -> Act:
    plan = agreed(an_enrolment(house))
    return Act(house.assessor, lambda by: planning.revise_plan(plan=plan, by=by, at=timezone.now()))


def close_plan(house: House) -> Act:
    plan = agreed(an_enrolment(house))
    return Act(house.assessor, lambda by: planning.close_plan(plan=plan, reason="Done.", by=by, at=timezone.now()))


def start_activity(house: House) -> Act:
    activity = activity_of(agreed(an_enrolment(house)))
    return Act(house.candidate.user, lambda by: follow_up.start_activity(activity=activity, by=by, at=timezone.now()))


def link_activity(house: House) -> Act:
    unit = an_enrolment(house)
    activity, evidence = activity_of(agreed(unit)), handed_in(unit, "1.1").evidence
    return Act(
        house.candidate.user,
        lambda by: follow_up.link_activity(activity=activity, evidence=evidence, by=by, at=timezone.now()),
    )


def hold_review(house: House) -> Act:
    plan, today = agreed(an_enrolment(house)), timezone.localdate()
    said = Held(today, "Calls.", "Two more.", today + WEEK)
    return Act(house.assessor, lambda by: follow_up.hold_review(plan=plan, held=said, by=by, at=timezone.now()))


def agree_review(house: House) -> Act:
    review = held(agreed(an_enrolment(house)))
    return Act(
        house.candidate.user,
        lambda by: follow_up.agree_review(review=review, comment="", by=by, at=timezone.now()),
    )


ACTS: dict[str, Callable[[House], Act]] = {
    "set_rule": set_rule,
    "end_rule": end_rule,
    "start_plan": start_plan,
    PlanVerb.EDIT.value: edit_plan,
    "write_activity": write_activity,
    "remove_activity": remove_activity,
    PlanVerb.PROPOSE.value: propose_plan,
    PlanVerb.RETURN.value: return_plan,
    PlanVerb.AGREE.value: agree_plan,
    PlanVerb.REVISE.value: revise_plan,
    PlanVerb.CLOSE.value: close_plan,
    PlanVerb.START.value: start_activity,
    PlanVerb.LINK.value: link_activity,
    PlanVerb.REVIEW.value: hold_review,
    PlanVerb.AGREE_REVIEW.value: agree_review,
}
