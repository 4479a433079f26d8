"""Every page as its readers see it: no violation of WCAG 2.2 A/AA in light and dark, wide and narrow, and small."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from assessments.tests.browser.conftest import Harbour
from assessments.tests.browser.visiting import Visit
from assessments.tests.browser.visits import VISITS
from portfolio.tests.browsing import FITS, complaints_of, let_in, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request, Response, ViewportSize

pytestmark = pytest.mark.browser

WIDE: "ViewportSize" = {"width": 1440, "height": 900}
MOST_REQUESTS, MOST_BYTES = 10, 150_000
EVIDENCE = "/evidence-files/"
WIDEST = """[...document.querySelectorAll("main *, header *")]
  .filter(one => one.getBoundingClientRect().right > innerWidth && !one.closest("[role=region]"))
  .slice(0, 3).map(one => one.outerHTML.slice(0, 80))"""


@pytest.fixture
def db(looking: None) -> None:
    """The demonstration."""


@pytest.fixture(autouse=True)
def data_of_its_own(db: None) -> None:
    """These tests share one demonstration, in the place of data of their own: they only look."""


class Watched:
    """A window in which readers come to a page for the first time, one after the other, and what is wrong with it.

    One for all of them, as opening another takes as long as looking: without a cache, and emptied between two readers.
    Without `axe` its rules are left out: they say the same of the same page on any database.
    """

    def __init__(self, page: "Page", *, axe: bool) -> None:
        self.page = page
        self.axe = axe
        self.complaints = complaints_of(page)
        self.requests: list[Request] = []
        page.on("requestfinished", lambda request: self.requests.append(request))
        self.behind = page.context.new_cdp_session(page)
        self.behind.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def handed_to(self, cookie: str, origin: str) -> None:
        """The next reader sits down: nothing is left of the one before, and it is wide and light again."""
        self.page.goto("about:blank")
        self.page.context.clear_cookies()
        self.behind.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(WIDE)
        if cookie:
            let_in(self.page.context, cookie, origin)
        self.complaints.clear()
        self.requests.clear()

    def faults(self, address: str, status: int) -> list[str]:
        """Sentences for whoever has to mend it."""
        answer = self.page.goto(address)
        found = [self.not_as_asked(answer, address, status), self.too_heavy(), *self.violations()]
        self.page.emulate_media(color_scheme="dark")
        self.page.set_viewport_size({"width": 390, "height": 800})
        found += [f"In dark at 390 px: {violation}" for violation in self.violations()]
        self.page.set_viewport_size({"width": 320, "height": 800})
        found.append("" if self.page.evaluate(FITS) else f"It scrolls sideways at 320 px: {self.page.evaluate(WIDEST)}")
        found += self.complaints if status == 200 else []
        return [fault for fault in found if fault]

    def violations(self) -> list[str]:
        return violations(self.page) if self.axe else []

    def not_as_asked(self, answer: "Response | None", address: str, status: int) -> str:
        if answer is None or answer.status != status or self.page.url != address:
            return f"It answers {answer and answer.status} at {self.page.url}."
        headings = self.page.locator("h1").count()
        return "" if headings == 1 else f"It has {headings} main headings."

    def too_heavy(self) -> str:
        """The page with its styles and scripts, without the evidence it shows: that comes as it is scrolled to."""
        own = [request for request in self.requests if EVIDENCE not in request.url]
        size = sum(request.sizes()["responseBodySize"] for request in own)
        return f"{len(own)} requests, {size} bytes." if len(own) > MOST_REQUESTS or size > MOST_BYTES else ""


@pytest.fixture(scope="module")
def window(browser: "Browser", pytestconfig: pytest.Config) -> "Iterator[Watched]":
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce", locale="en-GB", service_workers="block")
    yield Watched(context.new_page(), axe=not pytestconfig.getoption("of_the_database"))
    context.close()


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_a_page_is_accessible_fits_and_is_small(harbour: Harbour, window: Watched, visit: Visit) -> None:
    window.handed_to(harbour.cookies.get(visit.who, ""), harbour.url)
    faults = window.faults(harbour.url + harbour.addresses[visit], visit.status)
    if faults:
        pytest.fail("\n".join([str(visit), *faults]), pytrace=False)
