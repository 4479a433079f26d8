"""What browser tests share: pages that may not complain, axe, and a way in without the sign-in page."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client

from portfolio.models import User

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page

WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "preload": {"assets": ["media"]},  # style sheets are fetched for rules only that these levels do not have
}
ASK_AXE = """options => axe.run(document, options).then(found =>
    found.violations.map(rule => `${rule.id}: ${rule.nodes.map(node => node.target.join(" ")).join(", ")}`))"""
FITS = "document.documentElement.scrollWidth <= innerWidth"


def complaints_of(page: "Page") -> list[str]:
    """Errors the browser reports from now on: of scripts, and of what the content security policy refused."""
    complaints: list[str] = []

    def hear(said: "ConsoleMessage") -> None:
        if said.type == "error":
            complaints.append(f"{said.text} ({said.location['url']})")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@cache
def axe() -> str:
    """axe-core's own script."""
    return str(pytest.importorskip("axe_playwright_python.sync_playwright").Axe().axe_script)


def violations(page: "Page") -> list[str]:
    """What axe finds against WCAG 2.2 A and AA on the page as it is shown now: each rule, and where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe())
    found: list[str] = page.evaluate(ASK_AXE, WCAG)
    return found


def until(page: "Page", true: Callable[[], bool]) -> None:
    """Wait until the server has done what the page sent while it was left. Fails after ten seconds."""
    for _ in range(100):
        if true():
            return
        page.wait_for_timeout(100)
    pytest.fail("The server was not told within ten seconds.")


def settled(page: "Page") -> None:
    """Wait until a form that was sent is on its way: one that is kept as it is typed asks the server first."""
    page.wait_for_selector("body:not(:has(form[aria-busy]))")


def cookie_of(user: User) -> str:
    """A session of this person."""
    visitor = Client()
    visitor.force_login(user)
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


def let_in(context: "BrowserContext", cookie: str, address: str) -> None:
    """Have the browser be signed in with the session at that address."""
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
