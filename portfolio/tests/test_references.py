"""References of issued documents: what is printed, what is typed, and the slips that are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio import references

FIRST = st.text(references.ALPHABET, min_size=11, max_size=11)


def test_a_new_reference_is_one_and_no_other_is_the_same() -> None:
    made = {references.new_reference() for _ in range(1000)}
    assert len(made) == 1000
    assert not any(references.refusals(one) for one in made)


@given(FIRST)
def test_what_is_printed_reads_back_however_it_is_typed(first: str) -> None:
    reference = references.with_check(first)
    printed = references.grouped(reference)
    for typed in (printed, printed.lower(), printed.replace("-", " "), f" {reference} "):
        assert references.read(typed) == reference
    assert references.refusals(reference) == []


@given(FIRST, st.integers(0, 11), st.sampled_from(references.ALPHABET))
def test_one_wrong_character_is_always_noticed(first: str, place: int, letter: str) -> None:
    reference = references.with_check(first)
    typed = reference[:place] + letter + reference[place + 1 :]
    assert bool(references.refusals(typed)) == (typed != reference)


@given(FIRST, st.integers(0, 11), st.integers(0, 11))
def test_two_characters_that_changed_places_are_always_noticed(first: str, one: int, other: int) -> None:
    letters = list(references.with_check(first))
    before = letters[:]
    letters[one], letters[other] = letters[other], letters[one]
    assert bool(references.refusals("".join(letters))) == (letters != before)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("7KQ4", "twelve characters"),
        ("0KQ4-M2XD-9HTC", "no “0” in it"),
        ("7KQ4-M2XD-9HT!", "no “!” in it"),
        ("2222-2222-2223", "One of its characters is wrong"),
    ],
)
def test_a_slip_says_where_to_look(typed: str, said: str) -> None:
    [sentence] = references.refusals(references.read(typed))
    assert said in sentence
