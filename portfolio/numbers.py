"""Whether a number of a person or a centre can be right: pure arithmetic.

A refusal is a sentence, and so is a warning: what a body publishes is held to, what is only its custom is asked about.
"""

import re


def uln_refusals(text: str) -> list[str]:
    """Why this cannot be a unique learner number; the empty text passes, for it is optional.

    Ten digits, the first not 0; the sum of digits times 10, 9 … 1 leaves 10 when divided by 11. Never a placeholder.
    Source: https://www.hesa.ac.uk/collection/c21051/a/ULN; placeholders:
    https://ocr.org.uk/administration/other-vocational-qualifications/entries-and-registrations/final-entry-information/index.aspx
    """
    if not text:
        return []
    if not re.fullmatch(r"[1-9][0-9]{9}", text):
        return ["A unique learner number has ten digits and does not begin with 0. Leave it empty if there is none."]
    total = sum(int(digit) * weight for digit, weight in zip(text, range(10, 0, -1), strict=True))
    if total % 11 != 10:
        return [
            f"{text} is not a unique learner number: its last digit does not fit the others. "
            "Check it for a mistyped digit, or leave it empty if there is none."
        ]
    return []


SCN_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def scn_check_digit(first_eight: str) -> int | None:
    """The ninth digit of a Scottish candidate number, or None where these eight can have none."""
    remainder = sum(int(digit) * weight for digit, weight in zip(first_eight, SCN_WEIGHTS, strict=True)) % 11
    if remainder == 1:
        return None
    return 0 if remainder == 0 else 11 - remainder


def scn_refusals(text: str) -> list[str]:
    """Why this cannot be a Scottish candidate number; the empty text passes, for it is optional.

    Nine digits, the first two the year of issue, the last a check digit. Source:
    https://www.hesa.ac.uk/collection/c07051/n/scn
    """
    if not text:
        return []
    if not re.fullmatch(r"[0-9]{9}", text):
        return ["A Scottish candidate number has nine digits. Leave it empty if there is none."]
    if scn_check_digit(text[:8]) != int(text[8]):
        return [
            f"{text} is not a Scottish candidate number: its last digit does not fit the others. "
            "Check it for a mistyped digit, or leave it empty if there is none."
        ]
    return []


def centre_number_warnings(number: str, pattern: str, body: str) -> list[str]:
    """What looks wrong with a centre number. A warning, never a refusal: the patterns are custom, not regulation."""
    if not number or not pattern or re.fullmatch(pattern, number):
        return []
    return [f"{number} does not look like a centre number of {body}. Check it against the body's approval letter."]


def uci_refusals(text: str) -> list[str]:
    """Why this cannot be a unique candidate identifier; the empty text passes, for it is optional.

    Thirteen characters, the last a check character that is not published. OCR asks for it where entries go by A2C:
    https://ocr.org.uk/administration/other-vocational-qualifications/entries-and-registrations/final-entry-information/index.aspx
    """
    if not text or re.fullmatch(r"[0-9A-Z]{13}", text):
        return []
    return ["A unique candidate identifier has thirteen characters. Leave it empty if there is none."]


def uci_warnings(text: str) -> list[str]:
    """What looks wrong with one that can be right: most have twelve digits before the letter, which is custom alone."""
    if not text or uci_refusals(text) or re.fullmatch(r"[0-9]{12}[A-Z]", text):
        return []
    return [f"{text} does not look like a unique candidate identifier: twelve digits and a letter. Check it."]


CANDIDATE_NUMBERS = {"OCR": r"[0-9]{8}", "City & Guilds": r"[A-Z]{3}[0-9]{4}", "SQA": r"[0-9]{9}"}
"""OCR's is allocated by OCR (https://ocr.org.uk/administration/other-vocational-qualifications/, final entry
information); City & Guilds calls it the enrolment number; SQA's is the Scottish candidate number."""


def candidate_number_warnings(text: str) -> list[str]:
    """What looks wrong with an awarding body's candidate number. Bodies not known here number as they like."""
    if not text or any(re.fullmatch(shape, text.upper()) for shape in CANDIDATE_NUMBERS.values()):
        return []
    return [
        f"{text} is no candidate number of OCR (eight digits), City & Guilds (three letters and four digits) or SQA "
        "(nine digits). Check it, unless it is another body's."
    ]
