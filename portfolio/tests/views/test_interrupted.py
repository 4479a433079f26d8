"""A form sent after the sign-in ended is kept over the next one: for its person alone, and never sent by itself."""

import re
from html import unescape
from typing import Any

import pytest
import pytest_django
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portfolio.models import CandidateRecord, Centre, User
from portfolio.testing import PASSWORD, a_centre, an_administrator, with_password
from portfolio.tests.codes import code_of, with_app

pytestmark = pytest.mark.django_db

AGAIN = "/accounts/again/"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def alma(centre: Centre) -> User:
    return with_password(an_administrator(centre))


@pytest.fixture
def browser(alma: User) -> Client:
    """One that checks for forged requests, as every real one is checked."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alma)
    return browser


def form_of(centre: Centre) -> str:
    return reverse("portfolio:add_candidate", args=[centre.slug])


def hidden(answer: Any) -> dict[str, str]:
    """The hidden fields of the page's own form."""
    page = answer.content.decode().split("<main")[1]
    return {name: unescape(value) for name, value in HIDDEN.findall(page)}


def typed(browser: Client, centre: Centre, **more: Any) -> dict[str, Any]:
    """What the opened form sends when somebody has typed into it."""
    opened = hidden(browser.get(form_of(centre)))
    return opened | {"legal_name": "Cara Lewis", "email": "cara@example.org"} | more


def signs_in(browser: Client, answer: Any, user: User, password: str = PASSWORD) -> Any:
    return browser.post(AGAIN, hidden(answer) | {"login": user.email, "password": password})


def test_what_was_typed_is_sent_by_one_press_after_signing_in_again(
    browser: Client, centre: Centre, alma: User
) -> None:
    sent = typed(browser, centre, legal_name='Cara "C" <Lewis>')
    Session.objects.all().delete()
    answer = browser.post(form_of(centre), sent)
    assert answer.status_code == 401
    assert "Everything you typed is kept on this page" in answer.content.decode()
    assert not CandidateRecord.objects.exists()
    offered = signs_in(browser, answer, alma)
    assert "Send it now" in offered.content.decode()
    assert not CandidateRecord.objects.exists()
    assert f'action="{form_of(centre)}"' in offered.content.decode()
    done = browser.post(form_of(centre), hidden(offered))
    assert done.status_code == 302
    assert CandidateRecord.objects.get().legal_name == 'Cara "C" <Lewis>'


def test_what_was_typed_outlives_a_sign_in_that_ended_for_want_of_requests(
    centre: Centre, alma: User, settings: pytest_django.Settings
) -> None:
    settings.IDLE_MINUTES = 30
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alma)
    sent = typed(browser, centre)
    session = browser.session
    session["asked_at"] -= 31 * 60
    session.save()
    answer = browser.post(form_of(centre), sent)
    assert answer.status_code == 401
    assert "nothing was asked for in 30 minutes" in answer.content.decode()
    assert not CandidateRecord.objects.exists()
    assert browser.post(form_of(centre), hidden(signs_in(browser, answer, alma))).status_code == 302
    assert CandidateRecord.objects.get().legal_name == "Cara Lewis"


def test_a_wrong_password_keeps_it_and_is_counted_like_any(browser: Client, centre: Centre, alma: User) -> None:
    sent = typed(browser, centre)
    Session.objects.all().delete()
    answer = browser.post(form_of(centre), sent)
    for _ in range(9):
        answer = signs_in(browser, answer, alma, "wrong")
        assert answer.status_code == 401
        assert hidden(answer)["carried"]
    assert signs_in(browser, answer, alma, "wrong").status_code == 429
    assert signs_in(browser, answer, alma).status_code == 429


def test_another_person_signing_in_does_not_get_it_and_is_told(browser: Client, centre: Centre) -> None:
    sent = typed(browser, centre)
    Session.objects.all().delete()
    answer = browser.post(form_of(centre), sent)
    other = with_password(an_administrator(centre, "Olga Other"))
    refused = signs_in(browser, answer, other)
    assert refused.status_code == 403
    assert "typed by somebody else" in refused.content.decode()
    assert "Cara Lewis" not in refused.content.decode()


def test_signing_in_once_more_in_another_tab_keeps_it_in_the_same_way(
    browser: Client, centre: Centre, alma: User
) -> None:
    sent = typed(browser, centre)
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": sent["csrfmiddlewaretoken"]})
    entrance = browser.get("/accounts/login/")
    browser.post("/accounts/login/", hidden(entrance) | {"login": alma.email, "password": PASSWORD})
    answer = browser.post(form_of(centre), sent)
    assert "Send it now" in answer.content.decode()
    assert browser.post(form_of(centre), hidden(answer)).status_code == 302
    assert CandidateRecord.objects.get().legal_name == "Cara Lewis"


def test_somebody_elses_old_tab_is_not_sent_under_the_new_name(browser: Client, centre: Centre) -> None:
    sent = typed(browser, centre)
    other = with_password(an_administrator(centre, "Olga Other"))
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": sent["csrfmiddlewaretoken"]})
    browser.post(
        "/accounts/login/", hidden(browser.get("/accounts/login/")) | {"login": other.email, "password": PASSWORD}
    )
    answer = browser.post(form_of(centre), sent)
    assert answer.status_code == 403
    assert "Cara Lewis" not in answer.content.decode()


def test_a_form_without_a_mark_of_ours_is_not_carried(browser: Client, centre: Centre) -> None:
    sent = typed(browser, centre)
    forged = [{**sent, "page_of": ""}, {**sent, "page_of": sent["page_of"][:-1] + "!"}]
    for one in forged:
        refused = browser.post(form_of(centre), one | {"csrfmiddlewaretoken": "x" * 64})
        assert refused.status_code == 403
        assert "Cara Lewis" not in refused.content.decode()
        assert "carried" not in refused.content.decode()
    Session.objects.all().delete()
    for one in forged:
        assert browser.post(form_of(centre), one).status_code == 302


def test_a_form_that_stood_on_another_site_is_not_carried(browser: Client, centre: Centre) -> None:
    sent = typed(browser, centre)
    answer = browser.post(form_of(centre), sent, headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert "Send it now" not in answer.content.decode()


def test_what_is_carried_cannot_be_altered_or_made(browser: Client, centre: Centre, alma: User) -> None:
    sent = typed(browser, centre)
    Session.objects.all().delete()
    fields = hidden(browser.post(form_of(centre), sent))
    fields["carried"] = fields["carried"][:-2] + "zz"
    answer = browser.post(AGAIN, fields | {"login": alma.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert "_auth_user_id" not in browser.session


def test_passwords_and_files_stay_behind_and_the_files_are_named(browser: Client, centre: Centre, alma: User) -> None:
    sent = typed(browser, centre, password="secret", uploads=SimpleUploadedFile("Call log.pdf", b"%PDF-1.4"))
    Session.objects.all().delete()
    answer = browser.post(form_of(centre), sent)
    assert "Call log.pdf" in answer.content.decode()
    offered = signs_in(browser, answer, alma)
    assert "Call log.pdf" in offered.content.decode()
    assert set(hidden(offered)) == {"csrfmiddlewaretoken", "page_of", "legal_name", "email"}


def test_pages_of_signing_in_carry_nothing(browser: Client, alma: User) -> None:
    fields = hidden(browser.get("/accounts/password/change/"))
    Session.objects.all().delete()
    answer = browser.post("/accounts/password/change/", fields | {"password1": "a", "password2": "a"})
    assert answer.status_code == 302


def test_a_script_is_told_and_signs_its_person_in_with_a_fresh_token(
    browser: Client, centre: Centre, alma: User
) -> None:
    fields = hidden(browser.get(form_of(centre)))
    Session.objects.all().delete()
    as_script = {"accept": "application/json"}
    assert browser.post(form_of(centre), fields, headers=as_script).status_code == 401
    assert browser.get(form_of(centre), headers={"hx-request": "true"}).status_code == 401
    assert browser.get(AGAIN, {"page_of": fields["page_of"]}).json()["signed_in"] is False
    wrong = browser.post(AGAIN, fields | {"login": alma.email, "password": "wrong"}, headers=as_script)
    assert wrong.status_code == 422
    assert "do not go together" in wrong.json()["refused"][0]
    right = browser.post(AGAIN, fields | {"login": alma.email, "password": PASSWORD}, headers=as_script)
    assert right.json()["signed_in"] is True
    asked = browser.get(AGAIN, {"page_of": fields["page_of"]}).json()
    assert asked["signed_in"] is True
    body = {"csrfmiddlewaretoken": right.json()["csrf"], "legal_name": "Cara Lewis", "email": "cara@example.org"}
    assert browser.post(form_of(centre), body).status_code == 302


def test_a_script_never_signs_another_person_in_on_somebodys_page(browser: Client, centre: Centre) -> None:
    fields = hidden(browser.get(form_of(centre)))
    Session.objects.all().delete()
    other = with_password(an_administrator(centre, "Olga Other"))
    sent = fields | {"login": other.email, "password": PASSWORD}
    answer = browser.post(AGAIN, sent, headers={"accept": "application/json"})
    assert answer.status_code == 409
    assert "_auth_user_id" not in browser.session
    browser.force_login(other)
    assert browser.get(AGAIN, {"page_of": fields["page_of"]}).status_code == 409


def test_with_a_second_factor_the_page_asks_for_the_code_too_before_it_sends(
    browser: Client, centre: Centre, alma: User
) -> None:
    sent = typed(browser, centre)
    secret = with_app(alma)
    Session.objects.all().delete()
    answer = signs_in(browser, browser.post(form_of(centre), sent), alma)
    assert answer.status_code == 401
    assert "Your second factor, to send this" in answer.content.decode()
    assert "_auth_user_id" not in browser.session
    assert browser.post(form_of(centre), hidden(answer)).status_code == 302  # half the way in is not in
    assert not CandidateRecord.objects.exists()
    wrong = browser.post(AGAIN, hidden(answer) | {"code": "12345"})
    assert wrong.status_code == 401
    assert hidden(wrong)["carried"]
    offered = browser.post(AGAIN, hidden(wrong) | {"code": code_of(secret)})
    assert "Send it now" in offered.content.decode()
    assert browser.post(form_of(centre), hidden(offered)).status_code == 302
    assert CandidateRecord.objects.get().legal_name == "Cara Lewis"


def test_a_code_without_the_password_before_it_starts_the_page_again(
    browser: Client, centre: Centre, alma: User
) -> None:
    sent = typed(browser, centre)
    secret = with_app(alma)
    Session.objects.all().delete()
    answer = browser.post(AGAIN, hidden(browser.post(form_of(centre), sent)) | {"code": code_of(secret)})
    assert "Sign in again to send this" in answer.content.decode()
    assert "_auth_user_id" not in browser.session


def test_the_dialog_is_told_to_ask_for_the_code_and_lets_nothing_through_before(
    browser: Client, centre: Centre, alma: User
) -> None:
    fields = hidden(browser.get(form_of(centre)))
    secret = with_app(alma)
    Session.objects.all().delete()
    as_script = {"accept": "application/json"}

    def tells(**typed: str) -> Any:
        return browser.post(AGAIN, fields | typed, headers=as_script)

    early = tells(code=code_of(secret))
    assert (early.status_code, early.json()["asks"]) == (422, "password")
    half = tells(login=alma.email, password=PASSWORD).json()
    assert (half["signed_in"], half["asks"]) == (False, "code")
    assert browser.get(AGAIN, {"page_of": fields["page_of"]}).json()["signed_in"] is False
    assert browser.post(form_of(centre), fields, headers=as_script).status_code == 401
    assert "not right" in tells(code="12345").json()["refused"][0]
    assert tells(code=code_of(secret)).json()["signed_in"] is True
    assert browser.get(AGAIN, {"page_of": fields["page_of"]}).json()["signed_in"] is True


def test_a_code_signs_nobody_in_on_another_persons_page(browser: Client, centre: Centre) -> None:
    fields = hidden(browser.get(form_of(centre)))
    other = with_password(an_administrator(centre, "Olga Other"))
    secret = with_app(other)
    browser.post("/accounts/logout/", fields)
    entrance = hidden(browser.get("/accounts/login/"))
    browser.post("/accounts/login/", entrance | {"login": other.email, "password": PASSWORD})
    sent = fields | {"code": code_of(secret), "csrfmiddlewaretoken": entrance["csrfmiddlewaretoken"]}
    answer = browser.post(AGAIN, sent, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert "_auth_user_id" not in browser.session
