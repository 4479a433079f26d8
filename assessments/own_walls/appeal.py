"""Whoever hears an appeal was never involved before, what they found stands, and the claim waits."""

from assessments.own_walls.pieces import JUDGED, OWN, TESTIFIED_IN, VERIFIED, always, keeps
from portfolio.walls import INSERT, UPDATE, refuses, stands_for_good

OPEN_APPEAL = """(
    SELECT ap.id FROM assessments_appeal ap WHERE ap.enrolment_id = {enrolment} AND ap.closed_at IS NULL
)"""
UNIT = "(SELECT ap.enrolment_id FROM assessments_appeal ap WHERE ap.id = NEW.appeal_id)"
WORKED = """EXISTS (
    SELECT 1 FROM assessments_allocation al WHERE al.enrolment_id = {enrolment} AND al.user_id = {person}
)"""
SAMPLED_OR_ASKED = """(
    EXISTS (SELECT 1 FROM assessments_sample sp WHERE sp.enrolment_id = {enrolment}
        AND (sp.verifier_id = {person} OR sp.planned_by_id = {person}))
    OR EXISTS (SELECT 1 FROM assessments_action ac WHERE ac.enrolment_id = {enrolment}
        AND (ac.owner_id = {person} OR ac.raised_by_id = {person} OR ac.answered_by_id = {person}))
    OR EXISTS (SELECT 1 FROM assessments_unsamplednote un WHERE un.enrolment_id = {enrolment} AND un.by_id = {person})
)"""
READ_IN = """EXISTS (
    SELECT 1 FROM assessments_review rv JOIN assessments_evidenceversion rw ON rw.id = rv.version_id
    JOIN assessments_mapping rm ON rm.evidence_id = rw.evidence_id
    WHERE rm.enrolment_id = {enrolment} AND rv.assessor_id = {person}
)"""
HEARD_BEFORE = """EXISTS (
    SELECT 1 FROM assessments_hearing hb WHERE hb.appeal_id = NEW.appeal_id AND hb.adjudicator_id = NEW.adjudicator_id
    AND hb.id <> NEW.id
)"""
VOIDED_IN = """EXISTS (
    SELECT 1 FROM portfolio_signaturevoid vo JOIN assessments_signoff vs ON vs.signature_id = vo.signature_id
    WHERE vs.enrolment_id = {enrolment} AND vo.by_id = {person}
)"""
ADJUSTED = """EXISTS (
    SELECT 1 FROM assessments_appeal ax JOIN assessments_enrolment ae ON ae.id = ax.enrolment_id
    JOIN assessments_adjustment aj ON aj.candidate_id = ae.candidate_id
    WHERE ax.id = NEW.appeal_id AND ax.about = 'adjustment' AND {person} IN (aj.approved_by_id, aj.ended_by_id)
)"""
INVOLVED = " OR ".join(
    text.format(enrolment=UNIT, person="NEW.adjudicator_id")
    for text in (JUDGED, VERIFIED, OWN, TESTIFIED_IN, WORKED, SAMPLED_OR_ASKED, READ_IN, VOIDED_IN, ADJUSTED)
)

APPEAL = [
    *stands_for_good("assessments_appealsprocedure", "appeals procedures"),
    *keeps(
        "assessments_appeal",
        "appeals",
        "acknowledged_at",
        "acknowledged_by_id",
        "accepted_at",
        "follow_up",
        "reassessed",
        "followed_up_at",
        "followed_up_by_id",
        "closed_at",
        "closed_as",
        message="An appeal keeps what it is against and why; what came of it is written beside that, once.",
        once="OLD.closed_at IS NOT NULL",
    ),
    *refuses(
        "assessments_appeal",
        INSERT,
        f"NOT {OWN.format(enrolment='NEW.enrolment_id', person='NEW.raised_by_id')}",
        "Only the candidate appeals.",
        name="only_the_candidate_appeals",
    ),
    *refuses(
        "assessments_appeal",
        INSERT,
        """NEW.decision_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assessments_decision d WHERE d.id = NEW.decision_id AND d.enrolment_id = NEW.enrolment_id
        ) OR NEW.review_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assessments_review r JOIN assessments_evidenceversion v ON v.id = r.version_id
            JOIN assessments_mapping m ON m.evidence_id = v.evidence_id
            WHERE r.id = NEW.review_id AND m.enrolment_id = NEW.enrolment_id
        ) OR NEW.void_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM portfolio_signaturevoid vo JOIN assessments_signoff vs ON vs.signature_id = vo.signature_id
            WHERE vo.id = NEW.void_id AND vs.enrolment_id = NEW.enrolment_id AND vs.part = 'candidate'
        )""",
        "An appeal is against something that was decided in its unit.",
        name="an_appeal_is_against_what_was_decided_in_its_unit",
    ),
    *keeps(
        "assessments_hearing",
        "stages of appeals",
        "adjudicator_id",
        "adjudicator_name",
        "appointed_at",
        "appointed_by_id",
        "outcome",
        "finding",
        "decided_at",
        "decided_by_id",
        "answer_by",
        message="A stage of an appeal keeps when it began and is due, and, once decided, what was found.",
        once="OLD.decided_at IS NOT NULL",
    ),
    *refuses(
        "assessments_hearing",
        INSERT,
        "NOT EXISTS (SELECT 1 FROM assessments_appeal ap WHERE ap.id = NEW.appeal_id AND ap.closed_at IS NULL)",
        "A closed appeal has no further stage.",
        name="a_closed_appeal_has_no_further_stage",
    ),
    *always(
        "assessments_hearing",
        f"NEW.adjudicator_id IS NOT NULL AND ({INVOLVED} OR {HEARD_BEFORE})",
        "Whoever hears an appeal was never involved in the unit before, nor in an earlier stage.",
        name="nobody_hears_an_appeal_where_they_were_involved",
    ),
    *always(
        "assessments_hearing",
        "NEW.decided_by_id IS NOT NULL AND NEW.adjudicator_id IS NOT NULL AND NEW.decided_by_id <> NEW.adjudicator_id",
        "A stage of an appeal is decided by its adjudicator.",
        name="an_appeal_is_decided_by_its_adjudicator",
    ),
    *refuses(
        "assessments_enrolment",
        UPDATE,
        f"NEW.open_appeal_id IS DISTINCT FROM {OPEN_APPEAL.format(enrolment='NEW.id')}",
        "A unit notes the appeal that is open in it.",
        name="a_unit_notes_its_open_appeal",
    ),
    *refuses(
        "assessments_enrolment",
        UPDATE,
        """NEW.adjudicator_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assessments_hearing hn
            WHERE hn.appeal_id = NEW.open_appeal_id AND hn.adjudicator_id = NEW.adjudicator_id
        )""",
        "The record of a unit is opened to the adjudicator of its open appeal.",
        name="a_unit_is_opened_to_its_adjudicator",
    ),
    *refuses(
        "assessments_claim",
        INSERT,
        f"{OPEN_APPEAL.format(enrolment='NEW.enrolment_id')} IS NOT NULL",
        "An appeal is open in this unit: it can be claimed once the appeal is closed.",
        name="nothing_is_claimed_while_an_appeal_is_open",
    ),
]
