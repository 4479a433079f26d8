"""Files go up from a phone whose line is cut, whose page is reloaded and whose sign-in ends; nothing is lost."""

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from assessments.models import CaseFile, EvidenceFile, EvidenceVersion
from assessments.testing import House, an_enrolment
from assessments.tests.appeals import a_case
from portfolio import vault
from portfolio.models import Upload
from portfolio.tests import small_files
from portfolio.tests.browsing import FITS, cookie_of, let_in, violations

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
SLOW = 1_500_000  # bytes a second
FREE = -1


@pytest.fixture
def phone(page: "Page", live_server: Any, house_now: House) -> Iterator["Page"]:
    """A phone on the form for evidence. The console tells of lines that are cut; a page's own fault fails the test."""
    an_enrolment(house_now)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(reduced_motion="reduce")
    let_in(page.context, cookie_of(house_now.candidate.user), live_server.url)
    page.goto(live_server.url + reverse("assessments:add_evidence"))
    yield page
    assert faults == []


@pytest.fixture
def line(phone: "Page") -> Callable[[int], None]:
    """How many bytes a second go up: FREE for all, 0 for a line that is cut."""
    session: CDPSession = phone.context.new_cdp_session(phone)
    session.send("Network.enable")

    def set_to(speed: int) -> None:
        conditions = {"offline": speed == 0, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed}
        session.send("Network.emulateNetworkConditions", conditions)

    return set_to


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Twelve megabytes: two pieces."""
    path = tmp_path / "call.wav"
    path.write_bytes(small_files.wav(seconds=750))
    return path


def choose(phone: "Page", *files: Path) -> None:
    phone.set_input_files("input.drop", [str(file) for file in files])


def row(phone: "Page", name: str = "call.wav") -> "Locator":
    return phone.locator("[data-upload-list] > li", has_text=name)


def wait_for(phone: "Page", state: str, count: int = 1) -> None:
    phone.wait_for_function(
        "([state, count]) => document.querySelectorAll(`[data-upload-list] > [data-state=${state}]`).length === count",
        arg=[state, count],
        timeout=60_000,
    )


def wait_for_share(phone: "Page", share: float) -> None:
    phone.wait_for_function(
        "share => { const bar = document.querySelector('[data-upload-list] progress');"
        " return bar && bar.value >= share * bar.max }",
        arg=share,
        timeout=60_000,
    )


def save(phone: "Page", title: str = "Calls of one morning") -> None:
    phone.fill("#id_title", title)
    phone.click("text=Save as draft")
    phone.wait_for_url(re.compile(r"/evidence/\d+/$"))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_line_cut_twice_and_a_reload_cost_nothing(phone: "Page", line: Callable[[int], None], film: Path) -> None:
    line(SLOW)
    choose(phone, film)
    wait_for_share(phone, 0.2)
    line(0)
    wait_for(phone, "cut")
    assert "The line is cut at" in row(phone).inner_text()
    assert phone.evaluate(FITS)
    line(SLOW)
    wait_for_share(phone, 0.7)
    line(0)
    wait_for(phone, "cut")
    line(FREE)
    phone.reload()
    wait_for(phone, "done")
    assert digest(film) in row(phone).inner_text()
    assert violations(phone) == []
    assert phone.evaluate(FITS)
    save(phone)
    kept = EvidenceFile.objects.get()
    assert (kept.name, kept.stored.sha256) == ("call.wav", digest(film))
    assert Upload.objects.count() == 1
    assert vault.path_of(kept.stored).stat().st_size == film.stat().st_size
    assert digest(film) in phone.locator(".evidence-file .receipt").inner_text()
    phone.go_back()
    phone.reload()
    phone.wait_for_selector("input.drop")
    phone.wait_for_timeout(500)
    assert phone.locator("[data-upload-list] > li").count() == 0


def test_several_files_are_renamed_paused_and_removed(
    phone: "Page", line: Callable[[int], None], film: Path, tmp_path: Path
) -> None:
    note, wrong, page = tmp_path / "note.txt", tmp_path / "wrong.txt", tmp_path / "page.html"
    note.write_text("Rang back.")
    wrong.write_text("Not this one.")
    page.write_text("<html><script>alert(1)</script>")
    choose(phone, note, wrong, page)
    wait_for(phone, "done", 2)
    wait_for(phone, "refused")
    assert "“page.html” " in row(phone, "page.html").inner_text()
    assert violations(phone) == []
    phone.get_by_role("button", name="Remove wrong.txt").click()
    phone.get_by_role("button", name="Remove page.html").click()
    phone.get_by_label("Name of note.txt").fill("What I rang about")

    line(SLOW)
    choose(phone, film)
    wait_for_share(phone, 0)
    phone.get_by_role("button", name="Pause call.wav").click()
    wait_for(phone, "paused")
    line(FREE)
    phone.get_by_role("button", name="Go on with call.wav").click()
    save(phone)  # at once: it waits until the film has arrived
    assert [file.name for file in EvidenceFile.objects.order_by("position")] == ["What I rang about.txt", "call.wav"]
    assert Upload.objects.filter(claimed_at=None, stored__isnull=False).count() == 0


def test_an_expired_sign_in_pauses_and_signing_in_elsewhere_goes_on(
    phone: "Page", line: Callable[[int], None], film: Path, house_now: House, live_server: Any
) -> None:
    line(SLOW)
    choose(phone, film)
    wait_for_share(phone, 0.2)
    Session.objects.all().delete()
    wait_for(phone, "signedout")
    assert "You are signed out" in row(phone).inner_text()
    let_in(phone.context, cookie_of(house_now.candidate.user), live_server.url)
    line(FREE)
    phone.evaluate("dispatchEvent(new Event('focus'))")
    wait_for(phone, "done")
    save(phone)
    assert EvidenceFile.objects.get().stored.sha256 == digest(film)


ANSWERED_LATE = """() => {
  const atOnce = window.fetch;
  window.fetch = async (address, ...more) => {
    const answer = await atOnce(address, ...more);
    if (!String(address).includes("page_of=")) return answer;
    window.fetch = atOnce;
    await new Promise((comes) => { window.comes = comes; });
    return answer;
  };
}"""


def test_signing_in_elsewhere_is_noticed_even_before_it_was_asked_for_here(
    phone: "Page", house_now: House, live_server: Any, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Rang back.")
    phone.evaluate(ANSWERED_LATE)
    Session.objects.all().delete()
    choose(phone, note)
    phone.wait_for_function("() => window.comes")
    let_in(phone.context, cookie_of(house_now.candidate.user), live_server.url)
    phone.evaluate("() => { dispatchEvent(new Event('focus')); comes(); }")
    wait_for(phone, "done")
    phone.wait_for_selector("dialog.sign-in", state="detached")
    save(phone)


def test_a_refused_save_keeps_the_files(phone: "Page", tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Rang back.")
    choose(phone, note)
    wait_for(phone, "done")
    phone.check("[name=held][value=location]")
    phone.click("text=Save as draft")
    phone.wait_for_selector(".alert-danger")
    assert phone.locator("[data-upload-list] > li").count() == 0
    assert phone.get_by_label("Name of note.txt").input_value() == "note.txt"
    phone.get_by_label("Where it can be seen").fill("In the safe")
    save(phone)
    assert [file.name for file in EvidenceVersion.objects.get().files.all()] == ["note.txt"]


NOTHING_WAITS = "async () => !(await indexedDB.databases()).some(({ name }) => name === 'nvq-uploads')"
MOST_REQUESTS = 10


def test_a_form_that_was_only_touched_is_as_small_the_next_time(phone: "Page", live_server: Any) -> None:
    with phone.expect_request("**/uploads/store*.js"):
        phone.focus("#id_title")
    phone.wait_for_function(NOTHING_WAITS)
    asked_for: list[str] = []
    phone.on("request", lambda request: asked_for.append(request.url))
    phone.reload()
    phone.wait_for_load_state("networkidle")
    assert not [url for url in asked_for if "/js/uploads/" in url]
    assert len(asked_for) <= MOST_REQUESTS, asked_for


def test_the_recording_of_an_interview_goes_up_to_a_case_like_evidence(
    phone: "Page", live_server: Any, house_now: House, film: Path
) -> None:
    case = a_case(house_now)
    phone.context.clear_cookies()
    let_in(phone.context, cookie_of(house_now.administrator), live_server.url)
    phone.goto(live_server.url + reverse("assessments:case", args=[case.pk]))
    choose(phone, film)
    wait_for(phone, "done")
    assert digest(film) in row(phone).inner_text()
    assert violations(phone) == []
    assert phone.evaluate(FITS)
    phone.fill("#id_text", "Spoke to her, with her union representative present.")
    phone.click("text=Write it down")
    phone.wait_for_selector(".timeline .file-name")
    file = CaseFile.objects.get()
    assert (file.name, file.stored.sha256) == ("call.wav", digest(film))
    assert violations(phone) == []
    assert phone.evaluate(FITS)
