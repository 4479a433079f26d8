"""How soon assessors give feedback. What is counted, and over which period, is said in assessments/pace.py."""

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Count, Exists, Func, OuterRef, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from assessments.enums import UnitStatus
from assessments.models import Mapping, Review
from assessments.pace import FEEDBACK_DAYS, FEEDBACK_MOST, Read, TimeToFeedback, time_to_feedback
from assessments.queries.desk import queue_keys
from portfolio.compiled import Count as Most
from portfolio.compiled import compiled
from portfolio.models import Centre, StaffRecord, User
from portfolio.workdays import midnight


@dataclass(frozen=True)
class FeedbackLine:
    """An assessor of a centre, and how soon their feedback comes."""

    name: str
    time: TimeToFeedback


class Seconds(Func):
    """A moment in whole seconds since 1970: the database counts them, as a date and time takes Python ten times as
    long to read, and a page looks at a thousand of them."""

    arity = 1
    output_field = BigIntegerField()
    template = "CAST(strftime('%%%%s', %(expressions)s) AS integer)"

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: Any) -> Any:
        template = "FLOOR(EXTRACT(EPOCH FROM %(expressions)s))::bigint"
        return self.as_sql(compiler, connection, template=template, **extra_context)


READINGS = Review.objects.annotate(
    first=~Exists(Review.objects.filter(version=OuterRef("version"), pk__lt=OuterRef("pk"))),
    received=Seconds("handed_in_at"),
    read=Seconds("at"),
).order_by("-at")
"""Readings, the latest on top; each says whether it is its version's `first`."""


def own_time(user: User, now: datetime.datetime) -> TimeToFeedback:
    """How soon this person's feedback comes, at all their centres, in two queries."""
    latest = _latest(user.pk, now - datetime.timedelta(days=FEEDBACK_DAYS), now)
    waiting = queue_keys.listed(user).count()
    return time_to_feedback(((received, read) for received, read, first in latest if first), waiting)


@compiled
def _latest(user_id: int, since: datetime.datetime, now: datetime.datetime) -> QuerySet[Review, Any]:
    found = READINGS.filter(at__gte=since, at__lte=now, assessor=user_id)
    return found.values_list("received", "read", "first")[:FEEDBACK_MOST]


@dataclass(frozen=True)
class FeedbackWeek:
    """A calendar week, from its Monday, and how soon what was assessed in it had come."""

    begins: datetime.date
    time: TimeToFeedback


@dataclass(frozen=True)
class Feedback:
    """How soon feedback came at a centre: in each of the last weeks, this one the last, and from each assessor."""

    weeks: list[FeedbackWeek]
    lines: list[FeedbackLine]


class Reading(NamedTuple):
    """A reading of an item's version: whose, of what was received when, when it was, and whether it was the first.

    Moments are whole seconds since 1970.
    """

    pk: int
    assessor_id: int
    received: int | None
    read: int
    first: bool


def feedback_at(centre: Centre, now: datetime.datetime, count: int) -> Feedback:
    """How soon feedback came at the centre in `count` weeks, and from each of its assessors, by name.

    Of each week and of each assessor the latest `FEEDBACK_MOST` readings are looked at, so that a page does not grow
    with them. Three queries, and one more for every further 256 who assessed in the time.
    """
    since, today = now - datetime.timedelta(days=FEEDBACK_DAYS), timezone.localdate(now)
    monday = today - datetime.timedelta(days=today.weekday())
    begins = [monday - datetime.timedelta(weeks=back) for back in range(count - 1, -1, -1)]
    bounds = [midnight(day) for day in begins]
    staff, waiting = _staff(centre.pk, since, now), waiting_at(centre)
    weekly: list[list[Reading]] = [[] for _ in begins]
    own: dict[int, list[Reading]] = defaultdict(list)
    mondays, from_then = [int(bound.timestamp()) for bound in bounds], int(since.timestamp())
    for row in readings_at(centre, [pk for pk, _, reads in staff if reads], since, now, bounds):
        if (week := bisect_right(mondays, row.read)) > 0:
            weekly[week - 1].append(row)
        if row.read >= from_then:
            own[row.assessor_id].append(row)
    return Feedback(
        [FeedbackWeek(day, time_to_feedback(firsts(rows))) for day, rows in zip(begins, weekly, strict=True)],
        [
            FeedbackLine(name, time_to_feedback(firsts(own[pk]), waiting.get(pk, 0)))
            for pk, name, reads in staff
            if reads or pk in waiting
        ],
    )


def firsts(latest: list[Reading]) -> list[Read]:
    """Those of the latest readings that count as feedback."""
    return [(row.received, row.read) for row in latest[:FEEDBACK_MOST] if row.first]


TOGETHER = 256
"""Of so many assessors the latest readings are asked for at once: a question has at most 500 parts on SQLite."""


def readings_at(
    centre: Centre,
    assessors: list[int],
    since: datetime.datetime,
    now: datetime.datetime,
    bounds: list[datetime.datetime],
) -> list[Reading]:
    """The latest readings of each assessor since then, and from each of the bounds to the next: each once, and the
    latest on top. What a week and an assessor have in common, which is most of it, is read once for both."""
    most, found = Most(FEEDBACK_MOST), {}
    for start in range(0, len(assessors) or 1, TOGETHER):
        rows = _readings(centre.pk, most, assessors[start : start + TOGETHER], since, now, *([] if start else bounds))
        found.update({row[0]: Reading(*row) for row in rows})
    return sorted(found.values(), key=lambda row: row.read, reverse=True)


@compiled
def _staff(centre_id: int, since: datetime.datetime, now: datetime.datetime) -> QuerySet[StaffRecord, Any]:
    """The staff by name, each with whether they assessed anything in the time."""
    theirs = Review.objects.filter(centre=centre_id, assessor=OuterRef("user"), at__gte=since, at__lte=now)
    staff = StaffRecord.objects.filter(centre=centre_id).order_by("name", "pk")
    return staff.values_list("user_id", "name", Exists(theirs))


@compiled
def _readings(
    centre_id: int,
    most: Most,
    assessors: list[int],
    since: datetime.datetime,
    now: datetime.datetime,
    *bounds: datetime.datetime,
) -> QuerySet[Review, Any]:
    """Looked for by week and by person, so that it asks no more where more was read."""
    here = Review.objects.filter(centre=centre_id).order_by("-at").values("pk")
    parts = [here.filter(at__gte=begin, at__lt=end) for begin, end in pairwise([*bounds, now])]
    parts += [here.filter(at__gte=since, at__lte=now, assessor=pk) for pk in assessors]
    first, *further = (Review.objects.filter(pk__in=part[:most]).order_by().values("pk") for part in parts)
    told = READINGS.order_by().values_list("pk", "assessor_id", "received", "read", "first")
    return told.filter(pk__in=first.union(*further, all=True))


def waiting_at(centre: Centre) -> dict[int, int]:
    """How many items wait for each assessor of the centre, in one query."""
    waiting = Mapping.objects.filter(
        enrolment__centre=centre, enrolment__status=UnitStatus.COLLECTING, waiting_since__isnull=False
    ).order_by()
    counted: Iterable[tuple[int, int]] = (
        waiting.values("enrolment__assessor")
        .annotate(items=Count("evidence", distinct=True))
        .values_list("enrolment__assessor", "items")
    )
    return dict(counted)
