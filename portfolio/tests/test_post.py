"""Outgoing mail: kept, sent once, tried again."""

import datetime
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portfolio import post
from portfolio.models import OutgoingMessage

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def queued(settings: Any) -> None:
    """Jobs wait for a worker, as in production."""
    settings.TASKS = {"default": settings.TASKS["default"] | {"BACKEND": "django_tasks_db.DatabaseBackend"}}


class DeadServer:
    """A mail server that is down."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def send_messages(self, messages: list[Any]) -> int:
        raise ConnectionRefusedError("nobody listens")


def a_message() -> OutgoingMessage:
    return post.hand_in(centre=None, to="ann@example.org", subject="Two\nlines", body="Good day.\n", at=NOW)


def break_the_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.DeadServer"


def test_a_message_is_kept_with_its_job_and_sent_by_it() -> None:
    message = a_message()
    assert not mail.outbox
    job = DBTaskResult.objects.get()
    job.task.call(*job.args_kwargs["args"])
    [sent] = mail.outbox
    assert (sent.subject, sent.to, sent.body) == ("Two lines", ["ann@example.org"], "Good day.\n")
    message.refresh_from_db()
    assert message.sent_at is not None
    assert message.attempts == 1


def test_a_letter_is_plain_text_and_never_taken_for_html() -> None:
    context = {"name": "Ann <ann> & O'Hara", "centre": "Here", "roles": ["a"], "link": "https://example.org/?a=1&b=2"}
    message = post.write(
        centre=None, to="ann@example.org", subject="", template="invitation_to_sign_in", context=context, at=NOW
    )
    assert message.body.startswith("Dear Ann <ann> & O'Hara,")
    assert "?a=1&b=2" in message.body
    assert type(message.body) is str, "not one that a page would show as it is"


def test_a_message_is_never_sent_twice() -> None:
    message = a_message()
    post.send.call(message.pk)
    post.send.call(message.pk)
    post.send_waiting(NOW + datetime.timedelta(days=9))
    assert len(mail.outbox) == 1


def test_two_workers_never_make_the_same_attempt() -> None:
    message = a_message()
    seen_earlier = OutgoingMessage.objects.get(pk=message.pk)
    assert post.attempt(message, NOW)
    assert not post.attempt(seen_earlier, NOW)
    assert len(mail.outbox) == 1


def test_a_failed_attempt_says_why_and_comes_back_after_a_pause(settings: Any) -> None:
    break_the_server(settings)
    message = a_message()
    post.send.call(message.pk)
    message.refresh_from_db()
    assert message.sent_at is None
    assert "nobody listens" in message.problem
    again = DBTaskResult.objects.order_by("-enqueued_at")[0]
    assert message.tried_at is not None
    assert again.run_after == message.tried_at + datetime.timedelta(minutes=1)


def test_what_a_killed_worker_left_is_picked_up_when_its_pause_is_over(settings: Any) -> None:
    message = a_message()
    OutgoingMessage.objects.filter(pk=message.pk).update(attempts=2, tried_at=NOW)
    assert post.send_waiting(NOW + datetime.timedelta(minutes=3)) == (0, 0)
    assert post.send_waiting(NOW + datetime.timedelta(minutes=4)) == (1, 0)
    assert len(mail.outbox) == 1


def test_it_gives_up_after_the_last_attempt_and_keeps_the_reason(settings: Any) -> None:
    break_the_server(settings)
    a_message()
    for day in range(post.ATTEMPTS + 3):
        post.send_waiting(NOW + datetime.timedelta(days=day))
    message = OutgoingMessage.objects.get()
    assert message.attempts == post.ATTEMPTS
    assert message.problem
    jobs = DBTaskResult.objects.count()
    post.send.call(message.pk)
    assert DBTaskResult.objects.count() == jobs


def test_where_jobs_are_done_on_the_spot_it_leaves_the_next_attempt_to_the_sweep(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    break_the_server(settings)
    assert OutgoingMessage.objects.get(pk=a_message().pk).attempts == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert post.send_waiting(timezone.now() + datetime.timedelta(minutes=2)) == (1, 0)


def test_an_act_that_fails_writes_to_nobody() -> None:
    with transaction.atomic():
        a_message()
        transaction.set_rollback(True)
    assert not OutgoingMessage.objects.exists()
    assert not DBTaskResult.objects.exists()
