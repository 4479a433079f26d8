"""Questions stand from the day they are offered for verification, and nobody verifies those they devised."""

from assessments.own_walls.pieces import keeps
from portfolio.walls import INSERT, UPDATE, refuses, stands_for_good

BEING_WRITTEN = "EXISTS (SELECT 1 FROM assessments_questionset s WHERE s.id = {set} AND s.status = 'draft')"
SET_OF = "(SELECT q.set_id FROM assessments_setquestion q WHERE q.id = NEW.question_id)"
STANDS = "The questions of a set change only while it is a draft."

QUESTION_SETS = [
    *keeps(
        "assessments_questionset",
        "sets of questions",
        "title",
        "status",
        "offered_at",
        "handed_back_at",
        "handed_back_by_id",
        "handed_back_words",
        "verified_at",
        "verified_by_id",
        "used_from",
        "withdrawn_at",
        "withdrawn_words",
        message="A set of questions keeps its unit, its author and its version; once withdrawn, nothing in it changes.",
        once="OLD.status = 'withdrawn'",
    ),
    *refuses(
        "assessments_questionset",
        INSERT,
        "NEW.status <> 'draft'",
        "Every set of questions begins as a draft.",
        name="a_set_of_questions_begins_as_a_draft",
    ),
    *refuses(
        "assessments_questionset",
        UPDATE,
        "OLD.status <> 'draft' AND NEW.title <> OLD.title",
        STANDS,
        name="a_set_is_renamed_only_as_a_draft",
    ),
    *refuses(
        "assessments_questionset",
        UPDATE,
        """NEW.status <> OLD.status AND NEW.status <> 'withdrawn' AND NOT (
            (OLD.status = 'draft' AND NEW.status = 'offered')
            OR (OLD.status = 'offered' AND NEW.status IN ('draft', 'verified'))
            OR (OLD.status = 'verified' AND NEW.status = 'in_use')
        )""",
        "A set of questions is written, offered, verified and then in use, in this order.",
        name="a_set_goes_its_way_in_order",
    ),
    *stands_for_good("assessments_setquestion", "questions of sets"),
    *refuses(
        "assessments_setquestion",
        INSERT,
        f"NOT {BEING_WRITTEN.format(set='NEW.set_id')}",
        STANDS,
        name="questions_are_written_in_a_draft",
    ),
    *stands_for_good("assessments_setquestioncriterion", "criteria of questions"),
    *refuses(
        "assessments_setquestioncriterion",
        INSERT,
        f"""NOT {BEING_WRITTEN.format(set=SET_OF)} OR NOT EXISTS (
            SELECT 1 FROM assessments_setquestion q JOIN assessments_questionset s ON s.id = q.set_id
            JOIN units_criterion t ON t.unit_id = s.unit_id WHERE q.id = NEW.question_id AND t.id = NEW.criterion_id
        )""",
        "A question of a draft is for criteria of its own unit.",
        name="a_question_is_for_criteria_of_its_unit",
    ),
]
