"""Conflicts of interest at the demonstration centre, and units that changed hands."""

import datetime

from assessments.actions import allocation, interests
from assessments.demo.centre import Harbour
from assessments.enums import AllocatedAs, InterestKind
from assessments.models import Enrolment, Interest

DAY = datetime.timedelta(days=1)


def declare(harbour: Harbour, at: datetime.datetime) -> Interest:
    """The trainee declares a tie to a candidate she assesses: the senior assessor countersigns her units anyway."""
    staff = harbour.staff
    over = interests.declare_interest(
        staff=staff.assessor,
        candidate=harbour.candidates["grace"],
        kind=InterestKind.LINE_MANAGER,
        words="Grace was in my team before I came to the academy.",
        from_on=at.date() - 400 * DAY,
        to_on=None,
        by=staff.administrator,
        at=at - 3 * DAY,
    )
    interests.end_interest(interest=over, to_on=at.date() - 380 * DAY, by=staff.administrator, at=at - 2 * DAY)
    return interests.declare_interest(
        staff=staff.trainee,
        candidate=harbour.candidates["hannah"],
        kind=InterestKind.RELATIVE,
        words="Hannah is my sister-in-law.",
        from_on=at.date() - 30 * DAY,
        to_on=None,
        by=staff.trainee,
        at=at,
    )


def change_hands(harbour: Harbour, at: datetime.datetime) -> None:
    """Two units of the lead verifier go to the other one, in one act."""
    staff = harbour.staff
    units = Enrolment.objects.filter(centre=harbour.centre, unit__key__in=["ocr-cc32", "ocr-d20"], verifier=staff.lead)
    waiting = units.filter(candidate__in=[harbour.candidates[name] for name in ("sian", "hannah")], ended_at=None)
    allocation.allocate_many(
        enrolments=waiting,
        part=AllocatedAs.VERIFIER,
        user=staff.verifier,
        reason="Iain MacLeod is away until the end of the month.",
        by=staff.administrator,
        at=at,
    )
