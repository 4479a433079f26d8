"""Working days: pure arithmetic on a calendar. Knows no clock and reads nothing.

Deadlines of centres are given in working days: Monday to Friday but for the bank holidays of the part of the United
Kingdom the centre is in. Which days those are is kept by the library `holidays`, from gov.uk/bank-holidays.
"""

import datetime
from collections.abc import Container
from functools import lru_cache

from django.utils import timezone
from holidays import country_holidays

from portfolio.enums import Country

DAY = datetime.timedelta(days=1)
SATURDAY = 5
SUBDIVISION = {Country.ENGLAND_WALES: "ENG", Country.SCOTLAND: "SCT", Country.NORTHERN_IRELAND: "NIR"}


@lru_cache(maxsize=len(SUBDIVISION))
def bank_holidays(country: str) -> Container[datetime.date]:
    """The bank holidays of a country; those of a year are worked out when it is first asked about."""
    return country_holidays("GB", subdiv=SUBDIVISION[Country(country)])


def midnight(day: datetime.date) -> datetime.datetime:
    """When a day begins where we are."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def is_working_day(day: datetime.date, country: str) -> bool:
    """Monday to Friday, and no bank holiday there."""
    return day.weekday() < SATURDAY and day not in bank_holidays(country)


def working_days_after(day: datetime.date, number: int, country: str) -> datetime.date:
    """The last day of a term of so many working days. The day something happened is not counted itself.

    A term of none ends on that day. Raises ValueError for a negative number.
    """
    if number < 0:
        raise ValueError("A term of working days leads into the future.")
    left = number
    while left:
        day += DAY
        left -= is_working_day(day, country)
    return day


def working_days_between(first: datetime.date, last: datetime.date, country: str) -> int:
    """How many working days there are after the first day up to the last, negative where the last is the earlier."""
    if last < first:
        return -working_days_between(last, first, country)
    span = (first + DAY * step for step in range(1, (last - first).days + 1))
    return sum(is_working_day(day, country) for day in span)
