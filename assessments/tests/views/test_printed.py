"""Asking for official forms: who may, and where they end up."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import award
from assessments.testing import House, an_enrolment, declared, signed_off
from assessments.tests.documents.reading import made, text_of
from portfolio import manuscripts, pdf
from portfolio.models import Document, User

pytestmark = pytest.mark.django_db


def form_of(pk: int) -> str:
    return reverse("assessments:recording_form", args=[pk])


def blank(key: str = "ocr-cc26", version: int = 1) -> str:
    return reverse("assessments:blank_form", args=[key, version])


def as_(user: User, client: Client) -> Client:
    client.force_login(user)
    return client


@pytest.mark.parametrize("part", ["assessor", "verifier", "lead", "administrator"])
def test_whoever_sees_the_unit_gets_its_form(house: House, client: Client, part: str) -> None:
    enrolment = declared(an_enrolment(house))
    response = as_(getattr(house, part), client).post(form_of(enrolment.pk))
    document = Document.objects.get()
    assert response.headers["Location"] == reverse("portfolio:document", args=[document.pk])
    assert (
        reverse("assessments:enrolment", args=[enrolment.pk])
        in client.get(response.headers["Location"]).content.decode()
    )
    made(document)
    page = client.get(reverse("portfolio:document_file", args=[document.pk]))
    assert b"".join(page).startswith(b"%PDF-")


def test_a_candidate_gets_the_form_of_their_own_unit(house: House, client: Client) -> None:
    enrolment = declared(an_enrolment(house))
    as_(house.candidate.user, client).post(form_of(enrolment.pk))
    assert client.get(reverse("portfolio:document", args=[Document.objects.get().pk])).status_code == 200


def test_strangers_find_neither_the_unit_nor_its_document(house: House, other_house: House, client: Client) -> None:
    enrolment = declared(an_enrolment(house))
    as_(house.assessor, client).post(form_of(enrolment.pk))
    document = reverse("portfolio:document", args=[Document.objects.get().pk])
    for stranger in (house.other_assessor, house.other_candidate.user, other_house.administrator):
        assert as_(stranger, client).post(form_of(enrolment.pk)).status_code == 404
        assert client.get(document).status_code == 404


def test_a_form_is_asked_for_by_post_alone(house: House, client: Client) -> None:
    enrolment = an_enrolment(house)
    assert as_(house.assessor, client).get(form_of(enrolment.pk)).status_code == 405


def test_the_unit_page_offers_the_form(house: House, client: Client) -> None:
    enrolment = an_enrolment(house)
    page = as_(house.assessor, client).get(reverse("assessments:enrolment", args=[enrolment.pk]))
    assert form_of(enrolment.pk) in page.content.decode()


def test_an_authentication_form_is_asked_for_once_the_centre_has_confirmed(house: House, client: Client) -> None:
    enrolment = signed_off(an_enrolment(house))
    form = award.authenticate(enrolment=enrolment, by=house.administrator, at=timezone.now())
    address = reverse("assessments:authentication_document", args=[form.pk])
    response = as_(house.administrator, client).post(address)
    document = Document.objects.get()
    assert response.headers["Location"] == reverse("portfolio:document", args=[document.pk])
    assert (document.kind, document.subject_kind, document.issued) == (
        "authentication_form",
        "authenticationform",
        True,
    )
    assert client.get(response.headers["Location"]).status_code == 200
    assert as_(house.other_assessor, client).post(address).status_code == 404
    assert client.get(response.headers["Location"]).status_code == 404


# --- blank forms -----------------------------------------------------------------------------------------------------


def test_anybody_signed_in_gets_a_blank_form_of_their_centre(house: House, other_house: House, client: Client) -> None:
    response = as_(house.candidate.user, client).get(blank())
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="Recording form CC26.pdf"'
    assert "Northgate Centre’s own recording form" in text_of(response.content)
    theirs = as_(other_house.assessor, client).get(blank())
    assert "Harbour College’s own recording form" in text_of(theirs.content)


def test_a_centre_may_be_named_by_its_own_people_alone(house: House, other_house: House, client: Client) -> None:
    named = f"{blank()}?centre={house.centre.slug}"
    assert as_(house.assessor, client).get(named).status_code == 200
    assert as_(other_house.assessor, client).get(named).status_code == 404


def test_the_page_of_a_unit_offers_the_blank_form(house: House, client: Client) -> None:
    page = as_(house.assessor, client).get(reverse("units:unit", args=["ocr-cc26", 1]))
    assert blank() in page.content.decode()


def test_there_is_no_blank_form_of_an_unknown_unit(house: House, client: Client) -> None:
    assert as_(house.assessor, client).get(blank(version=9)).status_code == 404


def test_whoever_is_not_signed_in_is_asked_to_sign_in(client: Client) -> None:
    assert client.get(blank()).headers["Location"].startswith(reverse("account_login"))


def test_without_the_libraries_for_pdfs_it_says_so(
    house: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*args: object, **kwargs: object) -> bytes:
        raise pdf.CannotRender("PDF documents cannot be made on this system.")

    monkeypatch.setattr(manuscripts, "render", cannot)
    response = as_(house.assessor, client).get(blank())
    assert response.status_code == 409
    assert "PDF documents cannot be made on this system." in response.content.decode()
