"""How soon assessors give feedback. What is counted, and over which period, is said in assessments/pace.py."""

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
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


READINGS = Review.objects.annotate(
    first=~Exists(Review.objects.filter(version=OuterRef("version"), pk__lt=OuterRef("pk")))
).order_by("-at")
"""Readings, the latest on top; each says whether it is its version's `first`."""


def own_time(user: User, now: datetime.datetime) -> TimeToFeedback:
    """How soon this person's feedback comes, at all their centres, in two queries."""
    latest = _latest(user.pk, now - datetime.timedelta(days=FEEDBACK_DAYS), now)
    waiting = queue_keys.listed(user).count()
    return time_to_feedback(((handed_in, read) for handed_in, read, first in latest if first), waiting)


@compiled
def _latest(user_id: int, since: datetime.datetime, now: datetime.datetime) -> QuerySet[Review, Any]:
    found = READINGS.filter(at__gte=since, at__lte=now, assessor=user_id)
    return found.values_list("handed_in_at", "at", "first")[:FEEDBACK_MOST]


def times_at(centre: Centre, now: datetime.datetime) -> list[FeedbackLine]:
    """How soon feedback comes from each assessor of the centre, by name. Three queries, and one more for
    every further 256 who assessed in the time."""
    since = now - datetime.timedelta(days=FEEDBACK_DAYS)
    staff = _staff(centre.pk, since, now)
    readers = [pk for pk, _, reads in staff if reads]
    spans: dict[int, list[Read]] = defaultdict(list)
    for start in range(0, len(readers), TOGETHER):
        some = readers[start : start + TOGETHER]
        for assessor, handed_in, read, first in _latest_of(centre.pk, some, since, now):
            if first:
                spans[assessor].append((handed_in, read))
    waiting = waiting_at(centre)
    return [
        FeedbackLine(name, time_to_feedback(spans.get(pk, ()), waiting.get(pk, 0)))
        for pk, name, reads in staff
        if reads or pk in waiting
    ]


TOGETHER = 256
"""Of so many assessors the latest readings are asked for at once: a question has at most 500 parts on SQLite."""


@compiled
def _staff(centre_id: int, since: datetime.datetime, now: datetime.datetime) -> QuerySet[StaffRecord, Any]:
    """The staff by name, each with whether they assessed anything in the time."""
    theirs = Review.objects.filter(centre=centre_id, assessor=OuterRef("user"), at__gte=since, at__lte=now)
    staff = StaffRecord.objects.filter(centre=centre_id).order_by("name", "pk")
    return staff.values_list("user_id", "name", Exists(theirs))


@compiled
def _latest_of(
    centre_id: int, assessors: list[int], since: datetime.datetime, now: datetime.datetime
) -> QuerySet[Review, Any]:
    """Each one's latest readings of the time: looked for by person, so that it asks no more where more was read."""
    here = Review.objects.filter(centre=centre_id, at__gte=since, at__lte=now).order_by("-at").values("pk")
    first, *further = (
        Review.objects.filter(pk__in=here.filter(assessor=pk)[:FEEDBACK_MOST]).order_by().values("pk")
        for pk in assessors
    )
    told = READINGS.order_by().values_list("assessor_id", "handed_in_at", "at", "first")
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


@dataclass(frozen=True)
class FeedbackWeek:
    """A calendar week, from its Monday, and how soon what was assessed in it had come."""

    begins: datetime.date
    time: TimeToFeedback


def weeks_at(centre: Centre, now: datetime.datetime, count: int) -> list[FeedbackWeek]:
    """How soon feedback came at the centre in each of the last weeks, this one the last. One query.

    Of each week its latest `FEEDBACK_MOST` readings are looked at, so that a page does not grow with them.
    """
    today = timezone.localdate(now)
    monday = today - datetime.timedelta(days=today.weekday())
    begins = [monday - datetime.timedelta(weeks=back) for back in range(count - 1, -1, -1)]
    bounds = [midnight(day) for day in begins]
    spans: list[list[Read]] = [[] for _ in begins]
    for handed_in, read, first in read_between(centre.pk, Most(FEEDBACK_MOST), *bounds, now):
        if first:
            spans[bisect_right(bounds, read) - 1].append((handed_in, read))
    return [FeedbackWeek(day, time_to_feedback(reads)) for day, reads in zip(begins, spans, strict=True)]


@compiled
def read_between(centre: int, most: Most, *bounds: datetime.datetime) -> QuerySet[Any, Any]:
    """When readings were handed in and read, and whether each was the first: the latest `most` from each of the moments
    to the next."""
    here = Review.objects.filter(centre=centre).order_by("-at").values("pk")
    weeks = [here.filter(at__gte=begin, at__lt=end)[:most] for begin, end in pairwise(bounds)]
    first, *further = (Review.objects.filter(pk__in=week).order_by().values("pk") for week in weeks)
    return READINGS.filter(pk__in=first.union(*further, all=True)).values_list("handed_in_at", "at", "first")
