"""The processes that do jobs: each says every few seconds that it lives, and looks after what others left behind.

A job whose worker was killed, or lost the database, is put back into the queue; one that failed is tried again after
a pause that grows. Both are safe because every job can be run again without harm (jobs.py). Nobody has to see to it:
whatever worker lives does.
"""

import datetime
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from portfolio.leases import lost
from portfolio.models import Worker

log = logging.getLogger(__name__)

EVERY = datetime.timedelta(seconds=20)
LATELY = datetime.timedelta(minutes=2)
"""How long a worker may be silent before it counts as lost: long enough for clocks that differ a little."""
ATTEMPTS = 6
AT_ONCE = get_date_max()
"""What the queue writes for a job that waits for no time: by no clock, which may be set back."""
LOST = "portfolio.workers.WorkerLost"
"""What stands for an exception where there was none: the process was gone."""
TRIED_AGAIN_FOR = datetime.timedelta(days=2)


@contextmanager
def living(name: str) -> Iterator[None]:
    """While the body runs, say that the worker lives and tend the queue, from a thread of its own."""
    ended = threading.Event()
    thread = threading.Thread(target=keep_saying, args=(name, ended), name="says that the worker lives", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=EVERY.total_seconds())


def keep_saying(name: str, ended: threading.Event) -> None:
    """Until the worker ends. A database that is away is asked again the next time."""
    started = timezone.now()
    while True:
        try:
            say_so(name, started=started, at=timezone.now())
            tend(timezone.now())
        except Error as problem:
            log.warning("The queue could not be tended: %s", type(problem).__name__)
            connection.close()
        if ended.wait(EVERY.total_seconds()):
            break
    try:
        Worker.objects.filter(name=name).delete()
    except Error as problem:
        log.warning("A worker ended without saying so: %s", type(problem).__name__)
    connection.close()


def say_so(name: str, *, started: datetime.datetime, at: datetime.datetime) -> None:
    """The worker lives."""
    Worker.objects.update_or_create(
        name=name, defaults={"seen_at": at}, create_defaults={"started_at": started, "seen_at": at}
    )


def how_many(now: datetime.datetime) -> int:
    """How many workers said lately that they live. One query."""
    return Worker.objects.exclude(lost("seen_at", now, LATELY)).count()


def tend(now: datetime.datetime) -> None:
    """Put back what lost workers held, try again what failed, and forget who has been silent for a day."""
    Worker.objects.filter(seen_at__lt=now - datetime.timedelta(days=1)).delete()
    if again := put_back_lost(now) + try_again(now):
        log.info("Jobs put back into the queue: %s", again)


def pause_after(attempts: int) -> datetime.timedelta:
    """How long a job that failed waits: a minute after the first attempt, then four times as long each time."""
    return datetime.timedelta(minutes=4 ** max(attempts - 1, 0))


def put_back_lost(now: datetime.datetime) -> int:
    """Queue again every job whose worker is silent; give up one that took six workers with it. Returns how many."""
    alive = set(Worker.objects.exclude(lost("seen_at", now, LATELY)).values_list("name", flat=True))
    running = DBTaskResult.objects.running().filter(lost("started_at", now, LATELY))
    count = 0
    for pk, started, names in list(running.values_list("pk", "started_at", "worker_ids")):
        if names and names[-1] in alive:
            continue
        mine = DBTaskResult.objects.running().filter(pk=pk, started_at=started)
        if len(names) < ATTEMPTS:
            count += mine.update(status=TaskResultStatus.READY, run_after=AT_ONCE)
        else:
            mine.update(status=TaskResultStatus.FAILED, finished_at=now, exception_class_path=LOST)
    return count


def try_again(now: datetime.datetime) -> int:
    """Queue again every job that failed, once its pause is over, six attempts in all. Returns how many."""
    failed = DBTaskResult.objects.failed().filter(finished_at__gt=now - TRIED_AGAIN_FOR)
    count = 0
    for pk, finished, names in list(failed.values_list("pk", "finished_at", "worker_ids")):
        over = finished and (finished + pause_after(len(names)) <= now or finished > now + LATELY)
        if over and len(names) < ATTEMPTS:
            mine = DBTaskResult.objects.failed().filter(pk=pk, finished_at=finished)
            count += mine.update(status=TaskResultStatus.READY, run_after=AT_ONCE)
    return count
