"""What a centre confirmed and claimed stands."""

from assessments.own_walls.pieces import NO_SIGN_IN, OWN, SIGNER, keeps
from portfolio.walls import INSERT, refuses, stands_for_good

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
]
