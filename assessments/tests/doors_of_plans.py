"""The doors of plans and of consistency. See test_doors.py."""

from typing import Any

from django.utils import timezone

from assessments.actions import planning
from assessments.actions.consistency import For
from assessments.enums import Effect, PlanStatus
from assessments.models import AssessmentPlan, Enrolment
from assessments.testing import House
from assessments.tests.answers import SEES_THE_UNIT, Codes, Expected, holding, only, signed_in
from assessments.tests.plans import activity_of, agreed, ask_for, held, proposed
from portfolio.enums import Role


def set_plans(house: House, unit: Enrolment) -> None:
    """A plan being written that was sent back once, one proposed, one agreed with a review held; and a rule."""
    written = proposed(unit)
    planning.return_plan(plan=written, reason="Not in May.", by=unit.candidate_user, at=timezone.now())
    proposed(unit)
    held(agreed(unit))
    ask_for(house, For(enrolment=unit), Effect.WARN, times=2)


def slug(scene: Any) -> list[object]:
    return [scene.house.centre.slug]


def slug_and_body(scene: Any) -> list[object]:
    return [scene.house.centre.slug, "ocr"]


def of_rule(scene: Any) -> list[object]:
    return [scene.unit.consistency_rules.get().pk]


def plan_of(scene: Any, status: PlanStatus) -> AssessmentPlan:
    return AssessmentPlan.objects.get(units__enrolment=scene.unit, status=status)


def of_unit(scene: Any) -> list[object]:
    return [scene.unit.pk]


def of_plan(scene: Any) -> list[object]:
    return [plan_of(scene, PlanStatus.AGREED).pk]


def of_written(scene: Any) -> list[object]:
    return [plan_of(scene, PlanStatus.DRAFT).pk]


def of_proposed(scene: Any) -> list[object]:
    return [plan_of(scene, PlanStatus.PROPOSED).pk]


def of_activity(scene: Any) -> list[object]:
    return [activity_of(plan_of(scene, PlanStatus.AGREED)).pk]


def of_written_activity(scene: Any) -> list[object]:
    return [activity_of(plan_of(scene, PlanStatus.DRAFT)).pk]


def of_review(scene: Any) -> list[object]:
    return [plan_of(scene, PlanStatus.AGREED).reviews.get().pk]


def slug_and_unit(scene: Any) -> list[object]:
    return [scene.house.centre.slug, "ocr-cc26", 1]


def of_the_plan(*people: str, code: int = 200) -> Codes:
    """A page of a plan for whoever it is the turn of; closed to others who see it."""
    return only(*SEES_THE_UNIT, code=403) | dict.fromkeys(people, code)


def setting_rules(code: int = 200) -> Codes:
    """A page of those who set what the centre asks for."""
    return holding(Role.LEAD_VERIFIER, Role.ADMINISTRATOR, code=404) | {"lead": code, "administrator": code}


SETS_FOR_THE_UNIT = ("assessor", "lead", "administrator")

TABLE_OF_PLANS: dict[str, Expected] = {
    "assessments:consistency": Expected(holding(Role.LEAD_VERIFIER, Role.ADMINISTRATOR, code=302)),
    "assessments:centre_consistency": Expected(setting_rules(), slug),
    "assessments:set_body_consistency": Expected(setting_rules(), slug_and_body),
    "assessments:unit_consistency": Expected(setting_rules(), slug_and_unit),
    "assessments:set_unit_consistency": Expected(setting_rules(), slug_and_unit),
    "assessments:candidate_consistency": Expected(only(*SEES_THE_UNIT), of_unit),
    "assessments:set_candidate_consistency": Expected(of_the_plan(*SETS_FOR_THE_UNIT), of_unit),
    "assessments:end_consistency": Expected(of_the_plan(*SETS_FOR_THE_UNIT), of_rule),
    "assessments:plans": Expected(holding(Role.CANDIDATE, Role.ASSESSOR)),
    "assessments:unit_plans": Expected(only(*SEES_THE_UNIT), of_unit),
    "assessments:start_plan": Expected(of_the_plan("assessor"), of_unit),
    "assessments:plan": Expected(only(*SEES_THE_UNIT), of_plan),
    "assessments:edit_plan": Expected(of_the_plan("assessor"), of_written),
    "assessments:add_activity": Expected(of_the_plan("assessor"), of_written),
    "assessments:edit_activity": Expected(of_the_plan("assessor"), of_written_activity),
    "assessments:remove_activity": Expected(signed_in(405), of_activity, posted=only(*SEES_THE_UNIT, code=403)),
    "assessments:propose_plan": Expected(of_the_plan("assessor"), of_written),
    "assessments:return_plan": Expected(of_the_plan("candidate", "assessor"), of_proposed),
    "assessments:agree_plan": Expected(of_the_plan("candidate"), of_proposed),
    "assessments:revise_plan": Expected(signed_in(405), of_proposed, posted=only(*SEES_THE_UNIT, code=403)),
    "assessments:close_plan": Expected(of_the_plan("assessor"), of_plan),
    "assessments:start_activity": Expected(signed_in(405), of_written_activity, posted=only(*SEES_THE_UNIT, code=403)),
    "assessments:link_activity": Expected(of_the_plan("candidate", "assessor"), of_activity),
    "assessments:hold_review": Expected(of_the_plan("assessor"), of_plan),
    "assessments:agree_review": Expected(of_the_plan("candidate"), of_review),
}
