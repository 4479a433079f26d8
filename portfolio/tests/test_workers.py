"""Workers: who lives is known, and what a killed one held, or what failed, is done after all."""

import datetime
import signal
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.db import OperationalError
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands import db_worker as library
from django_tasks_db.models import DBTaskResult

from portfolio import workers
from portfolio.management.commands import db_worker
from portfolio.models import Worker
from portfolio.tests import a_job
from portfolio.tests.processes import a_worker, until

NOW = timezone.now()
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def a_worker_comes_later(settings: pytest_django.Settings) -> None:
    settings.TASKS = {"default": settings.TASKS["default"] | {"BACKEND": "portfolio.queueing.Queue"}}


def a_job_that(status: TaskResultStatus, *names: str, ago: datetime.timedelta) -> DBTaskResult[Any, Any]:
    a_job.fail.enqueue()
    job = DBTaskResult.objects.latest("enqueued_at")
    DBTaskResult.objects.filter(pk=job.pk).update(
        status=status, started_at=NOW - ago, finished_at=NOW - ago, worker_ids=list(names)
    )
    return job


def status_of(job: DBTaskResult[Any, Any]) -> str:
    return DBTaskResult.objects.get(pk=job.pk).status


@pytest.mark.django_db
def test_a_worker_counts_while_it_says_that_it_lives() -> None:
    workers.say_so("one", started=NOW, at=NOW - 3 * MINUTE)
    workers.say_so("two", started=NOW, at=NOW - 3 * MINUTE)
    workers.say_so("two", started=NOW, at=NOW - MINUTE)
    assert workers.how_many(NOW) == 1
    workers.tend(NOW + datetime.timedelta(days=1))
    assert not Worker.objects.exists()


@pytest.mark.django_db
def test_what_a_lost_worker_held_is_put_back_and_what_a_living_one_holds_is_not() -> None:
    workers.say_so("alive", started=NOW - 60 * MINUTE, at=NOW)
    running = TaskResultStatus.RUNNING
    held, lost = (a_job_that(running, name, ago=30 * MINUTE) for name in ("alive", "lost"))
    only_just = a_job_that(running, "begins", ago=MINUTE)
    assert workers.put_back_lost(NOW) == 1
    assert [status_of(job) for job in (held, lost, only_just)] == ["RUNNING", "READY", "RUNNING"]


@pytest.mark.django_db
def test_a_job_that_takes_every_worker_with_it_is_given_up() -> None:
    job = a_job_that(TaskResultStatus.RUNNING, *"abcdef", ago=30 * MINUTE)
    assert workers.put_back_lost(NOW) == workers.try_again(NOW + 60 * MINUTE) == 0
    assert status_of(job) == "FAILED"


@pytest.mark.django_db
@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 4), (3, 16), (5, 256)])
def test_a_failed_job_is_tried_again_after_a_pause_that_grows(attempts: int, minutes: int) -> None:
    job = a_job_that(TaskResultStatus.FAILED, *"abcdef"[:attempts], ago=minutes * MINUTE)
    assert workers.try_again(NOW - datetime.timedelta(seconds=1)) == 0
    assert workers.try_again(NOW) == 1
    assert status_of(job) == "READY"


@pytest.mark.django_db
def test_a_job_that_failed_six_times_is_left_alone() -> None:
    a_job_that(TaskResultStatus.FAILED, *"abcdef", ago=60 * 24 * MINUTE)
    assert workers.try_again(NOW) == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_says_that_it_lives_and_takes_its_leave() -> None:
    with workers.living("one"):
        until(lambda: workers.how_many(timezone.now()) == 1)
    assert not Worker.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_outlives_the_kill_of_its_worker(tmp_path: Path) -> None:
    (tmp_path / "hang").touch()
    a_job.write_down.enqueue(str(tmp_path))
    with a_worker("killed") as process:
        until((tmp_path / "begun").exists)
        until(Worker.objects.filter(name="killed").exists)
        process.send_signal(signal.SIGKILL)
    long_ago = timezone.now() - 3 * MINUTE
    Worker.objects.update(seen_at=long_ago)
    DBTaskResult.objects.update(started_at=long_ago)
    (tmp_path / "hang").unlink()
    with a_worker("next") as process:
        until((tmp_path / "done").exists)
        process.terminate()
    job = DBTaskResult.objects.get()
    assert (job.status, job.worker_ids) == ("SUCCESSFUL", ["killed", "next"])
    assert (tmp_path / "begun").read_text() == "begun\n" * 2


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_kept_with_its_reason_until_it_is_tried_again() -> None:
    a_job.fail.enqueue()
    a_job.work()
    job = DBTaskResult.objects.get()
    assert (job.status, job.exception_class_path) == ("FAILED", "builtins.OSError")
    assert workers.try_again(timezone.now() + MINUTE) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_waits_for_a_database_that_goes_away_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under another name: what the old one held would count as held by a living worker for good."""
    names: list[str] = []

    def run(worker: library.Worker) -> None:
        names.append(worker.worker_id)
        if len(names) == 1:
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(library.Worker, "run", run)
    monkeypatch.setattr(db_worker, "PAUSE", 0.01)
    a_job.work()
    assert len(names) == len(set(names)) == 2
    assert not Worker.objects.exists()
