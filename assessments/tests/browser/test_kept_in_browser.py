"""A form kept as it is typed, on a phone: after a reload, without a connection, and from two devices at once."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from assessments.models import Enrolment, EvidenceVersion
from assessments.testing import House, an_enrolment, handed_in
from portfolio.models import WorkInProgress
from portfolio.testing import with_password
from portfolio.tests.browsing import FITS, cookie_of, let_in, until, violations

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NewContext = Callable[..., "BrowserContext"]


@pytest.fixture
def unit(house_now: House) -> Enrolment:
    return an_enrolment(house_now)


@pytest.fixture
def opened(live_server: Any, unit: Enrolment, new_context: NewContext) -> Callable[..., "Page"]:
    """Opens the page to add evidence on another device of the candidate's."""
    candidate = with_password(unit.candidate_user)

    def open_on(width: int = 390) -> "Page":
        context = new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce")
        let_in(context, cookie_of(candidate), live_server.url)
        page = context.new_page()
        page.goto(live_server.url + reverse("assessments:add_evidence"))
        page.set_default_timeout(6000)
        return page

    return open_on


def saved(page: "Page") -> None:
    page.wait_for_selector("[data-kind=saved]")


def test_what_is_typed_comes_back_after_a_reload_and_on_another_device(opened: Callable[..., "Page"]) -> None:
    phone = opened()
    phone.fill("#id_title", "Busy Monday")
    phone.fill("#id_description", "I took forty calls.")
    phone.select_option("#id_kind", "observation")
    phone.locator("#criteria .form-check-input").first.check()
    phone.locator("#criteria .where input").first.fill("minute 4")
    saved(phone)
    phone.reload()
    assert phone.is_visible("text=have not sent it yet")
    assert violations(phone) == []
    assert phone.evaluate(FITS)
    desk = opened(1440)
    for page in (phone, desk):
        assert page.input_value("#id_title") == "Busy Monday"
        assert page.input_value("#id_description") == "I took forty calls."
        assert page.input_value("#id_kind") == "observation"
        assert page.locator("#criteria .form-check-input").first.is_checked()
        assert page.input_value("#criteria .where input") == "minute 4"
    desk.click("text=Throw away what I typed")
    until(desk, lambda: desk.input_value("#id_title") == "")
    assert not WorkInProgress.objects.exists()


def test_two_devices_at_once_are_made_one_and_nothing_is_asked(opened: Callable[..., "Page"]) -> None:
    phone, desk = opened(), opened(1440)
    phone.fill("#id_title", "Busy Monday")
    saved(phone)
    desk.fill("#id_description", "I took forty calls.")
    desk.wait_for_selector("[data-kind=joined]")
    assert desk.input_value("#id_title") == "Busy Monday"
    desk.click("text=Save as draft")
    desk.wait_for_selector("h1:has-text('Draft:')")
    assert desk.inner_text("h1") == "Draft: Busy Monday"
    assert EvidenceVersion.objects.get().description == "I took forty calls."
    phone.evaluate("dispatchEvent(new Event('online'))")
    phone.wait_for_selector("[data-kind=gone]")
    assert not WorkInProgress.objects.exists()


def test_without_a_connection_nothing_is_sent_and_nothing_lost(opened: Callable[..., "Page"]) -> None:
    phone = opened()
    phone.fill("#id_title", "Busy Monday")
    saved(phone)
    phone.context.set_offline(True)
    phone.fill("#id_description", "I took forty calls.")
    phone.click("text=Save as draft")
    phone.wait_for_selector("[data-kind='not sent']")
    assert phone.input_value("#id_description") == "I took forty calls."
    phone.context.set_offline(False)
    saved(phone)
    phone.click("text=Save as draft")
    phone.wait_for_selector("h1:has-text('Draft: Busy Monday')")
    assert EvidenceVersion.objects.get().description == "I took forty calls."
    assert not WorkInProgress.objects.exists()


def test_leaving_the_page_saves_what_was_typed_last(opened: Callable[..., "Page"], live_server: Any) -> None:
    phone = opened()
    phone.fill("#id_title", "Typed and left at once")
    phone.goto(live_server.url + reverse("assessments:candidate_home"))
    phone.goto(live_server.url + reverse("assessments:add_evidence"))
    until(phone, lambda: phone.input_value("#id_title") == "Typed and left at once")


def test_a_reading_comes_back_with_its_verdicts(unit: Enrolment, live_server: Any, new_context: NewContext) -> None:
    version = handed_in(unit, "1.1")
    context = new_context(viewport={"width": 1440, "height": 900})
    let_in(context, cookie_of(with_password(unit.assessor)), live_server.url)
    page = context.new_page()
    page.goto(live_server.url + reverse("assessments:judge", args=[version.pk]))
    page.locator("[data-judge-item] label:text-is('Not yet')").first.click()
    page.locator("[data-judge-item] textarea").first.fill("Say who was on the call.")
    page.check("#id_valid")
    saved(page)
    page.reload()
    assert page.locator("[data-judge-item] input[value=not_yet]").first.is_checked()
    assert page.locator("[data-judge-item] textarea").first.input_value() == "Say who was on the call."
    assert page.is_checked("#id_valid")
    assert not page.is_checked("#id_authentic")
    page.locator("[data-judge-item] label:text-is('Met')").first.click()
    for rule in ("authentic", "current", "sufficient"):
        page.check(f"#id_{rule}")
    page.click("text=Save assessment")
    page.wait_for_selector(".messages")
    assert not WorkInProgress.objects.exists()


def test_pressing_twice_sends_it_once(opened: Callable[..., "Page"]) -> None:
    phone = opened()
    posts: list[str] = []
    phone.on("request", lambda sent: posts.append(sent.url) if sent.is_navigation_request() else None)
    phone.fill("#id_title", "Busy Monday")
    phone.dblclick("text=Save as draft")
    phone.wait_for_selector("h1:has-text('Draft: Busy Monday')")
    assert len([address for address in posts if address.endswith(reverse("assessments:add_evidence"))]) == 1
    assert EvidenceVersion.objects.count() == 1
