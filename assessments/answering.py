"""When a request for somebody's data is due, and why it cannot be answered yet: pure arithmetic and sentences.

One month from the day it came, or from the day it was confirmed who asks where that had to be asked for; two further
months where requests are complex or many, told within the first (UK GDPR Art. 12(3) and (6), Art. 12A). A month ends on
the corresponding day, or the last of a shorter month; on a weekend or bank holiday, with the next working day (the
Information Commissioner's guidance on the right of access).
"""

import datetime

from assessments.keeping import Period
from portfolio.workdays import DAY, is_working_day
from units.enums import PeriodUnit

MONTH, LONGER = Period(1, PeriodUnit.MONTHS), Period(3, PeriodUnit.MONTHS)
TO_COME = "The day cannot be after today."
BEFORE_IT_CAME = "That it is them cannot be confirmed on a day before the request came."
WHO_FIRST = "Confirm first that it is really them who ask: nobody’s data goes to somebody else."
NOT_READY = "The copy is not ready, or is kept no longer: have it made first."
IS_OPEN_NO_MORE = "This request was answered or closed already."
KNOWN_ALREADY = "It is on record already how it was confirmed that it is them."
TOO_LATE = "More time is told within the first month, which was over on {:%-d %B %Y}."
TAKEN_ALREADY = "More time was taken already. It cannot be taken twice."


def due_from(day: datetime.date, period: Period, country: str) -> datetime.date:
    """The last day to answer, counted from the day."""
    due = period.after(day)
    while not is_working_day(due, country):
        due += DAY
    return due


def confirming_refusals(received_on: datetime.date, confirmed_on: datetime.date, today: datetime.date) -> list[str]:
    """Why it cannot have been confirmed on that day who asks."""
    return [*([TO_COME] if confirmed_on > today else []), *([BEFORE_IT_CAME] if confirmed_on < received_on else [])]


def extending_refusals(due_on: datetime.date, extended: bool, today: datetime.date) -> list[str]:
    """Why no more time can be taken."""
    if extended:
        return [TAKEN_ALREADY]
    return [TOO_LATE.format(due_on)] if today > due_on else []
