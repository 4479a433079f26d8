"""Pages of keeping and destroying, as an administrator goes through them from the list to the certificate."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Disposal, EvidenceFile, KeepingRule, LegalHold
from assessments.testing import House
from assessments.tests.acts_of_retention import a_hold
from assessments.tests.retained import LONG_PAST, a_second, certificated, ordered
from assessments.tests.views.visitors import queries_of, signed_in
from portfolio.models import Document
from portfolio.testing import a_candidate, signs
from portfolio.tests.lists import taken

pytestmark = pytest.mark.django_db


def test_what_is_due_goes_by_a_dry_run_a_second_person_and_leaves_a_certificate(house: House) -> None:
    unit = certificated(house, issued_on=LONG_PAST)
    second, office = signed_in(a_second(house)), signed_in(house.administrator)
    place = reverse("assessments:centre_retention", args=[house.centre.slug])
    listed = office.get(place).content.decode()
    assert "3 lines until" in listed
    assert "?search=Cara%20Northgate" in listed, "the way to a hold, found by name"
    assert "1 year after its certificate on 1 March 2016" in listed
    dry = reverse("assessments:try_destruction", args=[house.centre.slug])
    shown = office.get(dry, {"chosen": f"files-{unit.pk}"}).content.decode()
    digest = EvidenceFile.objects.get().stored.sha256
    assert digest[:12] in shown
    assert not Disposal.objects.exists()
    answer = office.post(dry, {"chosen": [f"files-{unit.pk}"], "note": "Yearly."})
    order = Disposal.objects.get()
    page = reverse("assessments:destruction", args=[order.pk])
    assert answer.url == page  # type: ignore[attr-defined]
    assert "somebody else must confirm it: Second Admin." in office.get(page).content.decode()
    wrong = signs(second, page, sure="on", password="wrong")
    assert wrong.status_code == 409
    assert "That password is not right" in wrong.content.decode()
    signs(second, page, sure="on")
    order.refresh_from_db()
    assert order.state == "Carried out"
    assert "Destroyed on" in office.get(page).content.decode()
    office.post(reverse("assessments:destruction_certificate", args=[order.pk]))
    document = Document.objects.get()
    assert document.issued
    words = str(document.facts)
    for said in (digest, "Second Admin, with their password.", "Evidence files of OCR: 1 year after", "Yearly."):
        assert said in words
    office.get(reverse("portfolio:document", args=[document.pk]))
    item = EvidenceFile.objects.get().version.evidence_id
    read = signed_in(house.assessor).get(reverse("assessments:evidence", args=[item])).content.decode()
    assert "Its time was over, and its bytes were destroyed on" in read
    assert digest in read
    on_unit = office.get(reverse("assessments:enrolment", args=[unit.pk])).content.decode()
    assert "Destroyed under the retention schedule: evidence files" in on_unit


def test_a_dry_run_is_of_what_is_ticked_and_says_what_is_left_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificated(house, issued_on=LONG_PAST)
    office, dry = signed_in(house.administrator), reverse("assessments:try_destruction", args=[house.centre.slug])
    assert "Nothing would go" in office.get(dry, {"ticked": "1"}).content.decode()
    assert "further order" not in office.get(dry).content.decode()
    monkeypatch.setattr("assessments.actions.destroying.MOST", 1)
    assert "1 more is due: ask for it in a further order." in office.get(dry).content.decode()


def test_bytes_that_are_gone_are_fetched_by_nobody(house: House) -> None:
    unit = certificated(house, issued_on=LONG_PAST)
    order = ordered(house, f"files-{unit.pk}")
    office, file = signed_in(house.administrator), EvidenceFile.objects.get()
    address = reverse("assessments:download_evidence_file", args=[file.pk])
    assert b"".join(office.get(address).streaming_content)
    signs(office, reverse("assessments:destruction", args=[order.pk]), sure="on")
    assert office.get(address).status_code == 404


def test_a_rule_shorter_than_the_body_wants_is_refused_and_what_was_typed_stays(house: House) -> None:
    office = signed_in(house.administrator)
    address = reverse("assessments:set_keeping", args=[house.centre.slug, "ocr", "details"])
    typed = {"length": "2", "unit": "years", "counted_from": "last", "when_due": "review", "source": "Policy 4"}
    refused = office.post(address, typed)
    assert refused.status_code == 409
    assert "OCR wants this kept for at least 3 years, so 2 years is too short." in refused.content.decode()
    assert 'value="Policy 4"' in refused.content.decode()
    office.post(address, {**typed, "length": "4"})
    shown = office.get(reverse("assessments:retention_schedule", args=[house.centre.slug])).content.decode()
    assert "4 years after the candidate’s last certificate at the centre" in shown
    assert KeepingRule.objects.get().source == "Policy 4"
    for name in ("assessment", "nonsense"):
        gone = reverse("assessments:set_keeping", args=[house.centre.slug, "ocr", name])
        assert office.get(gone).status_code == 404


def test_a_hold_is_set_on_a_unit_shown_beside_what_is_due_and_lifted(house: House) -> None:
    unit = certificated(house, issued_on=LONG_PAST)
    office = signed_in(house.administrator)
    place = reverse("assessments:hold_record", args=[house.centre.slug])
    office.post(place, {"candidate": house.candidate.pk, "enrolment": unit.pk, "reason": "OCR asked for it."})
    listed = reverse("assessments:centre_retention", args=[house.centre.slug])
    assert place not in office.get(listed).content.decode()
    assert "Legal hold: OCR asked for it." in office.get(listed).content.decode()
    assert "OCR asked" not in office.get(listed, {"held": "free"}).content.decode()
    assert (
        "Nothing would go"
        in office.get(reverse("assessments:try_destruction", args=[house.centre.slug])).content.decode()
    )
    office.post(reverse("assessments:lift_hold", args=[LegalHold.objects.get().pk]), {"reason": "Settled."})
    holds = office.get(reverse("assessments:legal_holds", args=[house.centre.slug])).content.decode()
    assert "lifted by Northgate Admin" in holds
    (line,) = taken(office, reverse("assessments:holds_file", args=[house.centre.slug, "csv"]))
    told = ("Candidate", "Unit", "Why", "Lifted by", "Why it was lifted")
    lifted = ["Cara Northgate", unit.unit.short_code, "OCR asked for it.", "Northgate Admin", "Settled."]
    assert [line[head] for head in told] == lifted


def test_the_list_leaves_as_a_file(house: House) -> None:
    certificated(house, issued_on=LONG_PAST)
    sent = signed_in(house.administrator).get(reverse("assessments:retention_file", args=[house.centre.slug, "csv"]))
    text = b"".join(sent.streaming_content).decode()
    assert "Evidence files" in text
    assert "2017-03-01" in text


def test_pages_ask_no_more_often_where_more_is_due(house: House) -> None:
    office = signed_in(house.administrator)

    def counted() -> list[int]:
        addresses = [
            reverse(f"assessments:{name}", args=[house.centre.slug])
            for name in ("centre_retention", "try_destruction", "legal_holds", "retention_schedule")
        ]
        order = ordered(house)
        found = [queries_of(office, reverse("assessments:destruction", args=[order.pk]))]
        Disposal.objects.filter(pk=order.pk).update(given_up_at=timezone.now(), given_up_by=house.administrator)
        hold = a_hold(house)
        found += [queries_of(office, address) for address in addresses]
        LegalHold.objects.filter(pk=hold.pk).update(
            lifted_at=timezone.now(), lifted_by=house.administrator, lift_reason="Settled."
        )
        return found

    certificated(house, "ocr-cc16", a_candidate(house.centre, "Fay Finished", number="10000004"), LONG_PAST)
    few = counted()
    for name in ("Gus", "Hal"):
        certificated(house, "ocr-cc16", a_candidate(house.centre, f"{name} Finished", number="1000000"), LONG_PAST)
    assert counted() == few
    assert max(few) <= 15
