"""How soon assessors give feedback. What is counted, and over which period, is said in assessments/pace.py."""

import datetime
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Case, Count, Exists, Func, OuterRef, QuerySet, When
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from assessments.enums import UnitStatus
from assessments.models import Mapping, Review
from assessments.pace import FEEDBACK_DAYS, FEEDBACK_MOST, TimeToFeedback, time_to_feedback
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


FIRST = ~Exists(Review.objects.filter(version=OuterRef("version"), pk__lt=OuterRef("pk")))
READINGS = Review.objects.annotate(
    took=Case(When(FIRST, then=Seconds("at") - Seconds("handed_in_at"))),
    read=Seconds("at"),
).order_by("-at")
"""Readings, the latest on top: when each was, and, where it was its version's first, how long that had waited."""


def own_time(user: User, now: datetime.datetime) -> TimeToFeedback:
    """How soon this person's feedback comes, at all their centres, in two queries."""
    latest = _latest(user.pk, now - datetime.timedelta(days=FEEDBACK_DAYS), now)
    waiting = queue_keys.listed(user).count()
    return time_to_feedback(latest, waiting)


@compiled
def _latest(user_id: int, since: datetime.datetime, now: datetime.datetime) -> QuerySet[Review, int | None]:
    found = READINGS.filter(at__gte=since, at__lte=now, assessor=user_id)
    return found.values_list("took", flat=True)[:FEEDBACK_MOST]


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


Reading = tuple[int, int, int | None, int]
"""A reading of an item's version: its number, whose, how long it took if it was the first, and when it was."""


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
    weekly: list[list[int | None]] = [[] for _ in begins]
    own: dict[int, list[int | None]] = defaultdict(list)
    mondays, from_then = [int(bound.timestamp()) for bound in bounds], int(since.timestamp())
    for _, assessor, took, read in readings_at(centre, [pk for pk, _, reads in staff if reads], since, now, bounds):
        if (week := bisect_right(mondays, read)) > 0:
            weekly[week - 1].append(took)
        if read >= from_then:
            own[assessor].append(took)
    return Feedback(
        [FeedbackWeek(day, time_to_feedback(rows[:FEEDBACK_MOST])) for day, rows in zip(begins, weekly, strict=True)],
        [
            FeedbackLine(name, time_to_feedback(own[pk][:FEEDBACK_MOST], waiting.get(pk, 0)))
            for pk, name, reads in staff
            if reads or pk in waiting
        ],
    )


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
        found.update({row[0]: row for row in rows})
    return sorted(found.values(), key=itemgetter(3), reverse=True)


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
) -> QuerySet[Review, Reading]:
    """Looked for by week and by person, so that it asks no more where more was read."""
    here = Review.objects.filter(centre=centre_id).order_by("-at").values("pk")
    parts = [here.filter(at__gte=begin, at__lt=end) for begin, end in pairwise([*bounds, now])]
    parts += [here.filter(at__gte=since, at__lte=now, assessor=pk) for pk in assessors]
    first, *further = (Review.objects.filter(pk__in=part[:most]).order_by().values("pk") for part in parts)
    told = READINGS.order_by().values_list("pk", "assessor_id", "took", "read")
    return told.filter(pk__in=first.union(*further, all=True))


def waiting_at(centre: Centre) -> dict[int, int]:
    """How many items wait for each assessor of the centre, in one query."""
    return dict(_waiting(centre.pk))


@compiled
def _waiting(centre_id: int) -> QuerySet[Mapping, Any]:
    here = Mapping.objects.filter(enrolment__centre=centre_id, enrolment__status=UnitStatus.COLLECTING)
    by_assessor = here.filter(waiting_since__isnull=False).order_by().values("enrolment__assessor")
    counted = by_assessor.annotate(items=Count("evidence", distinct=True))
    return counted.values_list("enrolment__assessor", "items")
