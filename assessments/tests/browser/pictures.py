"""Pictures of every page, to be looked at, and those that README and guide show. `bin/pictures` runs it."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from django.conf import settings
from PIL import Image

from assessments.tests.browser.conftest import Harbour
from assessments.tests.browser.visiting import Visit
from assessments.tests.browser.visits import VISITS

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

TO_LOOK_AT: Path = settings.BASE_DIR / "test-results" / "pictures"
TO_KEEP: Path = settings.BASE_DIR / "docs" / "pictures"
TALLEST = 4000
WIDTHS = (390, 820, 1440)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ON_A_PHONE, AT_A_DESK, AT_LENGTH = (390, 844), (1200, 1212), (1200, 1800)
KEPT = {
    "enrolment-matrix-sian": ("unit.png", AT_LENGTH),
    "candidate-home-sian": ("candidate-home.png", ON_A_PHONE),
    "add-evidence-sian": ("candidate-add-evidence.png", ON_A_PHONE),
    "evidence-returned-sian": ("candidate-returned.png", ON_A_PHONE),
    "witness-nobody": ("witness.png", ON_A_PHONE),
    "queue-dylan": ("assessor-queue.png", AT_A_DESK),
    "judge-dylan": ("assessor-judge.png", AT_A_DESK),
    "sign-off-dylan": ("assessor-sign-off.png", AT_A_DESK),
    "sampling-anita": ("verifier-sampling.png", AT_A_DESK),
    "grid-iain": ("verifier-grid.png", AT_A_DESK),
    "sample-anita": ("verifier-sample.png", AT_A_DESK),
    "external-home-margaret": ("external-home.png", AT_A_DESK),
    "centre-enrolments-morag": ("administrator-enrolments.png", AT_A_DESK),
    "people-import-bad-morag": ("administrator-import.png", AT_A_DESK),
    "centre-forms-morag": ("administrator-forms.png", AT_A_DESK),
    "book-morag": ("administrator-book.png", AT_A_DESK),
}
"""The page of which a picture is kept, by its visit: its file, and how wide and high it is at most, in pixels."""
HEIGHT = "document.documentElement.scrollHeight"
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
IN_ONE_FACE = "document.documentElement.style.setProperty('--face', '\"DejaVu Sans\"')"
"""Whichever face this machine's pages have: what Debian's own have, and no picture changes with the machine."""
SHOWN = """Promise.all([...document.images].filter(one => one.getBoundingClientRect().top < innerHeight)
  .map(one => one.decode().catch(() => undefined)))"""


@pytest.fixture(scope="module")
def harbour(clock_at_rest: None, harbour: Harbour) -> Harbour:
    """The demonstration on the day of the pictures."""
    return harbour


@pytest.fixture
def db(looking: None) -> None:
    """The demonstration."""


@pytest.fixture(autouse=True)
def data_of_its_own(db: None) -> None:
    """Every picture is of the same demonstration."""


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_it_takes_the_pictures(harbour: Harbour, new_context: "Callable[..., BrowserContext]", visit: Visit) -> None:
    page = looked_at(harbour, new_context, visit)
    if str(visit) in KEPT:
        few_colours(kept_picture(page, visit)).save(place_of(visit), optimize=True)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            height = min(page.evaluate(HEIGHT), TALLEST)  # as tall as the page, so that nothing sticks half-way
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(PAINTED)
            page.screenshot(path=TO_LOOK_AT / f"{visit}-{width}-{scheme}.png")


def looked_at(harbour: Harbour, new_context: "Callable[..., BrowserContext]", visit: Visit) -> "Page":
    """The page of a visit, in the face of all pictures."""
    page = harbour.reader(visit, new_context)
    page.goto(harbour.url + harbour.addresses[visit], wait_until="networkidle")
    page.evaluate(IN_ONE_FACE)
    return page


def kept_picture(page: "Page", visit: Visit) -> Image.Image:
    """The page as README and guide show it."""
    _, (width, most) = KEPT[str(visit)]
    page.set_viewport_size({"width": width, "height": 600})
    page.set_viewport_size({"width": width, "height": min(page.evaluate(HEIGHT), most)})
    page.evaluate(SHOWN)
    page.evaluate(PAINTED)
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


def place_of(visit: Visit) -> Path:
    return TO_KEEP / KEPT[str(visit)][0]


def few_colours(picture: Image.Image) -> Image.Image:
    """Few colours are enough for a page, and a repository keeps every picture for good."""
    return picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
