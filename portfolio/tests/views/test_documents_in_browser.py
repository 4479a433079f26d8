"""A document in a browser: its page renews itself until it is ready, and then it can be kept."""

from typing import TYPE_CHECKING, Any

import pytest
import pytest_django
from django.urls import reverse

from portfolio import press, testing
from portfolio.models import Document, User
from portfolio.tests import letter
from portfolio.tests.browsing import complaints_of, cookie_of, let_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def everybody(user: User, document: Document) -> press.Shown:
    return press.Shown("the record", "portfolio:document", (document.subject_id,))


def test_its_page_renews_itself_until_it_is_ready(
    live_server: Any, page: "Page", settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaints = complaints_of(page)
    letter.add_template(settings)
    letter.wait_for_a_worker(settings)
    monkeypatch.setattr(press, "_guards", {"centre": f"{__name__}.everybody"})
    centre = testing.a_centre()
    person = testing.an_administrator(centre)
    document = letter.ask(centre, person)
    let_in(page.context, cookie_of(person), live_server.url)

    page.goto(live_server.url + reverse("portfolio:document", args=[document.pk]))
    assert page.get_by_role("progressbar").is_visible()
    letter.made(document)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "Letter.pdf"
    assert not page.get_by_role("progressbar").is_visible()
    assert complaints == []
