"""Second factors on a telephone: set up, signed in with, also in place over a page that was left open."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import pytest
from django.contrib.sessions.models import Session
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
    from playwright.sync_api import Page

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
    looked_at(phone, "Your code")
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
    page.wait_for_selector("h1:text-is('Your code, to send this')")
    page.fill("#id_code", code_of(secret))
    page.click("text=Sign in and go on")
    page.click("main button[type=submit]")
    page.wait_for_selector("h1:text-is('Draft: Busy Monday')")
