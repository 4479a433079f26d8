"""The page shell in a browser: measured by axe in both schemes, without a word on the console, and with its keys."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from portfolio import testing
from portfolio.enums import Role
from portfolio.tests.browsing import FITS, complaints_of, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCHEMES: list[tuple[Literal["light", "dark"], int]] = [("light", 320), ("dark", 1440)]
STAFF = (Role.ASSESSOR, Role.INTERNAL_VERIFIER, Role.ADMINISTRATOR)
ENTRANCES = ["account_login", "account_reset_password", "account_reset_password_done", "account_inactive"]
MATRIX = """<table class="matrix"><tbody>
  <tr><th>1</th><td><a id="a" href="#">1</a></td><td></td><td><a id="c" href="#">3</a></td></tr>
  <tr><th>2</th><td></td><td></td><td><a id="f" href="#">3</a></td></tr></tbody></table>"""
CRITERIA = """<input type="search" data-filter="#list"><ul id="list">
  <li data-filter-item id="one">Monitor calls</li><li data-filter-item id="two">Brief the team</li>
  <li data-filter-item id="three">Write reports <input type="checkbox" checked></li></ul>"""


@pytest.fixture
def quiet_page(page: "Page") -> Iterator["Page"]:
    """A page that fails the test when the browser complains, for instance about something the CSP refused."""
    complaints = complaints_of(page)
    yield page
    assert complaints == []


@pytest.fixture
def measured(quiet_page: "Page") -> Callable[[str], None]:
    """Open an address: no violation of WCAG 2.2 A/AA in either scheme, no sideways scrolling."""

    def measure(address: str) -> None:
        for scheme, width in SCHEMES:
            quiet_page.emulate_media(color_scheme=scheme)
            quiet_page.set_viewport_size({"width": width, "height": 800})
            quiet_page.goto(address)
            assert violations(quiet_page) == []
            assert quiet_page.evaluate(FITS)

    return measure


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_entrance_is_accessible(live_server: Any, measured: Callable[[str], None], name: str) -> None:
    measured(live_server.url + reverse(name))


def test_somebody_signs_in_finds_their_account_and_signs_out(
    live_server: Any, quiet_page: "Page", measured: Callable[[str], None]
) -> None:
    user = testing.with_password(testing.a_staff_member(testing.a_centre(), "Una Staff", *STAFF).user)
    quiet_page.goto(live_server.url + reverse("account_login"))
    quiet_page.fill("#id_login", user.email)
    quiet_page.fill("#id_password", testing.PASSWORD)
    quiet_page.click("main button[type=submit]")
    measured(live_server.url + reverse("account_change_password"))
    quiet_page.click(".account-button")
    assert quiet_page.get_by_text(user.email).is_visible()
    quiet_page.click("text=Sign out")
    quiet_page.get_by_text("You are signed out.").wait_for()


def test_the_main_pages_are_behind_a_menu_on_a_phone(live_server: Any, quiet_page: "Page") -> None:
    user = testing.with_password(testing.a_staff_member(testing.a_centre(), "Una Staff", *STAFF).user)
    quiet_page.set_viewport_size({"width": 390, "height": 800})
    quiet_page.goto(live_server.url + reverse("account_login"))
    quiet_page.fill("#id_login", user.email)
    quiet_page.fill("#id_password", testing.PASSWORD)
    quiet_page.click("main button[type=submit]")
    pages = quiet_page.get_by_role("navigation", name="Main")
    assert not pages.is_visible()
    quiet_page.click("text=Menu")
    assert pages.is_visible()
    quiet_page.keyboard.press("Escape")
    assert not pages.is_visible()


def with_page_js(page: "Page", body: str) -> None:
    page.set_content(body)
    page.add_script_tag(path=finders.find("js/page.js"))


def focused(page: "Page") -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_arrow_keys_move_between_the_cells_of_a_matrix(quiet_page: "Page") -> None:
    with_page_js(quiet_page, MATRIX)
    quiet_page.focus("#a")
    for key, arrived in (
        ("ArrowRight", "c"),
        ("ArrowDown", "f"),
        ("ArrowDown", "f"),
        ("ArrowUp", "c"),
        ("ArrowLeft", "a"),
    ):
        quiet_page.keyboard.press(key)
        assert focused(quiet_page) == arrived


def test_a_filter_hides_what_lacks_the_words_and_keeps_what_is_ticked(quiet_page: "Page") -> None:
    with_page_js(quiet_page, CRITERIA)
    quiet_page.fill("input[type=search]", "calls mon")
    assert quiet_page.locator("#one").is_visible()
    assert not quiet_page.locator("#two").is_visible()
    assert quiet_page.locator("#three").is_visible()
    quiet_page.fill("input[type=search]", "")
    assert quiet_page.locator("#two").is_visible()
