"""Adding evidence as a candidate does, from the first page on: how few clicks it takes, and on how bad a line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from assessments.enums import ItemStatus
from assessments.models import EvidenceFile, EvidenceVersion
from assessments.testing import House, an_enrolment
from portfolio.models import Upload
from portfolio.testing import PASSWORD, with_password
from portfolio.tests import small_files
from portfolio.tests.browsing import FITS, settled

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CRITERIA = ("1.1", "1.2", "2.1")
SLOW, FREE, CUT = 1_500_000, -1, 0  # bytes a second going up
COUNT_PRESSES = """addEventListener("pointerdown", () =>
    sessionStorage.setItem("presses", 1 + Number(sessionStorage.getItem("presses"))), true)"""
SHARE = """share => {
    const bar = document.querySelector("[data-upload-list] progress");
    return bar && bar.value >= share * bar.max }"""


@pytest.fixture
def phone(page: "Page", live_server: Any, house_now: House) -> Iterator["Page"]:
    """A phone whose candidate has just signed in, and stands on their first page."""
    an_enrolment(house_now)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    candidate = with_password(house_now.candidate.user)
    page.goto(live_server.url + reverse("account_login"))
    page.fill("#id_login", candidate.email)
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(live_server.url + reverse("assessments:candidate_home"))
    yield page
    assert faults == []


@pytest.fixture
def line(phone: "Page") -> Callable[[int], None]:
    session = phone.context.new_cdp_session(phone)
    session.send("Network.enable")

    def set_to(speed: int) -> None:
        conditions = {"offline": speed == CUT, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed}
        session.send("Network.emulateNetworkConditions", conditions)

    return set_to


def tick_criteria(phone: "Page") -> None:
    for number in CRITERIA:
        phone.click(f"label:has(strong:text-is('{number}'))")


def test_one_file_for_three_criteria_takes_six_clicks_on_one_page(phone: "Page", tmp_path: Path) -> None:
    recording = tmp_path / "call.wav"
    recording.write_bytes(small_files.wav(seconds=66))
    assert recording.stat().st_size > 1_000_000
    phone.add_init_script(COUNT_PRESSES)
    phone.reload()
    places: list[str] = []
    phone.on("framenavigated", lambda frame: places.append(frame.url.partition("?")[0]))

    phone.click("main .btn-primary")
    with phone.expect_file_chooser() as chooser:
        phone.click("input.drop")
    chooser.value.set_files(recording)
    phone.fill("#id_description", "I took this call and settled the complaint.")
    tick_criteria(phone)
    phone.click("text=Save as draft")
    phone.wait_for_selector("text=Saved as a draft")

    assert int(phone.evaluate("sessionStorage.getItem('presses')")) == 6
    assert [place.removesuffix("/").rsplit("/", 1)[1] for place in places[:-1]] == ["add"]
    version = EvidenceVersion.objects.get()
    assert (version.files.count(), version.evidence.mappings.count()) == (1, 3)


def test_a_line_cut_twice_between_signing_in_and_handing_in_loses_nothing_and_sends_nothing_twice(
    phone: "Page", line: Callable[[int], None], tmp_path: Path
) -> None:
    recording, photograph = tmp_path / "call.wav", tmp_path / "board.png"
    recording.write_bytes(small_files.wav(seconds=750))
    photograph.write_bytes(small_files.picture("PNG", size=(300, 200)))
    phone.click("main .btn-primary")
    phone.wait_for_selector("input.drop")
    line(SLOW)
    phone.set_input_files("input.drop", [recording, photograph])
    phone.wait_for_function(SHARE, arg=0.2, timeout=60_000)
    line(CUT)
    phone.wait_for_selector("[data-upload-list] > [data-state=cut]")
    phone.fill("#id_title", "Calls of one morning")
    phone.fill("#id_description", "I took forty calls and put the board up for the team.")
    phone.fill("#id_activity_on", "2026-03-02")
    tick_criteria(phone)
    assert phone.evaluate(FITS)
    line(SLOW)
    phone.wait_for_function(SHARE, arg=0.7, timeout=60_000)
    line(CUT)
    phone.wait_for_selector("[data-upload-list] > [data-state=cut]")
    line(FREE)
    phone.wait_for_function(
        "() => document.querySelectorAll('[data-upload-list] > [data-state=done]').length === 2", timeout=60_000
    )
    phone.click("text=Save and hand in")
    phone.wait_for_url("**/hand-in/")
    phone.click("text=I declare this")
    phone.click("main button.btn-primary")
    settled(phone)
    phone.wait_for_selector("h1:has-text('Evidence 1: Calls of one morning')")
    version = EvidenceVersion.objects.get()
    assert version.status == ItemStatus.SUBMITTED
    assert version.description == "I took forty calls and put the board up for the team."
    assert sorted(EvidenceFile.objects.values_list("name", flat=True)) == ["board.png", "call.wav"]
    sizes = EvidenceFile.objects.order_by("stored__size").values_list("stored__size", flat=True)
    assert list(sizes) == [photograph.stat().st_size, recording.stat().st_size]
    assert set(version.evidence.mappings.values_list("criterion__number", flat=True)) == set(CRITERIA)
    assert Upload.objects.count() == 2
