"""Who is enrolled on what, and who works on it."""

from assessments.own_walls.pieces import NOT_A_VERIFIER, keeps, no_verifier
from portfolio.walls import INSERT, UPDATE, never_deleted, refuses

ENROLMENT = [
    *never_deleted("assessments_enrolment", "enrolments"),
    *refuses(
        "assessments_enrolment",
        UPDATE,
        "NEW.candidate_id <> OLD.candidate_id OR NEW.candidate_user_id <> OLD.candidate_user_id"
        " OR NEW.unit_id <> OLD.unit_id OR NEW.centre_id <> OLD.centre_id",
        "An enrolment stays with its candidate, its unit and its centre.",
        name="an_enrolment_stays_with_its_candidate_and_unit",
    ),
    *refuses(
        "assessments_enrolment",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM portfolio_candidaterecord c
            WHERE c.id = NEW.candidate_id AND c.user_id = NEW.candidate_user_id AND c.centre_id = NEW.centre_id
        )""",
        "An enrolment is at the centre of its candidate, and names the person whose record it is.",
        name="an_enrolment_names_the_person_of_its_candidate",
    ),
    *refuses(
        "assessments_enrolment",
        INSERT,
        """EXISTS (
            SELECT 1 FROM units_unit u WHERE u.id = NEW.unit_id AND u.centre_id <> NEW.centre_id
        )""",
        "A unit that a centre brought in is taken at that centre only.",
        name="an_enrolment_is_on_a_unit_of_its_centre",
    ),
    *refuses(
        "assessments_enrolment",
        UPDATE,
        "NEW.verified_by_id IS NOT NULL AND NEW.verified_by_id IS DISTINCT FROM OLD.verified_by_id"
        f" AND ({no_verifier('NEW.id', 'NEW.verified_by_id')})",
        NOT_A_VERIFIER,
        name="nobody_verifies_where_they_judged",
    ),
    *keeps(
        "assessments_allocation",
        "allocations",
        "to_at",
        message="Of an allocation only its end is written, and only once.",
        once="OLD.to_at IS NOT NULL",
    ),
    *keeps(
        "assessments_interest",
        "conflicts of interest",
        "to_on",
        "ended_by_id",
        "ended_at",
        message="Of a conflict of interest only its end is written, and only once.",
        once="OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL",
    ),
    *refuses(
        "assessments_interest",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM portfolio_candidaterecord c JOIN portfolio_staffrecord s ON s.centre_id = c.centre_id
            WHERE c.id = NEW.candidate_id AND c.centre_id = NEW.centre_id AND s.user_id = NEW.staff_id
        )""",
        "A conflict of interest is between a candidate and somebody on the staff of the same centre.",
        name="an_interest_is_within_one_centre",
    ),
]
