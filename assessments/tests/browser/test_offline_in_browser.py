"""Evidence drafted on a phone without a connection, which is cut twice: one item, with all its text and photographs."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from assessments.models import Enrolment, EvidenceFile, EvidenceVersion
from assessments.testing import House, an_enrolment
from portfolio.models import User
from portfolio.testing import with_password
from portfolio.tests import small_files
from portfolio.tests.browsing import FITS, cookie_of, let_in, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
READY = "() => navigator.serviceWorker.ready.then((found) => found.active !== null)"


@pytest.fixture
def unit(house_now: House) -> Enrolment:
    return an_enrolment(house_now)


@pytest.fixture
def candidate(unit: Enrolment) -> User:
    return with_password(unit.candidate_user)


@pytest.fixture
def home(live_server: Any) -> str:
    return str(live_server.url) + reverse("assessments:candidate_home")


@pytest.fixture
def phone(page: "Page", live_server: Any, home: str, candidate: User) -> Iterator["Page"]:
    """A phone on the candidate's first page, once the service worker is there."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_default_timeout(15_000)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    let_in(page.context, cookie_of(candidate), live_server.url)
    page.goto(home)
    assert page.evaluate(READY)
    yield page
    assert faults == []


def drafted(phone: "Page", home: str, tmp_path: Path) -> None:
    """The line is cut; the candidate opens the app and drafts evidence with two photographs."""
    phone.context.set_offline(True)
    phone.goto(home)
    assert phone.inner_text("h1") == "There is no connection"
    photographs = [tmp_path / "board.png", tmp_path / "desk.png"]
    for number, photograph in enumerate(photographs):
        photograph.write_bytes(small_files.picture("PNG", size=(30 + number, 20)))
    phone.fill("#title", "Busy Monday")
    phone.set_input_files("#files", photographs)
    phone.fill("#description", "I took forty calls.")
    phone.wait_for_selector("[data-said]:has-text('Kept on this device')")


def is_one_item_with_all_of_it() -> None:
    version = EvidenceVersion.objects.get()
    assert (version.title, version.description) == ("Busy Monday", "I took forty calls.")
    assert sorted(EvidenceFile.objects.values_list("name", flat=True)) == ["board.png", "desk.png"]


def test_a_draft_goes_up_by_itself_when_the_line_is_back(phone: "Page", home: str, tmp_path: Path) -> None:
    drafted(phone, home, tmp_path)
    for scheme in SCHEMES:
        phone.emulate_media(color_scheme=scheme)
        assert violations(phone) == []
        assert phone.evaluate(FITS)
    phone.context.set_offline(False)
    phone.wait_for_selector("[data-said]:has-text('among your evidence now')")
    is_one_item_with_all_of_it()


def test_the_line_is_cut_again_while_it_goes_up_and_it_is_one_item_still(
    phone: "Page", home: str, tmp_path: Path
) -> None:
    drafted(phone, home, tmp_path)
    answered: list[int] = []

    def lose_the_answer(route: Any) -> None:
        """The server takes the draft; the line is cut before the phone hears of it."""
        if route.request.method == "POST" and not answered:
            answered.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    phone.context.route("**/evidence/from-device/", lose_the_answer)
    phone.context.set_offline(False)
    phone.goto(home)
    phone.wait_for_selector("[data-drafts]:has-text('1 draft waits on this device.'):not(:has-text('Going up'))")
    assert answered == [200]
    phone.context.set_offline(True)
    phone.goto(home)
    phone.wait_for_selector("text=on its way")
    phone.context.set_offline(False)
    phone.goto(home)
    phone.wait_for_selector("[data-drafts]:has-text('1 draft from this device is among your evidence now')")
    is_one_item_with_all_of_it()


def test_a_draft_waits_for_its_own_person_and_is_shown_to_nobody_else(
    phone: "Page", home: str, tmp_path: Path, live_server: Any, candidate: User, unit: Enrolment
) -> None:
    drafted(phone, home, tmp_path)
    Session.objects.all().delete()
    phone.context.set_offline(False)
    phone.wait_for_selector("[data-said]:has-text('Sign in')")
    other = with_password(type(unit.candidate).objects.exclude(user=candidate).get().user)
    phone.context.clear_cookies()
    let_in(phone.context, cookie_of(other), live_server.url)
    phone.goto(home)
    phone.wait_for_load_state("networkidle")
    assert not phone.is_visible("[data-drafts]")
    assert not EvidenceVersion.objects.exists()
    phone.context.set_offline(True)
    phone.goto(home)
    assert not phone.is_visible("text=Busy Monday")
    phone.context.set_offline(False)
    phone.context.clear_cookies()
    let_in(phone.context, cookie_of(candidate), live_server.url)
    phone.goto(home)
    phone.wait_for_selector("[data-drafts]:has-text('among your evidence now')")
    is_one_item_with_all_of_it()


def test_signing_out_leaves_nothing_personal_to_read(phone: "Page", home: str, candidate: User) -> None:
    phone.click(".account-button")
    phone.click("text=Sign out")
    phone.wait_for_selector("text=Sign in")
    kept = phone.evaluate(
        """async () => {
            const texts = [JSON.stringify(localStorage)];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) texts.push(await (await cache.match(request)).text());
            }
            return texts.join(" ");
        }"""
    )
    assert "There is no connection" in kept
    assert candidate.email not in kept
    assert candidate.handle not in kept
    phone.context.set_offline(True)
    phone.goto(home)
    assert phone.is_visible("text=Sign in on this device once")
