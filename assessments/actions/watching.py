"""What a verb that changed something does about samples that had looked at it: raise the alarm, tell the verifier."""

import datetime
from collections.abc import Iterable

from django.urls import reverse

from assessments.actions.telling import whose
from assessments.models import Alarm, Enrolment, Sample
from assessments.queries.alarms import ChangeShown, changes_for, changes_of, watched_in
from portfolio import notices
from portfolio.enums import Told
from portfolio.models import User
from portfolio.notices import News

CHANGED = "What you have sampled has changed since: look at it again."


def watch(enrolment_ids: Iterable[int], by: User | None, at: datetime.datetime) -> list[Alarm]:
    """Raise the alarm on each sample of these units of which something is not as it was. Once, until it is closed.

    Called in the verb's transaction, once what it changes is written. One query where nothing was sampled.
    """
    watched = watched_in(set(enrolment_ids))
    if not watched:
        return []
    raised = set(Alarm.objects.still_open().filter(sample__in=[row.sample.pk for row in watched]).values_list("sample"))
    alarms = []
    for row in watched:
        if (row.sample.pk,) not in raised and (changes := changes_of(row)):
            told = {"raised_at": at, "first": changes[0].told}
            alarm, made = Alarm.objects.get_or_create(sample=row.sample, looked_at=None, defaults=told)
            if made:
                alarms.append(alarm)
                tell(alarm, by, at)
    return alarms


def tell(alarm: Alarm, by: User | None, at: datetime.datetime) -> None:
    """The unit's verifier, who looks at it again."""
    related = Enrolment.objects.select_related("unit", "candidate", "centre", "verifier")
    enrolment = related.get(pk=alarm.sample.enrolment_id)
    place = reverse("assessments:alarm", args=[alarm.pk])
    news = News(Told.CHANGED, whose(enrolment), CHANGED, place, alarm)
    notices.tell(news, [enrolment.verifier], enrolment.centre, by, at)


def looked_again(sample: Sample, by: User, at: datetime.datetime) -> None:
    """Close the alarms that a sample taken now answers: those of which nothing is left that it did not look at."""
    earlier = Alarm.objects.still_open().filter(sample__enrolment=sample.enrolment_id).exclude(sample=sample)
    alarms = list(earlier.select_related("sample__enrolment__candidate"))
    if not alarms:
        return
    left = {row.sample.pk for row in watched_in([sample.enrolment_id]) if changes_of(row)}
    for alarm in alarms:
        if alarm.sample_id not in left:
            close(alarm, changes_for(alarm), by, at, again=sample)


def close(alarm: Alarm, changes: Iterable[ChangeShown], by: User, at: datetime.datetime, **how: object) -> None:
    """Write beside an open alarm who looked again at what, and how."""
    notices.settle(alarm, by, at)
    told = [change.sentence for change in changes]
    Alarm.objects.still_open().filter(pk=alarm.pk).update(looked_at=at, looked_by=by, changes=told, **how)
