"""Awards, and the check digits of learners' and candidates' numbers."""

import datetime
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.enums import QualificationKind, Role
from portfolio.rules import (
    award_refusals,
    centre_number_warnings,
    is_qualified,
    scn_check_digit,
    scn_refusals,
    uln_refusals,
)

TODAY = datetime.date(2026, 3, 2)
YESTERDAY = datetime.date(2026, 3, 1)


@dataclass(frozen=True)
class Award:
    kind: str
    role: str
    achieved_on: datetime.date | None


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


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (QualificationKind.D32_D33, Role.ASSESSOR),
        (QualificationKind.A1, Role.ASSESSOR),
        (QualificationKind.A2, Role.ASSESSOR),
        (QualificationKind.TAQA, Role.ASSESSOR),
        (QualificationKind.LD9DI, Role.ASSESSOR),
        (QualificationKind.D34, Role.INTERNAL_VERIFIER),
        (QualificationKind.V1, Role.INTERNAL_VERIFIER),
        (QualificationKind.IQA, Role.INTERNAL_VERIFIER),
        (QualificationKind.LD11, Role.INTERNAL_VERIFIER),
    ],
)
def test_an_award_qualifies_for_its_own_role_only(kind: QualificationKind, role: Role) -> None:
    award = Award(kind, role, YESTERDAY)
    other = Role.INTERNAL_VERIFIER if role == Role.ASSESSOR else Role.ASSESSOR
    assert is_qualified([award], role, TODAY)
    assert not is_qualified([award], other, TODAY)
    assert award_refusals(kind, role, YESTERDAY, None, TODAY) == []
    assert award_refusals(kind, other, YESTERDAY, None, TODAY)


def test_an_award_counts_from_the_day_it_was_achieved() -> None:
    award = Award(QualificationKind.TAQA, Role.ASSESSOR, TODAY)
    assert is_qualified([award], Role.ASSESSOR, TODAY)
    assert not is_qualified([award], Role.ASSESSOR, YESTERDAY)


def test_an_award_aimed_at_does_not_qualify_yet() -> None:
    assert not is_qualified([Award(QualificationKind.TAQA, Role.ASSESSOR, None)], Role.ASSESSOR, TODAY)


def test_a_lead_verifier_qualifies_by_the_awards_of_a_verifier() -> None:
    assert is_qualified([Award(QualificationKind.V1, Role.INTERNAL_VERIFIER, TODAY)], Role.LEAD_VERIFIER, TODAY)


def test_nobody_is_qualified_as_administrator_or_candidate() -> None:
    award = Award(QualificationKind.V1, Role.ADMINISTRATOR, TODAY)
    assert not is_qualified([award], Role.ADMINISTRATOR, TODAY)
    assert not is_qualified([award], Role.CANDIDATE, TODAY)


def test_an_award_needs_a_day_that_has_come_or_one_to_aim_at() -> None:
    assert award_refusals(QualificationKind.A1, Role.ASSESSOR, None, None, TODAY)
    assert award_refusals(QualificationKind.A1, Role.ASSESSOR, TODAY, None, YESTERDAY)
    assert award_refusals(QualificationKind.A1, Role.ASSESSOR, None, TODAY, YESTERDAY) == []


def test_it_warns_of_an_odd_centre_number_but_knows_no_better_without_a_pattern() -> None:
    assert centre_number_warnings("12345", r"[0-9]{5}", "OCR") == []
    assert centre_number_warnings("", r"[0-9]{5}", "OCR") == []
    assert centre_number_warnings("AB", "", "OCR") == []
    [sentence] = centre_number_warnings("1234", r"[0-9]{5}", "OCR")
    assert "OCR" in sentence
