"""Whether prior learning is recent enough to go unasked. A warning to a reader, never a refusal. Pure."""

import datetime


def years_between(first: datetime.date, last: datetime.date) -> int:
    """Whole years from one day to another."""
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def currency_warning(achieved_on: datetime.date | None, day: datetime.date, years: int) -> str:
    """What to ask of prior learning that was achieved longer ago than so many years; empty where there is nothing.

    Source: evidence is to be current (domain rule 13). Whether it is, is the assessor's to judge.
    """
    if achieved_on is None or (age := years_between(achieved_on, day)) < years:
        return ""
    return (
        f"This was achieved {age} year{'s' if age != 1 else ''} ago. After {years} year{'s' if years != 1 else ''} the "
        "centre asks whether prior learning is still current: say what has kept it so."
    )
