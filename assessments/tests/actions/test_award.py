"""Authenticating, claiming, and what comes of a claim."""

import datetime
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from assessments.actions import award, safekeeping, verification
from assessments.actions.batches import claim_batch
from assessments.enums import ClaimBasis, UnitStatus
from assessments.models import Certificate, Claim, Enrolment, EvidenceVersion
from assessments.queries.award import claiming_at, claiming_standing, direct_for
from assessments.testing import House, a_unit, an_enrolment, declared, signed_off, verified
from assessments.tests.awards import complete
from assessments.tests.refusing import refusals
from units.actions import record_direct_claim, withdraw_direct_claim
from units.testing import an_award

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = datetime.timedelta(1)


def claim(unit: Enrolment, house: House, authorisation: str = "EV report 3") -> Claim:
    return award.claim(enrolment=unit, authorisation=authorisation, by=house.administrator, at=timezone.now())


def certificate(unit: Enrolment, house: House, number: str = "C 1", issued_on: datetime.date = TODAY) -> Certificate:
    return award.certificate(
        enrolment=unit, number=number, issued_on=issued_on, by=house.administrator, at=timezone.now()
    )


def revoke(unit: Enrolment, house: House, revoked_on: datetime.date = TODAY) -> Enrolment:
    return award.revoke(
        enrolment=unit, reason="Malpractice.", revoked_on=revoked_on, by=house.administrator, at=timezone.now()
    )


def unclaim(unit: Enrolment, house: House) -> Enrolment:
    return award.unclaim(enrolment=unit, reason="Wrong unit.", by=house.administrator, at=timezone.now())


def authenticate(unit: Enrolment, house: House) -> object:
    return award.authenticate(enrolment=unit, by=house.administrator, at=timezone.now())


def hold_direct_claim(house: House, unit: Enrolment, starts: datetime.date, ends: datetime.date | None = None) -> None:
    record_direct_claim(
        centre=house.centre,
        awarding_body=unit.unit.awarding_body,
        unit=None,
        starts_on=starts,
        ends_on=ends,
        reference="EV report 7",
        by=house.administrator,
        at=timezone.now(),
    )


def leave_unsampled(unit: Enrolment) -> None:
    verification.leave_unsampled(enrolment=unit, reason="Low risk.", by=unit.verifier, at=timezone.now())


# --- claiming --------------------------------------------------------------------------------------------------------


def test_without_direct_claim_status_the_external_verifier_authorises(house: House) -> None:
    unit = verified(an_enrolment(house))
    [sentence] = refusals(lambda: claim(unit, house, " "))
    assert sentence.startswith("The centre has no direct claim status with OCR")
    made = claim(unit, house)
    assert (made.basis, made.reference, len(made.snapshot)) == (ClaimBasis.AUTHORISED, "EV report 3", 64)


def test_with_direct_claim_status_the_report_it_rests_on_is_enough(house: House) -> None:
    unit = verified(an_enrolment(house))
    hold_direct_claim(house, unit, TODAY - DAY)
    made = claim(unit, house, "")
    assert (made.basis, made.reference) == (ClaimBasis.DIRECT, "EV report 7")


@pytest.mark.parametrize(("starts", "ends"), [(TODAY + DAY, None), (TODAY - 9 * DAY, TODAY - DAY)])
def test_direct_claim_status_counts_from_its_first_day_to_its_last(
    house: House, starts: datetime.date, ends: datetime.date | None
) -> None:
    unit = verified(an_enrolment(house))
    hold_direct_claim(house, unit, starts, ends)
    assert refusals(lambda: claim(unit, house, ""))


def test_an_authorisation_that_is_given_goes_before_direct_claim_status(house: House) -> None:
    unit = verified(an_enrolment(house))
    hold_direct_claim(house, unit, TODAY)
    made = claim(unit, house, " EV report 9 ")
    assert (made.basis, made.reference) == (ClaimBasis.AUTHORISED, "EV report 9")


def test_a_status_for_another_unit_counts_for_none_and_a_withdrawn_one_says_why(house: House) -> None:
    unit = verified(an_enrolment(house))
    values: dict[str, Any] = {
        "centre": house.centre,
        "awarding_body": unit.unit.awarding_body,
        "starts_on": TODAY,
        "ends_on": None,
    }
    by, at = house.administrator, timezone.now()
    record_direct_claim(unit=a_unit("ocr-cc16"), reference="EV report 5", by=by, at=at, **values)
    [sentence] = refusals(lambda: claim(unit, house, ""))
    assert sentence.startswith("The centre has no direct claim status with OCR for this unit.")
    status = record_direct_claim(unit=unit.unit, reference="EV report 6", by=by, at=at, **values)
    withdraw_direct_claim(status=status, withdrawn_on=TODAY, reason="Records were missing.", by=by, at=at)
    [sentence] = refusals(lambda: claim(unit, house, ""))
    assert "Records were missing. Give the reference" in sentence


def test_an_unsampled_unit_is_claimed_only_with_the_verifiers_reason(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    assert refusals(lambda: claim(unit, house)) == [
        "The internal verifier has neither verified this unit nor recorded why it was not sampled."
    ]
    leave_unsampled(unit)
    assert claim(unit, house).enrolment.status == UnitStatus.CLAIMED


def test_sqa_units_are_never_claimed_unverified(house: House) -> None:
    unit = signed_off(an_enrolment(house, "sqa-h12e04"))
    assert refusals(lambda: claim(unit, house)) == [
        "The awarding body wants the internal verifier's signature on every unit."
    ]


def test_what_is_open_or_stale_is_not_claimed(house: House) -> None:
    unit = verified(an_enrolment(house))
    verification.plan_sample(enrolment=unit, reason="Once more.", by=unit.verifier, at=timezone.now())
    file = EvidenceVersion.objects.get().files.get()
    safekeeping.quarantine(file=file, reason="Names.", by=house.administrator, at=timezone.now())
    first, second = refusals(lambda: claim(unit, house))
    assert first == "A sample of this unit is still open."
    assert second.startswith("Something changed after the candidate, the assessor and the internal verifier signed")


@pytest.mark.parametrize("was_verified", [True, False])
def test_a_claim_taken_back_leaves_the_unit_as_it_was_and_may_be_made_again(house: House, was_verified: bool) -> None:
    unit = an_enrolment(house)
    unit = verified(unit) if was_verified else signed_off(unit)
    if not was_verified:
        leave_unsampled(unit)
    before = unit.status
    made = claim(unit, house)
    unit = unclaim(unit, house)
    made.refresh_from_db()
    assert (unit.status, unit.claimed_at, made.taken_back_reason) == (before, None, "Wrong unit.")
    claim(unit, house)
    assert unit.claims.count() == 2


# --- certificates ----------------------------------------------------------------------------------------------------


def test_a_certificate_is_recorded_and_its_revocation_beside_it(house: House) -> None:
    unit = verified(an_enrolment(house))
    claim(unit, house)
    made = certificate(unit, house, issued_on=TODAY - 2 * DAY)
    unit = revoke(unit, house)
    made.refresh_from_db()
    assert (unit.status, made.number, made.revoked_on) == (UnitStatus.REVOKED, "C 1", TODAY)
    assert refusals(lambda: unclaim(unit, house)) == [
        "The unit is “Certificate revoked”. To take back the claim of this unit, it must be “Claimed”."
    ]


def test_dates_that_cannot_be_are_refused(house: House) -> None:
    unit = verified(an_enrolment(house))
    claim(unit, house)
    assert refusals(lambda: certificate(unit, house, number=" ")) == ["Give the certificate's number."]
    assert refusals(lambda: certificate(unit, house, issued_on=TODAY + DAY)) == [
        "The day the certificate was issued cannot be in the future."
    ]
    certificate(unit, house)
    for day in (TODAY - DAY, TODAY + DAY):
        assert refusals(lambda day=day: revoke(unit, house, day)) == [  # type: ignore[misc]
            "A certificate is revoked after it was issued, and not in the future."
        ]


# --- authenticating --------------------------------------------------------------------------------------------------


def test_the_centre_authenticates_what_its_assessor_signed_off(house: House) -> None:
    unit = declared(an_enrolment(house))
    assert refusals(lambda: authenticate(unit, house)) == [
        "The unit is “Declared complete”: it must be signed off by its assessor first."
    ]
    unit = signed_off(an_enrolment(house, "ocr-cc32"))
    authenticate(unit, house)
    signature = unit.authentication_forms.get().signature
    assert (signature.signer, signature.statement.key) == (house.administrator, "authentic-centre")


def test_the_centre_authenticates_nothing_that_changed_since(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    file = EvidenceVersion.objects.get().files.get()
    safekeeping.quarantine(file=file, reason="Names.", by=house.administrator, at=timezone.now())
    assert all("Something changed" in sentence for sentence in refusals(lambda: authenticate(unit, house)))


def test_nobody_authenticates_their_own_unit(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    candidate = house.candidate.user
    house.centre.grants.create(user=candidate, role="administrator", starts_on=TODAY)
    authenticate = partial(award.authenticate, enrolment=unit, by=candidate, at=timezone.now())
    assert refusals(authenticate) == [
        "Only an administrator of Northgate Centre can confirm this, and never for themselves."
    ]
    claim = partial(award.claim, enrolment=unit, authorisation="EV 1", by=candidate, at=timezone.now())
    assert refusals(claim) == ["Only a centre administrator can claim this unit."]


def test_a_status_for_a_qualification_counts_for_its_units_and_its_whole_award_alone(house: House) -> None:
    row = complete(house)
    by, at, body = house.administrator, timezone.now(), row.qualification.awarding_body
    values: dict[str, Any] = {
        "centre": house.centre,
        "awarding_body": body,
        "starts_on": TODAY,
        "ends_on": None,
        "by": by,
        "at": at,
    }
    record_direct_claim(unit=None, qualification=row.qualification, reference="EV report 8", **values)
    listed = Enrolment.objects.filter(candidate=house.candidate).earliest("pk")
    assert claim(listed, house, "").reference == "EV report 8"
    claiming = claiming_at(house.centre, body, TODAY)
    assert claiming.of_award(row.qualification_id).direct == "EV report 8"
    in_no_qualification = 0
    assert claiming.of(in_no_qualification).why_not == "The centre has no direct claim status with OCR for this unit."
    assert not claiming.of_award(0).direct
    batch = claim_batch(
        centre=house.centre,
        awarding_body=body,
        reference="2026/8",
        authorisation="",
        units=[],
        awards=[row.pk],
        by=by,
        at=at,
    )
    assert batch.awards.get().reference == "EV report 8"


def test_a_page_tells_of_the_status_on_which_a_claim_would_rest(house: House) -> None:
    unit = an_enrolment(house, "ocr-cc26")
    values: dict[str, Any] = {"centre": house.centre, "awarding_body": unit.unit.awarding_body, "ends_on": None}
    by, at = house.administrator, timezone.now()

    def told() -> tuple[str, str]:
        shown = Enrolment.objects.annotate(direct=direct_for(unit, TODAY)).get(pk=unit.pk)
        return vars(shown)["direct"], claiming_standing(unit, TODAY).direct

    record_direct_claim(unit=None, reference="EV report 1", starts_on=TODAY, by=by, at=at, **values)
    for title, reference in (("One award", "EV report 2"), ("Another award", "EV report 3")):
        listing = an_award(house.centre, by, title)
        record_direct_claim(
            unit=None, qualification=listing, reference=reference, starts_on=TODAY, by=by, at=at, **values
        )
        assert told() == (reference, reference)
    record_direct_claim(unit=unit.unit, reference="EV report 4", starts_on=TODAY, by=by, at=at, **values)
    assert told() == ("EV report 4", "EV report 4")
