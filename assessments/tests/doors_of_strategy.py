"""The doors of the sampling strategy. See test_doors.py."""

from typing import Any

from django.utils import timezone

from assessments.actions import strategy
from assessments.enums import SampleStage
from assessments.models import Enrolment, SamplingPlan
from assessments.testing import House
from assessments.tests.acts_of_strategy import a_plan
from assessments.tests.answers import Codes, Expected, holding, verifiers, within
from portfolio.enums import Role


def a_plan_with(house: House, unit: Enrolment) -> SamplingPlan:
    """An adopted plan to which the unit was added."""
    plan = a_plan(house)
    stage = SampleStage.SUMMATIVE
    strategy.add_cell(plan=plan, enrolment=unit, stage=stage, reason="Asked.", by=house.verifier, at=timezone.now())
    return plan


def slug(scene: Any) -> list[object]:
    return [scene.house.centre.slug]


def slug_and_body(scene: Any) -> list[object]:
    return [scene.house.centre.slug, "ocr"]


def of_policy(scene: Any) -> list[object]:
    return [scene.sampling_plan.policy_id]


def of_assessor(scene: Any) -> list[object]:
    return [scene.house.centre.slug, "assessor", scene.unit.assessor_id]


def of_plan(scene: Any) -> list[object]:
    return [scene.sampling_plan.pk]


def of_finding(scene: Any) -> list[object]:
    return [scene.sampling_plan.pk, scene.unit.samples.earliest("pk").pk]


def of_cell(scene: Any) -> list[object]:
    return [scene.sampling_plan.cells.get(enrolment=scene.unit, reasons=["Asked."]).pk]


def leading(code: int = 200) -> Codes:
    """A page of the centre's lead verifier."""
    return within(Role.LEAD_VERIFIER, "lead", code=code)


OUTSIDE = {"external": 200}
LOOKERS = holding(Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER, Role.EXTERNAL_VERIFIER, code=302)
PRESSED = holding(Role.LEAD_VERIFIER, code=405)

TABLE_OF_STRATEGY: dict[str, Expected] = {
    "assessments:strategy": Expected(LOOKERS),
    "assessments:centre_strategy": Expected(verifiers() | OUTSIDE, slug),
    "assessments:sampling_policy": Expected(leading(), slug_and_body),
    "assessments:draw_plan": Expected(leading(), slug_and_body),
    "assessments:agree_policy": Expected(leading(), of_policy),
    "assessments:rate_risk": Expected(verifiers(), of_assessor),
    "assessments:sampling_plan": Expected(verifiers() | OUTSIDE, of_plan),
    "assessments:sampling_plan_file": Expected(verifiers() | OUTSIDE, lambda scene: [*of_plan(scene), "csv"]),
    "assessments:newest_grid": Expected(LOOKERS),
    "assessments:grid": Expected(verifiers() | OUTSIDE, of_plan),
    "assessments:coverage": Expected(verifiers() | OUTSIDE, of_plan),
    "assessments:widen_plan": Expected(verifiers() | {"other verifier": 403}, of_finding),
    "assessments:hand_over_plan": Expected(leading(), of_plan),
    "assessments:adopt_plan": Expected(PRESSED, of_plan, posted=leading(409)),
    "assessments:discard_plan": Expected(PRESSED, of_plan, posted=leading(409)),
    "assessments:add_cell": Expected(verifiers(), of_plan),
    "assessments:remove_cell": Expected(verifiers() | {"other verifier": 403}, of_cell),
}
