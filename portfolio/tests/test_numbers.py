"""Check digits and shapes of learners', candidates' and centres' numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.numbers import (
    candidate_number_warnings,
    centre_number_warnings,
    scn_check_digit,
    scn_refusals,
    uci_refusals,
    uci_warnings,
    uln_refusals,
)


@pytest.mark.parametrize("uln", ["9276308686", "1234567899", "7006543214", "5550001119", ""])
def test_it_accepts_a_right_learner_number(uln: str) -> None:
    assert uln_refusals(uln) == []


@pytest.mark.parametrize(
    "uln", ["9999999999", "TBC", "0123456789", "927630868", "92763086860", "9276308687", "9276308686\n", "٩276308686"]
)
def test_it_refuses_a_wrong_learner_number_with_a_sentence(uln: str) -> None:
    [sentence] = uln_refusals(uln)
    assert sentence.endswith(".")


@pytest.mark.parametrize("base", ["200000001", "987654321"])
def test_no_last_digit_makes_a_learner_number_where_the_remainder_is_none(base: str) -> None:
    assert all(uln_refusals(f"{base}{digit}") for digit in range(10))


@given(st.integers(min_value=100_000_000, max_value=999_999_999))
def test_at_most_one_last_digit_makes_a_learner_number(base: int) -> None:
    remainder = sum(int(digit) * weight for digit, weight in zip(str(base), range(10, 1, -1), strict=True)) % 11
    passing = [digit for digit in range(10) if not uln_refusals(f"{base}{digit}")]
    assert passing == ([] if remainder == 0 else [10 - remainder])


@pytest.mark.parametrize("scn", ["051234561", "990000018", "210000070", ""])
def test_it_accepts_a_right_scottish_number(scn: str) -> None:
    assert scn_refusals(scn) == []


@pytest.mark.parametrize("scn", ["051234562", "05123456", "0512345611", "ABCDEFGHI", "TBC"])
def test_it_refuses_a_wrong_scottish_number_with_a_sentence(scn: str) -> None:
    [sentence] = scn_refusals(scn)
    assert sentence.endswith(".")


@given(st.integers(min_value=0, max_value=99_999_999), st.integers(0, 7), st.integers(1, 9))
def test_a_mistyped_digit_of_a_scottish_number_shows(base: int, place: int, step: int) -> None:
    digits = f"{base:08d}"
    check = scn_check_digit(digits)
    mistyped = digits[:place] + str((int(digits[place]) + step) % 10) + digits[place + 1 :]
    if check is not None:
        assert scn_refusals(f"{digits}{check}") == []
        assert scn_refusals(f"{mistyped}{check}")


def test_it_warns_of_an_odd_centre_number_but_knows_no_better_without_a_pattern() -> None:
    assert centre_number_warnings("12345", r"[0-9]{5}", "OCR") == []
    assert centre_number_warnings("", r"[0-9]{5}", "OCR") == []
    assert centre_number_warnings("AB", "", "OCR") == []
    [sentence] = centre_number_warnings("1234", r"[0-9]{5}", "OCR")
    assert "OCR" in sentence


@pytest.mark.parametrize("scn", [f"2400000{digit}0" for digit in range(10)])
def test_a_scottish_number_has_the_one_check_digit_that_its_eight_digits_give(scn: str) -> None:
    passing = [digit for digit in range(10) if not scn_refusals(f"{scn[:8]}{digit}")]
    assert passing == ([] if scn_check_digit(scn[:8]) is None else [scn_check_digit(scn[:8])])


@pytest.mark.parametrize("uci", ["123450261234A", ""])
def test_it_takes_a_unique_candidate_identifier(uci: str) -> None:
    assert uci_refusals(uci) == uci_warnings(uci) == []


@pytest.mark.parametrize("uci", ["123450261234", "12345-261234A", "123450261234a", "TBC"])
def test_it_refuses_what_cannot_be_a_unique_candidate_identifier(uci: str) -> None:
    [sentence] = uci_refusals(uci)
    assert sentence.endswith(".")
    assert uci_warnings(uci) == [], "a refusal says enough"


def test_it_only_warns_where_a_unique_candidate_identifier_is_merely_unusual() -> None:
    assert uci_refusals("12345B261234A") == []
    assert "12345B261234A" in uci_warnings("12345B261234A")[0]


@pytest.mark.parametrize("number", ["", "12345678", "ABC1234", "abc1234", "051234561"])
def test_it_knows_the_candidate_numbers_of_three_bodies(number: str) -> None:
    assert candidate_number_warnings(number) == []


@pytest.mark.parametrize("number", ["1234567", "AB1234", "4711-X"])
def test_it_asks_about_other_candidate_numbers_and_refuses_none(number: str) -> None:
    [sentence] = candidate_number_warnings(number)
    assert "unless it is another body's" in sentence
