"""Unit reference and qualification numbers: real ones pass, misread ones warn."""

import pytest

from units.rules import qualification_number_warnings, unit_reference_warnings


@pytest.mark.parametrize("number", ["J/503/0426", "T/503/0406", "K/601/1605"])
def test_it_takes_real_unit_reference_numbers(number: str) -> None:
    assert unit_reference_warnings(number) == []


def test_it_names_the_letter_that_a_misread_number_should_have() -> None:
    assert unit_reference_warnings("J/503/0406") == [
        "J/503/0406 may be misread: seven digits like these go with the letter T."
    ]


@pytest.mark.parametrize("number", ["", "J5030426", "J/503/042", "j/503/0426"])
def test_it_warns_of_what_is_no_unit_reference_number(number: str) -> None:
    assert "does not look like a unit reference number" in unit_reference_warnings(number)[0]


@pytest.mark.parametrize("number", ["601/4700/3", "601/4292/3", "601/4447/6"])
def test_it_takes_a_real_qualification_number(number: str) -> None:
    assert qualification_number_warnings(number) == []


def test_it_names_the_digit_that_a_misread_qualification_number_should_have() -> None:
    assert qualification_number_warnings("601/4700/8") == [
        "601/4700/8 may be misread: seven digits like these end in 3."
    ]


@pytest.mark.parametrize("number", ["", "50139730", "501/3973", "501/3973/x", "J/501/3973"])
def test_it_warns_of_what_is_no_qualification_number(number: str) -> None:
    assert "does not look like a qualification number" in qualification_number_warnings(number)[0]
