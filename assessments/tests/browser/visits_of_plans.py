"""Who looks at assessment plans, and at the rules of consistency."""

from assessments.enums import PlanStatus
from assessments.models import AssessmentPlan, ConsistencyRule, PlanReview
from assessments.tests.browser.visiting import Visit, Where, centre, person, unit


def plan(candidate: str, status: PlanStatus) -> AssessmentPlan:
    return AssessmentPlan.objects.get(candidate__user=person(candidate), status=status)


def of_plan(candidate: str, status: PlanStatus) -> Where:
    return lambda: [plan(candidate, status).pk]


def planned(candidate: str, status: PlanStatus) -> Where:
    return lambda: [plan(candidate, status).activities.earliest("pk").pk]


def review_to_sign() -> list[object]:
    return [PlanReview.objects.get(candidate_signature=None).pk]


def rule() -> list[object]:
    return [ConsistencyRule.objects.earliest("pk").pk]


P = PlanStatus

PLANS = [
    Visit("sian", "assessments:plans"),
    Visit("dylan", "assessments:plans"),
    Visit("owen", "assessments:plans", about="empty"),
    Visit("sian", "assessments:plan", of_plan("sian", P.AGREED), about="agreed"),
    Visit("dylan", "assessments:plan", of_plan("sian", P.AGREED), about="agreed"),
    Visit("sian", "assessments:plan", of_plan("sian", P.PROPOSED), about="proposed"),
    Visit("dylan", "assessments:plan", of_plan("ruairidh", P.DRAFT), about="draft"),
    Visit("dylan", "assessments:unit_plans", unit("sian", "ocr-cc16")),
    Visit("anita", "assessments:unit_plans", unit("priya", "ocr-d20"), about="empty"),
    Visit("dylan", "assessments:start_plan", unit("sian", "ocr-cc16")),
    Visit("dylan", "assessments:edit_plan", of_plan("ruairidh", P.DRAFT)),
    Visit("dylan", "assessments:add_activity", of_plan("ruairidh", P.DRAFT)),
    Visit("dylan", "assessments:edit_activity", planned("ruairidh", P.DRAFT)),
    Visit("dylan", "assessments:propose_plan", of_plan("ruairidh", P.DRAFT)),
    Visit("sian", "assessments:agree_plan", of_plan("sian", P.PROPOSED)),
    Visit("sian", "assessments:return_plan", of_plan("sian", P.PROPOSED)),
    Visit("dylan", "assessments:close_plan", of_plan("sian", P.AGREED)),
    Visit("sian", "assessments:link_activity", planned("sian", P.AGREED)),
    Visit("dylan", "assessments:hold_review", of_plan("sian", P.AGREED)),
    Visit("sian", "assessments:agree_review", review_to_sign),
    Visit("nia", "assessments:consistency", about="which-centre"),
    Visit("iain", "assessments:centre_consistency", centre()),
    Visit("iain", "assessments:set_body_consistency", centre("ocr")),
    Visit("iain", "assessments:unit_consistency", centre("ocr-cc16", 1)),
    Visit("morag", "assessments:set_unit_consistency", centre("ocr-cc16", 1)),
    Visit("sian", "assessments:candidate_consistency", unit("sian", "ocr-cc16")),
    Visit("dylan", "assessments:candidate_consistency", unit("sian", "ocr-cc16")),
    Visit("dylan", "assessments:set_candidate_consistency", unit("sian", "ocr-cc16")),
    Visit("iain", "assessments:end_consistency", rule),
]
