"""What a centre registered, confirmed and claimed stands."""

from assessments.own_walls.pieces import NO_SIGN_IN, OWN, SIGNER, always, keeps
from portfolio.walls import INSERT, refuses, stands_for_good

REGISTRATION = [
    *keeps(
        "assessments_registration",
        "registrations",
        "number",
        "registered_on",
        "ended_at",
        "ended_reason",
        message="A registration stays with its candidate and its qualification.",
        once="OLD.ended_at IS NOT NULL",
    ),
    *always(
        "assessments_registration",
        """EXISTS (
            SELECT 1 FROM portfolio_candidaterecord c WHERE c.id = NEW.candidate_id AND c.centre_id <> NEW.centre_id
        )""",
        "A candidate is registered by their own centre.",
        name="a_registration_is_of_the_centre_of_its_candidate",
    ),
    *refuses(
        "assessments_registration",
        INSERT,
        "NOT EXISTS (SELECT 1 FROM units_qualificationpublication p WHERE p.qualification_id = NEW.qualification_id)",
        "Nobody is registered for a qualification that is not published.",
        name="nobody_is_registered_for_a_draft",
    ),
]
AWARD = [
    *stands_for_good("assessments_authenticationform", "authentication forms"),
    *refuses(
        "assessments_authenticationform",
        INSERT,
        OWN.format(enrolment="NEW.enrolment_id", person=SIGNER),
        "Nobody declares their own unit authentic for the centre.",
        name="nobody_authenticates_their_own_unit",
    ),
    *refuses(
        "assessments_authenticationform",
        INSERT,
        f"{SIGNER} IS NULL",
        NO_SIGN_IN,
        name="who_authenticates_a_unit_has_a_sign_in",
    ),
    *stands_for_good("assessments_claimbatch", "batches of claims"),
    *keeps(
        "assessments_awardclaim",
        "claims of awards",
        "taken_back_at",
        "taken_back_reason",
        message="A claim stands as it was made. That it was taken back is written beside it, once.",
        once="OLD.taken_back_at IS NOT NULL",
    ),
    *keeps(
        "assessments_claim",
        "claims",
        "taken_back_at",
        "taken_back_reason",
        message="A claim stands as it was made. That it was taken back is written beside it, once.",
        once="OLD.taken_back_at IS NOT NULL",
    ),
    *keeps(
        "assessments_certificate",
        "certificates",
        "revoked_on",
        "revocation_reason",
        message="A certificate stands as it was recorded. Its revocation is written beside it, once.",
        once="OLD.revoked_on IS NOT NULL",
    ),
    *refuses(
        "assessments_certificate",
        INSERT,
        """EXISTS (
            SELECT 1 FROM assessments_certificate r WHERE r.id = NEW.replaces_id
            AND (r.claim_id IS DISTINCT FROM NEW.claim_id OR r.award_id IS DISTINCT FROM NEW.award_id
                 OR r.revoked_on IS NOT NULL)
        )""",
        "A certificate replaces one of the same claim that was not revoked.",
        name="a_replacement_is_of_the_same_claim",
    ),
]
