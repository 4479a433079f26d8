"""What was said stands, and nobody judges their own."""

from assessments.own_walls.pieces import (
    ALLOCATED,
    AUTHORED_IN,
    COLLECTING,
    IN_THE_UNIT,
    JUDGED,
    NO_SIGN_IN,
    NOT_A_JUDGE,
    NOT_A_VERIFIER,
    OWN,
    SIGNER,
    TESTIFIED,
    TESTIFIED_IN,
    VERIFIED,
    no_judge,
)
from portfolio.walls import INSERT, refuses, stands_for_good

READER = "(SELECT r.assessor_id FROM assessments_review r WHERE r.id = NEW.review_id)"
DECIDED_IN = "(SELECT d.enrolment_id FROM assessments_decision d WHERE d.id = NEW.decision_id)"
ITEM_READ = "(SELECT v.evidence_id FROM assessments_evidenceversion v WHERE v.id = NEW.version_id)"
ITEM_DECIDED = """(
    SELECT v.evidence_id FROM assessments_decision d JOIN assessments_evidenceversion v ON v.id = d.version_id
    WHERE d.id = NEW.decision_id
)"""
READ_AT = "(SELECT r.at FROM assessments_review r WHERE r.id = NEW.review_id)"
NO_WITNESS = "Nobody judges evidence of which they are a witness."

JUDGEMENT = [
    # The widest walls stand first: where a narrower one refuses as well, its sentence says more.
    *refuses(
        "assessments_decision",
        INSERT,
        f"NOT {ALLOCATED.format(part='assessor', enrolment='NEW.enrolment_id', person=READER, at=READ_AT)}",
        "A decision is made by whoever is allocated to the unit as its assessor at that time.",
        name="who_decides_is_allocated_then",
    ),
    *refuses(
        "assessments_countersignature",
        INSERT,
        f"NOT {ALLOCATED.format(part='countersigner', enrolment=DECIDED_IN, person='NEW.by_id', at='NEW.at')}",
        "A countersignature is given by whoever is allocated to the unit as its countersigner at that time.",
        name="who_countersigns_is_allocated_then",
    ),
    *stands_for_good("assessments_review", "readings"),
    *refuses(
        "assessments_review",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_evidenceversion v JOIN assessments_evidence i ON i.id = v.evidence_id
            WHERE v.id = NEW.version_id AND v.submitted_at = NEW.handed_in_at AND i.centre_id = NEW.centre_id
        )""",
        "Only what has been handed in is read, at its candidate's centre, and a reading says when that was.",
        name="a_reading_is_of_what_was_handed_in",
    ),
    *stands_for_good("assessments_decision", "decisions"),
    *refuses(
        "assessments_decision",
        INSERT,
        f"NOT {IN_THE_UNIT.format(enrolment='NEW.enrolment_id')}",
        "A decision is on a criterion of the unit the candidate is enrolled on.",
        name="a_decision_names_a_criterion_of_its_unit",
    ),
    *refuses(
        "assessments_decision",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_enrolment e JOIN assessments_evidence i ON i.candidate_id = e.candidate_id
            JOIN assessments_evidenceversion v ON v.evidence_id = i.id JOIN assessments_review r ON r.version_id = v.id
            WHERE e.id = NEW.enrolment_id AND v.id = NEW.version_id AND r.id = NEW.review_id
            AND NEW.needs_countersignature = (r.interested OR NOT r.qualified)
        )""",
        "A decision is on its own candidate's evidence, in the version that was read, and needs a countersignature "
        "exactly when its assessor holds no award or has a conflict of interest.",
        name="a_decision_belongs_to_its_reading_and_candidate",
    ),
    *refuses(
        "assessments_decision",
        INSERT,
        f"NOT {COLLECTING}",
        "A unit past collecting is judged no further.",
        name="a_decision_is_made_while_its_unit_is_collecting",
    ),
    *refuses(
        "assessments_decision",
        INSERT,
        no_judge("NEW.enrolment_id", READER),
        NOT_A_JUDGE,
        name="nobody_judges_their_own_or_what_they_verified",
    ),
    *refuses(
        "assessments_decision",
        INSERT,
        TESTIFIED.format(person=READER, evidence=ITEM_READ),
        NO_WITNESS,
        name="nobody_judges_what_they_testified",
    ),
    *stands_for_good("assessments_decisionmarker", "markers of decisions"),
    *refuses(
        "assessments_decisionmarker",
        INSERT,
        """NEW.file_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assessments_decision d JOIN assessments_evidencefile f ON f.version_id = d.version_id
            WHERE d.id = NEW.decision_id AND f.id = NEW.file_id AND f.removed_at IS NULL
        )""",
        "A marker is in a file of the version that was read.",
        name="a_marker_is_in_what_was_read",
    ),
    *refuses(
        "assessments_decisionmarker",
        INSERT,
        f"""NOT EXISTS (
            SELECT 1 FROM assessments_enrolment e WHERE e.id = {DECIDED_IN} AND e.status = 'collecting'
        )""",
        "A unit past collecting is judged no further.",
        name="a_marker_is_made_while_its_unit_is_collecting",
    ),
    *stands_for_good("assessments_countersignature", "countersignatures"),
    *refuses(
        "assessments_countersignature",
        INSERT,
        TESTIFIED.format(person="NEW.by_id", evidence=ITEM_DECIDED),
        NO_WITNESS,
        name="nobody_countersigns_what_they_testified",
    ),
    *refuses(
        "assessments_countersignature",
        INSERT,
        """EXISTS (
            SELECT 1 FROM assessments_decision d JOIN assessments_review r ON r.id = d.review_id
            WHERE d.id = NEW.decision_id AND r.assessor_id = NEW.by_id
        )""",
        "Nobody countersigns their own decision.",
        name="nobody_countersigns_their_own_decision",
    ),
    *refuses(
        "assessments_countersignature",
        INSERT,
        no_judge(DECIDED_IN, "NEW.by_id"),
        NOT_A_JUDGE,
        name="nobody_countersigns_their_own_unit_or_what_they_verified",
    ),
    *stands_for_good("assessments_signoff", "signatures on units"),
    *refuses(
        "assessments_signoff",
        INSERT,
        f"""(NEW.part IN ('candidate', 'candidate_authenticity'))
        <> {OWN.format(enrolment="NEW.enrolment_id", person=SIGNER)}""",
        "The candidate signs the candidate's part, and nobody else's.",
        name="the_candidate_signs_the_candidates_part_alone",
    ),
    *refuses(
        "assessments_signoff",
        INSERT,
        f"NEW.part IN ('assessor', 'assessor_authenticity', 'countersigner')"
        f" AND {VERIFIED.format(enrolment='NEW.enrolment_id', person=SIGNER)}",
        NOT_A_JUDGE,
        name="nobody_signs_off_what_they_verified",
    ),
    *refuses(
        "assessments_signoff",
        INSERT,
        f"NEW.part = 'verifier' AND ({JUDGED.format(enrolment='NEW.enrolment_id', person=SIGNER)}"
        f" OR {TESTIFIED_IN.format(enrolment='NEW.enrolment_id', person=SIGNER)}"
        f" OR {AUTHORED_IN.format(enrolment='NEW.enrolment_id', person=SIGNER)})",
        NOT_A_VERIFIER,
        name="nobody_signs_as_verifier_where_they_judged",
    ),
    *refuses(
        "assessments_signoff",
        INSERT,
        f"{SIGNER} IS NULL",
        NO_SIGN_IN,
        name="who_signs_a_unit_has_a_sign_in",
    ),
]
