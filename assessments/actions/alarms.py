"""Verbs of alarms: a verifier has looked at what changed after a sample."""

import datetime

from django.db import transaction

from assessments.actions.journey import lock_one, person, refuse, require
from assessments.actions.watching import close
from assessments.models import Alarm
from assessments.queries.alarms import changes_for
from assessments.queries.judgement import everybody_in
from assessments.verifying import alarm_refusals
from portfolio import audit
from portfolio.canonical import JSON
from portfolio.models import User
from portfolio.refusal import Refusal

CHANGED_AGAIN = "Something else has changed while you looked: it is shown below. Press once more if your note stands."


@transaction.atomic
def settle_alarm(*, alarm: Alarm, note: str, seen: int, by: User, at: datetime.datetime) -> Alarm:
    """The unit's verifier has looked at what changed, and says why it makes no difference to the sample.

    `seen`: how many changes they were shown. Raises Refusal where there are more by now, so that nobody lets pass what
    they have not seen; and once somebody has looked already.
    """
    note = require(note, "Say why it makes no difference to what you found.")
    enrolment = lock_one(alarm.sample.enrolment)
    alarm = Alarm.objects.select_related("sample__enrolment__candidate").get(pk=alarm.pk)
    is_open = alarm.looked_at is None
    refuse(alarm_refusals(person(by, enrolment.centre_id, at), everybody_in(enrolment), is_open=is_open))
    changes = changes_for(alarm)
    if len(changes) != seen:
        raise Refusal([CHANGED_AGAIN])
    close(alarm, changes, by, at, note=note)
    alarm.refresh_from_db()
    details: dict[str, JSON] = {"alarm": alarm.pk, "sample": alarm.sample_id, "changes": len(changes), "note": note}
    audit.record(verb="settle_alarm", by=by, at=at, subject=enrolment, centre=enrolment.centre, details=details)
    return alarm
