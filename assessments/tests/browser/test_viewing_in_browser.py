"""An item's files in a browser: pages that are still being made appear by themselves, with script or without."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import pytest_django
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.models import Enrolment, EvidenceVersion
from assessments.testing import a_draft, a_house, an_enrolment
from portfolio import renditions, vault
from portfolio.models import Rendition
from portfolio.tests import recordings, small_files
from portfolio.tests.browsing import FITS, complaints_of, cookie_of, let_in, violations
from portfolio.tests.letter import wait_for_a_worker

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILES = {
    "log.pdf": small_files.pdf(3),
    "desk.jpg": small_files.picture("JPEG", size=(1200, 800)),
    "call.mp3": recordings.mp3(5),
    "screen.mp4": recordings.mp4(5),
    "notes.txt": "Siaradais â Siân o Ŵyr".encode(),
    "report.docx": small_files.office("docx"),
}
DRAWN = """() => [...document.querySelectorAll(".evidence-file img")]
    .every(image => image.complete && image.naturalWidth > 0)"""


@pytest.fixture
def version(settings: pytest_django.Settings) -> EvidenceVersion:
    """An item handed in with a file of every sort, whose pages wait for a worker."""
    unit = an_enrolment(a_house())
    wait_for_a_worker(settings)
    files = [named(unit, name) for name in FILES]
    return items.submit(version=a_draft(unit, "1.1", files=files), by=unit.candidate_user, at=timezone.now())


def named(unit: Enrolment, name: str) -> items.NamedFile:
    content = ContentFile(FILES[name], name=name)
    return items.NamedFile(vault.store(centre=unit.centre, file=content, name=name, at=timezone.now()), name)


def draw_all() -> None:
    for rendition in Rendition.objects.all():
        renditions.make(rendition.pk)


def item(version: EvidenceVersion) -> str:
    return reverse("assessments:evidence", args=[version.evidence_id])


def test_pages_appear_by_themselves_once_they_are_drawn(
    live_server: Any, page: "Page", version: EvidenceVersion
) -> None:
    complaints = complaints_of(page)
    page.emulate_media(reduced_motion="reduce")
    let_in(page.context, cookie_of(version.evidence.candidate.user), live_server.url)
    page.goto(live_server.url + item(version))
    assert page.get_by_text("are being made ready to be shown").is_visible()
    assert violations(page) == []
    draw_all()
    page.get_by_alt_text("Page 3 of log.pdf, as a picture").scroll_into_view_if_needed()
    assert not page.get_by_text("are being made ready to be shown").is_visible()
    page.reload()
    for image in page.locator(".evidence-file img").all():
        image.scroll_into_view_if_needed()
    page.wait_for_function(DRAWN)
    for scheme, width in (("light", 390), ("dark", 1440)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
        assert page.evaluate(FITS)
    page.get_by_role("link", name="Page 2 as text").click()
    page.wait_for_selector("body:has-text('Call log 2')")
    assert complaints == []


def test_pages_appear_without_script_too(
    live_server: Any, new_context: "Callable[..., BrowserContext]", version: EvidenceVersion
) -> None:
    context = new_context(java_script_enabled=False)
    let_in(context, cookie_of(version.evidence.candidate.user), live_server.url)
    page = context.new_page()
    page.goto(live_server.url + item(version))
    assert page.get_by_text("are being made ready to be shown").is_visible()
    draw_all()
    page.get_by_alt_text("Page 3 of log.pdf, as a picture").wait_for(timeout=10_000)
