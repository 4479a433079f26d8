"""The page that says whether a printed form is genuine and current, to whoever has it in hand."""

import pytest
import pytest_django
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.actions import award, verification
from assessments.documents import ask_authentication_form, ask_recording_form
from assessments.models import AuthenticationForm, Enrolment
from assessments.testing import House, an_enrolment, declared, sampled, signed_off, verified
from assessments.tests.documents.reading import in_order, made, text_of
from portfolio import references
from portfolio.actions import edit_candidate, set_seal
from portfolio.forms.genuine import MOST_BYTES
from portfolio.genuine import foot_digest, initials
from portfolio.models import AuditEvent, Document, StoredFile
from portfolio.tests.certificates import PASSWORD as CERTIFICATES
from portfolio.tests.certificates import an_authority
from portfolio.tests.letter import wait_for_a_worker

pytestmark = pytest.mark.django_db
PAGE = "/check/"


@pytest.fixture(autouse=True)
def nobody_asked_before() -> None:
    cache.clear()


def authenticated(house: House, unit: Enrolment) -> Document:
    """A Centre Authentication form, issued."""
    form = award.authenticate(enrolment=unit, by=house.administrator, at=timezone.now())
    form = AuthenticationForm.objects.select_related("signature__statement", "enrolment").get(pk=form.pk)
    document = ask_authentication_form(form=form, by=house.administrator, at=timezone.now())
    made(document)
    return document


def recorded(house: House, unit: Enrolment) -> Document:
    document = ask_recording_form(enrolment=unit, by=house.assessor, at=timezone.now())
    made(document)
    return document


def told(document: Document) -> str:
    response = Client().get(reverse("portfolio:genuine_reference", args=[document.reference]))
    assert response.status_code == 200
    return response.content.decode()


def sent(content: bytes, name: str = "form.pdf") -> tuple[int, str]:
    response = Client().post(PAGE, {"pdf": SimpleUploadedFile(name, content)})
    return response.status_code, response.content.decode()


# --- what stands on the paper ----------------------------------------------------------------------------------------


def test_an_issued_form_says_its_reference_and_where_it_is_checked(
    house: House, settings: pytest_django.Settings
) -> None:
    settings.SITE_URL = "https://portfolio.example.org"
    document = authenticated(house, signed_off(an_enrolment(house)))
    printed, found = references.grouped(document.reference), text_of(made(document))
    in_order(found, "type its reference at portfolio.example.org/check", f"Reference {printed}", foot_digest(document))
    in_order(found, foot_digest(document), f"Reference {printed}", "portfolio.example.org/check")


def test_an_issued_recording_form_says_it_at_its_foot_and_a_draft_has_none(house: House) -> None:
    unit = declared(an_enrolment(house))
    draft = recorded(house, unit)
    assert draft.reference == ""
    assert "Reference" not in text_of(made(draft))
    issued = recorded(house, signed_off(an_enrolment(house, "ocr-cc16")))
    assert f"Reference {references.grouped(issued.reference)}" in text_of(made(issued))


# --- what is told of it ----------------------------------------------------------------------------------------------


def test_a_current_form_is_told_by_what_is_on_the_paper_and_no_more(house: House) -> None:
    document = authenticated(house, verified(an_enrolment(house)))
    page = told(document)
    for words in ("Genuine and current", "Northgate Centre", "OCR, CC26", "C. N.", foot_digest(document)):
        assert words in page
    for words in ("Cara", house.candidate.candidate_number, "Asha", "Vera"):
        assert words not in page


def test_it_asks_a_bounded_number_of_times_and_writes_nothing(house: House) -> None:
    document = authenticated(house, verified(an_enrolment(house)))
    before = AuditEvent.objects.count()
    with CaptureQueriesContext(connection) as captured:
        told(document)
    assert len(captured) <= 15
    assert all(query["sql"].startswith(("SELECT", "EXECUTE")) for query in captured)  # what is prepared only asks
    assert AuditEvent.objects.count() == before


def test_after_the_record_changed_it_is_not_current_and_the_page_does_not_say_why(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    form, official = authenticated(house, unit), recorded(house, unit)
    assert "Genuine and current" in told(official)
    verification.reopen(enrolment=unit, reason="A call was missing.", by=house.lead, at=timezone.now())
    for document in (form, official):
        page = told(document)
        assert "Genuine, but no longer current" in page
        assert "call was missing" not in page


def test_a_name_put_right_makes_it_no_longer_current(house: House) -> None:
    document = authenticated(house, signed_off(an_enrolment(house)))
    edit_candidate(candidate=house.candidate, legal_name="Cara Newname", by=house.administrator, at=timezone.now())
    page = told(document)
    assert "no longer current" in page
    assert "C. N." in page


def test_a_verification_that_came_later_leaves_it_current_and_a_newer_form_replaces_it(house: House) -> None:
    unit = sampled(an_enrolment(house))
    before = authenticated(house, unit)
    unit = verification.verify(enrolment=unit, by=unit.verifier, at=timezone.now())
    assert "Genuine and current" in told(before)
    after = authenticated(house, unit)
    assert f"a newer one on {timezone.localdate():%-d %B %Y}" in told(before)
    assert "Genuine and current" in told(after)


def test_initials_tell_no_name() -> None:
    assert initials("Seònaid Śliwińska-Reid") == "S. Ś. R."


# --- what is typed and sent ------------------------------------------------------------------------------------------


def test_a_reference_is_found_however_it_is_typed(house: House) -> None:
    document = authenticated(house, signed_off(an_enrolment(house)))
    typed = references.grouped(document.reference).lower()
    response = Client().get(PAGE, {"reference": typed})
    assert response.headers["Location"] == reverse("portfolio:genuine_reference", args=[document.reference])


def test_a_slip_is_told_and_what_was_typed_stays() -> None:
    response = Client().get(PAGE, {"reference": "7KQ4-M2XD"})
    assert response.status_code == 400
    assert "twelve characters" in response.content.decode()
    assert "7KQ4-M2XD" in response.content.decode()


def test_a_reference_that_was_never_given_says_so_and_one_not_made_yet_as_well(
    house: House, settings: pytest_django.Settings
) -> None:
    wait_for_a_worker(settings)
    unit = signed_off(an_enrolment(house))
    waiting = ask_recording_form(enrolment=unit, by=house.assessor, at=timezone.now())
    for reference in (references.new_reference(), waiting.reference):
        response = Client().get(reverse("portfolio:genuine_reference", args=[reference]))
        assert response.status_code == 404
        assert "No form has this reference" in response.content.decode()


def test_the_pdf_itself_is_known_by_its_bytes_and_not_kept(house: House) -> None:
    content = made(authenticated(house, signed_off(an_enrolment(house))))
    kept = StoredFile.objects.count()
    assert sent(content)[0] == 200
    assert "to the last byte" in sent(content)[1]
    code, page = sent(content + b" ")
    assert code == 404
    assert "This PDF was not issued here" in page
    assert StoredFile.objects.count() == kept


def test_a_draft_is_no_form_that_was_issued(house: House) -> None:
    assert sent(made(recorded(house, declared(an_enrolment(house)))))[0] == 404


def test_a_file_too_large_is_refused_by_its_length() -> None:
    response = Client().post(
        PAGE, b"x", content_type="multipart/form-data; boundary=b", headers={"content-length": str(MOST_BYTES * 2)}
    )
    assert response.status_code == 413
    assert "larger than 10 MB" in response.content.decode()


def test_without_a_file_it_says_what_to_do() -> None:
    response = Client().post(PAGE)
    assert response.status_code == 400
    assert "Choose the PDF first." in response.content.decode()


def test_nobody_tries_many_references_in_a_minute() -> None:
    page = reverse("portfolio:genuine_reference", args=[references.new_reference()])
    codes = [Client().get(page).status_code for _ in range(31)]
    assert codes == [404] * 30 + [429]
    assert Client().get(PAGE).status_code == 200


# --- the electronic seal ---------------------------------------------------------------------------------------------


def test_it_says_with_whose_certificate_the_pdf_was_sealed_or_nothing_of_seals(house: House) -> None:
    unsealed = authenticated(house, signed_off(an_enrolment(house)))
    file = an_authority().file_for("Northgate Training")
    set_seal(centre=house.centre, file=file, password=CERTIFICATES, by=None, at=timezone.now())
    sealed = authenticated(house, signed_off(an_enrolment(house, "ocr-cc16")))
    assert "Electronic seal" not in told(unsealed)
    page = told(sealed)
    assert "Northgate Training, GB" in page
    assert "issued by Test Authority, GB" in page
    assert "there is no time stamp" in page
    assert sealed.seal["fingerprint"] in page
