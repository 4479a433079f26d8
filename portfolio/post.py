"""Outgoing mail: written in the transaction of the act it tells of, sent by a job afterwards.

A message is a row, so that neither a crash nor a mail server that is down loses it. Each attempt is counted before
it is made, by compare-and-swap, so that two workers never make the same one. What a killed worker leaves behind,
`send_waiting_mail` picks up: run it every few minutes.
"""

import datetime
import logging
import smtplib
from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone
from django_tasks import task

from portfolio.models import Centre, OutgoingMessage
from portfolio.plain_text import plain_text

logger = logging.getLogger(__name__)

ATTEMPTS = 8
MailError = (smtplib.SMTPException, OSError)


def write(
    *, centre: Centre | None, to: str, subject: str, template: str, context: Mapping[str, Any], at: datetime.datetime
) -> OutgoingMessage:
    """Write an e-mail from `templates/emails/<template>.txt`, in the transaction of the act it tells of."""
    return hand_in(centre=centre, to=to, subject=subject, body=plain_text(f"emails/{template}.txt", context), at=at)


def hand_in(*, centre: Centre | None, to: str, subject: str, body: str, at: datetime.datetime) -> OutgoingMessage:
    """Keep a finished e-mail and give it to the worker."""
    one_line = " ".join(subject.split())
    message = OutgoingMessage.objects.create(centre=centre, to=to, subject=one_line[:200], body=body, written_at=at)
    send.enqueue(message.pk)
    return message


def pause_after(attempts: int) -> datetime.timedelta:
    """How long to wait after that many attempts: one minute, then four times as long each time, a day at most."""
    return min(datetime.timedelta(minutes=4 ** max(attempts - 1, 0)), datetime.timedelta(days=1))


def is_due(message: OutgoingMessage, now: datetime.datetime) -> bool:
    """Whether an attempt may be made now."""
    if message.sent_at is not None or message.attempts >= ATTEMPTS:
        return False
    tried = message.tried_at
    return tried is None or tried > now or tried + pause_after(message.attempts) <= now


def attempt(message: OutgoingMessage, now: datetime.datetime) -> bool:
    """Try to send; keep the outcome in the row. False when it could not be sent, or somebody else is at it."""
    mine = OutgoingMessage.objects.filter(pk=message.pk, sent_at=None, attempts=message.attempts)
    if not mine.update(attempts=F("attempts") + 1, tried_at=now):
        return False
    mail = OutgoingMessage.objects.filter(pk=message.pk)
    try:
        EmailMessage(subject=message.subject, body=message.body, to=[message.to]).send()
    except MailError as error:
        logger.warning("Message %s could not be sent: %s", message.pk, error)
        mail.update(problem=f"{type(error).__name__}: {error}"[:500])
        return False
    mail.update(sent_at=timezone.now(), problem="")
    return True


@task()
def send(message_id: int) -> None:
    """The job: send one message; if it cannot be sent, come back to it after a pause that grows."""
    message = OutgoingMessage.objects.get(pk=message_id)
    now = timezone.now()
    if not is_due(message, now) or attempt(message, now):
        return
    if message.attempts + 1 < ATTEMPTS and send.get_backend().supports_defer:
        send.using(run_after=now + pause_after(message.attempts + 1)).enqueue(message_id)


def send_waiting(now: datetime.datetime) -> tuple[int, int]:
    """Send every message that is due. Returns how many went and how many could not."""
    sent = failed = 0
    for message in OutgoingMessage.objects.filter(sent_at=None, attempts__lt=ATTEMPTS):
        if not is_due(message, now):
            continue
        if attempt(message, now):
            sent += 1
        else:
            failed += 1
    return sent, failed
