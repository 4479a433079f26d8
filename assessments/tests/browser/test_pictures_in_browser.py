"""No picture of README and guide is stale: each is taken anew and compared with the one that is kept.

The clock is at rest, so no date on a page moves. What still may is how letters are smoothed, and the few colours of a
kept picture. So squares of eight by eight pixels are compared by their mean colour. Measured on the sixteen pictures:
taken twice, or kept in few colours, no square is off by more than 4 of 255 levels; with letters blurred by half a pixel
or moved by a quarter, 9. Another colour of one button moves its squares by 79 levels, 2.4 squares in a thousand on the
page where that is least; a column moved by 40 pixels 13 in a thousand, another word on a button or at the head of a
column 0.3. A square counts from 17 levels on, and a picture is stale from more than 0.2 such squares in a thousand on,
or when it is of another size. With a clock that goes, other dates alone move up to 170 in a thousand, as lines break
elsewhere.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageFilter

from assessments.tests.browser.conftest import Harbour
from assessments.tests.browser.pictures import KEPT, TO_LOOK_AT, few_colours, kept_picture, looked_at, place_of
from assessments.tests.browser.visiting import Visit
from assessments.tests.browser.visits import VISITS

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = [pytest.mark.browser, pytest.mark.same_on_any_database]

SQUARE, LEVELS, MOST = 8, 16, 0.0002
BY_NAME = {str(visit): visit for visit in VISITS}
CHANGES = {
    "a-button": ".btn-primary:not(:disabled) { background: #7a1f6e; border-color: #7a1f6e }",
    "a-column": "td:first-child, th:first-child { padding-inline-start: 50px }",
    "a-word": "a.btn-primary { font-size: 0 } a.btn-primary::after { content: 'Enrol a learner'; font-size: 1rem }",
}
ALTER = "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet] }"


@pytest.fixture(scope="module")
def harbour(clock_at_rest: None, harbour: Harbour) -> Harbour:
    """The demonstration on the day of the pictures."""
    return harbour


@pytest.fixture
def db(looking: None) -> None:
    """The demonstration."""


@pytest.fixture(autouse=True)
def data_of_its_own(db: None) -> None:
    """These tests share one demonstration, in the place of data of their own: they only look."""


def other_squares(one: Image.Image, other: Image.Image) -> float:
    """The share of squares whose colour is another one; all of them where the pictures differ in size."""
    if one.size != other.size:
        return 1
    size = (one.width // SQUARE, one.height // SQUARE)
    small, same = (each.convert("RGB").resize(size, Image.Resampling.BOX) for each in (one, other))
    red, green, blue = ImageChops.difference(small, same).split()
    levels = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    return sum(levels[LEVELS + 1 :]) / sum(levels)


def is_stale(kept: Image.Image, now: Image.Image) -> bool:
    return other_squares(kept, now) > MOST


@pytest.mark.parametrize("name", KEPT)
def test_a_picture_shows_the_page_as_it_is(
    harbour: Harbour, new_context: "Callable[..., BrowserContext]", name: str
) -> None:
    visit = BY_NAME[name]
    now = kept_picture(looked_at(harbour, new_context, visit), visit)
    with Image.open(place_of(visit)) as kept:
        stale = is_stale(kept, now)
    if stale:
        TO_LOOK_AT.mkdir(parents=True, exist_ok=True)
        name = place_of(visit).name
        now.save(TO_LOOK_AT / name)
        pytest.fail(f"docs/pictures/{name} is stale: run bin/pictures. See {TO_LOOK_AT / name}.", pytrace=False)


@pytest.mark.parametrize("change", CHANGES)
def test_another_colour_another_place_and_another_word_are_noticed(
    harbour: Harbour, new_context: "Callable[..., BrowserContext]", change: str
) -> None:
    visit: Visit = BY_NAME["centre-enrolments-morag"]
    page = looked_at(harbour, new_context, visit)
    before = kept_picture(page, visit)
    page.evaluate(ALTER, CHANGES[change])
    assert is_stale(few_colours(before), kept_picture(page, visit))


def test_smoothed_letters_and_few_colours_are_not_noticed() -> None:
    for name in KEPT:
        with Image.open(place_of(BY_NAME[name])) as kept:
            shown = kept.convert("RGB")
        assert not is_stale(few_colours(shown), shown.filter(ImageFilter.GaussianBlur(0.5)))
