"""What a centre asked for, and when, stays on record."""

from assessments.own_walls.pieces import IN_THE_UNIT, keeps
from portfolio.walls import INSERT, refuses

CONSISTENCY = [
    *keeps(
        "assessments_consistencyrule",
        "consistency rules",
        "ended_at",
        "ended_by_id",
        "end_reason",
        message="Of a consistency rule only its end is written, and only once.",
        once="OLD.ended_at IS NOT NULL",
    ),
    *refuses(
        "assessments_consistencyrule",
        INSERT,
        f"""NEW.enrolment_id IS NOT NULL AND (NOT EXISTS (
            SELECT 1 FROM assessments_enrolment e WHERE e.id = NEW.enrolment_id AND e.centre_id = NEW.centre_id
        ) OR (NEW.criterion_id IS NOT NULL AND NOT {IN_THE_UNIT.format(enrolment="NEW.enrolment_id")}))""",
        "A rule for a candidate is of their own centre, and for criteria of their unit.",
        name="a_rule_for_a_candidate_is_of_their_unit",
    ),
]
