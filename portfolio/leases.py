"""Who holds a piece of work, and is not heard of any more: told by the time at which they last were.

A clock that was wrong and is set right leaves times behind that are still to come. Nobody was heard of then: such a
time counts as long ago, or what was held would stick until the clock has come there again.
"""

import datetime

from django.db.models import Q


def lost(column: str, now: datetime.datetime, after: datetime.timedelta) -> Q:
    """Rows whose time in the column is further from now than whoever is alive lets it be."""
    return Q(**{f"{column}__lte": now - after}) | Q(**{f"{column}__gte": now + after})


def is_lost(heard_of: datetime.datetime, now: datetime.datetime, after: datetime.timedelta) -> bool:
    """The same of a time."""
    return abs(now - heard_of) >= after
