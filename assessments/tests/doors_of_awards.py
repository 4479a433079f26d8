"""The doors of qualifications, registrations and claims. See test_doors.py."""

from typing import Any

from assessments.models import AwardClaim, Certificate, ClaimBatch, Registration, Wording
from assessments.testing import House
from assessments.tests.answers import PARTIES, ROLES, Codes, Expected, holding, office, only, signed_in, within
from assessments.tests.awards import a_registration, an_award_certificate
from assessments.tests.wordings import a_wording
from portfolio.enums import Role
from portfolio.testing import a_candidate
from units.models import Qualification
from units.testing import a_draft

HERE = tuple(person for person, role in ROLES.items() if role and not person.endswith("elsewhere"))


def set_awards(house: House) -> None:
    """A qualification of the centre's in use, for which the candidate is registered, and one being written down; an
    award of somebody else's that was claimed and certificated."""
    a_registration(house)
    an_award_certificate(house, a_candidate(house.centre, "Clara Complete", number="10000003"))
    a_wording(house)
    a_draft(house.centre, house.administrator, "Award to come")


def slug(scene: Any) -> list[object]:
    return [scene.house.centre.slug]


def of_award(scene: Any) -> list[object]:
    found = Qualification.objects.published().get(centre=scene.house.centre)
    return [found.key, found.version]


def of_draft(scene: Any) -> list[object]:
    found = Qualification.objects.get(centre=scene.house.centre, publication=None)
    return [found.key, found.version]


def of_registration(scene: Any) -> list[object]:
    return [Registration.objects.get(candidate=scene.house.candidate).pk]


def slug_and_body(scene: Any) -> list[object]:
    return [scene.house.centre.slug, "ocr"]


def of_wording(scene: Any) -> list[object]:
    return [Wording.objects.get(centre=scene.house.centre).pk]


def of_batch(scene: Any) -> list[object]:
    return [ClaimBatch.objects.get(centre=scene.house.centre).pk]


def of_award_claim(scene: Any) -> list[object]:
    return [AwardClaim.objects.get(batch__centre=scene.house.centre).pk]


def of_certificate(scene: Any) -> list[object]:
    return [Certificate.objects.get(award__batch__centre=scene.house.centre).pk]


def of_the_centre(code: int = 200) -> Codes:
    """A page of everybody at the centre."""
    return only(*HERE, code=code)


PRESSED = holding(Role.ADMINISTRATOR, code=405)
TABLE_OF_AWARDS = {
    "assessments:declarations": Expected(
        holding(Role.ADMINISTRATOR, Role.EXTERNAL_VERIFIER, code=404) | {"administrator": 200, "external": 200}, slug
    ),
    "assessments:write_wording": Expected(office(), lambda scene: [*slug_and_body(scene), "authentic-assessor"]),
    "assessments:wording_approval": Expected(office(), of_wording),
    "assessments:withdraw_wording": Expected(PRESSED, of_wording, posted=office(302)),
    "assessments:approve_wording": Expected(
        holding(Role.EXTERNAL_VERIFIER, code=405),
        of_wording,
        posted=within(Role.EXTERNAL_VERIFIER, "external", code=302),
    ),
    "units:qualifications": Expected(signed_in()),
    "units:qualification": Expected(of_the_centre(), of_award),
    "units:new_qualification": Expected(office(), slug),
    "units:edit_qualification": Expected(office(), of_draft),
    "units:qualification_structure": Expected(office(), of_draft),
    "units:publish_qualification": Expected(office(), of_draft),
    "units:new_version": Expected(office(), of_award),
    "assessments:claims": Expected(holding(Role.ADMINISTRATOR, code=302)),
    "assessments:centre_claims": Expected(office(), slug),
    "assessments:claims_file": Expected(office(), lambda scene: [*slug(scene), "csv"]),
    "assessments:make_claims": Expected(office(), slug_and_body),
    "assessments:to_claim_file": Expected(office(), lambda scene: [*slug_and_body(scene), "csv"]),
    "assessments:forms_list_file": Expected(office(), lambda scene: [*slug(scene), "csv"]),
    "assessments:claim_batch": Expected(office(), of_batch),
    "assessments:claim_batch_file": Expected(office(), lambda scene: [*of_batch(scene), "csv"]),
    "assessments:certificates": Expected(office(), of_batch),
    "assessments:unclaim_award": Expected(office(409), of_award_claim),
    "assessments:replace_certificate": Expected(office(), of_certificate),
    "assessments:revoke_award": Expected(office(), of_certificate),
    "assessments:awards": Expected(signed_in()),
    "assessments:awards_file": Expected(signed_in(), lambda scene: ["csv"]),
    "assessments:register": Expected(office(), slug),
    "assessments:award": Expected(only(*PARTIES), of_registration),
    "assessments:correct_registration": Expected(office(), of_registration),
    "assessments:end_registration": Expected(office(), of_registration),
}
