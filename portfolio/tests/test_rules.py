"""Awards, and for which roles they qualify."""

import datetime
from dataclasses import dataclass

import pytest

from portfolio.enums import QualificationKind, Role
from portfolio.rules import award_refusals, is_qualified

TODAY = datetime.date(2026, 3, 2)
YESTERDAY = datetime.date(2026, 3, 1)


@dataclass(frozen=True)
class Award:
    kind: str
    role: str
    achieved_on: datetime.date | None


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
