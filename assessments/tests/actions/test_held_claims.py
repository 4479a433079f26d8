"""It moves no claim and no certificate of what the office holds, and leaves no claim without a way on."""

import pytest
from django.utils import timezone

from assessments.actions import award as awards
from assessments.actions import batches, registration
from assessments.enums import UnitStatus
from assessments.models import Certificate, Enrolment, Registration
from assessments.testing import House, an_enrolment, verified
from assessments.tests.appeals import holding
from assessments.tests.awards import a_batch, a_registration, an_award_certificate, an_award_claim, complete
from assessments.tests.refusing import refusals
from assessments.workflow import UNIT_FROZEN
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def first_unit() -> Enrolment:
    return Enrolment.objects.select_related("unit").order_by("pk")[0]


def held_sentence(house: House) -> str:
    """What is said once the first unit of the award is held."""
    holding(house, first_unit())
    return f"{first_unit().unit.short_code}: {UNIT_FROZEN}"


def test_an_award_is_not_claimed_while_one_of_its_claimed_units_is_held(house: House) -> None:
    row = complete(house)
    for unit in Enrolment.objects.all():
        awards.claim(enrolment=unit, authorisation="EV 1", by=house.administrator, at=timezone.now())
    sentence = held_sentence(house)
    assert refusals(lambda: a_batch(house, awards=(row,))) == [f"Cara Northgate: {sentence}"]


def test_what_comes_of_an_awards_claim_waits_while_one_of_its_units_is_held(house: House) -> None:
    claim, by, at = an_award_claim(house), house.administrator, timezone.now()
    sentence = held_sentence(house)
    assert refusals(lambda: batches.unclaim_award(claim=claim, reason="Wrong.", by=by, at=at)) == [sentence]
    assert refusals(lambda: batches.certificate_award(claim=claim, number="A 1", issued_on=TODAY, by=by, at=at)) == [
        sentence
    ]
    assert not Certificate.objects.exists()


def test_no_certificate_is_replaced_of_what_is_held(house: House) -> None:
    by, at = house.administrator, timezone.now()
    of_award = an_award_certificate(house)
    unit = first_unit()
    of_unit = awards.certificate(enrolment=unit, number="C 1", issued_on=TODAY, by=by, at=at)
    sentence = held_sentence(house)
    for found, said in ((of_award, sentence), (of_unit, UNIT_FROZEN)):
        with pytest.raises(Refusal) as refused:
            batches.replace_certificate(certificate=found, number="2", issued_on=TODAY, reason="Lost.", by=by, at=at)
        assert refused.value.sentences == [said]
    batches.revoke_award(certificate=of_award, reason="Malpractice.", revoked_on=TODAY, by=by, at=at)


# --- a way on --------------------------------------------------------------------------------------------------------


def revoked(house: House) -> Registration:
    """A whole award whose certificate was revoked; the units were claimed before, one by one."""
    found = an_award_certificate(house)
    batches.revoke_award(
        certificate=found, reason="Malpractice.", revoked_on=TODAY, by=house.administrator, at=timezone.now()
    )
    return Registration.objects.get()


def end(house: House, row: Registration) -> Registration:
    return registration.end_registration(registration=row, reason="Left.", by=house.administrator, at=timezone.now())


def unclaim(house: House) -> Enrolment:
    return awards.unclaim(enrolment=first_unit(), reason="Wrong.", by=house.administrator, at=timezone.now())


def test_the_registration_of_a_certificated_award_stands_and_so_do_the_claims_of_its_units(house: House) -> None:
    an_award_certificate(house)
    row = Registration.objects.get()
    assert refusals(lambda: end(house, row)) == ["The award was certificated, so its registration stands."]
    assert refusals(lambda: unclaim(house)) == [
        "Award in running a contact centre was certificated with this unit, so its claim stands."
    ]


def test_a_candidate_whose_certificate_was_revoked_can_be_registered_and_claimed_for_anew(house: House) -> None:
    end(house, revoked(house))
    again = a_registration(house)
    assert a_batch(house, awards=(again,), reference="2026/2").awards.get().registration == again


def test_the_claim_of_a_unit_can_be_taken_back_once_the_awards_certificate_was_revoked(house: House) -> None:
    revoked(house)
    assert unclaim(house).status == UnitStatus.VERIFIED


def test_a_unit_claimed_after_the_award_does_not_rest_on_it(house: House) -> None:
    an_award_certificate(house)
    later = verified(an_enrolment(house, "ocr-cc16"))
    by, at = house.administrator, timezone.now()
    awards.claim(enrolment=later, authorisation="EV 2", by=by, at=at)
    assert awards.unclaim(enrolment=later, reason="Too early.", by=by, at=at).status == UnitStatus.VERIFIED
