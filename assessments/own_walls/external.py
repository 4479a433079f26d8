"""What an external verifier chose, remarked and authorised stands, and is of what they were given to look at."""

from assessments.own_walls.pieces import keeps
from portfolio.walls import DELETE, INSERT, TRUNCATE, UPDATE, Wall, refuses

REMARKS_STAND = "What an external verifier has issued stands as a remark for good."
OUTSIDE = """NOT EXISTS (
    SELECT 1 FROM assessments_externalaccess a, assessments_enrolment e, units_unit u
    WHERE a.id = NEW.access_id AND e.id = NEW.enrolment_id AND u.id = e.unit_id
    AND e.centre_id = a.centre_id AND u.awarding_body_id = a.awarding_body_id
    AND (a.all_units OR EXISTS (
        SELECT 1 FROM assessments_externalunit r WHERE r.access_id = a.id AND r.unit_id = e.unit_id
    ))
)"""
NOT_READY = """NOT EXISTS (
    SELECT 1 FROM assessments_enrolment e WHERE e.id = NEW.enrolment_id AND e.status IN ('signed_off', 'verified')
)"""
NOT_IN_THE_REMIT = "An external verifier chooses among the units in their remit, and writes of no others."

EXTERNAL = [
    *keeps(
        "assessments_externalchoice",
        "choices of external verifiers",
        "looked_at",
        message="What an external verifier chose, and why, stands. That they looked at it is written beside it, once.",
        once="OLD.looked_at IS NOT NULL",
    ),
    *refuses(
        "assessments_externalchoice", INSERT, OUTSIDE, NOT_IN_THE_REMIT, name="an_external_choice_is_in_the_remit"
    ),
    *refuses(
        "assessments_externalnote",
        INSERT,
        f"NEW.enrolment_id IS NOT NULL AND {OUTSIDE}",
        NOT_IN_THE_REMIT,
        name="an_external_note_is_in_the_remit",
    ),
    *keeps(
        "assessments_claimauthorisation",
        "authorisations of claims",
        "taken_back_at",
        "taken_back_reason",
        message="That a claim was authorised stands. That it was taken back is written beside it, once.",
        once="OLD.taken_back_at IS NOT NULL",
    ),
    *refuses(
        "assessments_claimauthorisation",
        INSERT,
        OUTSIDE,
        NOT_IN_THE_REMIT,
        name="an_authorised_claim_is_in_the_remit",
    ),
    *refuses(
        "assessments_claimauthorisation",
        INSERT,
        NOT_READY,
        "Only the claim of a unit that is signed off or verified, and not claimed, is authorised.",
        name="an_authorised_claim_can_be_made",
    ),
    Wall(
        "notes_of_external_verifiers_stay_where_they_are",
        "assessments_externalnote",
        UPDATE,
        NOT_IN_THE_REMIT,
        may_change=("words", "written_at", "issued_at"),
    ),
    Wall(
        "remarks_of_external_verifiers_never_change",
        "assessments_externalnote",
        UPDATE,
        REMARKS_STAND,
        "OLD.issued_at IS NOT NULL",
        may_change=(),
    ),
    *refuses(
        "assessments_externalnote",
        DELETE,
        "OLD.issued_at IS NOT NULL",
        REMARKS_STAND,
        name="remarks_of_external_verifiers_are_never_deleted",
    ),
    *refuses(
        "assessments_externalnote",
        TRUNCATE,
        "",
        REMARKS_STAND,
        name="notes_of_external_verifiers_are_never_emptied_out",
    ),
]
