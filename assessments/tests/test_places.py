"""It reads places in the evidence as an assessor writes them, and says of a line that names none how to write it."""

import pytest

from assessments.enums import MarkerKind
from assessments.places import MOST, Markable, Place, clock, in_words, places_in
from assessments.progress import Mark, still_needed

CALL = Markable(7, 1, "call.wav", MarkerKind.TIME)
LOG = Markable(8, 2, "log.pdf", MarkerKind.PAGE, pages=3)
NOTES = Markable(9, 3, "notes.txt", MarkerKind.PASSAGE)
OTHER = Markable(10, 4, "second.wav", MarkerKind.TIME)
FILES = [CALL, LOG, NOTES]

TIME, PAGE, PASSAGE = MarkerKind.TIME, MarkerKind.PAGE, MarkerKind.PASSAGE


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("3:25", Place(TIME, 7, 205)),
        ("3:25 she checks who is calling", Place(TIME, 7, 205, note="she checks who is calling")),
        ("1:02:03 - 1:02:10: the refund", Place(TIME, 7, 3723, 3730, note="the refund")),
        ("Page 2", Place(PAGE, 8, 2)),
        ("pages 2–3, both tables", Place(PAGE, 8, 2, 3, note="both tables")),
        ("p. 3", Place(PAGE, 8, 3)),
        ("file 1, 0:05 the tone", Place(TIME, 7, 5, note="the tone")),
        ("“what I  did” in their words", Place(PASSAGE, 9, passage="what I did", note="in their words")),
        ('"what I did"', Place(PASSAGE, 9, passage="what I did")),
    ],
)
def test_a_line_names_a_place(line: str, place: Place) -> None:
    assert places_in(f"\n {line} \n", FILES).found == (place,)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("somewhere in the middle", "Write a place as 3:25, page 2 or “the words”"),
        ("3:75", "Write a place as 3:25"),
        ("page 4", "There is no such page"),
        ("page 0", "There is no such page"),
        ("3:25-3:20", "A place ends after it begins"),
        ("file 9, page 1", "There is no file 9"),
        ("file 1, page 1", "File 1 is no file with pages."),
        ("3:25 " + "x" * 501, "Keep a place and its note to 500 characters"),
    ],
)
def test_a_line_that_names_none_is_said_to(line: str, sentence: str) -> None:
    [fault] = places_in(line, FILES).faults
    assert sentence in fault


def test_of_two_recordings_it_asks_which() -> None:
    assert places_in("3:25", [CALL, OTHER]).faults == ("Say in which file, as in “file 1, 3:25”.",)
    assert places_in("file 4: 3:25", [CALL, OTHER]).found == (Place(TIME, 10, 205),)


def test_words_are_of_the_item_where_no_file_is_text() -> None:
    assert places_in("“I rang them back”", [LOG]).found == (Place(PASSAGE, None, passage="I rang them back"),)
    assert places_in("page 1", []).faults == ("There is no file with pages here to name a place in.",)


def test_there_is_an_end_to_them() -> None:
    found = places_in("page 1\n" * (MOST + 1), [LOG])
    assert len(found.found) == MOST
    assert found.faults == (f"Name {MOST} places at most.",)


def test_places_are_read_as_they_are_written() -> None:
    assert in_words(TIME, 205, None, "") == "3:25"
    assert in_words(TIME, 3723, 3730, "") == "1:02:03 to 1:02:10"
    assert in_words(PAGE, 2, 2, "") == "page 2"
    assert in_words(PAGE, 2, 4, "") == "pages 2 to 4"
    assert in_words(PASSAGE, None, None, "the words") == "“the words”"
    assert clock(59) == "0:59"


def test_what_a_criterion_still_needs_is_said_in_the_assessors_words() -> None:
    half, back = Mark(1, 1, "reviewed", "contributes"), Mark(2, 1, "reviewed", "not_yet")
    assert still_needed([half, back], ["Show one more.", "Whose call?"]).endswith("to meet it. “Show one more.”")
    assert still_needed([back], ["Whose call?"]).endswith("something else. “Whose call?”")
    assert still_needed([half]) == "What there is contributes to it: more is needed to meet it."
    assert still_needed([half, Mark(3, 1, "submitted")], ["Show one more.", ""]) == "It waits for the assessor."
