"""Pure arithmetic of time: whether a unit keeps pace with its target date, and how soon feedback comes.

Reads nothing, writes nothing, knows no clock. The rules are published: `PACE_RULE` and `FEEDBACK_RULE` are what the
page "How this is worked out" and docs/worked-out.md say, made of the numbers the functions work with.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from assessments.enums import Pace, UnitStatus

TOLERANCE = 10
"""How many points of a hundred a unit may be off the even pace before it is behind or ahead."""

PACED = (UnitStatus.COLLECTING, UnitStatus.DECLARED, UnitStatus.AWAITING_COUNTERSIGNATURE)
"""Where a unit still has a pace: a suspended one stands still, a signed-off one has arrived."""

FEEDBACK_DAYS = 90
"""How far back a median of the time to feedback looks."""

FEEDBACK_MOST = 100
"""How many of the latest readings of each assessor it looks at, at most: a page must not grow with them."""

PACE_RULE = (
    "An even pace would have the same share of a unit's criteria accepted as the share of the days that have passed "
    "from its start to its target date.",
    f"A unit is on track while the share accepted is within {TOLERANCE} percentage points of that; behind target where "
    "it is less, ahead of target where it is more.",
    "Once the target date has passed, a unit is behind until every criterion is accepted. A unit with every criterion "
    "accepted is never behind, and is ahead until its target date.",
    "Only what an assessor has accepted counts: what is claimed, or met and still to be countersigned, does not.",
    "The days of a break in learning do not count: on return the target date moves by them, and so does the start that "
    "the share of days is taken from.",
    "It is worked out for units that have a target date, from collecting evidence until they are signed off. A "
    "suspended unit has no pace.",
)
FEEDBACK_RULE = (
    "The time to feedback of an item of evidence runs from the moment a version of it was handed in to the first "
    "assessment of that version by any assessor. Days are days of 24 hours, weekends and holidays included.",
    f"The median is of the versions an assessor was the first to assess in the last {FEEDBACK_DAYS} days, among their "
    f"latest {FEEDBACK_MOST} assessments: half of these came sooner, half later.",
    "Items that still wait are counted apart, and are no part of the median.",
)


@dataclass(frozen=True)
class PaceDates:
    """Ahead before the one day, behind from the other on, on track between. None: at no time."""

    ahead_before: datetime.date | None
    behind_from: datetime.date | None


def pace_dates(
    accepted: int, criteria: int, started_on: datetime.date, target_on: datetime.date | None
) -> PaceDates | None:
    """When a unit with so many criteria accepted is ahead and behind, if nothing more is accepted: `PACE_RULE`.

    None without a target date or criteria. Whole numbers throughout, so that a day is never a matter of rounding.
    """
    if target_on is None or not criteria:
        return None
    if accepted >= criteria:
        return PaceDates(ahead_before=target_on, behind_from=None)
    days = (target_on - started_on).days
    whole, share = 100 * criteria, 100 * accepted
    fewer, more = share - TOLERANCE * criteria, share + TOLERANCE * criteria
    ahead = started_on + datetime.timedelta(days=-(-days * fewer // whole)) if fewer > 0 else None
    behind = started_on + datetime.timedelta(days=days * more // whole + 1)
    return PaceDates(ahead, min(behind, target_on + datetime.timedelta(days=1)))


def pace_of(dates: PaceDates | None, status: str, today: datetime.date) -> Pace | None:
    """How the unit stands on a day; None where it has no pace."""
    if dates is None or status not in PACED:
        return None
    if dates.behind_from and today >= dates.behind_from:
        return Pace.BEHIND
    if dates.ahead_before and today < dates.ahead_before:
        return Pace.AHEAD
    return Pace.ON_TRACK


def pace_on(
    accepted: int, criteria: int, started_on: datetime.date, target_on: datetime.date | None, today: datetime.date
) -> Pace | None:
    """The same at once, of a unit that is collecting evidence."""
    return pace_of(pace_dates(accepted, criteria, started_on, target_on), UnitStatus.COLLECTING, today)


@dataclass(frozen=True)
class PaceExample:
    """What the rule says of a unit, for the page that explains it."""

    accepted: int
    criteria: int
    passed: int
    days: int
    pace: Pace


def pace_examples() -> list[PaceExample]:
    """A unit of thirty criteria and a hundred days, at half time and after its target, worked out by the rule."""
    start, criteria, days = datetime.date(2026, 1, 1), 30, 100
    target = start + datetime.timedelta(days=days)
    shown = []
    for accepted, passed in ((11, 50), (12, 50), (18, 50), (19, 50), (29, 101)):
        pace = pace_on(accepted, criteria, start, target, start + datetime.timedelta(days=passed))
        if pace:
            shown.append(PaceExample(accepted, criteria, passed, days, pace))
    return shown


@dataclass(frozen=True)
class TimeToFeedback:
    """How soon feedback came: the median of `read` versions, None where there were none; `waiting` are apart."""

    median: datetime.timedelta | None
    read: int
    waiting: int

    @property
    def days(self) -> float | None:
        """The median in days, for a file."""
        return round(self.median.total_seconds() / 86_400, 2) if self.median is not None else None

    @property
    def words(self) -> str:
        """The median as people say it: hours below two days, else days."""
        return in_words(self.median) if self.median is not None else ""


def time_to_feedback(taken: Iterable[int | None], waiting: int = 0) -> TimeToFeedback:
    """The median of the seconds that readings took, as `FEEDBACK_RULE` defines it: of an even number, midway.

    None of a reading that was not its version's first: it is not counted.
    """
    seconds = [took for took in taken if took is not None]
    middle = datetime.timedelta(seconds=median(seconds)) if seconds else None
    return TimeToFeedback(middle, read=len(seconds), waiting=waiting)


def in_words(span: datetime.timedelta) -> str:
    """`less than an hour`, `5 hours`, `3 days`: rounded to whole ones, hours below two days."""
    hours = round(span.total_seconds() / 3600)
    if hours < 1:
        return "less than an hour"
    if hours < 48:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{round(hours / 24)} days"
