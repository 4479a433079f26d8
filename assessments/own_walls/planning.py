"""What both signed stands: an agreed plan, and a review that was held."""

from assessments.own_walls.pieces import IN_THE_UNIT, always, keeps
from portfolio.walls import INSERT, UPDATE, Wall, refuses, stands_for_good

PLAN_STANDS = "A plan that was proposed is not edited, and an agreed one stands: its next version takes its place."
REVIEW_STANDS = "A review stands as it was held: only the candidate's word and signature are added, once."
OF_THE_PLAN = "Units, activities and criteria are written while the plan is a draft."
SIGNED_BY = "(SELECT g.signer_id FROM portfolio_signature g WHERE g.id = {signature})"
CANDIDATE = "(SELECT c.user_id FROM portfolio_candidaterecord c WHERE c.id = {candidate})"
OWN_PLAN = "(SELECT p.candidate_id FROM assessments_assessmentplan p WHERE p.id = NEW.plan_id)"
WRITTEN = "EXISTS (SELECT 1 FROM assessments_assessmentplan p WHERE p.id = {plan} AND p.status = 'draft')"
PLAN_OF_ACTIVITY = "(SELECT a.plan_id FROM assessments_plannedactivity a WHERE a.id = NEW.activity_id)"


def signed_wrongly(candidate: str) -> str:
    """SQL: the assessor's part is signed by the candidate, or the candidate's by somebody else."""
    person = CANDIDATE.format(candidate=candidate)
    assessor = SIGNED_BY.format(signature="NEW.assessor_signature_id")
    own = SIGNED_BY.format(signature="NEW.candidate_signature_id")
    return (
        f"(NEW.assessor_signature_id IS NOT NULL AND ({assessor} IS NULL OR {assessor} = {person}))"
        f" OR (NEW.candidate_signature_id IS NOT NULL AND {own} IS DISTINCT FROM {person})"
    )


PLANNING = [
    *keeps(
        "assessments_assessmentplan",
        "assessment plans",
        "status",
        "title",
        "needs",
        "expert_witnesses",
        "review_on",
        "proposed_at",
        "assessor_signature_id",
        "returned_reason",
        "agreed_at",
        "candidate_signature_id",
        "ended_at",
        "end_reason",
        message=PLAN_STANDS,
        once="OLD.ended_at IS NOT NULL",
    ),
    Wall(
        "a_proposed_plan_keeps_its_words",
        "assessments_assessmentplan",
        UPDATE,
        PLAN_STANDS,
        "OLD.status <> 'draft'",
        may_change=(
            "status",
            "assessor_signature_id",
            "returned_reason",
            "agreed_at",
            "candidate_signature_id",
            "ended_at",
            "end_reason",
        ),
    ),
    Wall(
        "an_agreed_plan_stands",
        "assessments_assessmentplan",
        UPDATE,
        PLAN_STANDS,
        "OLD.candidate_signature_id IS NOT NULL",
        may_change=("status", "ended_at", "end_reason"),
    ),
    *refuses(
        "assessments_assessmentplan",
        UPDATE,
        "OLD.candidate_signature_id IS NOT NULL AND NEW.status NOT IN ('agreed', 'replaced', 'closed')",
        PLAN_STANDS,
        name="an_agreed_plan_is_never_written_again",
    ),
    *always(
        "assessments_assessmentplan",
        signed_wrongly("NEW.candidate_id"),
        "A plan is signed by its own candidate, and by somebody else as its assessor.",
        name="a_plan_is_signed_by_its_own_two",
    ),
    *keeps("assessments_planunit", "units of a plan", "removed_at", message=OF_THE_PLAN),
    *always(
        "assessments_planunit",
        f"NOT {WRITTEN.format(plan='NEW.plan_id')}",
        OF_THE_PLAN,
        name="units_of_a_plan_are_written_in_a_draft",
    ),
    *refuses(
        "assessments_planunit",
        INSERT,
        f"""NOT EXISTS (
            SELECT 1 FROM assessments_enrolment e WHERE e.id = NEW.enrolment_id AND e.candidate_id = {OWN_PLAN}
        )""",
        "A plan is for units of its own candidate.",
        name="a_plan_is_for_its_candidates_units",
    ),
    *keeps(
        "assessments_plannedactivity",
        "planned activities",
        "position",
        "what",
        "kind",
        "place",
        "due_on",
        "resources",
        "removed_at",
        message=OF_THE_PLAN,
    ),
    *always(
        "assessments_plannedactivity",
        f"NOT {WRITTEN.format(plan='NEW.plan_id')}",
        OF_THE_PLAN,
        name="activities_are_written_in_a_draft",
    ),
    *keeps("assessments_plannedcriterion", "planned criteria", "removed_at", message=OF_THE_PLAN),
    *always(
        "assessments_plannedcriterion",
        f"NOT {WRITTEN.format(plan=PLAN_OF_ACTIVITY)}",
        OF_THE_PLAN,
        name="planned_criteria_are_written_in_a_draft",
    ),
    *refuses(
        "assessments_plannedcriterion",
        INSERT,
        f"""NOT {IN_THE_UNIT.format(enrolment="NEW.enrolment_id")} OR NOT EXISTS (
            SELECT 1 FROM assessments_planunit u
            WHERE u.plan_id = {PLAN_OF_ACTIVITY} AND u.enrolment_id = NEW.enrolment_id AND u.removed_at IS NULL
        )""",
        "An activity shows criteria of the units its plan is for.",
        name="an_activity_shows_criteria_of_its_plans_units",
    ),
    *stands_for_good("assessments_activityitem", "items of activities"),
    *refuses(
        "assessments_activityitem",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_plannedactivity a JOIN assessments_assessmentplan p ON p.id = a.plan_id
            JOIN assessments_evidence e ON e.candidate_id = p.candidate_id
            WHERE a.id = NEW.activity_id AND e.id = NEW.evidence_id AND p.candidate_signature_id IS NOT NULL
        )""",
        "An agreed activity leads to evidence of its own candidate.",
        name="an_activity_leads_to_its_candidates_evidence",
    ),
    *keeps(
        "assessments_planreview",
        "reviews of plans",
        "candidate_signature_id",
        "candidate_comment",
        message=REVIEW_STANDS,
        once="OLD.candidate_signature_id IS NOT NULL",
    ),
    *refuses(
        "assessments_planreview",
        INSERT,
        """NEW.candidate_signature_id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM assessments_assessmentplan p WHERE p.id = NEW.plan_id AND p.status = 'agreed'
        )""",
        "An agreed plan is reviewed, and the candidate signs afterwards.",
        name="an_agreed_plan_is_reviewed",
    ),
    *always(
        "assessments_planreview",
        signed_wrongly(OWN_PLAN),
        "A review is signed by the plan's own candidate, and by somebody else as its assessor.",
        name="a_review_is_signed_by_its_own_two",
    ),
    *stands_for_good("assessments_reviewedprogress", "progress at reviews"),
]
