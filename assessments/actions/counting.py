"""How far a unit is, written on it by every verb that changes it, so that a list of thousands need not count."""

from collections.abc import Iterable
from typing import Any

from assessments.models import Enrolment
from assessments.pace import pace_dates
from assessments.progress import Tally, tally
from assessments.queries.marks import marks_of


def counted(enrolment: Enrolment, found: Tally) -> dict[str, Any]:
    """The columns of a unit with this tally: the numbers, and when it is ahead of its target date and behind."""
    dates = pace_dates(found.accepted, enrolment.criteria_count, enrolment.paced_from, enrolment.target_on)
    return {
        "claimed_count": found.claimed,
        "accepted_count": found.accepted,
        "returned_count": found.returned,
        "pending_count": found.pending,
        "ahead_before": dates and dates.ahead_before,
        "behind_from": dates and dates.behind_from,
    }


def recount(enrolment_ids: Iterable[int]) -> None:
    """Write down how far the units are. Before: their enrolments are locked, and what is counted is written."""
    marks = marks_of(sorted(set(enrolment_ids)))
    for enrolment in Enrolment.objects.filter(pk__in=marks).order_by("pk"):
        columns = counted(enrolment, tally(marks[enrolment.pk]))
        if any(getattr(enrolment, name) != value for name, value in columns.items()):
            Enrolment.objects.filter(pk=enrolment.pk).update(**columns)
