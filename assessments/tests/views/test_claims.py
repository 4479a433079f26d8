"""It takes an office from what is ready to be claimed to certificates on record, and says of the rest why not."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions.batches import certificate_award
from assessments.models import AwardClaim, Certificate, ClaimBatch, Enrolment
from assessments.testing import House, an_enrolment, signed_off, verified
from assessments.tests.appeals import holding
from assessments.tests.awards import a_batch, an_award_certificate, an_award_claim, complete
from assessments.tests.views.visitors import queries_of
from portfolio.models import AccessLine, CandidateRecord
from portfolio.testing import an_administrator, with_password
from portfolio.tests.lists import taken
from units.actions import record_direct_claim

pytestmark = pytest.mark.django_db


def new(house: House, query: str = "") -> str:
    return reverse("assessments:make_claims", args=[house.centre.slug, "ocr"]) + query


def page_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def in_the_office(client: Client, house: House) -> Client:
    client.force_login(with_password(house.administrator))
    return client


def test_what_is_ready_is_ticked_and_the_rest_says_why_with_a_link(client: Client, house: House) -> None:
    in_the_office(client, house)
    assert "Nothing to claim yet" in page_of(client, new(house))
    ready, other = verified(an_enrolment(house)), signed_off(an_enrolment(house, "ocr-cc32"))
    unknown = verified(an_enrolment(house, candidate=house.other_candidate))
    CandidateRecord.objects.filter(pk=unknown.candidate_id).update(candidate_number="")
    text = page_of(client, new(house))
    assert f'value="unit-{ready.pk}"' in text
    assert "Ready to be claimed: 1" in text
    assert "Not ready: 2" in text
    assert f'value="unit-{other.pk}"' not in text
    edit = reverse("portfolio:edit_candidate", args=[house.centre.slug, house.other_candidate.user.handle])
    assert f'<a href="{edit}">Colin Northgate has no number by which OCR knows them' in text
    assert "was registered with OCR is not on record" in text


def test_it_is_narrowed_by_candidate_unit_and_place_of_work(client: Client, house: House) -> None:
    in_the_office(client, house)
    unit = verified(an_enrolment(house))
    assert f'value="unit-{unit.pk}"' in page_of(client, new(house, "?search=cara"))
    assert "Nothing found" in page_of(client, new(house, "?search=colin"))
    assert f'value="unit-{unit.pk}"' in page_of(client, new(house, "?search=cc26"))
    CandidateRecord.objects.filter(pk=house.candidate.pk).update(workplace="Quayside")
    assert f'value="unit-{unit.pk}"' in page_of(client, new(house, "?search=quayside"))


def test_what_is_ticked_is_claimed_in_one_batch(client: Client, house: House) -> None:
    in_the_office(client, house)
    units = [verified(an_enrolment(house, key)) for key in ("ocr-cc26", "ocr-cc32")]
    sent = {"chosen": [f"unit-{units[0].pk}"], "reference": "2026/1"}
    refused = client.post(new(house), sent)
    assert refused.status_code == 409
    assert "Give the reference of the external verifier" in refused.content.decode()
    assert 'value="2026/1"' in refused.content.decode()
    assert refused.content.decode().count(" checked") == 1
    answer = client.post(new(house), sent | {"authorisation": "EV 1"})
    batch = ClaimBatch.objects.get()
    assert answer.url == reverse("assessments:claim_batch", args=[batch.pk])  # type: ignore[attr-defined]
    text = page_of(client, answer.url)  # type: ignore[attr-defined]
    assert batch.digest in text
    assert {unit.status for unit in Enrolment.objects.all()} == {"claimed", "verified"}
    assert "2026/1" in page_of(client, reverse("assessments:centre_claims", args=[house.centre.slug]))
    (line,) = taken(client, reverse("assessments:claim_batch_file", args=[batch.pk, "csv"]))
    assert line["Digest of what was claimed"] == batch.claims.get().snapshot
    assert AccessLine.objects.filter(subject_kind="claimbatch", subject_id=batch.pk, downloaded=True).count() == 1
    (line,) = taken(client, reverse("assessments:claims_file", args=[house.centre.slug, "csv"]))
    assert [line[head] for head in ("Reference", "Units", "Digest of the batch")] == ["2026/1", "1", batch.digest]


def test_nothing_is_claimed_where_nothing_is_ticked(client: Client, house: House) -> None:
    in_the_office(client, house)
    verified(an_enrolment(house))
    answer = client.post(new(house), {"reference": "2026/1", "authorisation": "EV 1"})
    assert "Tick at least one unit or award to claim." in answer.content.decode()
    assert " checked" not in answer.content.decode()


def test_a_whole_award_is_chosen_claimed_and_certificated_with_its_units(client: Client, house: House) -> None:
    in_the_office(client, house)
    row = complete(house)
    query = f"?what={row.qualification_id}"
    text = page_of(client, new(house, query))
    assert f'value="award-{row.pk}"' in text
    assert "with CC26, CC32, D20" in text
    sent = {"chosen": [f"award-{row.pk}"], "reference": "A", "authorisation": "EV 1"}
    assert client.post(new(house, query), sent).status_code == 302
    assert "Nothing found" in page_of(client, new(house, query))
    claim = AwardClaim.objects.get()
    certificates = reverse("assessments:certificates", args=[claim.batch_id])
    typed = {f"number-award-{claim.pk}": "A 1"}
    answer = client.post(certificates, typed)
    assert "Say on which day certificate A 1 was issued." in answer.content.decode()
    assert 'value="A 1"' in answer.content.decode()
    assert client.post(certificates, typed | {"issued_on": timezone.localdate().isoformat()}).status_code == 302
    assert {unit.status for unit in Enrolment.objects.all()} == {"certificated"}
    assert "No claim waits for a certificate" in page_of(client, certificates)
    assert client.get(reverse("assessments:unclaim_award", args=[claim.pk])).status_code == 409


def test_an_award_says_which_of_its_units_keeps_it_back(client: Client, house: House) -> None:
    in_the_office(client, house)
    row = complete(house)
    holding(house, Enrolment.objects.get(unit__key="ocr-cc26"))
    text = page_of(client, new(house, f"?what={row.qualification_id}"))
    assert "Not ready: 1" in text
    assert "CC26: This unit is held by the centre" in text


def test_certificates_are_typed_several_at_once(client: Client, house: House) -> None:
    in_the_office(client, house)
    batch = a_batch(house, *(verified(an_enrolment(house, key)) for key in ("ocr-cc26", "ocr-cc32")))
    address = reverse("assessments:certificates", args=[batch.pk])
    first, second = batch.claims.order_by("pk")
    today = timezone.localdate().isoformat()
    lonely = client.post(address, {f"day-unit-{second.pk}": today, f"number-unit-{first.pk}": "C 1"})
    assert "Give the number of the certificate of Cara Northgate" in lonely.content.decode()
    typed = {"issued_on": today, f"number-unit-{first.pk}": "C 1", f"number-unit-{second.pk}": "C 2"}
    assert client.post(address, typed).status_code == 302
    assert set(Certificate.objects.values_list("number", flat=True)) == {"C 1", "C 2"}


def test_a_number_typed_for_what_was_certificated_meanwhile_is_not_passed_over_in_silence(
    client: Client, house: House
) -> None:
    in_the_office(client, house)
    batch = a_batch(house, *(verified(an_enrolment(house, key)) for key in ("ocr-cc26", "ocr-cc32")))
    address = reverse("assessments:certificates", args=[batch.pk])
    first, second = (f"number-unit-{claim.pk}" for claim in batch.claims.order_by("pk"))
    today = timezone.localdate().isoformat()
    client.post(address, {"issued_on": today, first: "C 1"})
    answer = client.post(address, {"issued_on": today, first: "C 9", second: "C 2"})
    assert answer.status_code == 409
    assert "Number C 9 is of a claim that has its certificate by now, or was taken back" in answer.content.decode()
    assert 'value="C 2"' in answer.content.decode()
    assert Certificate.objects.get().number == "C 1"
    answer = client.post(address, {"issued_on": today, first: "C 1"})
    assert "Number C 1 is of a claim" in answer.content.decode()


def test_of_several_certificates_each_that_is_refused_says_whose_it_is(client: Client, house: House) -> None:
    in_the_office(client, house)
    units = [verified(an_enrolment(house, key)) for key in ("ocr-cc26", "ocr-cc32")]
    batch = a_batch(house, *units)
    holding(house, units[1])
    typed = {f"number-unit-{claim.pk}": f"C {claim.pk}" for claim in batch.claims.all()}
    address = reverse("assessments:certificates", args=[batch.pk])
    answer = client.post(address, typed | {"issued_on": timezone.localdate().isoformat()})
    assert "Cara Northgate, CC32: This unit is held by the centre" in answer.content.decode()
    assert not Certificate.objects.exists()


def test_an_administrator_is_shown_no_form_for_what_they_were_awarded_themselves(client: Client, house: House) -> None:
    claim = an_award_claim(house)
    client.force_login(with_password(an_administrator(house.centre, "Cara Northgate")))
    own = "Nobody keeps claims and certificates of their own."
    assert own in page_of(client, reverse("assessments:unclaim_award", args=[claim.pk]))
    made = certificate_award(
        claim=claim, number="A 1", issued_on=timezone.localdate(), by=house.administrator, at=timezone.now()
    )
    for name in ("replace_certificate", "revoke_award"):
        assert own in page_of(client, reverse(f"assessments:{name}", args=[made.pk]))


def test_a_registration_that_led_to_a_certificate_says_so_before_it_is_ended(client: Client, house: House) -> None:
    in_the_office(client, house)
    found = an_award_certificate(house)
    address = reverse("assessments:end_registration", args=[found.award.registration_id])  # type: ignore[union-attr]
    answer = client.get(address)
    assert answer.status_code == 409
    assert "The award was certificated, so its registration stands." in answer.content.decode()
    kept = client.post(address, {"reason": "Left for another centre."})
    assert "Left for another centre." in kept.content.decode()


def test_a_certificate_is_replaced_and_revoked_where_its_batch_shows_it(client: Client, house: House) -> None:
    in_the_office(client, house)
    first = an_award_certificate(house)
    replace = reverse("assessments:replace_certificate", args=[first.pk])
    today = timezone.localdate().isoformat()
    assert client.post(replace, {"number": "A 2", "issued_on": today, "reason": "Lost."}).status_code == 302
    assert client.get(replace).status_code == 409
    second = Certificate.objects.get(number="A 2")
    revoke = reverse("assessments:revoke_award", args=[second.pk])
    assert client.post(revoke, {"reason": "Malpractice.", "revoked_on": today}).status_code == 302
    text = page_of(client, reverse("assessments:claim_batch", args=[ClaimBatch.objects.get().pk]))
    for words in ("A 1", "Replaced", "Replacement", "Lost.", "Revoked", "Malpractice."):
        assert words in text


def test_the_certificate_of_a_unit_stands_on_its_page(client: Client, house: House) -> None:
    unit = verified(an_enrolment(house))
    batch = a_batch(house, unit)
    in_the_office(client, house)
    typed = {f"number-unit-{batch.claims.get().pk}": "C 1", "issued_on": timezone.localdate().isoformat()}
    client.post(reverse("assessments:certificates", args=[batch.pk]), typed)
    certificate = Certificate.objects.get()
    page = reverse("assessments:enrolment", args=[unit.pk])
    assert "Record a replacement" in page_of(client, page)
    revoke = client.get(reverse("assessments:revoke_award", args=[certificate.pk]))
    assert revoke.url == reverse("assessments:revoke", args=[unit.pk])  # type: ignore[attr-defined]
    client.force_login(with_password(house.candidate.user))
    text = page_of(client, page)
    assert "C 1" in text
    assert "Record a replacement" not in text


def test_the_page_of_one_claim_says_what_stands_in_its_way_before_it_is_pressed(client: Client, house: House) -> None:
    in_the_office(client, house)
    unit = verified(an_enrolment(house))
    CandidateRecord.objects.filter(pk=unit.candidate_id).update(candidate_number="")
    text = page_of(client, reverse("assessments:claim", args=[unit.pk]))
    assert "Cara Northgate has no number by which OCR knows them" in text


def test_claims_ask_as_many_questions_of_many_as_of_few(client: Client, house: House) -> None:
    in_the_office(client, house)
    units = [verified(an_enrolment(house, "ocr-cc26"))]
    few = queries_of(client, new(house))
    batch = a_batch(house, *units)
    addresses = [reverse(f"assessments:{name}", args=[batch.pk]) for name in ("claim_batch", "certificates")]
    of_one = [queries_of(client, address) for address in addresses]
    more = [
        verified(an_enrolment(house, key, candidate=candidate))
        for key in ("ocr-cc16", "ocr-d20")
        for candidate in (house.candidate, house.other_candidate)
    ]
    assert queries_of(client, new(house)) == few <= 17
    batch = a_batch(house, *more, reference="2026/2")
    addresses = [reverse(f"assessments:{name}", args=[batch.pk]) for name in ("claim_batch", "certificates")]
    assert [queries_of(client, address) for address in addresses] == of_one
    assert max(of_one) <= 15


def test_a_batch_tells_every_basis_that_something_in_it_rests_on(client: Client, house: House) -> None:
    in_the_office(client, house)
    units = [verified(an_enrolment(house, key)) for key in ("ocr-cc26", "ocr-cc32")]
    for unit, reference in zip(units, ("EV report 1", "EV report 2"), strict=True):
        record_direct_claim(
            centre=house.centre, awarding_body=unit.unit.awarding_body, unit=unit.unit, starts_on=timezone.localdate(),
            ends_on=None, reference=reference, by=house.administrator, at=timezone.now(),
        )  # fmt: skip
    sent = {"chosen": [f"unit-{unit.pk}" for unit in units], "reference": "2026/2"}
    page = page_of(client, client.post(new(house), sent).url)  # type: ignore[attr-defined]
    assert ("EV report 1" in page, "EV report 2" in page) == (True, True)
