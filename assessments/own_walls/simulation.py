"""What is simulated was approved before, by the unit's verifier; and what is arranged for a candidate stands."""

from assessments.own_walls.pieces import IN_THE_UNIT, NOT_A_VERIFIER, keeps, no_verifier
from portfolio.walls import INSERT, UPDATE, refuses, stands_for_good

NOT_APPROVED = "A simulation is handed in for criteria that the unit's verifier approved it for, before its day."


def unapproved(mapping: str, version: str) -> str:
    """SQL: no simulation was approved for the mapping's criterion before the day of the version's activity."""
    return f"""NOT EXISTS (
        SELECT 1 FROM assessments_simulationapproval sa
        JOIN assessments_simulatedcriterion sc ON sc.approval_id = sa.id
        WHERE sa.enrolment_id = {mapping}.enrolment_id AND sc.criterion_id = {mapping}.criterion_id
        AND sa.approved_on < {version}.activity_on
    )"""


SIMULATION = [
    *stands_for_good("assessments_simulationapproval", "approvals of simulations"),
    *stands_for_good("assessments_simulatedcriterion", "criteria of simulations"),
    *refuses(
        "assessments_simulationapproval",
        INSERT,
        f"""NOT EXISTS (
            SELECT 1 FROM assessments_enrolment e JOIN units_unit u ON u.id = e.unit_id
            WHERE e.id = NEW.enrolment_id AND e.verifier_id = NEW.approved_by_id AND u.simulation_allowed
        ) OR {no_verifier("NEW.enrolment_id", "NEW.approved_by_id")}""",
        "A simulation is approved by the verifier of a unit that allows it. " + NOT_A_VERIFIER,
        name="a_simulation_is_approved_by_the_units_verifier",
    ),
    *refuses(
        "assessments_simulatedcriterion",
        INSERT,
        f"""NOT EXISTS (
            SELECT 1 FROM assessments_simulationapproval sa WHERE sa.id = NEW.approval_id
            AND {IN_THE_UNIT.format(enrolment="sa.enrolment_id")}
        )""",
        "A simulation is approved for criteria of the unit.",
        name="a_simulated_criterion_is_of_the_unit",
    ),
    *refuses(
        "assessments_evidenceversion",
        UPDATE,
        f"""NEW.setting = 'simulated' AND NEW.submitted_at IS NOT NULL AND OLD.submitted_at IS NULL AND EXISTS (
            SELECT 1 FROM assessments_mapping m JOIN assessments_enrolment e ON e.id = m.enrolment_id
            WHERE m.evidence_id = NEW.evidence_id AND m.taken_back_at IS NULL AND e.status <> 'withdrawn'
            AND {unapproved("m", "NEW")}
        )""",
        NOT_APPROVED,
        name="a_simulation_is_approved_before_it_is_handed_in",
    ),
    *refuses(
        "assessments_mapping",
        INSERT,
        f"""EXISTS (
            SELECT 1 FROM assessments_evidenceversion v WHERE v.evidence_id = NEW.evidence_id
            AND v.setting = 'simulated' AND v.submitted_at IS NOT NULL AND v.replaced_at IS NULL
            AND v.status <> 'withdrawn' AND {unapproved("NEW", "v")}
        )""",
        NOT_APPROVED,
        name="a_simulation_is_mapped_to_what_was_approved",
    ),
]
ADJUSTMENT = [
    *keeps(
        "assessments_adjustment",
        "adjustments",
        "to_on",
        "ended_by_id",
        message="An adjustment keeps what was arranged and approved; only its end is written.",
    ),
    *refuses(
        "assessments_adjustment",
        INSERT,
        """EXISTS (
            SELECT 1 FROM portfolio_candidaterecord c WHERE c.id = NEW.candidate_id AND c.user_id = NEW.approved_by_id
        )""",
        "Nobody approves an adjustment for themselves.",
        name="nobody_approves_their_own_adjustment",
    ),
]
