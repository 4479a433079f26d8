"""A verifier walks the sampling grid by keyboard and opens a cell; axe measures, on a telephone as well."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from assessments.models import SamplingPlan
from assessments.testing import House, a_house, an_enrolment, met
from assessments.tests.acts_of_strategy import a_plan
from portfolio.testing import with_password
from portfolio.tests.browsing import FITS, complaints_of, cookie_of, let_in, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HERE = "document.activeElement.closest('td')?.dataset.unit ?? document.activeElement.tagName"


@pytest.fixture
def plan() -> SamplingPlan:
    house: House = a_house()
    for key in ("ocr-cc16", "ocr-cc26"):
        met(an_enrolment(house, key))
    an_enrolment(house, "ocr-cc26", candidate=house.other_candidate)
    return a_plan(house)


@pytest.fixture
def verifier(page: "Page", plan: SamplingPlan, live_server: Any) -> Iterator["Page"]:
    complaints = complaints_of(page)
    page.emulate_media(reduced_motion="reduce")
    unit = plan.cells.earliest("pk").enrolment
    let_in(page.context, cookie_of(with_password(unit.verifier)), live_server.url)
    page.goto(live_server.url + reverse("assessments:grid", args=[plan.pk]))
    yield page
    assert complaints == []


def test_arrow_keys_walk_the_grid_tab_leaves_it_and_enter_opens_a_cell(verifier: "Page") -> None:
    first = verifier.locator(".sampling-grid td a").first
    assert verifier.locator(".sampling-grid [tabindex='0']").count() == 1, "one stop for the Tab key"
    first.focus()
    assert verifier.evaluate(HERE) == "CC16"
    assert "Cara Northgate, CC16. Planned" in verifier.locator("#cell-about").inner_text()
    verifier.keyboard.press("ArrowRight")
    assert verifier.evaluate(HERE) == "CC26"
    verifier.keyboard.press("ArrowDown")
    assert "Colin Northgate, CC26." in verifier.locator("#cell-about").inner_text()
    verifier.keyboard.press("Home")
    assert "Colin Northgate, CC16. Not taken." in verifier.locator("#cell-about").inner_text()
    verifier.keyboard.press("Control+Home")
    assert verifier.evaluate(HERE) == "CC16"
    verifier.keyboard.press("Tab")
    assert verifier.evaluate("document.activeElement.closest('.sampling-grid')") is None, "no trap"
    verifier.keyboard.press("Shift+Tab")
    assert verifier.evaluate(HERE) == "CC16", "back where one was"
    verifier.keyboard.press("Enter")
    verifier.get_by_role("heading", name="Choose the unit for sampling").wait_for()


def test_it_reads_as_a_list_for_each_candidate_on_a_telephone_and_axe_finds_nothing(verifier: "Page") -> None:
    for width in (390, 1440):
        verifier.set_viewport_size({"width": width, "height": 844})
        for scheme in ("dark", "light"):
            verifier.emulate_media(color_scheme=scheme)
            assert violations(verifier) == [], (width, scheme)
        assert verifier.evaluate(FITS), width
