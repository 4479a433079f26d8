"""What was judged unseen of others stands, is judged by who was asked, and never before or after its time."""

from assessments.own_walls.pieces import keeps
from portfolio.walls import INSERT, refuses, stands_for_good

EXERCISE_OF = "(SELECT p.exercise_id FROM assessments_participant p WHERE p.id = NEW.participant_id)"
IS_OPEN = "EXISTS (SELECT 1 FROM assessments_exercise e WHERE e.id = {exercise} AND e.closed_at IS NULL)"
ASKED = """EXISTS (
    SELECT 1 FROM assessments_exercisecriterion c WHERE c.exercise_id = {exercise} AND c.criterion_id = NEW.criterion_id
)"""

STANDARDISATION = [
    *keeps(
        "assessments_exercise",
        "standardisation exercises",
        "closed_at",
        "closed_by_id",
        message="An exercise stands as it was set. That it was closed is written beside it, once.",
        once="OLD.closed_at IS NOT NULL",
    ),
    *refuses(
        "assessments_exercise",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_evidenceversion v JOIN assessments_evidence x ON x.id = v.evidence_id
            WHERE v.id = NEW.version_id AND v.submitted_at IS NOT NULL AND x.centre_id = NEW.centre_id
        )""",
        "The item of an exercise was handed in at the same centre.",
        name="an_exercise_uses_what_was_handed_in_at_its_centre",
    ),
    *stands_for_good("assessments_exercisecriterion", "criteria of exercises"),
    *refuses(
        "assessments_exercisecriterion",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_exercise e JOIN units_criterion t ON t.unit_id = e.unit_id
            WHERE e.id = NEW.exercise_id AND t.id = NEW.criterion_id
        )""",
        "An item is judged against criteria of the unit of the exercise.",
        name="an_exercise_is_about_criteria_of_its_unit",
    ),
    *stands_for_good("assessments_participant", "participants"),
    *refuses(
        "assessments_participant",
        INSERT,
        """EXISTS (
            SELECT 1 FROM assessments_exercise e JOIN assessments_evidenceversion v ON v.id = e.version_id
            JOIN assessments_evidence x ON x.id = v.evidence_id
            JOIN portfolio_candidaterecord d ON d.id = x.candidate_id
            WHERE e.id = NEW.exercise_id AND d.user_id = NEW.person_id
        )""",
        "Nobody takes part in an exercise about their own evidence.",
        name="nobody_judges_their_own_item_in_an_exercise",
    ),
    *stands_for_good("assessments_blindjudgement", "judgements in exercises"),
    *refuses(
        "assessments_blindjudgement",
        INSERT,
        f"NOT {IS_OPEN.format(exercise=EXERCISE_OF)} OR NOT {ASKED.format(exercise=EXERCISE_OF)}",
        "A participant judges the criteria of the exercise, while it is open.",
        name="a_participant_judges_what_the_exercise_asks",
    ),
    *stands_for_good("assessments_agreedoutcome", "agreed outcomes"),
    *refuses(
        "assessments_agreedoutcome",
        INSERT,
        f"{IS_OPEN.format(exercise='NEW.exercise_id')} OR NOT {ASKED.format(exercise='NEW.exercise_id')}",
        "An outcome is agreed on a criterion of an exercise that was closed.",
        name="an_outcome_is_agreed_after_the_exercise",
    ),
]
