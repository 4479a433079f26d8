"""Where two texts differ, word by word."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio import differences as module
from portfolio.differences import Piece, differences


def test_it_marks_what_went_and_what_came_in_its_place() -> None:
    assert differences("I rang the customer back.", "I wrote to the customer at once.") == [
        Piece("same", "I "),
        Piece("out", "rang "),
        Piece("new", "wrote to "),
        Piece("same", "the customer "),
        Piece("out", "back."),
        Piece("new", "at once."),
    ]


def test_space_alone_is_no_difference() -> None:
    assert {piece.change for piece in differences("One\ntwo  three", "One two three\n")} == {"same"}


@given(st.text(), st.text())
def test_both_texts_can_be_read_from_it(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert "".join(piece.text for piece in pieces if piece.change != "out") == after
    earlier = "".join(piece.text for piece in pieces if piece.change != "new")
    assert earlier.split() == before.split()


def test_long_texts_stand_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WORDS", 3)
    assert differences("a b c d", "a b c") == [Piece("out", "a b c d"), Piece("new", "a b c")]


def test_a_text_that_says_the_same_over_and_over_costs_no_time() -> None:
    began = time.process_time()
    pieces = differences("a b " * 1_400, "a c " * 1_400)
    assert [piece.change for piece in pieces] == ["out", "new"]
    assert time.process_time() - began < 1
