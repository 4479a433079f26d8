"""An assessor on a tablet at the workplace, the candidate on their phone: one observation, begun to acknowledged."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from assessments.models import AssessorRecord, Enrolment
from assessments.testing import House, an_enrolment
from portfolio.models import WorkInProgress
from portfolio.testing import PASSWORD, with_password
from portfolio.tests.browsing import FITS, complaints_of, cookie_of, let_in, settled, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BIG_ENOUGH = """() => [...document.querySelectorAll(
    "form .btn, form input:not([type=hidden], [type=file], [type=checkbox]), form select, form textarea, form summary")]
    .filter(part => part.offsetParent !== null && !part.closest("dialog:not([open])"))
    .filter(part => part.getBoundingClientRect().height < 44)
    .map(part => part.outerHTML.slice(0, 90))"""
SELECT = """(words) => {
    const text = document.querySelector("#id_narrative");
    const at = text.value.indexOf(words);
    text.focus();
    text.setSelectionRange(at, at + words.length);
}"""
SAW = "She greeted the caller by name.\n\nThen she explained the refund and rang back."


@pytest.fixture
def tablet(page: "Page") -> Iterator["Page"]:
    """A tablet whose browser fails the test when it complains."""
    complaints = complaints_of(page)
    page.set_viewport_size({"width": 820, "height": 1180})
    page.emulate_media(reduced_motion="reduce")
    yield page
    assert complaints == []


@pytest.fixture
def unit(house_now: House) -> Enrolment:
    return an_enrolment(house_now)


def measured(page: "Page") -> None:
    """No violation in either scheme, no sideways scrolling on tablet and phone."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], page.url
    for width in (390, 820):
        page.set_viewport_size({"width": width, "height": 1180})
        assert page.evaluate(FITS), (page.url, width)


def note(tablet: "Page", words: str, *criteria: str) -> None:
    """Select words and tap criteria."""
    tablet.evaluate(SELECT, words)
    tablet.get_by_role("button", name="Note a criterion").click()
    dialog = tablet.get_by_role("dialog")
    assert words[:20] in dialog.inner_text()
    for name in criteria:
        dialog.get_by_role("button", name=name).click()
    dialog.get_by_role("button", name="Done").click()


def test_an_observation_from_its_first_word_to_the_candidates_signature(
    live_server: Any, tablet: "Page", unit: Enrolment
) -> None:
    let_in(tablet.context, cookie_of(with_password(unit.assessor)), live_server.url)
    tablet.goto(live_server.url + reverse("assessments:new_record", args=[unit.pk]))
    measured(tablet)
    tablet.get_by_role("link", name="Observation").click()
    tablet.get_by_role("button", name="Starts now").click()
    assert tablet.get_by_label("From", exact=True).input_value() != ""
    tablet.get_by_label("Where", exact=True).fill("The contact centre")
    tablet.get_by_label("The situation").fill("A busy evening.")
    tablet.get_by_label("What I saw").fill(SAW)
    note(tablet, "greeted the caller by name", "CC26 1.1")
    note(tablet, "rang back", "CC26 1.1", "CC26 1.2")
    assert tablet.get_by_role("list", name="Passages marked").get_by_role("listitem").count() == 3
    assert tablet.evaluate(BIG_ENOUGH) == []
    measured(tablet)

    tablet.get_by_text("Saved as you type").first.wait_for()
    tablet.reload()
    assert tablet.get_by_label("What I saw").input_value() == SAW
    assert tablet.get_by_role("list", name="Passages marked").get_by_role("listitem").count() == 3
    tablet.get_by_role("button", name="Take off").first.click()
    assert tablet.get_by_role("list", name="Passages marked").get_by_role("listitem").count() == 2

    bar = tablet.get_by_role("button", name="Read through and sign")
    tablet.evaluate("scrollTo(0, 0)")
    assert bar.bounding_box()["y"] > 1180 - 160  # type: ignore[index]  # within the thumb's reach
    bar.click()
    settled(tablet)
    tablet.get_by_text("Write down what you told the candidate").first.wait_for()
    assert tablet.get_by_label("What I saw").input_value() == SAW
    tablet.get_by_label("What you told the candidate").fill("Clear and calm.")
    tablet.get_by_role("button", name="Another question").click()
    tablet.get_by_label("Question 1").fill("Why ring back?")
    tablet.get_by_label("What the candidate said").fill("So that they know.")
    tablet.get_by_role("button", name="Read through and sign").click()
    settled(tablet)
    tablet.get_by_role("heading", name="Read through and sign").wait_for()
    measured(tablet)
    tablet.get_by_label("Your password").fill(PASSWORD)
    tablet.get_by_role("button", name="Sign and hand over").click()
    tablet.get_by_text("is signed").wait_for()
    measured(tablet)
    record = AssessorRecord.objects.get()
    assert {mark.quote for mark in record.markers.all()} == {"rang back"}
    assert record.exchanges.get().said == "So that they know."
    assert not WorkInProgress.objects.exists()

    tablet.context.clear_cookies()
    let_in(tablet.context, cookie_of(with_password(unit.candidate_user)), live_server.url)
    tablet.set_viewport_size({"width": 390, "height": 844})
    tablet.goto(live_server.url + reverse("assessments:candidate_home"))
    tablet.get_by_role("link", name="Evidence 1: Observation").click()
    measured(tablet)
    tablet.get_by_label("Your password").fill(PASSWORD)
    tablet.get_by_role("button", name="Sign and acknowledge").click()
    tablet.get_by_text("You have acknowledged the record").wait_for()
    measured(tablet)
    assert record.acknowledgements.get().agreed
