"""A candidate at work on a phone: from home to evidence handed in, every page measured by axe on the way."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from django.urls import reverse

from assessments.enums import ItemStatus, Verdict
from assessments.models import Enrolment, EvidenceVersion, Mapping
from assessments.testing import House, an_enrolment, handed_in, judged
from assessments.tests.views.sent import value
from portfolio.models import User
from portfolio.testing import PASSWORD, with_password
from portfolio.tests import small_files
from portfolio.tests.browsing import FITS, complaints_of, settled, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIGHTS: list[tuple[Literal["light", "dark"], int]] = [("light", 390), ("dark", 1440)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def phone(page: "Page") -> Iterator["Page"]:
    """A phone whose browser fails the test when it complains."""
    complaints = complaints_of(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(reduced_motion="reduce")  # colours that fade from one to the other have no contrast on the way
    yield page
    assert complaints == []


@pytest.fixture
def enrolment(house_now: House) -> Enrolment:
    return an_enrolment(house_now)


@pytest.fixture
def signed_in(live_server: Any, phone: "Page") -> Callable[[User], None]:
    def sign_in(user: User) -> None:
        with_password(user)
        phone.context.clear_cookies()
        phone.goto(live_server.url + reverse("account_login"))
        phone.fill("#id_login", user.email)
        phone.fill("#id_password", PASSWORD)
        phone.click("main button[type=submit]")

    return sign_in


@pytest.fixture
def measure(phone: "Page") -> Callable[[], None]:
    """The page shown: no violation in either scheme, no sideways scrolling."""

    def measured() -> None:
        for scheme, width in SIGHTS:
            phone.emulate_media(color_scheme=scheme)
            phone.set_viewport_size({"width": width, "height": 844})
            assert violations(phone) == [], phone.url
            assert phone.evaluate(FITS), phone.url
        phone.emulate_media(color_scheme="light")
        phone.set_viewport_size(PHONE)  # type: ignore[arg-type]

    return measured


def test_a_candidate_hands_in_two_files_for_three_criteria(
    phone: "Page",
    signed_in: Callable[[User], None],
    measure: Callable[[], None],
    house_now: House,
    enrolment: Enrolment,
    tmp_path: Path,
) -> None:
    files = [tmp_path / "Call log.pdf", tmp_path / "Team board.png"]
    files[0].write_bytes(small_files.pdf(2))
    files[1].write_bytes(small_files.picture("PNG", size=(300, 200)))
    presses = 0

    def press(what: str) -> None:
        nonlocal presses
        presses += 1
        phone.click(what)
        settled(phone)

    signed_in(house_now.candidate.user)
    measure()
    press("main .btn-primary")
    measure()
    phone.set_input_files("#id_uploads", files)
    presses += 1
    phone.fill("#id_description", "I logged a week of calls and put the board up for the team.")
    phone.fill("#id_activity_on", "2026-03-02")
    for number in ("1.1", "1.2", "2.1"):
        press(f"label:has(strong:text-is('{number}'))")
    assert phone.inner_text("#criteria-ticked") == "3 criteria ticked"
    press("text=Save and hand in")
    phone.wait_for_url("**/hand-in/")  # once the files have arrived
    measure()
    press("text=I declare this")
    press("main button.btn-primary")
    assert "Evidence 1: Call log" in phone.inner_text("h1")
    measure()
    phone.wait_for_load_state("networkidle")
    assert phone.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    version = EvidenceVersion.objects.get()
    assert (version.status, version.files.count(), version.evidence.mappings.count()) == (ItemStatus.SUBMITTED, 2, 3)
    assert presses == 8


def test_bad_input_comes_back_with_everything_and_the_filter_finds(
    phone: "Page",
    signed_in: Callable[[User], None],
    measure: Callable[[], None],
    live_server: Any,
    house_now: House,
    enrolment: Enrolment,
    tmp_path: Path,
) -> None:
    an_enrolment(house_now, "ocr-cc32")
    an_enrolment(house_now, "ocr-d20")
    file = tmp_path / "board.png"
    file.write_bytes(small_files.picture("PNG"))
    signed_in(house_now.candidate.user)
    phone.goto(live_server.url + reverse("assessments:add_evidence"))
    assert phone.locator("#criteria .unit-criteria[open]").count() == 0
    phone.fill("#criteria-filter", "CC26")
    phone.fill("#criteria-filter", "2.1")
    assert phone.locator("#criteria li:visible").count() >= 1
    phone.locator("#criteria input:visible").first.check()
    phone.locator("#criteria .where input:visible").first.fill("page 2")
    phone.set_input_files("#id_uploads", file)
    phone.check("[name=held][value=location]")
    phone.click("text=Save as draft")
    phone.wait_for_selector("[role=alert]")
    assert "Say where the evidence can be seen." in phone.inner_text("[role=alert]")
    assert phone.input_value("#criteria .where input:visible") == "page 2"
    assert phone.get_by_label("Name of board.png").input_value() == "board.png"
    measure()
    phone.fill("#id_location", "The team's office, second shelf")
    phone.click("text=Save as draft")
    settled(phone)
    assert phone.inner_text("h1") == "Draft: board"


def test_words_suggest_criteria_ticks_offer_related_ones_and_a_unit_says_what_it_does_not_take(
    phone: "Page",
    signed_in: Callable[[User], None],
    measure: Callable[[], None],
    live_server: Any,
    house_now: House,
) -> None:
    cc16, sqa, _ = (an_enrolment(house_now, key) for key in ("ocr-cc16", "sqa-h12e04", "ocr-d20"))
    signed_in(house_now.candidate.user)
    phone.goto(live_server.url + reverse("assessments:add_evidence"))
    phone.fill("#id_description", "A colleague referred a complaint, and I resolved it.")
    suggestion = phone.locator(".suggestions li", has_text="CC16 1.2")
    suggestion.wait_for()
    assert "because you wrote" in suggestion.inner_text()
    assert phone.inner_text("#criteria-ticked") == "0 criteria ticked"
    suggestion.locator("input").check()
    assert phone.inner_text("#criteria-ticked") == "1 criterion ticked"
    chosen = phone.locator(f".criterion-choice:has(> .tick > [value='{value(cc16, '1.2')}'])")
    chosen.get_by_label("Where in it").fill("paragraph 2")
    assert "by our cross-walk" in chosen.inner_text()
    chosen.locator(".related label", has_text="H12E 04 3").click()
    assert phone.inner_text("#criteria-ticked") == "2 criteria ticked"
    phone.select_option("#id_setting", "simulated")
    assert "D20 does not accept evidence from simulation" in phone.inner_text(".setting-said")
    phone.click("summary:has-text('D20')")
    assert phone.locator(".not-taken:visible").count() == 1
    measure()
    phone.fill("#id_title", "Referred complaint")
    phone.click("text=Save as draft")
    settled(phone)
    mapped = Mapping.objects.values_list("enrolment", "criterion__number", "locator")
    assert set(mapped) == {(cc16.pk, "1.2", "paragraph 2"), (sqa.pk, "3", "")}


def test_the_matrix_is_walked_and_filled_by_keyboard(
    phone: "Page",
    signed_in: Callable[[User], None],
    measure: Callable[[], None],
    live_server: Any,
    house_now: House,
    enrolment: Enrolment,
) -> None:
    handed_in(enrolment, "1.1")
    judged(handed_in(enrolment, "1.2"), enrolment, Verdict.CONTRIBUTES, "1.2")
    signed_in(house_now.candidate.user)
    phone.goto(live_server.url + reverse("assessments:enrolment", args=[enrolment.pk]) + "?view=matrix")
    assert phone.locator(".matrix [tabindex='0']").count() == 1
    phone.focus(".matrix td[tabindex='0']")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"):
        phone.keyboard.press(key)
    assert "Evidence 1 for 1.2: not claimed" in phone.inner_text("#cell-about")
    phone.keyboard.press(" ")
    phone.locator("#cell-said", has_text="Evidence 1 for 1.2: claimed").wait_for()
    here = "document.activeElement.matches('td') && document.activeElement.textContent"
    assert "Evidence 1 for 1.2: claimed" in phone.evaluate(here)
    measure()
    phone.click("#cell-press")
    phone.locator("#cell-said", has_text="not claimed").wait_for()
    live = Mapping.objects.filter(taken_back_at=None)
    assert set(live.values_list("evidence__number", "criterion__number")) == {(1, "1.1"), (2, "1.2")}
    phone.keyboard.press("Shift+Tab")
    phone.focus(".matrix td[tabindex='0']")
    phone.keyboard.press("ArrowDown")
    assert not phone.is_visible("#cell-press")
    phone.keyboard.press("Home")
    assert phone.evaluate("document.activeElement.textContent") == "Evidence 2"
