"""What a witness was asked and said stands, and a witness is neither candidate nor judge nor verifier of it."""

from assessments.own_walls.pieces import VERIFIED, always, keeps
from portfolio.walls import INSERT, UPDATE, refuses, stands_for_good

FINISHED = "OLD.signature_id IS NOT NULL OR OLD.declined_at IS NOT NULL OR OLD.revoked_at IS NOT NULL"
MAILBOX = "(SELECT w.mailbox FROM assessments_testimony w WHERE w.id = NEW.id)"
IS_WITNESS = f"(u.id = NEW.witness_id OR u.mailbox = {MAILBOX})"
"""The mailbox is read from the row as it stands: PostgreSQL works it out only after a change."""

CANDIDATE = f"""EXISTS (
    SELECT 1 FROM assessments_evidenceversion v JOIN assessments_evidence e ON e.id = v.evidence_id
    JOIN portfolio_candidaterecord c ON c.id = e.candidate_id JOIN portfolio_user u ON u.id = c.user_id
    WHERE v.id = NEW.version_id AND {IS_WITNESS}
)"""
JUDGED_IT = f"""EXISTS (
    SELECT 1 FROM assessments_evidenceversion v
    JOIN assessments_evidenceversion other ON other.evidence_id = v.evidence_id
    JOIN assessments_decision d ON d.version_id = other.id JOIN assessments_review r ON r.id = d.review_id
    LEFT JOIN assessments_countersignature c ON c.decision_id = d.id
    JOIN portfolio_user u ON u.id = r.assessor_id OR u.id = c.by_id
    WHERE v.id = NEW.version_id AND {IS_WITNESS}
)"""
VERIFIED_IT = f"""EXISTS (
    SELECT 1 FROM assessments_evidenceversion v JOIN assessments_mapping m ON m.evidence_id = v.evidence_id
    JOIN portfolio_user u ON {IS_WITNESS}
    WHERE v.id = NEW.version_id AND m.taken_back_at IS NULL
    AND {VERIFIED.format(enrolment="m.enrolment_id", person="u.id")}
)"""
WITNESS_VERIFIED = f"""EXISTS (
    SELECT 1 FROM assessments_testimony y JOIN assessments_evidenceversion yv ON yv.id = y.version_id
    JOIN portfolio_user yu ON yu.id = y.witness_id OR yu.mailbox = y.mailbox
    WHERE y.signature_id IS NOT NULL AND yv.evidence_id = NEW.evidence_id
    AND {VERIFIED.format(enrolment="NEW.enrolment_id", person="yu.id")}
)"""

TESTIMONY = [
    *keeps(
        "assessments_testimony",
        "testimonies",
        "mailbox",
        "witness_id",
        "token_digest",
        "sent_at",
        "expires_at",
        "opened_at",
        "statement",
        "place",
        "seen_from",
        "seen_to",
        "own_relationship",
        "own_job_title",
        "telephone",
        "status",
        "signature_id",
        "signed_from",
        "declined_at",
        "decline_reason",
        "revoked_at",
        message="A testimony keeps what was asked; once signed, declined or taken back, nothing in it changes.",
        once=FINISHED,
    ),
    *refuses(
        "assessments_testimony",
        INSERT,
        """NEW.signature_id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM assessments_evidenceversion v
            WHERE v.id = NEW.version_id AND v.status = 'draft' AND v.kind = 'witness_testimony'
        )""",
        "A witness is asked for a draft of a witness testimony.",
        name="a_witness_is_asked_for_a_draft",
    ),
    *refuses(
        "assessments_testimony",
        UPDATE,
        """NEW.signature_id IS NOT NULL AND OLD.signature_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM assessments_evidenceversion v JOIN portfolio_signature g ON g.id = NEW.signature_id
            WHERE v.id = NEW.version_id AND v.status = 'draft' AND g.signer_id IS NULL AND g.signer_email = NEW.email
        )""",
        "A testimony is signed by its own witness, before the item is handed in.",
        name="a_testimony_is_signed_by_its_witness_before_hand_in",
    ),
    *always(
        "assessments_testimony",
        CANDIDATE,
        "Nobody is a witness of their own work.",
        name="nobody_is_their_own_witness",
    ),
    *always(
        "assessments_testimony",
        f"NEW.declined_at IS NULL AND NEW.revoked_at IS NULL AND ({JUDGED_IT} OR {VERIFIED_IT})",
        "Whoever judges or verifies evidence is no witness of it.",
        name="nobody_testifies_what_they_judged_or_verified",
    ),
    *refuses(
        "assessments_mapping",
        INSERT,
        WITNESS_VERIFIED,
        "A witness of this evidence has sampled or verified the unit, so it cannot be mapped to it.",
        name="nothing_is_mapped_where_its_witness_verified",
    ),
    *refuses(
        "assessments_evidenceversion",
        UPDATE,
        """NEW.kind <> 'witness_testimony' AND EXISTS (
            SELECT 1 FROM assessments_testimony y WHERE y.version_id = NEW.id AND y.signature_id IS NOT NULL
        )""",
        "What a witness has signed stays a witness testimony.",
        name="a_signed_testimony_stays_a_testimony",
    ),
    *stands_for_good("assessments_testimonycriterion", "criteria asked about"),
    *refuses(
        "assessments_testimonycriterion",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_testimony y JOIN assessments_evidenceversion v ON v.id = y.version_id
            JOIN assessments_mapping m ON m.evidence_id = v.evidence_id
            WHERE y.id = NEW.testimony_id AND m.criterion_id = NEW.criterion_id AND m.taken_back_at IS NULL
            AND y.signature_id IS NULL
        )""",
        "A witness is asked about criteria the item is mapped to.",
        name="a_witness_is_asked_about_mapped_criteria",
    ),
]
