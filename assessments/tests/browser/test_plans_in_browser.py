"""A candidate on a phone agrees a plan, starts evidence from it and signs a review; axe measures on the way."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from assessments.actions.consistency import For
from assessments.models import ActivityItem, PlanReview
from assessments.testing import House, an_enrolment
from assessments.tests.plans import ask_for, held, proposed
from portfolio.testing import PASSWORD, with_password
from portfolio.tests.browsing import FITS, complaints_of, cookie_of, let_in, settled, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(page: "Page", house_now: House, live_server: Any) -> Iterator["Page"]:
    """The candidate's, whose browser fails the test when it complains."""
    complaints = complaints_of(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    let_in(page.context, cookie_of(with_password(house_now.candidate.user)), live_server.url)
    yield page
    assert complaints == []


def measured(phone: "Page") -> None:
    """No violation in either scheme, no sideways scrolling."""
    for scheme in ("dark", "light"):
        phone.emulate_media(color_scheme=scheme)
        assert violations(phone) == [], phone.url
    assert phone.evaluate(FITS), phone.url


def test_a_plan_becomes_evidence(live_server: Any, phone: "Page", house_now: House) -> None:
    unit = an_enrolment(house_now)
    ask_for(house_now, For(unit=unit.unit), times=2)
    plan = proposed(unit)
    phone.goto(live_server.url + reverse("assessments:candidate_home"))
    phone.get_by_role("heading", name="Calls in spring").get_by_role("link").click()
    measured(phone)
    phone.get_by_role("link", name="Agree it").click()
    measured(phone)
    phone.get_by_label("Your password").fill(PASSWORD)
    phone.get_by_role("button", name="Sign", exact=True).click()
    phone.get_by_text("You have agreed the plan.").wait_for()
    phone.get_by_role("button", name="Start evidence").click()
    phone.get_by_text("The draft is begun from the plan").wait_for()
    assert phone.get_by_label("Title").input_value() == "Handle two complaints"
    assert ActivityItem.objects.filter(activity__plan=plan).count() == 1
    plan.refresh_from_db()
    held(plan)
    phone.goto(live_server.url + reverse("assessments:plan", args=[plan.pk]))
    phone.get_by_text("In preparation").wait_for()
    measured(phone)
    phone.get_by_role("link", name="Sign the review").click()
    measured(phone)
    phone.get_by_label("Your password").fill(PASSWORD)
    phone.get_by_role("button", name="Sign", exact=True).click()
    settled(phone)
    phone.get_by_text("You have signed the review.").wait_for()
    assert PlanReview.objects.get().candidate_signature is not None
    phone.goto(live_server.url + reverse("assessments:enrolment", args=[unit.pk]))
    phone.get_by_role("heading", name="Not shown as often as asked").wait_for()
    measured(phone)
