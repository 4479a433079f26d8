"""The verbs of the sampling strategy, ready to be done: see acts.py."""

import datetime

from django.utils import timezone

from assessments.actions import strategy
from assessments.enums import RatedAs, RiskLevel, SampleStage
from assessments.models import PlannedCell, SamplingPlan, SamplingPolicy
from assessments.testing import House, an_enrolment
from assessments.tests.doing import Act
from units.models import AwardingBody


def a_policy(house: House, **rules: object) -> SamplingPolicy:
    """The next version of the strategy for OCR's units, set by the lead verifier."""
    body = AwardingBody.objects.get(code="ocr")
    latest = SamplingPolicy.objects.filter(centre=house.centre, awarding_body=body).order_by("-number").first()
    return strategy.set_policy(
        centre=house.centre,
        awarding_body=body,
        rules=strategy.Rules(**rules),  # type: ignore[arg-type]
        seen=latest.number if latest else 0,
        by=house.lead,
        at=timezone.now(),
    )


def a_proposal(house: House, policy: SamplingPolicy | None = None, seed: str = "1") -> SamplingPlan:
    """A plan drawn for the next three months."""
    today = timezone.localdate()
    return strategy.draw_plan(
        policy=policy or a_policy(house),
        starts_on=today,
        ends_on=today + datetime.timedelta(days=90),
        seed=seed,
        by=house.lead,
        at=timezone.now(),
    )


def a_plan(house: House, policy: SamplingPolicy | None = None) -> SamplingPlan:
    """A plan that was adopted."""
    return strategy.adopt_plan(plan=a_proposal(house, policy), by=house.lead, at=timezone.now())


def a_cell(house: House) -> PlannedCell:
    """A unit that an adopted plan wants sampled."""
    an_enrolment(house)
    return a_plan(house).cells.select_related("enrolment", "plan__policy").earliest("pk")


def set_policy(house: House) -> Act:
    body = AwardingBody.objects.get(code="sqa")
    return Act(
        house.lead,
        lambda by: strategy.set_policy(
            centre=house.centre, awarding_body=body, rules=strategy.Rules(), seen=0, by=by, at=timezone.now()
        ),
    )


def agree_policy(house: House) -> Act:
    policy = a_policy(house)
    today = timezone.localdate()
    return Act(
        house.lead,
        lambda by: strategy.agree_policy(
            policy=policy, agreed_with="Elin Vaughan", agreed_on=today, by=by, at=timezone.now()
        ),
    )


def rate_risk(house: House) -> Act:
    return Act(
        house.verifier,
        lambda by: strategy.rate_risk(
            centre=house.centre,
            about=RatedAs.ASSESSOR,
            assessor=house.assessor,
            level=RiskLevel.MEDIUM,
            comment="Two samples agreed.",
            review_on=None,
            by=by,
            at=timezone.now(),
        ),
    )


def draw_plan(house: House) -> Act:
    an_enrolment(house)
    policy, today = a_policy(house), timezone.localdate()
    return Act(
        house.lead,
        lambda by: strategy.draw_plan(policy=policy, starts_on=today, ends_on=today, by=by, at=timezone.now()),
    )


def adopt_plan(house: House) -> Act:
    an_enrolment(house)
    plan = a_proposal(house)
    return Act(house.lead, lambda by: strategy.adopt_plan(plan=plan, by=by, at=timezone.now()))


def discard_plan(house: House) -> Act:
    an_enrolment(house)
    plan = a_proposal(house)
    return Act(house.lead, lambda by: strategy.discard_plan(plan=plan, by=by, at=timezone.now()))


def add_cell(house: House) -> Act:
    planned = a_cell(house)
    unit = an_enrolment(house, "ocr-cc32", candidate=house.other_candidate)
    return Act(
        house.verifier,
        lambda by: strategy.add_cell(
            plan=planned.plan,
            enrolment=unit,
            stage=SampleStage.INTERIM,
            reason="The assessor asked for it.",
            by=by,
            at=timezone.now(),
        ),
    )


def remove_cell(house: House) -> Act:
    cell = a_cell(house)
    return Act(
        house.verifier,
        lambda by: strategy.remove_cell(cell=cell, reason="Withdrawn by the employer.", by=by, at=timezone.now()),
    )


ACTS_OF_STRATEGY = {
    "set_policy": set_policy,
    "agree_policy": agree_policy,
    "rate_risk": rate_risk,
    "draw_plan": draw_plan,
    "adopt_plan": adopt_plan,
    "discard_plan": discard_plan,
    "add_cell": add_cell,
    "remove_cell": remove_cell,
}
