"""A break in learning is a candidate's own, and what it paused and moved stays on record."""

from assessments.own_walls.pieces import keeps
from portfolio.walls import INSERT, refuses

BREAKS = [
    *keeps(
        "assessments_break",
        "breaks in learning",
        "expected_on",
        "returned_on",
        "ended_by_id",
        "ended_at",
        message="Of a break only the day of return is written, and never again once they are back.",
        once="OLD.returned_on IS NOT NULL",
    ),
    *refuses(
        "assessments_break",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM portfolio_candidaterecord c WHERE c.id = NEW.candidate_id AND c.centre_id = NEW.centre_id
        )""",
        "A break is recorded at the centre of its candidate.",
        name="a_break_is_at_the_centre_of_its_candidate",
    ),
    *keeps(
        "assessments_pausedunit",
        "units paused",
        "days",
        message="What a break paused stays on record. By how much it moved dates is written once.",
        once="OLD.days IS NOT NULL",
    ),
    *refuses(
        "assessments_pausedunit",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_break b JOIN assessments_enrolment e ON e.candidate_id = b.candidate_id
            WHERE b.id = NEW.learning_break_id AND e.id = NEW.enrolment_id
        )""",
        "A break pauses units of its own candidate.",
        name="a_break_pauses_units_of_its_candidate",
    ),
]
