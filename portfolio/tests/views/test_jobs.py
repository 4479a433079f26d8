"""Jobs of a centre: its administrators see what waits, runs and failed, in words, and have a failed one tried again."""

import datetime
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import pytest_django
from django.apps import apps
from django.conf import settings as house
from django.urls import reverse
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from portfolio import actions, jobs, post, workers
from portfolio.enums import Role
from portfolio.harness import AskingClient
from portfolio.models import AuditEvent, Centre, OutgoingMessage, User
from portfolio.queries import jobs_page
from portfolio.queries.jobs import KINDS, reason
from portfolio.refusal import Refusal
from portfolio.testing import a_centre, a_staff_member, an_administrator

pytestmark = pytest.mark.django_db
NOW = timezone.now()
MINUTES = datetime.timedelta(minutes=1)
READY, RUNNING, FAILED = TaskResultStatus.READY, TaskResultStatus.RUNNING, TaskResultStatus.FAILED


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def office(centre: Centre, client: AskingClient) -> User:
    """Its administrator, signed in, whose own invitation is gone from the queue."""
    administrator = an_administrator(centre)
    client.force_login(administrator)
    return administrator


@pytest.fixture(autouse=True)
def a_worker_comes_later(settings: pytest_django.Settings) -> None:
    settings.TASKS = {"default": settings.TASKS["default"] | {"BACKEND": "portfolio.queueing.Queue"}}


def a_job(centre: Centre, status: TaskResultStatus, *, tries: int = 1, why: str = "builtins.OSError") -> uuid.UUID:
    letter = post.hand_in(centre=centre, to="a@example.org", subject="s", body="b", at=NOW)
    row = DBTaskResult.objects.get(args_kwargs__args=[letter.pk], task_path="portfolio.post.send")
    known = {"worker_ids": ["w"] * tries, "started_at": NOW, "finished_at": NOW, "exception_class_path": why}
    DBTaskResult.objects.filter(pk=row.pk).update(status=status, **known)
    return row.pk


def test_every_task_is_told_in_words_and_leads_to_its_centre() -> None:
    tasks = {task.module_path for module in (jobs, post) for task in vars(module).values() if isinstance(task, Task)}
    assert tasks == set(KINDS)
    for kind in KINDS.values():
        apps.get_model(kind.model)._default_manager.filter(**{kind.centre: 1}).exists()
    files = (path for floor in ("portfolio", "units", "assessments") for path in (house.BASE_DIR / floor).rglob("*.py"))
    elsewhere = {
        path.name for path in files if "tests" not in path.parts and re.search("^@task", path.read_text(), re.M)
    }
    assert elsewhere == {"jobs.py", "post.py"}


def test_a_centre_sees_its_own_jobs_by_state(
    centre: Centre, client: AskingClient, office: User, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    DBTaskResult.objects.all().delete()
    a_job(centre, FAILED)
    a_job(centre, RUNNING)
    a_job(centre, READY)
    a_job(a_centre("Southgate Centre"), FAILED, why="portfolio.workers.WorkerLost")
    jobs.check_book.enqueue(centre.pk)  # of no check there is
    with django_assert_max_num_queries(6):
        found = jobs_page(centre, NOW)
    assert [len(found.failed), len(found.running), len(found.waiting), found.workers] == [1, 1, 1, 0]
    page = client.get(reverse("portfolio:jobs", args=[centre.slug])).content.decode()
    assert "No worker has been seen" in page
    assert "A file could not be read or written." in page
    assert "Each worker" not in page
    assert "a@example.org" not in page


def test_it_says_when_a_failed_one_is_tried_again_and_when_it_is_given_up(centre: Centre) -> None:
    a_job(centre, FAILED, tries=2)
    a_job(centre, FAILED, tries=workers.ATTEMPTS)
    found = jobs_page(centre, NOW).failed
    assert {line.again for line in found} == {NOW + 4 * MINUTES, None}


@pytest.mark.parametrize("count", [1, 60])
def test_it_asks_as_often_of_many_as_of_one(
    centre: Centre, client: AskingClient, office: User, count: int, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for _ in range(count):
        a_job(centre, READY)
    with django_assert_max_num_queries(11):
        page = client.get(reverse("portfolio:jobs", args=[centre.slug]))
    assert ("And 1" in page.content.decode()) == (count == 60)  # the invitation waits too


def test_nothing_waits_where_all_is_done(centre: Centre, client: AskingClient, office: User) -> None:
    DBTaskResult.objects.all().delete()
    assert "Nothing waits" in client.get(reverse("portfolio:jobs", args=[centre.slug])).content.decode()


def test_a_failed_one_is_tried_again_at_once_with_all_its_tries(
    centre: Centre, client: AskingClient, office: User
) -> None:
    job = a_job(centre, FAILED, tries=workers.ATTEMPTS)
    address = reverse("portfolio:try_job_again", args=[centre.slug, job])
    lines = AuditEvent.objects.count()
    page = client.post(address, follow=True).content.decode()
    assert "as soon as a worker is free" in page
    row = DBTaskResult.objects.get(pk=job)
    assert (row.status, row.worker_ids) == ("READY", [])
    assert [event.verb for event in AuditEvent.objects.order_by("pk")[lines:]] == ["try job again"]
    assert "has had it tried again already" in client.post(address, follow=True).content.decode()
    assert AuditEvent.objects.count() == lines + 1


def test_nobody_else_has_it_tried_again(centre: Centre, office: User) -> None:
    job = a_job(centre, FAILED)
    other = a_centre("Southgate Centre")
    stranger = an_administrator(other, "Olga Other")
    for by, where in (
        (a_staff_member(centre, "Ann Assessor", Role.ASSESSOR).user, centre),
        (stranger, centre),
        (stranger, other),
    ):
        with pytest.raises(Refusal):
            actions.try_job_again(centre=where, job=job, by=by, at=NOW)
    assert DBTaskResult.objects.get(pk=job).status == "FAILED"


def test_letters_that_do_not_go_are_counted(centre: Centre, client: AskingClient, office: User) -> None:
    for attempts in (0, 1, post.ATTEMPTS, post.ATTEMPTS):
        letter = post.hand_in(centre=centre, to="a@example.org", subject="s", body="b", at=NOW)
        OutgoingMessage.objects.filter(pk=letter.pk).update(attempts=attempts)
    found = jobs_page(centre, NOW)
    assert (found.refused, found.given_up) == (1, 2)
    page = client.get(reverse("portfolio:jobs", args=[centre.slug])).content.decode()
    assert "did not take 1 letter so far. It is tried again by itself." in page
    assert "2 letters were given up after eight tries" in page


def test_a_letter_of_no_centre_is_nobodys(centre: Centre, office: User) -> None:
    OutgoingMessage.objects.all().delete()
    DBTaskResult.objects.all().delete()
    post.hand_in(centre=None, to="a@example.org", subject="s", body="b", at=NOW)
    assert jobs_page(centre, NOW).waiting == []


@pytest.mark.parametrize(
    ("exception", "says"),
    [
        ("portfolio.workers.WorkerLost", "lost"),
        ("django.db.utils.OperationalError", "database"),
        ("builtins.MemoryError", "memory"),
        ("builtins.KeyError", "fault on the server"),
    ],
)
def test_why_is_said_in_words(exception: str, says: str) -> None:
    assert says in reason(exception)
