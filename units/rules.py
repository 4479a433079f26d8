"""Arithmetic of the standard's numbers. It warns and never refuses: the check letter is derived, not published."""

import re

CHECK_LETTERS = "ADFHJKLMRTY"
WEIGHTS = (8, 7, 6, 5, 4, 3, 2)


def remainder(digits: str) -> int:
    """The weighted sum of seven digits, modulo 11."""
    return sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11


def unit_reference_warnings(number: str) -> list[str]:
    """What looks wrong with a unit reference number such as J/503/0426: a check letter and seven digits.

    The rule was derived from 26 numbers on awarding bodies' and Ofqual's pages, and holds for each of them.
    """
    found = re.fullmatch(r"([A-Z])/(\d{3})/(\d{4})", number)
    if found is None:
        return [
            f"{number} does not look like a unit reference number: a letter, three digits, four digits (J/503/0426)."
        ]
    letter = CHECK_LETTERS[remainder(found[2] + found[3])]
    if letter != found[1]:
        return [f"{number} may be misread: seven digits like these go with the letter {letter}."]
    return []


def qualification_number_warnings(number: str) -> list[str]:
    """What looks wrong with a qualification number such as 601/4700/3: seven digits and a check digit, X for ten.

    The rule was derived like that of unit reference numbers, and holds for 31 of 32 numbers that were found. Bodies
    that do not use the register number as they like, so it is asked about and never refused.
    """
    found = re.fullmatch(r"(\d{3})/(\d{4})/([0-9X])", number)
    if found is None:
        return [f"{number} does not look like a qualification number: three digits, four digits, one (601/4700/3)."]
    check = "0123456789X"[remainder(found[1] + found[2])]
    if check != found[3]:
        return [f"{number} may be misread: seven digits like these end in {check}."]
    return []
