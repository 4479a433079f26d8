"""News on a phone: followed from the home page, chosen for the e-mail; and a form begun, found there again."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from assessments.testing import a_house, an_enrolment, handed_in, judged
from portfolio.enums import Told
from portfolio.models import LeftOut, Notice, WorkInProgress
from portfolio.testing import with_password
from portfolio.tests.browsing import FITS, complaints_of, cookie_of, let_in, until, violations

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_candidate_follows_their_news_and_chooses_what_comes_by_e_mail(
    live_server: Any, new_context: "Callable[..., BrowserContext]"
) -> None:
    unit = an_enrolment(a_house())
    version = judged(handed_in(unit, "1.1"), unit)
    context = new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    let_in(context, cookie_of(with_password(unit.candidate_user)), live_server.url)
    phone = context.new_page()
    phone.set_default_timeout(10_000)
    complaints = complaints_of(phone)
    home = live_server.url + reverse("assessments:candidate_home")

    phone.goto(home)
    assert phone.locator("#news .badge").inner_text() == "2 new"
    phone.get_by_role("link", name="Evidence 1", exact=True).click()
    phone.wait_for_url(f"**/evidence/{version.evidence_id}/#reading-{version.reviews.get().pk}")
    assert phone.locator(":target").inner_text().startswith("Assessed")
    until(phone, lambda: Notice.objects.filter(user=unit.candidate_user, seen_at=None).count() == 1)
    phone.goto(home)
    assert phone.locator("#news .badge").inner_text() == "1 new"
    assert not Notice.objects.filter(user=unit.candidate_user, kind=Told.FEEDBACK, seen_at=None).exists()

    phone.goto(live_server.url + reverse("assessments:add_evidence"))
    phone.fill("#id_title", "Busy Monday")
    phone.wait_for_selector("[data-kind=saved]")
    phone.goto(home)
    phone.get_by_role("link", name="Go on").click()
    until(phone, lambda: phone.input_value("#id_title") == "Busy Monday")
    phone.goto(home)
    phone.get_by_role("button", name="Throw away").click()
    phone.get_by_text("is thrown away").wait_for()
    assert not WorkInProgress.objects.exists()

    phone.get_by_role("button", name="Your account").click()
    phone.get_by_role("link", name="What I am told").click()
    phone.get_by_label("Within the hour").check()
    phone.get_by_label(Told.FEEDBACK.label).uncheck()
    phone.get_by_role("button", name="Save").click()
    phone.get_by_text("Your choice is saved.").wait_for()
    assert not phone.get_by_label(Told.FEEDBACK.label).is_checked()
    assert [row.kind for row in LeftOut.objects.all()] == [Told.FEEDBACK]
    assert violations(phone) == []
    assert phone.evaluate(FITS)
    assert complaints == []
