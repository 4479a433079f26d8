"""What a case holds does not move, and nobody works on a case that concerns them.

Whoever meets these walls may know nothing of a case, so what they say is neutral.
"""

from assessments.own_walls.pieces import JUDGED, keeps
from portfolio.walls import INSERT, UPDATE, refuses, stands_for_good

HELD = "This is held by the centre’s office at the moment."
UNIT_FROZEN = "EXISTS (SELECT 1 FROM assessments_freeze fz WHERE fz.enrolment_id = {enrolment} AND fz.to_at IS NULL)"
ITEM_ITSELF = "EXISTS (SELECT 1 FROM assessments_freeze fy WHERE fy.evidence_id = {evidence} AND fy.to_at IS NULL)"
ITEM_FROZEN = (
    "("
    + ITEM_ITSELF
    + """ OR EXISTS (
    SELECT 1 FROM assessments_freeze fx JOIN assessments_mapping fm ON fm.enrolment_id = fx.enrolment_id
    JOIN assessments_enrolment fe ON fe.id = fx.enrolment_id
    WHERE fm.evidence_id = {evidence} AND fm.taken_back_at IS NULL AND fx.to_at IS NULL AND fe.status <> 'withdrawn'
))"""
)
ITEM_OF = "(SELECT v.evidence_id FROM assessments_evidenceversion v WHERE v.id = NEW.version_id)"
CLAIMED_UNIT = "(SELECT cl.enrolment_id FROM assessments_claim cl WHERE cl.id = NEW.claim_id)"
DECIDED_UNIT = "(SELECT d.enrolment_id FROM assessments_decision d WHERE d.id = NEW.decision_id)"
CASE_OPEN = "EXISTS (SELECT 1 FROM assessments_case cs WHERE cs.id = NEW.case_id AND cs.closed_at IS NULL)"
INTERESTED = f"""(
    EXISTS (SELECT 1 FROM assessments_caseconcern cc WHERE cc.case_id = NEW.case_id AND cc.user_id = {{person}})
    OR EXISTS (
        SELECT 1 FROM assessments_freeze fi LEFT JOIN assessments_evidence ei ON ei.id = fi.evidence_id
        LEFT JOIN portfolio_candidaterecord ci ON ci.id = ei.candidate_id
        LEFT JOIN assessments_enrolment ni ON ni.id = fi.enrolment_id
        WHERE fi.case_id = NEW.case_id AND (
            ci.user_id = {{person}} OR ni.candidate_user_id = {{person}} OR ni.assessor_id = {{person}}
            OR {JUDGED.format(enrolment="fi.enrolment_id", person="{person}")}
        )
    )
)"""
INTEREST = "Nobody works on a case that concerns them, or in which they have an interest."

ADDED_TO_A_UNIT = {
    "assessments_signoff": "NEW.enrolment_id",
    "assessments_claim": "NEW.enrolment_id",
    "assessments_certificate": CLAIMED_UNIT,
    "assessments_countersignature": DECIDED_UNIT,
    "assessments_decision": "NEW.enrolment_id",
    "assessments_mapping": "NEW.enrolment_id",
}
ADDED_TO_AN_ITEM = {
    "assessments_evidenceversion": "NEW.evidence_id",
    "assessments_review": ITEM_OF,
    "assessments_decision": ITEM_OF,
    "assessments_mapping": "NEW.evidence_id",
}

CASE = [
    *keeps(
        "assessments_case",
        "cases",
        "outcome",
        "reason",
        "closed_by_id",
        "closed_at",
        message="A case keeps what was suspected; how it ended is written beside that, once.",
        once="OLD.closed_at IS NOT NULL",
    ),
    *keeps(
        "assessments_caseworker",
        "people on cases",
        "ended_at",
        message="Who worked on a case stays on record; only their end is written, once.",
        once="OLD.ended_at IS NOT NULL",
    ),
    *stands_for_good("assessments_caseconcern", "people whom cases concern"),
    *stands_for_good("assessments_casestep", "steps of cases"),
    *stands_for_good("assessments_casefile", "files of cases"),
    *refuses(
        "assessments_casefile",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_casestep st JOIN assessments_case cs ON cs.id = st.case_id
            JOIN portfolio_storedfile sf ON sf.id = NEW.stored_id
            WHERE st.id = NEW.step_id AND cs.closed_at IS NULL AND sf.centre_id = cs.centre_id
        )""",
        "A file is added to a case that is open, and kept by its centre.",
        name="a_file_is_added_to_a_case_of_its_centre",
    ),
    *keeps(
        "assessments_freeze",
        "what cases hold",
        "to_at",
        "to_by_id",
        message="What a case holds stays on record; only its release is written, once.",
        once="OLD.to_at IS NOT NULL",
    ),
    *(
        wall
        for noun, table in (("step", "assessments_casestep"), ("freeze", "assessments_freeze"))
        for wall in refuses(
            table, INSERT, f"NOT {CASE_OPEN}", "A closed case stands as it is.", name=f"a_closed_case_takes_no_{noun}"
        )
    ),
    *refuses(
        "assessments_caseworker",
        INSERT,
        INTERESTED.replace("{person}", "NEW.user_id"),
        INTEREST,
        name="nobody_works_on_a_case_that_concerns_them",
    ),
    *refuses(
        "assessments_caseconcern",
        INSERT,
        """EXISTS (SELECT 1 FROM assessments_caseworker cw
            WHERE cw.case_id = NEW.case_id AND cw.user_id = NEW.user_id AND cw.ended_at IS NULL)""",
        INTEREST,
        name="a_case_concerns_nobody_who_works_on_it",
    ),
    *refuses(
        "assessments_freeze",
        INSERT,
        f"""EXISTS (
            SELECT 1 FROM assessments_caseworker cw WHERE cw.case_id = NEW.case_id AND cw.ended_at IS NULL
            AND {INTERESTED.replace("{person}", "cw.user_id")}
        )""",
        INTEREST,
        name="a_case_holds_nothing_its_workers_have_an_interest_in",
    ),
    *refuses(
        "assessments_freeze",
        INSERT,
        """NOT EXISTS (
            SELECT 1 FROM assessments_case cs
            LEFT JOIN assessments_enrolment ne ON ne.id = NEW.enrolment_id
            LEFT JOIN assessments_evidence nv ON nv.id = NEW.evidence_id
            WHERE cs.id = NEW.case_id AND (ne.centre_id = cs.centre_id OR nv.centre_id = cs.centre_id)
        ) OR (NEW.claim_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM assessments_claim cl WHERE cl.id = NEW.claim_id AND cl.enrolment_id = NEW.enrolment_id
        ))""",
        "A case holds what belongs to its own centre.",
        name="a_case_holds_what_is_of_its_centre",
    ),
    *refuses(
        "assessments_enrolment",
        UPDATE,
        f"(NEW.frozen_at IS NULL) = {UNIT_FROZEN.format(enrolment='NEW.id')}",
        "A unit says that it is held exactly while it is.",
        name="a_unit_says_whether_it_is_held",
    ),
    *refuses(
        "assessments_evidence",
        UPDATE,
        f"(NEW.frozen_at IS NULL) = {ITEM_ITSELF.format(evidence='NEW.id')}",
        "An item says that it is held exactly while it is.",
        name="an_item_says_whether_it_is_held",
    ),
    *refuses(
        "assessments_enrolment",
        UPDATE,
        f"NEW.status <> OLD.status AND NEW.status <> 'revoked' AND {UNIT_FROZEN.format(enrolment='NEW.id')}",
        HELD,
        name="a_unit_that_is_held_does_not_move",
    ),
    *refuses(
        "assessments_claim",
        UPDATE,
        UNIT_FROZEN.format(enrolment="NEW.enrolment_id"),
        HELD,
        name="a_claim_that_is_held_is_not_taken_back",
    ),
    *refuses(
        "assessments_evidenceversion",
        UPDATE,
        ITEM_FROZEN.format(evidence="NEW.evidence_id"),
        HELD,
        name="an_item_that_is_held_does_not_change",
    ),
    *refuses(
        "assessments_mapping",
        UPDATE,
        f"{ITEM_ITSELF.format(evidence='NEW.evidence_id')} OR {UNIT_FROZEN.format(enrolment='NEW.enrolment_id')}",
        HELD,
        name="what_is_held_stays_mapped",
    ),
    *refuses(
        "assessments_evidencefile",
        UPDATE,
        "(NEW.destroyed_at IS DISTINCT FROM OLD.destroyed_at OR NEW.disposed_at IS DISTINCT FROM OLD.disposed_at)"
        f" AND {ITEM_FROZEN.format(evidence=ITEM_OF)}",
        HELD,
        name="nothing_that_is_held_is_destroyed",
    ),
    *(
        wall
        for table, enrolment in ADDED_TO_A_UNIT.items()
        for wall in refuses(
            table,
            INSERT,
            UNIT_FROZEN.format(enrolment=enrolment),
            HELD,
            name=f"no_{table.removeprefix('assessments_')}_is_added_to_a_unit_that_is_held",
        )
    ),
    *(
        wall
        for table, item in ADDED_TO_AN_ITEM.items()
        for wall in refuses(
            table,
            INSERT,
            ITEM_FROZEN.format(evidence=item),
            HELD,
            name=f"no_{table.removeprefix('assessments_')}_is_added_to_an_item_that_is_held",
        )
    ),
]
