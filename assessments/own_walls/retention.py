"""What is destroyed goes by a confirmed order that names it, and stays on record as the order said.

The order is a row of its own that two people stand behind. Bytes whose time is over have no other way out; details of
the book go by an erasure of their own (portfolio/own_walls.py), and a candidate's numbers are the office's to correct.
"""

from assessments.own_walls.case import ITEM_OF
from assessments.own_walls.pieces import keeps
from portfolio.walls import INSERT, UPDATE, refuses, stands_for_good

UNDER_WAY = """o.confirmed_at IS NOT NULL AND l.done_at IS NULL"""
ORDERED = f"""EXISTS (
    SELECT 1 FROM assessments_disposalline l JOIN assessments_disposal o ON o.id = l.disposal_id
    JOIN assessments_mapping m ON m.enrolment_id = l.enrolment_id
    WHERE m.evidence_id = {ITEM_OF} AND l.record_class = 'files' AND {UNDER_WAY}
)"""
ON_LEGAL_HOLD = """EXISTS (
    SELECT 1 FROM assessments_legalhold h
    JOIN assessments_evidenceversion hv ON hv.id = NEW.version_id
    JOIN assessments_evidence he ON he.id = hv.evidence_id
    WHERE h.lifted_at IS NULL AND h.candidate_id = he.candidate_id AND (
        h.enrolment_id IS NULL
        OR EXISTS (SELECT 1 FROM assessments_mapping hm
                   WHERE hm.enrolment_id = h.enrolment_id AND hm.evidence_id = he.id)
    )
)"""
STILL_AT_WORK = f"""EXISTS (
    SELECT 1 FROM assessments_mapping wm JOIN assessments_enrolment we ON we.id = wm.enrolment_id
    WHERE wm.evidence_id = {ITEM_OF} AND we.status NOT IN ('certificated', 'revoked', 'withdrawn')
)"""
DISPOSED = "NEW.disposed_at IS DISTINCT FROM OLD.disposed_at"
BY_ORDER = "Bytes of evidence whose time is over go by a confirmed order of destruction that names their unit."
HELD = "A legal hold is on this: nothing of it is destroyed until the hold is lifted."
STANDS = "An order of destruction stands as it was asked for and confirmed."

RETENTION = [
    *stands_for_good("assessments_keepingrule", "rules of keeping"),
    *keeps(
        "assessments_legalhold",
        "legal holds",
        "lifted_by_id",
        "lifted_at",
        "lift_reason",
        message="A legal hold stands as it was set. That it was lifted is written beside it, once.",
        once="OLD.lifted_at IS NOT NULL",
    ),
    *refuses(
        "assessments_legalhold",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM portfolio_candidaterecord c WHERE c.id = NEW.candidate_id AND c.centre_id = NEW.centre_id
        ) OR (NEW.enrolment_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assessments_enrolment e WHERE e.id = NEW.enrolment_id AND e.candidate_id = NEW.candidate_id
        ))""",
        "A legal hold is on a candidate of the centre, or on a unit of theirs.",
        name="a_legal_hold_is_on_a_candidate_of_its_centre",
    ),
    *keeps(
        "assessments_disposal",
        "orders of destruction",
        "confirmed_by_id",
        "confirmed_at",
        "alone",
        "given_up_by_id",
        "given_up_at",
        "finished_at",
        message=STANDS,
    ),
    *refuses(
        "assessments_disposal",
        UPDATE,
        "OLD.finished_at IS NOT NULL OR OLD.given_up_at IS NOT NULL OR (OLD.confirmed_at IS NOT NULL AND ("
        "NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at OR NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id"
        " OR NEW.alone <> OLD.alone OR NEW.given_up_at IS NOT NULL))",
        STANDS,
        name="a_confirmed_destruction_stays_confirmed",
    ),
    *refuses(
        "assessments_disposal",
        INSERT,
        "NEW.confirmed_at IS NOT NULL OR NEW.given_up_at IS NOT NULL OR NEW.finished_at IS NOT NULL",
        "A destruction is asked for first, and confirmed after that.",
        name="a_destruction_begins_as_a_request",
    ),
    *keeps(
        "assessments_disposalline",
        "lines of a destruction",
        "done_at",
        "kept_because",
        "index",
        message=STANDS,
        once="OLD.done_at IS NOT NULL",
    ),
    *refuses(
        "assessments_disposalline",
        INSERT,
        """NEW.done_at IS NOT NULL OR EXISTS (
            SELECT 1 FROM assessments_disposal o WHERE o.id = NEW.disposal_id
            AND (o.confirmed_at IS NOT NULL OR o.given_up_at IS NOT NULL)
        ) OR NOT EXISTS (
            SELECT 1 FROM assessments_disposal o JOIN portfolio_candidaterecord c ON c.centre_id = o.centre_id
            WHERE o.id = NEW.disposal_id AND c.id = NEW.candidate_id
        ) OR (NEW.enrolment_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assessments_enrolment e WHERE e.id = NEW.enrolment_id AND e.candidate_id = NEW.candidate_id
        ))""",
        "What is to be destroyed is named before anybody confirms it, and is of the centre’s own candidates.",
        name="what_is_destroyed_is_named_before_it_is_confirmed",
    ),
    *refuses(
        "assessments_disposalline",
        UPDATE,
        """NEW.done_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assessments_disposal o WHERE o.id = NEW.disposal_id AND o.confirmed_at IS NOT NULL
        )""",
        "Nothing is destroyed before it was confirmed.",
        name="nothing_is_destroyed_before_it_was_confirmed",
    ),
    *refuses(
        "assessments_evidencefile",
        UPDATE,
        f"{DISPOSED} AND (OLD.disposed_at IS NOT NULL OR NOT {ORDERED} OR {STILL_AT_WORK})",
        BY_ORDER,
        name="evidence_goes_by_a_confirmed_order",
    ),
    *refuses(
        "assessments_evidencefile",
        UPDATE,
        f"{DISPOSED} AND {ON_LEGAL_HOLD}",
        HELD,
        name="nothing_on_legal_hold_is_destroyed",
    ),
    *refuses(
        "assessments_evidencefile",
        UPDATE,
        "NEW.disposed_under <> OLD.disposed_under AND OLD.disposed_at IS NOT NULL",
        STANDS,
        name="under_which_rule_a_file_went_stands",
    ),
]
"""What a case holds stays as well: `nothing_that_is_held_is_destroyed` (case.py)."""
