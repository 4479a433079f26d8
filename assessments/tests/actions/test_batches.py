"""It claims units and whole awards at once, refuses with every reason, and keeps what became of certificates."""

import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone

from assessments.actions import award as awards
from assessments.actions import batches, registration, verification
from assessments.actions.batches import Recorded
from assessments.enums import UnitStatus
from assessments.models import AwardClaim, Certificate, Claim, ClaimBatch, Enrolment, Registration
from assessments.queries.batches import awards_to_claim, claim_lines
from assessments.queries.claimable import units_to_claim
from assessments.queries.enrolment import person_at
from assessments.testing import House, an_enrolment, declared, signed_off, verified
from assessments.tests.awards import (
    ENOUGH,
    a_batch,
    a_registration,
    an_award_certificate,
    an_award_claim,
    complete,
)
from assessments.tests.refusing import refusals
from portfolio.models import AuditEvent, CandidateRecord
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
TODAY = timezone.localdate()


def reasons_for(house: House, unit: Enrolment) -> list[str]:
    found = Enrolment.objects.select_related("unit__awarding_body", "candidate", "centre").filter(pk=unit.pk)
    (row,) = units_to_claim(list(found), person_at(house.administrator, house.centre.pk, TODAY))
    return [reason.sentence for reason in row.reasons]


def warnings_for(house: House, unit: Enrolment) -> list[str]:
    found = Enrolment.objects.select_related("unit__awarding_body", "candidate", "centre").filter(pk=unit.pk)
    (row,) = units_to_claim(list(found), person_at(house.administrator, house.centre.pk, TODAY))
    return row.warnings


def recorded(batch: ClaimBatch, *numbers: str, issued_on: datetime.date = TODAY) -> list[Recorded]:
    """A certificate for each claim of the batch that waits, in the order of its page."""
    waiting = [line for line in claim_lines(batch) if line.awaits_certificate]
    return [
        Recorded(line.claim.pk, line.is_award, number, issued_on)
        for line, number in zip(waiting, numbers, strict=False)
    ]


# --- units -----------------------------------------------------------------------------------------------------------


def test_it_claims_units_at_once_and_locks_them_under_one_digest(house: House) -> None:
    units = [verified(an_enrolment(house, key)) for key in ("ocr-cc26", "ocr-cc32")]
    batch = a_batch(house, *units)
    claims = list(batch.claims.order_by("pk"))
    assert [claim.enrolment for claim in claims] == units
    assert {unit.status for unit in Enrolment.objects.all()} == {UnitStatus.CLAIMED}
    assert {claim.reference for claim in claims} == {"EV 1"}
    assert len({claim.snapshot for claim in claims} | {batch.digest}) == 3
    lines = AuditEvent.objects.filter(verb="claim")
    assert len({line.act_id for line in lines}) == 1
    assert {line.detail.details["digest"] for line in lines} == {batch.digest}


def test_a_claim_by_itself_and_one_in_a_batch_have_the_same_snapshot(house: House) -> None:
    unit = verified(an_enrolment(house))
    awards.claim(enrolment=unit, authorisation="EV 1", by=house.administrator, at=timezone.now())
    alone = Claim.objects.get().snapshot
    awards.unclaim(enrolment=unit, reason="At once.", by=house.administrator, at=timezone.now())
    assert a_batch(house, unit).claims.get().snapshot == alone


def test_it_claims_all_or_nothing_and_says_of_each_why_not(house: House) -> None:
    ready, other = verified(an_enrolment(house)), signed_off(an_enrolment(house, "ocr-cc32"))
    refused = refusals(lambda: a_batch(house, ready, other))
    assert refused == [
        "Cara Northgate, CC32: The internal verifier has neither verified this unit nor recorded why it was not "
        "sampled."
    ]
    assert not ClaimBatch.objects.exists()
    assert not Claim.objects.exists()


def test_a_unit_that_has_not_come_so_far_is_not_ready(house: House) -> None:
    unit = declared(an_enrolment(house))
    assert reasons_for(house, unit) == [
        "The unit is “Declared complete”. To claim this unit, it must be “Verified” or “Signed off”."
    ]


def test_it_needs_a_number_by_which_the_body_knows_the_candidate(house: House) -> None:
    unit = verified(an_enrolment(house))
    CandidateRecord.objects.filter(pk=unit.candidate_id).update(candidate_number="")
    missing = "Cara Northgate has no number by which OCR knows them"
    assert reasons_for(house, unit)[0].startswith(missing)
    unit = Enrolment.objects.get(pk=unit.pk)
    with pytest.raises(Refusal, match=missing):
        awards.claim(enrolment=unit, authorisation="EV 1", by=house.administrator, at=timezone.now())
    a_registration(house)
    assert reasons_for(house, unit) == []


def test_every_reason_is_said_at_once(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    CandidateRecord.objects.filter(pk=unit.candidate_id).update(candidate_number="")
    verification.plan_sample(enrolment=unit, reason="New.", by=unit.verifier, at=timezone.now())
    found = reasons_for(house, unit)
    assert [sentence.split(" ", 3)[:3] for sentence in found] == [
        ["The", "internal", "verifier"],
        ["A", "sample", "of"],
        ["Cara", "Northgate", "has"],
    ]


def test_it_warns_of_a_registration_that_is_missing_or_came_after_decisions(house: House) -> None:
    unit = verified(an_enrolment(house))
    assert warnings_for(house, unit) == ["The day on which Cara Northgate was registered with OCR is not on record."]
    CandidateRecord.objects.filter(pk=unit.candidate_id).update(registered_on=TODAY + DAY)
    assert warnings_for(house, unit)[0].startswith("Cara Northgate was registered on")
    a_registration(house, registered_on=TODAY - DAY)
    assert warnings_for(house, unit) == []


def test_a_sample_still_open_keeps_it_back(house: House) -> None:
    unit = verified(an_enrolment(house))
    verification.plan_sample(enrolment=unit, reason="Once more.", by=unit.verifier, at=timezone.now())
    assert reasons_for(house, unit) == ["A sample of this unit is still open."]


@pytest.mark.parametrize(
    ("sentence", "change"),
    [
        ("Give the batch a reference", {"reference": " "}),
        ("no direct claim status with OCR", {"authorisation": " "}),
        ("Tick at least one", {"units": []}),
    ],
)
def test_it_asks_for_a_reference_a_basis_and_something_to_claim(
    house: House, sentence: str, change: dict[str, object]
) -> None:
    unit = verified(an_enrolment(house))
    asked: dict[str, object] = {"reference": "2026/1", "authorisation": "EV 1", "units": [unit.pk], **change}
    with pytest.raises(Refusal, match=sentence):
        batches.claim_batch(
            centre=house.centre,
            awarding_body=unit.unit.awarding_body,
            awards=[],
            by=house.administrator,
            at=timezone.now(),
            **asked,  # type: ignore[arg-type]
        )


def test_a_reference_names_one_batch(house: House) -> None:
    units = [verified(an_enrolment(house, key)) for key in ("ocr-cc26", "ocr-cc32")]
    a_batch(house, units[0])
    with pytest.raises(Refusal, match="has a batch of claims “2026/1” already"):
        a_batch(house, units[1])


def test_a_batch_holds_units_of_its_centre_and_its_body_alone(house: House, other_house: House) -> None:
    of_sqa, elsewhere = verified(an_enrolment(house, "sqa-h12e04")), verified(an_enrolment(other_house))
    with pytest.raises(Refusal, match="A batch holds units of Northgate Centre and OCR alone"):
        a_batch(house, of_sqa)
    with pytest.raises(Refusal, match="Some of what was ticked cannot be found any more"):
        a_batch(house, elsewhere)


def test_of_another_centres_units_it_says_nothing_at_all(house: House, other_house: House) -> None:
    unit = signed_off(an_enrolment(other_house))
    found = refusals(lambda: a_batch(house, unit))
    assert found == ["Some of what was ticked cannot be found any more: look at the list again."]


def test_an_award_that_ended_meanwhile_is_not_passed_over_in_silence(house: House) -> None:
    row, unit = a_registration(house), verified(an_enrolment(house))
    registration.end_registration(registration=row, reason="Left.", by=house.administrator, at=timezone.now())
    with pytest.raises(Refusal, match="Some of what was ticked cannot be found any more"):
        a_batch(house, unit, awards=(row,))
    assert not Claim.objects.exists()


def test_nobody_but_the_centres_administrators_claims(house: House, other_house: House) -> None:
    unit = verified(an_enrolment(house))
    for somebody in (house.assessor, house.lead, house.candidate.user, other_house.administrator):
        with pytest.raises(Refusal, match="Only an administrator of Northgate Centre"):
            batches.claim_batch(
                centre=house.centre,
                awarding_body=unit.unit.awarding_body,
                reference="2026/1",
                authorisation="EV 1",
                units=[unit.pk],
                awards=[],
                by=somebody,
                at=timezone.now(),
            )


# --- whole awards ----------------------------------------------------------------------------------------------------


def test_it_claims_a_whole_award_with_its_units(house: House) -> None:
    row = complete(house)
    batch = a_batch(house, awards=(row,))
    assert batch.awards.get().registration == row
    assert {claim.enrolment.unit.key for claim in batch.claims.all()} == set(ENOUGH)
    assert claim_lines(batch)[0].what == "Award in running a contact centre"
    assert AuditEvent.objects.filter(verb="claim_award").count() == 1


def units_of(house: House, row: Registration) -> list[int]:
    (found,) = awards_to_claim([row], person_at(house.administrator, house.centre.pk, TODAY))
    return [one.enrolment.pk for one in found.units]


def test_an_award_that_is_not_complete_says_what_is_missing(house: House) -> None:
    row = a_registration(house)
    unit = signed_off(an_enrolment(house, "ocr-cc26"))
    found = refusals(lambda: a_batch(house, awards=(row,)))
    assert found[:2] == [
        "Cara Northgate: 2 more of these 3 of “Options”.",
        "Cara Northgate: 5 more credits in all: 6 of 11 are achieved.",
    ]
    assert found[2].startswith("Cara Northgate: CC26: The internal verifier has neither verified")
    assert len(found) == 3, "what keeps a unit of the award back is said once"
    assert units_of(house, row) == [unit.pk]


def test_an_award_is_claimed_once_and_keeps_its_registration_and_its_units(house: House) -> None:
    claim = an_award_claim(house)
    with pytest.raises(Refusal, match="is claimed already"):
        a_batch(house, awards=(claim.registration,), reference="2026/2")
    with pytest.raises(Refusal, match="The award is claimed: take the claim back first"):
        registration.end_registration(
            registration=claim.registration, reason="Left.", by=house.administrator, at=timezone.now()
        )
    unit = Enrolment.objects.filter(candidate=house.candidate)[0]
    with pytest.raises(Refusal, match="is claimed with this unit: take that claim back first"):
        awards.unclaim(enrolment=unit, reason="Wrong.", by=house.administrator, at=timezone.now())
    batches.unclaim_award(claim=claim, reason="Wrong.", by=house.administrator, at=timezone.now())
    awards.unclaim(enrolment=unit, reason="Wrong.", by=house.administrator, at=timezone.now())
    assert AwardClaim.objects.get().taken_back_reason == "Wrong."


def test_the_certificate_of_an_award_certificates_the_units_claimed_with_it(house: House) -> None:
    row = complete(house)
    batch = a_batch(house, awards=(row,))
    assert {unit.status for unit in Enrolment.objects.all()} == {UnitStatus.CLAIMED}
    batches.record_certificates(
        batch=batch, certificates=recorded(batch, "A 1"), by=house.administrator, at=timezone.now()
    )
    assert {unit.status for unit in Enrolment.objects.all()} == {UnitStatus.CERTIFICATED}
    assert set(Certificate.objects.values_list("number", flat=True)) == {"A 1"}
    assert Certificate.objects.filter(award__isnull=False).count() == 1
    assert Certificate.objects.filter(claim__isnull=False).count() == len(ENOUGH)


# --- certificates ----------------------------------------------------------------------------------------------------


def test_several_certificates_are_recorded_at_once_or_none(house: House) -> None:
    units = [verified(an_enrolment(house, key)) for key in ("ocr-cc26", "ocr-cc32")]
    batch = a_batch(house, *units)
    record: Callable[[list[Recorded]], object] = lambda rows: batches.record_certificates(  # noqa: E731
        batch=batch, certificates=rows, by=house.administrator, at=timezone.now()
    )
    with pytest.raises(Refusal, match="cannot be in the future"):
        record([*recorded(batch, "C 1"), *recorded(batch, "C 2", "C 3", issued_on=TODAY + DAY)[1:]])
    assert not Certificate.objects.exists()
    with pytest.raises(Refusal, match="at least one"):
        record([])
    record(recorded(batch, "C 1", "C 2"))
    assert [line.state for line in claim_lines(batch)] == ["Certificated", "Certificated"]
    assert len({line.act_id for line in AuditEvent.objects.filter(verb="certificate")}) == 1


def test_a_certificate_is_replaced_and_the_earlier_one_stays(house: House) -> None:
    first = an_award_certificate(house)
    replace: Callable[..., Certificate] = lambda found, number, day=TODAY: batches.replace_certificate(  # noqa: E731
        certificate=found, number=number, issued_on=day, reason="Lost.", by=house.administrator, at=timezone.now()
    )
    with pytest.raises(Refusal, match="A replacement is issued after"):
        replace(first, "A 2", TODAY - DAY)
    second = replace(first, "A 2")
    with pytest.raises(Refusal, match="Certificate A 1 has been replaced already"):
        replace(first, "A 3")
    (line,) = claim_lines(ClaimBatch.objects.get())
    assert [(row.number, row.replaces_id) for row in line.certificates] == [("A 1", None), ("A 2", first.pk)]
    batches.revoke_award(
        certificate=second, reason="Malpractice.", revoked_on=TODAY, by=house.administrator, at=timezone.now()
    )
    with pytest.raises(Refusal, match="Certificate A 2 was revoked on"):
        replace(second, "A 3")
    (line,) = claim_lines(ClaimBatch.objects.get())
    assert line.state == "Certificate revoked"


def test_the_certificate_of_a_unit_is_revoked_on_its_page_even_when_it_was_replaced(house: House) -> None:
    unit, by = verified(an_enrolment(house)), house.administrator
    at = timezone.now()
    awards.claim(enrolment=unit, authorisation="EV 1", by=by, at=at)
    first = awards.certificate(enrolment=unit, number="C 1", issued_on=TODAY, by=by, at=at)
    second = batches.replace_certificate(certificate=first, number="C 2", issued_on=TODAY, reason="Name.", by=by, at=at)
    with pytest.raises(Refusal, match="on the page of the unit"):
        batches.revoke_award(certificate=second, reason="Wrong.", revoked_on=TODAY, by=by, at=at)
    awards.revoke(enrolment=unit, reason="Wrong.", revoked_on=TODAY, by=by, at=at)
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.revoked_on, second.revoked_on) == (None, TODAY)


def test_a_claim_with_a_certificate_is_not_taken_back(house: House) -> None:
    certificate = an_award_certificate(house)
    assert certificate.award
    with pytest.raises(Refusal, match="A certificate came of this claim, so it stands"):
        batches.unclaim_award(claim=certificate.award, reason="Wrong.", by=house.administrator, at=timezone.now())
