"""Judging at a desk and on a phone: by keys and by tap, with places marked while one looks and listens."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from assessments.actions import claims
from assessments.actions import evidence as items
from assessments.enums import Verdict
from assessments.models import Decision, DecisionMarker, Enrolment, EvidenceVersion
from assessments.testing import House, a_draft, an_enrolment, handed_in, targets
from portfolio import vault
from portfolio.tests import recordings, small_files
from portfolio.tests.browsing import FITS, complaints_of, cookie_of, let_in, until, violations

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILES = {
    "log.pdf": small_files.pdf(3),
    "desk.jpg": small_files.picture("JPEG", size=(1200, 800)),
    "call.mp3": recordings.mp3(9),
    "screen.mp4": recordings.mp4(9),
    "notes.txt": ("I listened to six calls.\n" * 60 + "Then I agreed with each what to change.").encode(),
}
HAND = "[...document.querySelectorAll('[data-judge-item]')].findIndex(item => item.contains(document.activeElement))"
IN_VIEW = """(() => { const box = document.activeElement.closest("[data-judge-item]").getBoundingClientRect();
  const bar = document.querySelector(".action-bar").getBoundingClientRect();
  return box.top >= 0 && box.top < bar.top - 40; })()"""
SMALL = """[...document.querySelectorAll("#judge :is(.form-check, button, summary, .tick, textarea, a.btn)")]
  .map(one => [one.getBoundingClientRect().height, one.outerHTML.slice(0, 60)])
  .filter(([height]) => height > 0 && height < 43.5)"""


@pytest.fixture
def unit(house_now: House) -> Enrolment:
    return an_enrolment(house_now)


@pytest.fixture
def everything(unit: Enrolment) -> EvidenceVersion:
    """An item with a file of every sort, mapped to two criteria."""
    files = [
        items.NamedFile(
            vault.store(centre=unit.centre, file=ContentFile(body, name=name), name=name, at=timezone.now()), name
        )
        for name, body in FILES.items()
    ]
    return items.submit(version=a_draft(unit, "1.1", "1.2", files=files), by=unit.candidate_user, at=timezone.now())


class Reader:
    """The assessor at a browser, who counts what they press."""

    def __init__(
        self, live_server: Any, new_context: "Callable[..., BrowserContext]", who: Any, **options: Any
    ) -> None:
        settings = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **options}
        self.url, self.pressed = live_server.url, 0
        context = new_context(**settings)
        let_in(context, cookie_of(who), live_server.url)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(8000)
        self.complaints = complaints_of(self.page)

    def opens(self, version: EvidenceVersion) -> "Page":
        self.page.goto(self.url + reverse("assessments:judge", args=[version.pk]))
        self.page.wait_for_selector("[data-at-hand]")
        return self.page

    def key(self, key: str) -> None:
        self.pressed += 1
        self.page.keyboard.press(key)

    def clicks(self, selector: str) -> None:
        self.pressed += 1
        self.page.click(selector)

    def places(self, at: int = 0) -> str:
        return self.page.locator("[data-judge-item] .places textarea").nth(at).input_value()

    def pictured(self, name: str) -> None:
        """For somebody to look at, where they say which folder."""
        if folder := os.environ.get("NVQ_PICTURES"):
            self.page.screenshot(path=f"{folder}/{name}.png")


@pytest.fixture
def reader(live_server: Any, new_context: "Callable[..., BrowserContext]", house_now: House) -> Callable[..., Reader]:
    return lambda **options: Reader(live_server, new_context, house_now.assessor, **options)


def verdicts() -> list[str]:
    return list(Decision.objects.order_by("criterion__position").values_list("verdict", flat=True))


def test_from_the_queue_the_first_criterion_takes_two_presses_and_each_next_one(
    reader: Callable[..., Reader], unit: Enrolment
) -> None:
    handed_in(unit, "1.1", "1.2", "1.3")
    by_key, by_click = reader(), reader()
    for asha in (by_key, by_click):
        asha.page.goto(asha.url + reverse("assessments:queue"))
        asha.clicks("text=Evidence 1: Call handling review")
        asha.page.wait_for_selector("[data-at-hand]")
    for nth, most in enumerate((3, 1, 1)):
        for asha in (by_key, by_click):
            before = asha.pressed if nth else 0
            if asha is by_key:
                asha.key("1")
            else:
                asha.clicks(f"[data-judge-item] >> nth={nth} >> text=Met")
            assert asha.page.locator("[value=met]").nth(nth).is_checked()
            assert asha.pressed - before <= most
    by_key.key("a")
    by_key.key("Control+Enter")
    by_key.page.wait_for_selector("text=Nothing waits to be assessed")
    assert verdicts() == ["met"] * 3
    assert by_key.pressed == 6
    assert by_key.complaints == by_click.complaints == []


def test_what_is_not_met_is_said_why_and_the_keys_go_on(reader: Callable[..., Reader], unit: Enrolment) -> None:
    first, second = handed_in(unit, "1.1", "1.2", "1.3"), handed_in(unit, "2.1")
    asha = reader()
    page = asha.opens(first)
    assert page.evaluate(HAND) == 0
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    assert page.evaluate(HAND) == 1
    page.keyboard.press("k")
    page.keyboard.press("2")
    page.keyboard.type("123 jkfman: show one more.")
    page.keyboard.press("Escape")
    assert page.evaluate(HAND) == 1
    for key in ("1", "1", "0", "f"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.name.startsWith('feedback-')")
    page.keyboard.press("Escape")
    for key in ("a", "Control+Enter"):
        page.keyboard.press(key)
    page.wait_for_url(f"**{reverse('assessments:judge', args=[second.pk])}")
    assert verdicts() == ["contributes", "met"]
    assert Decision.objects.earliest("pk").feedback == "123 jkfman: show one more."
    page.wait_for_selector("[data-at-hand]")
    page.keyboard.press("n")
    page.wait_for_url(f"**{reverse('assessments:judge', args=[first.pk])}")


def test_keys_judge_only_inside_the_list(reader: Callable[..., Reader], unit: Enrolment) -> None:
    page = reader().opens(handed_in(unit, "1.1"))
    page.focus("[data-next]")
    for key in ("1", "a"):
        page.keyboard.press(key)
    assert page.locator("#judge :checked:not([value=''])").count() == 0
    page.focus("[data-judge-item] input")
    page.keyboard.press("1")
    assert page.locator("#judge :checked:not([value=''])").count() == 1


def test_places_are_marked_while_one_listens_looks_and_reads(
    reader: Callable[..., Reader], everything: EvidenceVersion
) -> None:
    asha = reader()
    page = asha.opens(everything)
    asha.pictured("judge-desk")
    page.keyboard.press("m")
    assert asha.places() == "file 1, page 1 "
    page.evaluate("document.querySelector('.evidence-pages').scrollTop = 1400")
    page.wait_for_function("() => document.querySelector('[data-mark]').textContent.includes('page 2')")
    page.locator("[data-mark]").nth(1).click()
    assert asha.places(1).startswith("file 1, page 2")
    page.evaluate("document.querySelector('audio').currentTime = 5")
    page.wait_for_function("() => document.querySelector('[data-mark]').textContent.includes('0:05')")
    asha.pictured("judge-listening")
    page.keyboard.press("m")
    page.keyboard.type("")
    assert asha.places(1).splitlines()[-1].startswith("file 3, 0:05")
    page.locator(".evidence-text").evaluate(
        "pre => getSelection().setBaseAndExtent(pre.firstChild, 0, pre.firstChild, 24)"
    )
    page.locator("[data-mark]").first.click()
    assert asha.places().splitlines()[-1].strip() == "file 5, “I listened to six calls.”"
    page.locator("[data-judge-item] .places textarea").first.press("End")
    page.keyboard.type("all of them")
    page.wait_for_selector("[data-kind=saved]")
    page.reload()
    assert "all of them" in asha.places()
    page.wait_for_selector("[data-at-hand]")
    for key in ("1", "1", "a", "Control+Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("text=Your assessment of Evidence")
    kinds = list(DecisionMarker.objects.values_list("kind", "start", "passage", "note"))
    assert ("time", 5, "", "") in kinds
    assert ("page", 2, "", "") in kinds
    assert ("passage", None, "I listened to six calls.", "all of them") in kinds
    assert asha.complaints == []
    led_to_the_spots(asha, everything)


def led_to_the_spots(asha: Reader, version: EvidenceVersion) -> None:
    page = asha.page
    page.goto(asha.url + reverse("assessments:evidence", args=[version.evidence_id]))
    asha.pictured("item-with-places")
    page.click(".markers >> text='0:05'")
    page.wait_for_function("() => document.querySelector('audio').currentTime >= 5")
    page.click(".markers >> text='page 2'")
    page.wait_for_function(
        """() => { const box = document.querySelector('[data-page="2"]').getBoundingClientRect();
        return box.top >= 0 && box.top < innerHeight / 2; }"""
    )
    assert violations(page) == []


def test_the_criteria_stay_while_the_evidence_scrolls(
    reader: Callable[..., Reader], everything: EvidenceVersion
) -> None:
    asha = reader()
    page = asha.opens(everything)
    top = "document.querySelector('[data-judge-item]').getBoundingClientRect().top"
    page.locator(".look > .thumbnails").hover()
    before = page.evaluate(top)
    for _ in range(12):
        page.mouse.wheel(0, 900)
    page.wait_for_function("() => document.querySelector('.look').scrollTop > 1500")
    assert page.evaluate(top) == before
    assert page.evaluate("document.querySelector('.look').scrollHeight > innerHeight")


def test_fifty_criteria_are_gone_through_by_keys(
    reader: Callable[..., Reader], house_now: House, unit: Enrolment
) -> None:
    version = handed_in(unit)
    for key in ("sqa-h12e04", "ocr-d20"):
        more = an_enrolment(house_now, key)
        claims.map_more(version=version, targets=targets(more), by=house_now.candidate.user, at=timezone.now())
    count = version.evidence.mappings.count()
    assert count >= 50
    asha = reader()
    page = asha.opens(version)
    page.evaluate("document.querySelector('.look').scrollTop = 300")
    for place in range(1, count):
        page.keyboard.press("1")
        assert page.evaluate(HAND) == place
        assert page.evaluate(IN_VIEW), place
    page.keyboard.press("1")
    for key in ("a", "Control+Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("text=Your assessment of Evidence")
    assert set(verdicts()) == {Verdict.MET}
    assert len(verdicts()) == count


def test_a_criterion_it_also_shows_is_added_by_a_tick(
    reader: Callable[..., Reader], house_now: House, unit: Enrolment
) -> None:
    version = handed_in(unit, "1.1")
    other = an_enrolment(house_now, "ocr-cc32")
    asha = reader()
    page = asha.opens(version)
    page.click("summary:has-text('Other criteria') >> nth=1")
    page.locator(".others >> nth=1").get_by_role("checkbox").first.check()
    assert page.evaluate(HAND) == 1
    page.keyboard.press("2")
    page.keyboard.type("It begins to.")
    page.wait_for_selector("[data-kind=saved]")
    page.reload()
    page.wait_for_selector("[data-at-hand]")
    assert page.locator("[data-judge-item]").count() == 2
    for key in ("1", "a", "Control+Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("text=Nothing waits to be assessed")
    assert Decision.objects.get(enrolment=other).feedback == "It begins to."
    assert Decision.objects.get(enrolment=unit).verdict == Verdict.MET


def test_two_tabs_are_told_of_each_other(reader: Callable[..., Reader], unit: Enrolment) -> None:
    version = handed_in(unit, "1.1", "1.2")
    asha = reader()
    first = asha.opens(version)
    second = asha.page.context.new_page()
    second.goto(first.url)
    second.wait_for_selector("[data-at-hand]")
    for page, keys, told in ((first, "1", "Your assessment of Evidence"), (second, "01", "You assessed this item on")):
        for key in (*keys, "a", "Control+Enter"):
            page.keyboard.press(key)
        page.wait_for_selector(f"text={told}")
    assert second.locator("[value=met]").nth(1).is_checked()
    asha.page = second
    asha.pictured("judge-told")
    assert violations(second) == []
    second.keyboard.press("Control+Enter")
    second.click("text=Save assessment")
    second.wait_for_selector("text=Nothing waits to be assessed")
    assert verdicts() == ["met", "met"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_all_is_reached_by_thumb(
    reader: Callable[..., Reader], everything: EvidenceVersion, scheme: str
) -> None:
    asha = reader(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, color_scheme=scheme)
    page = asha.opens(everything)
    page.click("summary:has-text('Other criteria')")
    assert page.evaluate(SMALL) == []
    assert page.evaluate(FITS)
    page.click("text=Go to the criteria")
    page.tap("[data-judge-item] >> text=Met")
    page.tap("[data-mark]")
    assert asha.places().startswith("file ")
    asha.pictured(f"judge-phone-{scheme}")
    assert violations(page) == []
    assert asha.complaints == []


def test_without_script_places_are_written_by_hand(reader: Callable[..., Reader], everything: EvidenceVersion) -> None:
    asha = reader(java_script_enabled=False)
    page = asha.page
    page.goto(asha.url + reverse("assessments:judge", args=[everything.pk]))
    item = page.locator("[data-judge-item]").first
    item.get_by_text("Met", exact=True).click()
    item.locator("summary").click()
    item.get_by_label("Places that show 1.1").fill("file 3, 0:05 she asks twice\nfile 1, page 3")
    page.click("summary:has-text('Other criteria')")
    page.locator(".others").get_by_role("checkbox").first.check()
    page.click("text=Judge the ticked ones as well")
    until(page, lambda: page.locator("[data-judge-item]").count() == 3)
    for rule in ("Valid", "Authentic", "Current", "Sufficient"):
        page.get_by_role("checkbox", name=rule).check()
    page.click("text=Save assessment")
    until(page, lambda: DecisionMarker.objects.count() == 2)
    assert DecisionMarker.objects.get(kind="time").note == "she asks twice"
