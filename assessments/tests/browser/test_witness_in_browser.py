"""A witness on a phone: from the link in their letter to their signature, every page measured by axe on the way."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.models import Testimony
from assessments.testing import a_house, an_enrolment
from assessments.tests.witnesses import a_testimony_draft, asked, token_of
from portfolio.tests.browsing import FITS, complaints_of, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(page: "Page") -> Iterator["Page"]:
    """A phone whose browser fails the test when it complains."""
    complaints = complaints_of(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    yield page
    assert complaints == []


def measured(phone: "Page") -> None:
    """No violation in either scheme, no sideways scrolling."""
    for scheme in ("dark", "light"):
        phone.emulate_media(color_scheme=scheme)
        assert violations(phone) == [], phone.url
    assert phone.evaluate(FITS), phone.url


def test_a_witness_writes_comes_back_and_signs(live_server: Any, phone: "Page") -> None:
    testimony = asked(a_testimony_draft(an_enrolment(a_house())))
    address = live_server.url + reverse("assessments:witness", args=[token_of(testimony)])
    phone.goto(address)
    measured(phone)
    phone.get_by_role("button", name="Read the request").click()
    measured(phone)
    phone.get_by_label("What I saw").fill("She rang back within the hour.")
    phone.get_by_role("button", name="Keep what I wrote").click()
    phone.get_by_text("is kept").wait_for()
    phone.goto(address)
    assert phone.get_by_label("What I saw").input_value() == "She rang back within the hour."
    phone.get_by_role("button", name="Sign my testimony").click()
    phone.get_by_text("Nothing is signed or sent yet").wait_for()
    measured(phone)
    assert phone.get_by_label("What I saw").input_value() == "She rang back within the hour."
    phone.get_by_label("Where it was").fill("The contact centre")
    phone.get_by_label("The day, or the first").fill(timezone.localdate().isoformat())
    phone.get_by_label("I know this work and the standards", exact=True).check()
    phone.get_by_label("I am Wyn Witness").check()
    phone.get_by_label("My full name").fill("Wyn Witness")
    phone.get_by_role("button", name="Sign my testimony").click()
    phone.get_by_role("heading", name="Thank you").wait_for()
    measured(phone)
    assert Testimony.objects.exclude(signature=None).count() == 1
