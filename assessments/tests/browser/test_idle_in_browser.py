"""Where a site signs out whoever asks for nothing, a page asks in time, and hides what is on it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import pytest
import pytest_django
from django.contrib.sessions.models import Session
from django.urls import reverse

from assessments.testing import House, an_enrolment
from portfolio.models import User
from portfolio.testing import PASSWORD, with_password
from portfolio.tests.browsing import FITS, cookie_of, let_in, violations

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
HERE = "button:has-text('I am still here')"


@pytest.fixture
def candidate(house_now: House) -> User:
    return with_password(an_enrolment(house_now).candidate_user)


@pytest.fixture
def page(
    context: "BrowserContext", live_server: Any, candidate: User, settings: pytest_django.Settings
) -> Iterator["Page"]:
    """A page of somebody's that stands open, and a clock that is moved by hand."""
    settings.IDLE_MINUTES = 30
    let_in(context, cookie_of(candidate), live_server.url)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    page.clock.install()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    with page.expect_response(lambda answer: "idle" in answer.url):
        page.goto(live_server.url + reverse("assessments:add_evidence"))
    page.wait_for_load_state("networkidle")
    yield page
    assert faults == []


def minutes_pass(page: "Page", minutes: int) -> None:
    for _ in range(minutes):
        page.clock.run_for(60_000)


def test_whoever_stopped_is_asked_in_time_and_goes_on_by_one_press(page: "Page") -> None:
    minutes_pass(page, 27)
    assert page.locator("dialog").count() == 0
    minutes_pass(page, 1)
    page.wait_for_selector("dialog.curtain[open]")
    assert "signed out in 2 minutes" in page.inner_text("dialog")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
        assert page.evaluate(FITS)
    with page.expect_response(lambda answer: "/again/" in answer.url) as told:
        page.click(HERE)
    assert told.value.json()["signed_in"] is True
    page.wait_for_selector("dialog", state="detached")
    assert page.locator("dialog").count() == 0


def test_the_curtain_stays_while_it_is_not_known_who_is_there(page: "Page", context: "BrowserContext") -> None:
    minutes_pass(page, 28)
    page.wait_for_selector("dialog.curtain[open]")
    context.set_offline(True)
    page.click(HERE)
    page.wait_for_selector("dialog.curtain[open] p:has-text('There is no connection')")
    page.keyboard.press("Escape")
    assert page.locator("dialog.curtain[open]").count() == 1
    context.set_offline(False)
    page.click(HERE)
    page.wait_for_selector("dialog", state="detached")


def test_whoever_works_on_a_page_is_not_asked_and_the_server_hears_of_it(page: "Page") -> None:
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url) if "/again/" in request.url else None)
    for _ in range(8):
        page.mouse.wheel(0, 200)
        page.keyboard.press("Shift")
        minutes_pass(page, 6)
    page.wait_for_load_state("networkidle")
    assert page.locator("dialog").count() == 0
    assert len(heard) >= 7


def test_after_its_time_the_page_is_seen_by_its_person_alone(page: "Page") -> None:
    page.fill("#id_title", "Busy Monday")
    minutes_pass(page, 40)
    page.wait_for_selector("dialog.curtain[open]")
    Session.objects.all().delete()
    minutes_pass(page, 5)
    assert "You are signed out" in page.inner_text("dialog")
    page.click(HERE)
    page.wait_for_selector("dialog.sign-in.curtain[open]")
    page.fill("#password-again", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog", state="detached")
    assert page.input_value("#id_title") == "Busy Monday"
    minutes_pass(page, 35)
    page.wait_for_selector("dialog.curtain[open]")
    Session.objects.all().delete()
    page.click(HERE)
    page.wait_for_selector("dialog.sign-in.curtain[open]")
    page.click("text=Not now")
    page.wait_for_url("**/accounts/login/**")
