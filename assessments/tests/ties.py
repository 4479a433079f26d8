"""Conflicts of interest, declared and ended."""

from django.utils import timezone

from assessments.actions import interests
from assessments.enums import InterestKind
from assessments.models import Interest
from assessments.testing import House
from assessments.tests.doing import Act
from portfolio.models import User


def a_tie(house: House, staff: User | None = None) -> Interest:
    """A conflict of interest of the assessor with the candidate."""
    return interests.declare_interest(
        staff=staff or house.assessor,
        candidate=house.candidate,
        kind=InterestKind.LINE_MANAGER,
        words="Her team leader.",
        from_on=timezone.localdate(),
        to_on=None,
        by=house.administrator,
        at=timezone.now(),
    )


def declare_interest(house: House) -> Act:
    return Act(
        house.assessor,
        lambda by: interests.declare_interest(
            staff=house.assessor,
            candidate=house.candidate,
            kind=InterestKind.RELATIVE,
            words="My cousin.",
            from_on=timezone.localdate(),
            to_on=None,
            by=by,
            at=timezone.now(),
        ),
    )


def end_interest(house: House) -> Act:
    tie = a_tie(house)
    return Act(
        house.administrator,
        lambda by: interests.end_interest(interest=tie, to_on=timezone.localdate(), by=by, at=timezone.now()),
    )
