"""Counts that tell of nobody."""

from hypothesis import given
from hypothesis import strategies as st

from portfolio.aggregates import FEW, suppressed


def test_large_counts_are_shown() -> None:
    assert suppressed({"a": 5, "b": 12}) == {"a": 5, "b": 12}


def test_a_small_count_is_not_shown_nor_the_one_that_would_give_it_away() -> None:
    assert suppressed({"a": 20, "b": 9, "c": 4}) == {"a": 20, "b": None, "c": None}


def test_nobody_is_no_telling_count_either() -> None:
    assert suppressed({"a": 20, "b": 9, "c": 0}) == {"a": 20, "b": None, "c": None}


def test_where_all_are_few_nothing_is_shown() -> None:
    assert set(suppressed({"a": 4, "b": 0}).values()) == {None}
    assert suppressed({}) == {}


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 40), max_size=8))
def test_what_is_hidden_cannot_be_worked_out_from_the_total(counts: dict[str, int]) -> None:
    shown = suppressed(counts)
    hidden = [name for name, count in shown.items() if count is None]
    assert all(count is None or (count == counts[name] and count >= FEW) for name, count in shown.items())
    if hidden and len(hidden) < len(counts):
        assert len(hidden) >= 2
        assert sum(counts[name] for name in hidden) >= FEW
