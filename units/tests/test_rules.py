"""Unit reference numbers: real ones pass, misread ones warn."""

import pytest

from units.rules import unit_reference_warnings


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
