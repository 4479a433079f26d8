"""An appeal on the screen: raised by the candidate, appointed and decided, taken further; each page measured by axe."""

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from assessments.models import Appeal
from assessments.testing import a_house
from assessments.tests.appeals import not_yet
from portfolio.models import User
from portfolio.tests.browsing import FITS, complaints_of, cookie_of, let_in, violations

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def measured(page: "Page") -> None:
    """No violation in either scheme, no sideways scrolling."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], page.url
    assert page.evaluate(FITS), page.url


def test_a_candidate_appeals_and_takes_it_further(live_server: Any, new_context: Any) -> None:
    house = a_house()
    decision = not_yet(house)
    browsers: list[tuple[Page, list[str]]] = []

    def browser_of(user: User, width: int) -> "Page":
        context: BrowserContext = new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce")
        let_in(context, cookie_of(user), live_server.url)
        page = context.new_page()
        browsers.append((page, complaints_of(page)))
        return page

    candidate, office = browser_of(house.candidate.user, 390), browser_of(house.administrator, 1440)
    candidate.goto(live_server.url + reverse("assessments:evidence", args=[decision.version.evidence_id]))
    candidate.get_by_role("link", name="Appeal against 1.1").click()
    measured(candidate)
    candidate.get_by_label("Why you disagree").fill("The log shows it.")
    candidate.get_by_role("button", name="Send the appeal").click()
    candidate.get_by_text("Your appeal is on its way").wait_for()
    measured(candidate)
    place = live_server.url + reverse("assessments:appeal", args=[Appeal.objects.get().pk])
    office.goto(place)
    office.get_by_role("button", name="Acknowledge the appeal").click()
    office.get_by_role("link", name="Appoint an adjudicator").click()
    office.get_by_label("Adjudicator").select_option(label="Aled Northgate")
    office.get_by_role("button", name="Appoint").click()
    office.get_by_text("The adjudicator is appointed").wait_for()
    measured(office)
    adjudicator = browser_of(house.other_assessor, 1440)
    adjudicator.goto(place)
    adjudicator.get_by_role("link", name="Decide", exact=True).click()
    adjudicator.get_by_label("Not upheld").check()
    adjudicator.get_by_label("What you found, and why").fill("I read it; it does not.")
    measured(adjudicator)
    adjudicator.get_by_role("button", name="Decide", exact=True).click()
    adjudicator.get_by_text("The outcome is on record").wait_for()
    candidate.goto(place)
    measured(candidate)
    candidate.get_by_role("button", name="Take it further").click()
    candidate.get_by_text("goes on to the next stage").wait_for()
    assert [complaints for _, complaints in browsers if complaints] == []
    assert Appeal.objects.get().hearings.count() == 2
