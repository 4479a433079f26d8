"""Whole numbers: what a browser sends is one, or none, and never an error."""

import pytest

from portfolio.whole import LONGEST, whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("9" * LONGEST, 10**LONGEST - 1)])
def test_it_reads_decimal_digits(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", " 1", "1.0", "1e3", "²", "٣", "one", "9" * (LONGEST + 1), "9" * 5_000]
)
def test_anything_else_is_no_number(text: str) -> None:
    assert whole(text) is None
