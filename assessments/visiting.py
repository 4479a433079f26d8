"""When an external verifier is let in, and what they may do there: the awarding body's eyes at the centre, and why not.

Sentences as in `workflow`: the same ones are shown before the button is pressed and raised by the action.
"""

import datetime
from dataclasses import dataclass

from assessments.enums import UnitStatus
from assessments.workflow import Reason

LONGEST = 92
"""Days for which access is given or extended at most: a quarter holds a visit with its follow-up, and two visits a year
are normal (domain rule 10)."""
NOT_YOURS = "Only the external verifier themselves does this, on the days they were given."


@dataclass(frozen=True)
class Days:
    """From which day to which somebody is let in, and whether that was ended before."""

    starts_on: datetime.date
    ends_on: datetime.date
    ended: bool = False

    def running(self, day: datetime.date) -> bool:
        """Whether they see anything on the day."""
        return not self.ended and self.starts_on <= day <= self.ends_on

    def over(self, day: datetime.date) -> bool:
        """Whether nothing is left of them on the day."""
        return self.ended or self.ends_on < day

    def left(self, day: datetime.date) -> int:
        """How many days are left, the day itself counted."""
        return (self.ends_on - day).days + 1


def giving_refusals(starts_on: datetime.date, ends_on: datetime.date, today: datetime.date) -> list[str]:
    """Why nobody can be let in on these days."""
    if starts_on < today:
        return ["The first day cannot lie in the past: choose today or later."]
    if ends_on < starts_on:
        return ["The last day cannot be before the first."]
    return too_long(starts_on, ends_on)


def too_long(starts_on: datetime.date, ends_on: datetime.date) -> list[str]:
    """Nobody is let in for longer than a visit takes."""
    latest = starts_on + datetime.timedelta(days=LONGEST - 1)
    if ends_on <= latest:
        return []
    return [f"Access is given for {LONGEST} days at most: choose {latest:%-d %B %Y} or earlier, and extend it later."]


def extending_refusals(days: Days, ends_on: datetime.date, today: datetime.date) -> list[str]:
    """Why the days cannot be made more."""
    if days.over(today):
        return ["These days are over: give access anew."]
    if ends_on <= days.ends_on:
        return [f"The last day is {days.ends_on:%-d %B %Y} already: choose a later one."]
    return too_long(max(days.starts_on, today), ends_on)


def shortening_refusals(days: Days, ends_on: datetime.date, today: datetime.date) -> list[str]:
    """Why the days cannot be made fewer."""
    if days.over(today):
        return ["These days are over already."]
    if ends_on >= days.ends_on:
        return [f"The last day is {days.ends_on:%-d %B %Y}: choose an earlier one."]
    if ends_on < max(days.starts_on, today):
        return ["Choose a last day that is still to come, or end the access at once."]
    return []


def outside_refusals(by_id: int, visitor_id: int, days: Days, day: datetime.date) -> list[Reason]:
    """Why this person cannot choose, note, remark or ask in a visit: it is its external verifier's, while it lasts."""
    return [] if by_id == visitor_id and days.running(day) else [Reason(NOT_YOURS)]


def agreeing_refusals(*, is_latest: bool, agreed: bool) -> list[Reason]:
    """Why a version of the strategy cannot be agreed by the external verifier of its awarding body."""
    if agreed:
        return [Reason("It is on record already with whom this version was agreed.", "strategy")]
    if not is_latest:
        return [Reason("The centre has a newer version of this strategy: look at that one.", "strategy")]
    return []


CLAIMABLE = (UnitStatus.SIGNED_OFF, UnitStatus.VERIFIED)


def authorising_refusals(status: UnitStatus, direct: str, *, authorised: bool) -> list[Reason]:
    """Why the claim of a unit cannot be authorised. `direct`: the report on which direct claim status rests, if any."""
    if status in (UnitStatus.CLAIMED, UnitStatus.CERTIFICATED, UnitStatus.REVOKED):
        return [Reason("The centre has claimed this unit already: there is nothing to authorise.", "claim")]
    if direct:
        return [
            Reason(
                f"The centre holds direct claim status for this unit, by {direct}: its claim needs nothing more.",
                "claim",
            )
        ]
    if authorised:
        return [Reason("The claim of this unit is authorised already.", "claim")]
    if status not in CLAIMABLE:
        return [Reason("A claim is authorised once the unit is signed off: it is not yet.", "claim")]
    return []
