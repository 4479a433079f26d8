"""The words of declarations: written by a centre, approved from outside, and kept by every form they were signed on."""

import datetime
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import award
from assessments.actions import declarations as actions
from assessments.documents import ask_authentication_form
from assessments.form_enums import DeclarationOf
from assessments.models import AuthenticationForm, Wording
from assessments.testing import House, an_enrolment, an_external, signed_off
from assessments.tests.documents.reading import in_order, made, text_of
from assessments.tests.raw_sql import never_deleted, refused
from assessments.tests.refusing import refusals
from assessments.tests.wordings import WORDS, a_wording
from portfolio import signing
from portfolio.models import Notice, Statement

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def approved(house: House, wording: Wording, **words: Any) -> Wording:
    told: dict[str, Any] = {"approved_by": "Eve External", "approved_on": TODAY, "reference": "Report 7", **words}
    return actions.record_wording_approval(wording=wording, by=house.administrator, at=timezone.now(), **told)


def form_of(house: House, key: str = "ocr-cc26") -> AuthenticationForm:
    return award.authenticate(enrolment=signed_off(an_enrolment(house, key)), by=house.administrator, at=timezone.now())


def printed(house: House, form: AuthenticationForm) -> str:
    form = AuthenticationForm.objects.select_related("signature__statement", "enrolment").get(pk=form.pk)
    return text_of(made(ask_authentication_form(form=form, by=house.administrator, at=timezone.now())))


# --- versions --------------------------------------------------------------------------------------------------------


def test_words_are_signed_once_they_are_approved_and_a_form_keeps_those_it_was_made_with(house: House) -> None:
    before = form_of(house)
    wording = a_wording(house)
    assert form_of(house, "ocr-cc16").signature.statement.version == 1
    wording = approved(house, wording)
    assert wording.statement
    after = form_of(house, "ocr-cc32")
    assert after.signature.statement == wording.statement
    in_order(printed(house, after), "Centre’s declaration version 2 of these words", WORDS)
    assert WORDS not in printed(house, before)
    in_order(printed(house, before), "Centre’s declaration version 1 of these words", "On behalf of the centre")


def test_candidate_and_assessor_sign_the_words_of_their_centre(house: House) -> None:
    approved(house, a_wording(house, "It is mine.", DeclarationOf.CANDIDATE))
    approved(house, a_wording(house, "It is theirs.", DeclarationOf.ASSESSOR))
    in_order(printed(house, form_of(house)), "It is mine.", "It is theirs.")


def test_they_count_for_one_centre_and_one_body_alone(house: House, other_house: House) -> None:
    approved(house, a_wording(house))
    assert form_of(other_house).signature.statement.version == 1
    sqa = signed_off(an_enrolment(house, "sqa-h12e04"))
    assert award.authenticate(enrolment=sqa, by=house.administrator, at=timezone.now()).signature.statement.version == 1


def test_the_centres_own_words_stay_when_the_product_brings_newer_ones(house: House) -> None:
    mine = approved(house, a_wording(house)).statement
    Statement.objects.create(key=DeclarationOf.CENTRE, variant="ocr", version=9, title="Centre", text="Newer words.")
    assert signing.current_statement(DeclarationOf.CENTRE, "ocr", house.centre.pk) == mine
    again = approved(house, a_wording(house, "Once more.")).statement
    assert again
    assert again.version == 10
    assert signing.current_statement(DeclarationOf.CENTRE, "ocr", house.centre.pk) == again
    assert signing.current_statement(DeclarationOf.CENTRE, "ocr").text == "Newer words."


# --- approval --------------------------------------------------------------------------------------------------------


def test_the_external_verifier_approves_in_a_visit_and_the_office_is_told(house: House) -> None:
    access = an_external(house)
    wording = actions.approve_wording(wording=a_wording(house), by=access.grant.user, at=timezone.now())
    assert (wording.approved_by, wording.approved_on, wording.access) == ("Eve External", TODAY, access)
    assert wording.reference == access.reference
    assert Notice.objects.filter(user=house.administrator, subject="Centre’s declaration for OCR").exists()


def test_one_who_looks_for_another_body_does_not(house: House) -> None:
    wording, access = a_wording(house), an_external(house, code="sqa")
    assert refusals(lambda: actions.approve_wording(wording=wording, by=access.grant.user, at=timezone.now()))


def test_an_approval_on_record_says_by_whom_when_and_where(house: House) -> None:
    wording = a_wording(house)
    for words, said in (
        ({"approved_by": " "}, "name of the external verifier"),
        ({"reference": ""}, "where the approval stands written"),
        ({"approved_on": TODAY + datetime.timedelta(1)}, "in the future"),
    ):
        assert said in str(refusals(partial(approved, house, wording, **words)))
    approved(house, wording, approved_on=TODAY - datetime.timedelta(30))


def test_one_wording_waits_at_a_time_and_one_given_up_is_approved_by_nobody(house: House) -> None:
    wording = a_wording(house)
    assert refusals(lambda: a_wording(house, "Others.")) == [
        "Another wording of this declaration waits for its approval already."
    ]
    actions.withdraw_wording(wording=wording, by=house.administrator, at=timezone.now())
    assert refusals(lambda: approved(house, wording)) == [actions.SETTLED]
    a_wording(house, "Others.")


def test_words_that_are_in_force_already_are_not_written_again(house: House) -> None:
    text = signing.current_statement(DeclarationOf.CENTRE, "ocr").text
    assert refusals(lambda: a_wording(house, text)) == [actions.SAME]


def test_approved_words_are_never_changed_whoever_asks_the_database(house: House) -> None:
    approved(house, a_wording(house))
    refused("UPDATE assessments_wording SET text = 'Others.'", "never changed|to the letter")
    refused("UPDATE assessments_wording SET approved_by = 'Me'", "never changed")
    never_deleted("wording")


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_page_shows_what_is_in_force_what_waits_and_what_was(house: House, client: Client) -> None:
    approved(house, a_wording(house))
    approved(house, a_wording(house, "Better words."))
    a_wording(house, "Even better words.")
    client.force_login(house.administrator)
    page = client.get(reverse("assessments:declarations", args=[house.centre.slug])).content.decode()
    in_order(page, "Version 3, in force", "Approved by Eve External", "New words wait", "Even better words.")
    in_order(page, "Earlier versions of the centre: 1", WORDS)


def test_the_external_verifier_finds_the_button_and_sees_their_body_alone(house: House, client: Client) -> None:
    wording, access = a_wording(house), an_external(house)
    client.force_login(access.grant.user)
    assert "words to approve" in client.get(reverse("assessments:external_home")).content.decode()
    page = reverse("assessments:declarations", args=[house.centre.slug])
    shown = client.get(page).content.decode()
    assert "Approve these words" in shown
    assert "SQA" not in shown
    client.post(reverse("assessments:approve_wording", args=[wording.pk]))
    wording.refresh_from_db()
    assert wording.statement
    assert "Approve these words" not in client.get(page).content.decode()


def test_the_office_writes_records_and_gives_up_on_pages(house: House, client: Client) -> None:
    client.force_login(house.administrator)
    new = reverse("assessments:write_wording", args=[house.centre.slug, "ocr", "authentic-centre"])
    assert "On behalf of the centre" in client.get(new).content.decode()
    client.post(new, {"text": WORDS})
    wording = Wording.objects.get()
    client.post(reverse("assessments:withdraw_wording", args=[wording.pk]))
    client.post(new, {"text": WORDS})
    waiting = Wording.objects.waiting().get()
    answer = client.post(
        reverse("assessments:wording_approval", args=[waiting.pk]),
        {"approved_by": "Eve", "approved_on": TODAY.isoformat(), "reference": "Letter"},
    )
    assert answer.status_code == 302
    assert signing.current_statement(DeclarationOf.CENTRE, "ocr", house.centre.pk).text == WORDS
