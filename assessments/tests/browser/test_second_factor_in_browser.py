"""Second factors on a telephone: set up, signed in with, also in place over a page that was left open."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from assessments.models import EvidenceVersion
from assessments.testing import House, an_enrolment
from portfolio.models import User
from portfolio.queries import recovery_codes_of
from portfolio.testing import PASSWORD, with_password
from portfolio.tests.browsing import FITS, complaints_of, violations
from portfolio.tests.codes import code_of, with_app

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]


@pytest.fixture
def cara(house_now: House) -> User:
    return with_password(an_enrolment(house_now).candidate_user)


@pytest.fixture
def phone(page: "Page") -> Iterator["Page"]:
    page.set_default_timeout(10_000)
    page.emulate_media(reduced_motion="reduce")
    complaints = complaints_of(page)
    yield page
    assert [said for said in complaints if "401" not in said and "422" not in said] == []


def looked_at(page: "Page", heading: str) -> None:
    """Nothing for axe to find, and nothing to scroll sideways for, in either scheme."""
    page.wait_for_selector(f"h1:text-is('{heading}')")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": 1440 if scheme == "light" else 390, "height": 844})
        assert violations(page) == []
        assert page.evaluate(FITS)


def sign_in(page: "Page", url: str, user: User) -> None:
    page.goto(url + reverse("account_login"))
    page.fill("#id_login", user.email)
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")


def sign_out(page: "Page", url: str) -> None:
    page.goto(url + reverse("account_logout"))
    page.click("main button[type=submit]")
    page.wait_for_selector("text=You are signed out.")


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(phone: "Page", live_server: Any, cara: User) -> None:
    sign_in(phone, live_server.url, cara)
    phone.click(".account-button")
    phone.click("text=Sign-in and security")
    looked_at(phone, "Sign-in and security")
    phone.click("text=Set up an authenticator app")
    looked_at(phone, "Set up an authenticator app")
    phone.click("summary")
    assert violations(phone) == []
    secret = phone.inner_text(".digest")
    phone.fill("#id_code", code_of(secret))
    phone.click("main button[type=submit]")
    looked_at(phone, "Recovery codes")
    with phone.expect_download() as download:
        phone.click("text=Save as a file")
    codes = recovery_codes_of(cara)
    assert codes
    assert codes[9] in download.value.path().read_text()
    phone.click("text=Make new ones")
    looked_at(phone, "Make new recovery codes?")
    phone.click("text=Not now")
    looked_at(phone, "Sign-in and security")
    phone.click("text=Move to another device")
    looked_at(phone, "Move to another device")
    phone.goto(live_server.url + reverse("mfa_deactivate_totp"))
    looked_at(phone, "Remove the authenticator app?")
    sign_out(phone, live_server.url)
    cache.clear()
    sign_in(phone, live_server.url, cara)
    looked_at(phone, "Your second factor")
    phone.fill("#id_code", code_of(secret))
    phone.click("main button[type=submit]")
    phone.wait_for_selector(".account-button")
    phone.goto(live_server.url + reverse("mfa_reauthenticate"))
    looked_at(phone, "Your code once more")


def test_a_page_left_open_asks_for_the_password_and_then_the_code(phone: "Page", live_server: Any, cara: User) -> None:
    sign_in(phone, live_server.url, cara)
    phone.wait_for_selector(".account-button")
    secret = with_app(cara)
    phone.goto(live_server.url + reverse("assessments:add_evidence"))
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.fill("#id_title", "Busy Monday")
    phone.wait_for_selector("[data-kind=saved]")
    Session.objects.all().delete()
    phone.click("text=Save as draft")
    phone.wait_for_selector("dialog[open]")
    phone.fill("#password-again", PASSWORD)
    phone.keyboard.press("Enter")
    phone.wait_for_selector("#code-again:focus")
    assert not phone.is_visible("#password-again")
    assert violations(phone) == []
    phone.fill("#code-again", "12345")
    phone.keyboard.press("Enter")
    phone.wait_for_selector("dialog .alert:has-text('not right')")
    assert not EvidenceVersion.objects.exists()
    phone.fill("#code-again", code_of(secret))
    phone.keyboard.press("Enter")
    phone.wait_for_selector("h1:has-text('Draft: Busy Monday')")
    assert EvidenceVersion.objects.get().title == "Busy Monday"


# --- passkeys --------------------------------------------------------------------------------------------------------


def a_device(page: "Page", *, finger: bool = True) -> tuple["CDPSession", str]:
    """Chromium's virtual authenticator: a telephone with its owner's finger on it, or a key that knows no owner."""
    behind = page.context.new_cdp_session(page)
    behind.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal" if finger else "usb",
        "hasResidentKey": finger,
        "hasUserVerification": finger,
        "isUserVerified": finger,
        "automaticPresenceSimulation": True,
    }
    return behind, behind.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def add_a_passkey(page: "Page", url: str, *, alone: bool = True) -> None:
    page.goto(url + reverse("mfa_add_webauthn"))
    page.fill("#id_name", "My telephone")
    page.set_checked("#id_passwordless", alone)
    page.click("main button[type=submit]")
    page.wait_for_selector("h1:text-is('Recovery codes')")


def test_a_passkey_signs_in_by_itself_and_leads_where_somebody_was_going(
    phone: "Page", live_server: Any, cara: User
) -> None:
    a_device(phone)
    sign_in(phone, live_server.url, cara)
    phone.wait_for_selector(".account-button")
    phone.goto(live_server.url + reverse("mfa_add_webauthn"))
    looked_at(phone, "Add a passkey")
    add_a_passkey(phone, live_server.url)
    phone.click("text=Done")
    looked_at(phone, "Sign-in and security")
    assert phone.is_visible("h3:has-text('Passkey: My telephone')")
    assert "a passkey" in str(mail.outbox[-1].body)
    sign_out(phone, live_server.url)
    phone.goto(live_server.url + reverse("portfolio:news"))
    looked_at(phone, "Sign in")
    phone.click("text=Sign in with a passkey")
    phone.wait_for_selector("h1:text-is('News')")
    phone.goto(live_server.url + reverse("mfa_index"))
    phone.click("main a:has-text('Remove'):has-text('My telephone')")
    looked_at(phone, "Remove this passkey?")
    phone.click("main button[type=submit]")
    phone.wait_for_selector("text=The passkey is removed.")
    sign_out(phone, live_server.url)
    phone.goto(live_server.url + reverse("account_login"))
    phone.click("text=Sign in with a passkey")
    phone.wait_for_selector("text=That passkey is not known here")
    assert not phone.is_visible(".account-button")


def test_a_security_key_is_a_second_factor_after_the_password(phone: "Page", live_server: Any, cara: User) -> None:
    a_device(phone, finger=False)
    sign_in(phone, live_server.url, cara)
    phone.wait_for_selector(".account-button")
    add_a_passkey(phone, live_server.url, alone=False)
    sign_out(phone, live_server.url)
    sign_in(phone, live_server.url, cara)
    looked_at(phone, "Your second factor")
    phone.click("text=Use a passkey")
    phone.wait_for_selector(".account-button")


def test_a_page_left_open_takes_a_passkey_in_another_window_or_where_it_keeps_the_form(
    phone: "Page", live_server: Any, cara: User
) -> None:
    a_device(phone)
    sign_in(phone, live_server.url, cara)
    phone.wait_for_selector(".account-button")
    add_a_passkey(phone, live_server.url)
    phone.goto(live_server.url + reverse("assessments:add_evidence"))
    phone.fill("#id_title", "Busy Monday")
    phone.wait_for_selector("[data-kind=saved]")
    Session.objects.all().delete()
    phone.click("text=Save as draft")
    phone.fill("#password-again", PASSWORD)
    phone.keyboard.press("Enter")
    phone.wait_for_selector("dialog >> text=With a passkey, sign in in another window")
    assert violations(phone) == []
    phone.evaluate("document.querySelector('dialog').remove()")
    phone.evaluate("document.querySelector('#id_title').form.submit()")  # as a browser without our scripts sends it
    phone.wait_for_selector("h1:text-is('Sign in again to send this')")
    phone.fill("#id_login", cara.email)
    phone.fill("#id_password", PASSWORD)
    phone.click("text=Sign in and go on")
    looked_at(phone, "Your second factor, to send this")
    phone.click("text=Use a passkey and go on")
    phone.wait_for_selector("h1:text-is('Send what you typed?')")


def test_a_passkey_that_is_not_given_leaves_a_sentence_and_the_code(
    phone: "Page", live_server: Any, cara: User
) -> None:
    behind, device = a_device(phone)
    sign_in(phone, live_server.url, cara)
    phone.wait_for_selector(".account-button")
    add_a_passkey(phone, live_server.url)
    sign_out(phone, live_server.url)
    sign_in(phone, live_server.url, cara)
    phone.wait_for_selector("h1:text-is('Your second factor')")
    behind.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    phone.click("text=Use a passkey")
    phone.wait_for_selector("[role=alert]:visible:has-text('No passkey was chosen')")
    assert violations(phone) == []
    codes = recovery_codes_of(cara)
    assert codes
    phone.fill("#id_code", codes[0])
    phone.click("text=Sign in with the code")
    phone.wait_for_selector(".account-button")


def test_without_script_the_page_asks_for_the_code_too(new_context: Any, live_server: Any, cara: User) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.set_default_timeout(10_000)
    sign_in(page, live_server.url, cara)
    secret = with_app(cara)
    page.goto(live_server.url + reverse("assessments:add_evidence"))
    page.fill("#id_title", "Busy Monday")
    Session.objects.all().delete()
    page.click("text=Save as draft")
    page.fill("#id_login", cara.email)
    page.fill("#id_password", PASSWORD)
    page.click("text=Sign in and go on")
    page.wait_for_selector("h1:text-is('Your second factor, to send this')")
    page.fill("#id_code", code_of(secret))
    page.click("text=Sign in and go on")
    page.click("main button[type=submit]")
    page.wait_for_selector("h1:text-is('Draft: Busy Monday')")
