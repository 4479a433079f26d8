"""The sign-in ends on the server while a candidate types on a phone: everything typed is there, and sent once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from assessments.models import Enrolment, EvidenceVersion
from assessments.testing import House, an_enrolment
from portfolio.models import User, WorkInProgress
from portfolio.testing import PASSWORD, with_password
from portfolio.tests.browsing import FITS, cookie_of, let_in, violations

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]


@pytest.fixture
def unit(house_now: House) -> Enrolment:
    return an_enrolment(house_now)


@pytest.fixture
def candidate(unit: Enrolment) -> User:
    return with_password(unit.candidate_user)


def opened(context: "BrowserContext", address: str, user: User) -> "Page":
    let_in(context, cookie_of(user), address)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    page.goto(address + reverse("assessments:add_evidence"))
    return page


@pytest.fixture
def phone(context: "BrowserContext", live_server: Any, candidate: User) -> Iterator["Page"]:
    page = opened(context, live_server.url, candidate)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    assert faults == []


def test_the_page_asks_for_the_password_in_place_and_goes_on(phone: "Page") -> None:
    phone.fill("#id_title", "Busy Monday")
    Session.objects.all().delete()
    phone.fill("#id_description", "I took forty calls.")
    phone.wait_for_selector("dialog[open]")
    for scheme in SCHEMES:
        phone.emulate_media(color_scheme=scheme)
        assert violations(phone) == []
        assert phone.evaluate(FITS)
    phone.fill("#password-again", "wrong")
    phone.keyboard.press("Enter")
    phone.wait_for_selector("dialog .alert:visible")
    assert "do not go together" in phone.inner_text("dialog .alert")
    phone.fill("#password-again", PASSWORD)
    phone.keyboard.press("Enter")
    phone.wait_for_selector("[data-kind=saved]")
    assert WorkInProgress.objects.get().fields["description"]["values"] == ["I took forty calls."]
    phone.click("text=Save as draft")
    phone.wait_for_selector("h1:has-text('Draft: Busy Monday')")
    assert EvidenceVersion.objects.get().description == "I took forty calls."
    assert not WorkInProgress.objects.exists()


def test_pressing_the_button_asks_too_and_then_sends(phone: "Page") -> None:
    phone.fill("#id_title", "Busy Monday")
    phone.wait_for_selector("[data-kind=saved]")
    Session.objects.all().delete()
    phone.click("text=Save as draft")
    phone.wait_for_selector("dialog[open]")
    phone.fill("#password-again", PASSWORD)
    phone.click("dialog [type=submit]")
    phone.wait_for_selector("h1:has-text('Draft: Busy Monday')")
    assert EvidenceVersion.objects.get().title == "Busy Monday"


def test_a_sign_in_in_another_tab_is_noticed_without_asking(phone: "Page", live_server: Any, candidate: User) -> None:
    phone.fill("#id_title", "Busy Monday")
    phone.wait_for_selector("[data-kind=saved]")
    phone.context.clear_cookies()
    other = phone.context.new_page()
    other.goto(live_server.url + reverse("account_login"))
    other.fill("#id_login", candidate.email)
    other.fill("#id_password", PASSWORD)
    other.click("main button[type=submit]")
    other.wait_for_selector(".account-button")
    phone.click("text=Save as draft")
    phone.wait_for_selector("h1:has-text('Draft: Busy Monday')")


def test_without_script_the_form_is_carried_over_the_sign_in(
    new_context: Any, live_server: Any, candidate: User
) -> None:
    page = opened(new_context(java_script_enabled=False), live_server.url, candidate)
    page.fill("#id_title", "Busy Monday")
    page.fill("#id_description", "I took forty calls.")
    Session.objects.all().delete()
    page.click("text=Save as draft")
    page.wait_for_selector("h1:text-is('Sign in again to send this')")
    page.fill("#id_login", candidate.email)
    page.fill("#id_password", PASSWORD)
    page.click("text=Sign in and go on")
    page.wait_for_selector("h1:text-is('Send what you typed?')")
    page.click("main button[type=submit]")
    page.wait_for_selector("h1:text-is('Draft: Busy Monday')")
    assert EvidenceVersion.objects.get().description == "I took forty calls."
