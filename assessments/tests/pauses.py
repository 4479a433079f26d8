"""A candidate on a break in learning."""

import datetime

from django.utils import timezone

from assessments.actions import breaks
from assessments.models import Break, Enrolment
from assessments.testing import House, an_enrolment
from portfolio.models import CandidateRecord

DAY = datetime.timedelta(days=1)
TODAY = timezone.localdate


def on_a_break(
    house: House,
    *,
    candidate: CandidateRecord | None = None,
    days: int = 10,
    expected: int = 30,
    reason: str = "Leave.",
) -> Break:
    """Since so many days, expected back in so many. Without a unit in progress they get one."""
    candidate = candidate or house.candidate
    if not Enrolment.objects.filter(candidate=candidate).exists():
        an_enrolment(house, candidate=candidate)
    return breaks.begin_break(
        candidate=candidate,
        starts_on=TODAY() - days * DAY,
        expected_on=TODAY() + expected * DAY,
        reason=reason,
        by=house.administrator,
        at=timezone.now(),
    )


def back(found: Break, house: House, *, days_ago: int = 0) -> Break:
    return breaks.end_break(
        learning_break=found, returned_on=TODAY() - days_ago * DAY, by=house.administrator, at=timezone.now()
    )
