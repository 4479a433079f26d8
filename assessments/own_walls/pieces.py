"""What the walls of this floor are built of: SQL that asks whose hand was where, and ways of putting it."""

from portfolio.walls import INSERT, UPDATE, Wall, never_deleted, refuses

JUDGED = """(
    EXISTS (
        SELECT 1 FROM assessments_decision d JOIN assessments_review r ON r.id = d.review_id
        LEFT JOIN assessments_countersignature c ON c.decision_id = d.id
        WHERE d.enrolment_id = {enrolment} AND (r.assessor_id = {person} OR c.by_id = {person})
    ) OR EXISTS (
        SELECT 1 FROM assessments_signoff o JOIN portfolio_signature g ON g.id = o.signature_id
        WHERE o.enrolment_id = {enrolment} AND o.part IN ('assessor', 'countersigner') AND g.signer_id = {person}
    )
)"""
VERIFIED = """(
    EXISTS (
        SELECT 1 FROM assessments_sample s
        WHERE s.enrolment_id = {enrolment} AND s.verifier_id = {person} AND s.dropped_at IS NULL
    ) OR EXISTS (
        SELECT 1 FROM assessments_action a WHERE a.enrolment_id = {enrolment} AND a.closed_by_id = {person}
    ) OR EXISTS (
        SELECT 1 FROM assessments_signoff o JOIN portfolio_signature g ON g.id = o.signature_id
        WHERE o.enrolment_id = {enrolment} AND o.part = 'verifier' AND g.signer_id = {person}
    ) OR EXISTS (
        SELECT 1 FROM assessments_alarm l JOIN assessments_sample ls ON ls.id = l.sample_id
        WHERE ls.enrolment_id = {enrolment} AND l.looked_by_id = {person}
    ) OR EXISTS (
        SELECT 1 FROM assessments_actionturn t JOIN assessments_action ta ON ta.id = t.action_id
        WHERE ta.enrolment_id = {enrolment} AND t.kind = 'sent_back' AND t.by_id = {person}
    ) OR EXISTS (
        SELECT 1 FROM assessments_activity v
        WHERE v.enrolment_id = {enrolment} AND v.verifier_id = {person} AND v.recorded_at IS NOT NULL
    ) OR EXISTS (SELECT 1 FROM assessments_enrolment n WHERE n.id = {enrolment} AND n.verified_by_id = {person})
)"""
TESTIFIED = """EXISTS (
    SELECT 1 FROM assessments_testimony y JOIN assessments_evidenceversion yv ON yv.id = y.version_id
    JOIN portfolio_user yu ON yu.id = y.witness_id OR yu.mailbox = y.mailbox
    WHERE y.signature_id IS NOT NULL AND yu.id = {person} AND yv.evidence_id = {evidence}
)"""
"""The person is a witness of the item: known by their sign-in, or by the mailbox the link went to."""
TESTIFIED_IN = (
    """EXISTS (
    SELECT 1 FROM assessments_mapping ym WHERE ym.enrolment_id = {enrolment} AND ym.taken_back_at IS NULL
    AND """
    + TESTIFIED.replace("{evidence}", "ym.evidence_id")
    + ")"
)
ALLOCATED = """EXISTS (
    SELECT 1 FROM assessments_allocation l WHERE l.enrolment_id = {enrolment} AND l.part = '{part}'
    AND l.user_id = {person} AND l.from_at <= {at} AND (l.to_at IS NULL OR l.to_at >= {at})
)"""
AUTHORED_IN = """EXISTS (
    SELECT 1 FROM assessments_mapping xm JOIN assessments_evidence xe ON xe.id = xm.evidence_id
    JOIN assessments_evidenceversion xv ON xv.evidence_id = xe.id
    LEFT JOIN assessments_assessorrecord xr ON xr.version_id = xv.id
    LEFT JOIN assessments_exchange xx ON xx.record_id = xr.id
    LEFT JOIN assessments_setquestion xq ON xq.id = xx.set_question_id
    LEFT JOIN assessments_questionset xs ON xs.id = xq.set_id
    WHERE xm.enrolment_id = {enrolment} AND xm.taken_back_at IS NULL AND xe.author_id IS NOT NULL
    AND xv.submitted_at IS NOT NULL AND xv.replaced_at IS NULL AND xv.status <> 'withdrawn'
    AND (xe.author_id = {person} OR xs.author_id = {person})
)"""
"""The person made a record that is evidence in the unit, or devised questions asked in one."""
OWN = "EXISTS (SELECT 1 FROM assessments_enrolment w WHERE w.id = {enrolment} AND w.candidate_user_id = {person})"
COLLECTING = "EXISTS (SELECT 1 FROM assessments_enrolment k WHERE k.id = NEW.enrolment_id AND k.status = 'collecting')"
IN_THE_UNIT = """EXISTS (
    SELECT 1 FROM assessments_enrolment i JOIN units_criterion t ON t.unit_id = i.unit_id
    WHERE i.id = {enrolment} AND t.id = NEW.criterion_id
)"""
FORBIDDEN = """(
    (NOT u.simulation_allowed AND {setting} = 'simulated')
    OR (NOT u.realistic_working_environment_allowed AND {setting} = 'realistic_environment')
    OR (NOT u.work_placement_allowed AND {setting} = 'placement')
)"""

SIGNER = "(SELECT g.signer_id FROM portfolio_signature g WHERE g.id = NEW.signature_id)"

NOT_A_VERIFIER = (
    "Nobody verifies a unit that is their own, in which they ever judged, in which they are a witness, "
    "or in which they made a record or devised questions."
)
NO_SIGN_IN = "A signature on a unit is put by somebody who signs in, never by way of a witness's link."
NOT_A_JUDGE = "Nobody judges a unit that is their own, or that they sampled or verified."
SETTING_FORBIDDEN = "The unit does not accept evidence from this setting."


def no_verifier(enrolment: str, person: str) -> str:
    """SQL: the person must not verify in the enrolment."""
    return " OR ".join(
        text.format(enrolment=enrolment, person=person) for text in (JUDGED, OWN, TESTIFIED_IN, AUTHORED_IN)
    )


def no_judge(enrolment: str, person: str) -> str:
    """SQL: the person must not judge in the enrolment."""
    return " OR ".join(text.format(enrolment=enrolment, person=person) for text in (VERIFIED, OWN))


def keeps(table: str, noun: str, *columns: str, message: str, once: str = "") -> list[Wall]:
    """Rows that never go, of which only these columns may change; and nothing any more where `once` holds."""
    name = noun.replace(" ", "_")
    walls = [
        *never_deleted(table, noun),
        Wall(f"{name}_keep_what_they_say", table, UPDATE, message, may_change=columns),
    ]
    if once:
        walls.append(Wall(f"finished_{name}_never_change", table, UPDATE, message, once, may_change=()))
    return walls


def always(table: str, condition: str, message: str, *, name: str) -> list[Wall]:
    """Refused of a row that is added, and of one that is changed."""
    return [
        *refuses(table, INSERT, condition, message, name=f"{name}_when_added"),
        *refuses(table, UPDATE, condition, message, name=f"{name}_when_changed"),
    ]
