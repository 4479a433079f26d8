"""The walls of the ground floor."""

from portfolio.walls import (
    DELETE,
    INSERT,
    TRUNCATE,
    UPDATE,
    Wall,
    never_deleted,
    only_columns_may_change,
    refuses,
    stands_for_good,
)

ISSUED = "OLD.issued AND OLD.status = 'ready'"
ISSUED_STANDS = "An issued document is kept for good, as it was issued."

DETAILS_STAND = "Audit details stand as they were written, until an erasure on record says why they go."
DETAILS_GONE = "The details of this line were erased for good."
ERASED = "EXISTS (SELECT 1 FROM portfolio_erasure e WHERE e.event_id = NEW.event_id)"
NOT_ERASED = "NOT EXISTS (SELECT 1 FROM portfolio_erasure e WHERE e.event_id = OLD.event_id)"

OUTSIDE = "An external verifier is nobody on the staff of the centre they look at, and no candidate of it."
BOTH_SIDES = """EXISTS (
    SELECT 1 FROM portfolio_rolegrant g
    WHERE g.user_id = NEW.user_id AND g.centre_id = NEW.centre_id
    AND (g.role = 'external_verifier') <> (NEW.role = 'external_verifier')
    AND (g.ends_on IS NULL OR g.ends_on >= NEW.starts_on) AND (NEW.ends_on IS NULL OR NEW.ends_on >= g.starts_on)
)"""

WALLS = [
    *stands_for_good("portfolio_auditevent", "audit lines"),
    *refuses(
        "portfolio_auditevent",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM portfolio_auditchain c
            WHERE c.id = NEW.chain_id AND NEW.sequence = c.length + 1 AND NEW.previous = c.head
        )""",
        "An audit line is added at the end of its book and holds the hash of the line before it.",
        name="an_audit_line_follows_the_line_before_it",
    ),
    Wall("audit_details_never_change", "portfolio_auditdetail", UPDATE, DETAILS_STAND),
    Wall("audit_details_go_only_by_an_erasure", "portfolio_auditdetail", DELETE, DETAILS_STAND, NOT_ERASED),
    Wall("audit_details_are_never_emptied_out", "portfolio_auditdetail", TRUNCATE, DETAILS_STAND),
    *refuses("portfolio_auditdetail", INSERT, ERASED, DETAILS_GONE, name="erased_audit_details_do_not_return"),
    *stands_for_good("portfolio_erasure", "erasures"),
    *never_deleted("portfolio_auditchain", "audit books"),
    *refuses(
        "portfolio_auditchain",
        INSERT,
        f"NEW.length <> 0 OR NEW.head <> '{'0' * 64}'",
        "An audit book begins empty.",
        name="an_audit_book_begins_empty",
    ),
    *refuses(
        "portfolio_auditchain",
        UPDATE,
        """NEW.id <> OLD.id OR NEW.centre_id IS DISTINCT FROM OLD.centre_id OR NEW.length <> OLD.length + 1
        OR NOT EXISTS (
            SELECT 1 FROM portfolio_auditevent e
            WHERE e.chain_id = NEW.id AND e.sequence = NEW.length AND e.hash = NEW.head
        )""",
        "An audit book only grows, by one line at a time.",
        name="an_audit_book_only_grows",
    ),
    *stands_for_good("portfolio_signature", "signatures"),
    *stands_for_good("portfolio_signaturevoid", "voided signatures"),
    *stands_for_good("portfolio_statement", "statements", reloadable=True),
    *stands_for_good("portfolio_storedfile", "stored files"),
    *stands_for_good("portfolio_scan", "scans"),
    *stands_for_good("portfolio_accessline", "access lines"),
    *stands_for_good("portfolio_arrival", "arrivals"),
    *stands_for_good("portfolio_arrivednumbers", "arrived numbers"),
    *never_deleted("portfolio_destruction", "orders to destroy"),
    *only_columns_may_change("portfolio_destruction", ["done_at", "spared", "returned_at"], "orders to destroy"),
    *refuses(
        "portfolio_destruction",
        UPDATE,
        "OLD.done_at IS NOT NULL AND (OLD.returned_at IS NOT NULL OR NEW.returned_at IS NULL"
        " OR NEW.done_at IS DISTINCT FROM OLD.done_at OR NEW.spared <> OLD.spared)",
        "What was destroyed, or spared, stays on record as it was.",
        name="what_was_destroyed_stays_on_record",
    ),
    *never_deleted("portfolio_seal", "seals"),
    *only_columns_may_change("portfolio_seal", ["locked", "ended_at"], "a seal"),
    *refuses("portfolio_document", UPDATE, ISSUED, ISSUED_STANDS, name="an_issued_document_never_changes"),
    *refuses("portfolio_document", DELETE, ISSUED, ISSUED_STANDS, name="an_issued_document_is_never_deleted"),
    *refuses("portfolio_document", TRUNCATE, "", ISSUED_STANDS, name="documents_are_never_emptied_out"),
    *stands_for_good("portfolio_identitycheck", "identity checks"),
    *stands_for_good("portfolio_induction", "inductions"),
    *stands_for_good("portfolio_coveredtopic", "topics of an induction"),
    *stands_for_good("portfolio_inductionacknowledged", "acknowledgements of an induction"),
    *never_deleted("portfolio_competence", "competences"),
    *only_columns_may_change("portfolio_competence", ["ended_on", "end_reason"], "a competence"),
    *never_deleted("portfolio_development", "entries of development"),
    *never_deleted("portfolio_candidaterecord", "candidates"),
    *refuses(
        "portfolio_candidaterecord",
        UPDATE,
        "NEW.user_id <> OLD.user_id OR NEW.centre_id <> OLD.centre_id"
        " OR NEW.last_evidence_number < OLD.last_evidence_number",
        "A candidate's record stays with its person and centre, and its count of evidence never falls.",
        name="a_candidates_record_stays_with_its_person",
    ),
    *never_deleted("portfolio_rolegrant", "roles held"),
    *only_columns_may_change("portfolio_rolegrant", ["starts_on", "ends_on", "may_download"], "a role held"),
    *refuses("portfolio_rolegrant", INSERT, BOTH_SIDES, OUTSIDE, name="an_external_verifier_comes_from_outside"),
    *refuses("portfolio_rolegrant", UPDATE, BOTH_SIDES, OUTSIDE, name="an_external_verifier_stays_outside"),
    *never_deleted("portfolio_externalrecord", "external records"),
    *only_columns_may_change("portfolio_externalrecord", ["name", "invited_at"], "an external record"),
]
