"""The verbs of what comes of samples, ready to be done: see acts.py."""

from django.utils import timezone

from assessments.actions import alarms, handover, safekeeping, verification, widening
from assessments.models import Alarm, EvidenceFile, Sample, SamplingPlan
from assessments.queries.widening import proposal_for
from assessments.testing import House, all_well, an_enrolment, handed_in, judged, sampled, targets
from assessments.tests.acts_of_strategy import a_cell, a_plan, a_policy
from assessments.tests.doing import Act
from portfolio.models import CandidateRecord


def an_alarm(house: House, key: str = "ocr-cc26", candidate: CandidateRecord | None = None) -> Alarm:
    """A unit sampled as a whole, of which a file was shut away since."""
    unit = sampled(an_enrolment(house, key, candidate=candidate))
    file = EvidenceFile.objects.get(version__evidence__mappings__in=unit.mappings.all()[:1])
    safekeeping.quarantine(file=file, reason="Names of customers.", by=house.assessor, at=timezone.now())
    return Alarm.objects.select_related("sample__enrolment").get(sample__enrolment=unit)


def a_finding(house: House, plan: SamplingPlan, key: str = "ocr-cc26", *, agreed: bool = False) -> Sample:
    """A unit with one criterion judged, sampled in the meantime, and an action asked for."""
    unit = an_enrolment(house, key)
    judged(handed_in(unit, "1.1"), unit)
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    return verification.close_sample(
        sample=sample,
        criteria=[targets(unit, "1.1")[0].criterion_id],
        feedback="Thin.",
        wanted="Hear another call.",
        due_on=plan.ends_on,
        agreed=agreed,
        checks=all_well(),
        by=house.verifier,
        at=timezone.now(),
    )


def a_plan_of_one(house: House) -> SamplingPlan:
    """An adopted plan of the other candidate's only unit."""
    an_enrolment(house, "ocr-cc32", candidate=house.other_candidate)
    return a_plan(house, a_policy(house))


def settle_alarm(house: House) -> Act:
    alarm = an_alarm(house)
    return Act(
        house.verifier,
        lambda by: alarms.settle_alarm(alarm=alarm, note="I have seen the file.", seen=1, by=by, at=timezone.now()),
    )


def widen_plan(house: House) -> Act:
    plan = a_plan_of_one(house)
    sample = a_finding(house, plan)
    seen = proposal_for(plan, sample, timezone.localdate()).shown
    return Act(
        house.verifier,
        lambda by: widening.widen_plan(plan=plan, sample=sample, seen=seen, by=by, at=timezone.now()),
    )


def keep_plan(house: House) -> Act:
    plan = a_plan_of_one(house)
    sample = a_finding(house, plan)
    return Act(
        house.verifier,
        lambda by: widening.keep_plan(plan=plan, sample=sample, reason="A slip.", by=by, at=timezone.now()),
    )


def hand_over_plan(house: House) -> Act:
    plan = a_cell(house).plan
    return Act(
        house.lead,
        lambda by: handover.hand_over_plan(
            plan=plan, giver=house.verifier, taker=house.other_verifier, reason="Leave.", by=by, at=timezone.now()
        ),
    )


ACTS_OF_FINDINGS = {
    "settle_alarm": settle_alarm,
    "widen_plan": widen_plan,
    "keep_plan": keep_plan,
    "hand_over_plan": hand_over_plan,
}
