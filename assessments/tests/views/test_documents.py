"""The page of documents and their presses: who finds them, who may fetch them, and where they are offered."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.models import Profile
from assessments.testing import House, a_draft, an_enrolment, handed_in, judged, verified
from assessments.tests.documents.reading import made, text_of
from assessments.tests.plans import agreed
from assessments.tests.records import recorded
from assessments.tests.witnesses import with_testimony
from portfolio.models import AccessLine, Document, User

pytestmark = pytest.mark.django_db


def as_(user: User, client: Client) -> Client:
    client.force_login(user)
    return client


def documents_of(house: House) -> str:
    return reverse("assessments:documents", args=[house.centre.slug, house.candidate.user.handle])


def of_binder(house: House, kind: str) -> str:
    return reverse("assessments:binder_document", args=[house.centre.slug, house.candidate.user.handle, kind])


def asked(client: Client, user: User, address: str) -> Document:
    """What the person gets by a press."""
    response = as_(user, client).post(address)
    assert response.status_code == 302, response.content.decode()
    return Document.objects.get(pk=response.headers["Location"].rstrip("/").rsplit("/", 1)[1])


def fetched(client: Client, user: User, document: Document) -> int:
    response = as_(user, client).get(reverse("portfolio:document_file", args=[document.pk]))
    if response.streaming:
        b"".join(response)
    return response.status_code


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_offers_every_document_of_portfolio_units_and_items(house: House, client: Client) -> None:
    unit = an_enrolment(house)
    plan = agreed(unit)
    record = recorded(unit)
    page = as_(house.assessor, client).get(documents_of(house)).content.decode()
    for kind in ("portfolio_set", "title_page", "contents", "profile", "signatories", "witnesses"):
        assert of_binder(house, kind) in page
    for kind in ("unit_progress", "evidence_index", "unit_feedback"):
        assert reverse("assessments:unit_document", args=[unit.pk, kind]) in page
    for kind in ("assessor_record", "item_feedback"):
        assert reverse("assessments:item_document", args=[record.evidence_id, kind]) in page
    assert reverse("assessments:plan_document", args=[plan.pk]) in page
    assert reverse("assessments:recording_form", args=[unit.pk]) in page


def test_the_unit_leads_on_to_the_page_and_so_do_item_plan_and_home(house: House, client: Client) -> None:
    unit = an_enrolment(house)
    plan, item = agreed(unit), handed_in(unit, "1.1")
    leads = reverse("assessments:unit_documents", args=[unit.pk])
    browser = as_(house.candidate.user, client)
    assert browser.get(leads).headers["Location"] == f"{documents_of(house)}#unit-{unit.pk}"
    for address in (reverse("assessments:enrolment", args=[unit.pk]), reverse("assessments:candidate_home")):
        assert leads in browser.get(address).content.decode()
    shown = browser.get(reverse("assessments:evidence", args=[item.evidence_id])).content.decode()
    assert reverse("assessments:item_document", args=[item.evidence_id, "item_feedback"]) in shown
    shown = browser.get(reverse("assessments:plan", args=[plan.pk])).content.decode()
    assert reverse("assessments:plan_document", args=[plan.pk]) in shown


def test_a_candidate_without_units_finds_their_page_and_writes_their_profile(house: House, client: Client) -> None:
    browser = as_(house.candidate.user, client)
    assert "No units yet" in browser.get(documents_of(house)).content.decode()
    address = reverse("assessments:profile", args=[house.centre.slug])
    response = browser.post(address, {"job_title": "Team leader"})
    assert response.headers["Location"] == documents_of(house)
    assert Profile.objects.get().job_title == "Team leader"
    assert 'value="Team leader"' in browser.get(address).content.decode()


def test_a_profile_too_long_keeps_what_was_typed(house: House, client: Client) -> None:
    address = reverse("assessments:profile", args=[house.centre.slug])
    response = as_(house.candidate.user, client).post(address, {"job_title": "x" * 201, "duties": "I lead twelve."})
    assert response.status_code == 409
    assert "I lead twelve." in response.content.decode()
    assert not Profile.objects.exists()


def test_a_draft_offers_no_document(house: House, client: Client) -> None:
    draft = a_draft(an_enrolment(house))
    page = as_(house.candidate.user, client).get(reverse("assessments:evidence", args=[draft.evidence_id]))
    assert "item_feedback" not in page.content.decode()
    address = reverse("assessments:item_document", args=[draft.evidence_id, "item_feedback"])
    assert client.post(address).status_code == 404


def test_there_are_no_documents_of_other_kinds(house: House, client: Client) -> None:
    unit = an_enrolment(house)
    item = handed_in(unit, "1.1")
    browser = as_(house.assessor, client)
    assert (
        browser.post(reverse("assessments:item_document", args=[item.evidence_id, "assessor_record"])).status_code
        == 404
    )
    assert browser.post(reverse("assessments:unit_document", args=[unit.pk, "title_page"])).status_code == 404
    assert browser.post(of_binder(house, "evidence_index")).status_code == 404


# --- who may fetch them ----------------------------------------------------------------------------------------------


def test_what_was_asked_for_is_fetched_and_the_download_is_on_record(house: House, client: Client) -> None:
    verified(an_enrolment(house))
    document = asked(client, house.assessor, of_binder(house, "portfolio_set"))
    assert (document.kind, document.subject_kind) == ("portfolio_set", "candidaterecord")
    shown = client.get(reverse("portfolio:document", args=[document.pk])).content.decode()
    assert documents_of(house) in shown
    made(document)
    assert fetched(client, house.candidate.user, document) == 200
    line = AccessLine.objects.get()
    assert (line.user, line.subject_id, line.downloaded) == (house.candidate.user, document.pk, True)


def test_who_sees_one_unit_finds_no_document_that_tells_of_another(house: House, client: Client) -> None:
    an_enrolment(house)
    an_enrolment(house, "ocr-cc32", assessor=house.other_assessor)
    of_both = asked(client, house.candidate.user, of_binder(house, "contents"))
    of_one = asked(client, house.other_assessor, of_binder(house, "contents"))
    assert of_one != of_both
    for document in (of_both, of_one):
        made(document)
    assert fetched(client, house.other_assessor, of_one) == 200
    assert fetched(client, house.other_assessor, of_both) == 404
    assert fetched(client, house.assessor, of_one) == 404
    assert fetched(client, house.administrator, of_both) == 200


def test_an_item_of_another_unit_has_no_documents(house: House, client: Client) -> None:
    one, other = an_enrolment(house), an_enrolment(house, "ocr-cc32", assessor=house.other_assessor)
    version = handed_in(one, "1.1")
    judged(version, one)
    address = reverse("assessments:item_document", args=[version.evidence_id, "item_feedback"])
    assert as_(house.other_assessor, client).post(address).status_code == 404
    document = asked(client, house.assessor, address)
    made(document)
    assert fetched(client, house.other_assessor, document) == 404
    assert other.pk not in document.facts["covers"]["units"]


def test_a_candidate_does_not_fetch_what_tells_staff_how_to_reach_a_witness(house: House, client: Client) -> None:
    unit = an_enrolment(house)
    testimony = with_testimony(unit)
    items.submit(version=testimony.version, by=unit.candidate_user, at=timezone.now())
    for kind in ("witnesses", "portfolio_set"):
        for_staff = asked(client, house.assessor, of_binder(house, kind))
        assert "wyn@work.example" in text_of(made(for_staff))
        assert fetched(client, house.candidate.user, for_staff) == 404
        assert fetched(client, house.verifier, for_staff) == 200
        own = asked(client, house.candidate.user, of_binder(house, kind))
        assert "wyn@work.example" not in text_of(made(own))
        assert fetched(client, house.assessor, own) == 200


def test_strangers_find_nothing(house: House, other_house: House, client: Client) -> None:
    unit = an_enrolment(house)
    document = asked(client, house.assessor, reverse("assessments:unit_document", args=[unit.pk, "unit_progress"]))
    made(document)
    for stranger in (house.other_assessor, house.other_candidate.user, other_house.administrator):
        assert as_(stranger, client).get(documents_of(house)).status_code == 404
        assert client.post(of_binder(house, "portfolio_set")).status_code == 404
        assert fetched(client, stranger, document) == 404


def test_whoever_no_longer_works_on_the_unit_no_longer_fetches(house: House, client: Client) -> None:
    unit = an_enrolment(house)
    document = asked(client, house.verifier, of_binder(house, "signatories"))
    made(document)
    type(unit).objects.filter(pk=unit.pk).update(verifier=house.other_verifier)
    assert fetched(client, house.verifier, document) == 404
    assert fetched(client, house.other_verifier, document) == 200
