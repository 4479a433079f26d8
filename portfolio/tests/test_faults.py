"""What breaks around the product: a full disk, a database that goes away, a clock that jumps.

Nothing is lost, whoever asks reads what is the matter, and all goes on by itself. docs/operations.md has the whole
list, with the tests that are elsewhere.
"""

import contextlib
import datetime
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.conf import settings as house
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import InterfaceError, OperationalError, close_old_connections, connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portfolio import audit, backup, invitation, leases, post, press, workers
from portfolio.enums import DocumentStatus
from portfolio.models import AuditChain, AuditEvent, Centre, Document, OutgoingMessage, User, Worker
from portfolio.testing import a_centre, an_administrator
from portfolio.tests import a_job, letter
from portfolio.tests.full_disk import no_file_larger_than, no_room_in_the_database
from portfolio.tests.no_room import writes_nothing_by_halves
from portfolio.views import faults

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def person(centre: Centre) -> User:
    return an_administrator(centre)


@pytest.fixture
def visitor(person: User) -> Client:
    """As a browser sees it: a fault is a page."""
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


@pytest.fixture
def press_room(settings: pytest_django.Settings) -> None:
    letter.add_template(settings)
    letter.wait_for_a_worker(settings)


# --- a full disk (uploads: views/test_transfers.py) ------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_database_without_room_says_so_keeps_nothing_by_halves_and_goes_on(visitor: Client, centre: Centre) -> None:
    writes_nothing_by_halves(visitor, centre, without_room())


@contextlib.contextmanager
def without_room() -> Iterator[None]:
    """SQLite refuses by itself; PostgreSQL as it would say it, at whatever is written."""
    if connection.vendor == "sqlite":
        with no_room_in_the_database():
            yield
        return

    class DiskFull(Exception):
        pgcode = faults.DISK_FULL

    def refuses(execute: Any, sql: str, *asked: Any) -> Any:
        if sql.startswith("INSERT"):
            raise OperationalError("could not extend file: No space left on device") from DiskFull()
        return execute(sql, *asked)

    with connection.execute_wrapper(refuses):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("press_room")
def test_a_document_that_has_no_room_says_so_leaves_nothing_and_is_made_later(centre: Centre, person: User) -> None:
    document = letter.ask(centre, person, issued=True)
    with no_file_larger_than(4000):
        assert "the server has no room left" in letter.made(document).problem
    assert [path for path in Path(house.VAULT_DIR).rglob("*") if path.is_file()] == []
    assert letter.made(letter.ask(centre, person, issued=True)).status == DocumentStatus.READY


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_has_no_room_says_so_and_leaves_the_earlier_ones_whole(
    centre: Centre, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.MIGRATION_MODULES = {}
    monkeypatch.setattr(backup, "migrations_now", backup.migrations_known)
    folder = tmp_path / "backups"
    folder.mkdir()
    call_command("backup", str(folder), stdout=io.StringIO())
    later = timezone.now() + HOUR
    monkeypatch.setattr(timezone, "now", lambda: later)
    with no_file_larger_than(16_000), pytest.raises(CommandError, match=r"could not be written|pg_dump failed"):
        call_command("backup", str(folder))
    assert len(backup.backups_in(folder)) == 1
    assert [path.name for path in folder.glob(".*.unfinished")] == []
    backup.check(backup.backups_in(folder)[0])
    call_command("backup", str(folder), stdout=io.StringIO())
    assert len(backup.backups_in(folder)) == 2


# --- a database that goes away ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def database_gone() -> Iterator[None]:
    """PostgreSQL hangs up on everybody and takes nobody in; where SQLite's file was is something else."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        connection.close()
        here, aside = Path(name), Path(f"{name}.taken-off")
        here.rename(aside)
        here.mkdir()
        try:
            yield
        finally:
            connection.close()
            here.rmdir()
            aside.replace(here)
        return
    elsewhere = connections.create_connection("default")
    elsewhere.settings_dict = {**elsewhere.settings_dict, "NAME": "postgres"}
    with elsewhere.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    elsewhere.close()


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_gone_pages_say_so_and_all_goes_on_when_it_is_back(
    visitor: Client, centre: Centre
) -> None:
    page, sessions = reverse("portfolio:centre_people", args=[centre.slug]), Session.objects.count()
    assert visitor.get(page).status_code == 200
    with database_gone():
        for _ in range(2):
            answer = visitor.get(page)
            close_old_connections()  # as at the end of each request
            assert (answer.status_code, answer["Retry-After"]) == (503, "60")
            assert faults.AWAY in answer.content.decode()
        assert visitor.get("/healthz").status_code == 200
        assert visitor.get("/readyz/pages").status_code == 503
        close_old_connections()
    close_old_connections()
    assert visitor.get(page).status_code == 200
    assert visitor.get("/readyz/pages").json()["checks"]["database"]["ok"]
    assert Session.objects.count() == sessions


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_database_goes_away_is_heard_of_again_by_itself() -> None:
    workers.say_so("one", started=timezone.now(), at=timezone.now())
    with database_gone(), pytest.raises((OperationalError, InterfaceError)):
        workers.tend(timezone.now())
    connection.close()  # as `keep_saying` and the command do then: see test_workers.py
    workers.tend(timezone.now())
    assert workers.how_many(timezone.now()) == 1


# --- a clock that jumps ----------------------------------------------------------------------------------------------


def test_whoever_was_last_heard_of_in_days_to_come_is_lost_like_one_long_silent() -> None:
    now, minutes = timezone.now(), datetime.timedelta(minutes=10)
    heard = {-HOUR: True, -minutes / 2: False, minutes / 2: False, HOUR: True}
    assert {after: leases.is_lost(now + after, now, minutes) for after in heard} == heard


@pytest.mark.django_db
def test_the_book_holds_whatever_the_clock_says(centre: Centre, person: User) -> None:
    now = timezone.now()
    for at in (now, now - HOUR, now + DAY, now):
        with transaction.atomic():
            audit.record(verb="try", by=person, at=at, subject=centre, centre=centre, details={})
    chain = AuditChain.objects.get(centre=centre)
    assert audit.verify(chain) is None
    assert list(AuditEvent.objects.filter(verb="try").order_by("sequence").values_list("at", flat=True)) == [
        now,
        now - HOUR,
        now + DAY,
        now,
    ]


@pytest.mark.django_db
def test_jobs_of_a_clock_that_was_ahead_are_not_left_until_it_comes_there_again(
    settings: pytest_django.Settings,
) -> None:
    letter.wait_for_a_worker(settings)
    now = timezone.now()
    ahead = now + DAY
    workers.say_so("lost", started=ahead, at=ahead)
    assert workers.how_many(now) == 0
    for status, count in (
        (TaskResultStatus.RUNNING, workers.put_back_lost),
        (TaskResultStatus.FAILED, workers.try_again),
    ):
        a_job.fail.enqueue()
        mine = DBTaskResult.objects.filter(pk=DBTaskResult.objects.latest("enqueued_at").pk)
        mine.update(status=status, started_at=ahead, finished_at=ahead, worker_ids=["lost"])
        assert count(now) == 1
        assert mine.get().status == TaskResultStatus.READY
        assert DBTaskResult.objects.ready().filter(pk=mine.get().pk).exists()
    assert count(now) == 0


@pytest.mark.django_db
def test_a_day_forward_costs_living_workers_nothing_once_they_say_so_again(settings: pytest_django.Settings) -> None:
    letter.wait_for_a_worker(settings)
    now = timezone.now()
    workers.say_so("alive", started=now, at=now)
    workers.tend(now + DAY + HOUR)
    assert not Worker.objects.exists()
    workers.say_so("alive", started=now, at=now + DAY + HOUR)
    assert workers.how_many(now + DAY + HOUR) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("press_room")
def test_a_document_that_a_worker_began_in_days_to_come_is_asked_for_again(centre: Centre, person: User) -> None:
    document = letter.ask(centre, person)
    now = timezone.now()
    Document.objects.update(started_at=now + DAY)
    assert press.requeue_lost(at=now) == 1
    assert letter.made(document).status == DocumentStatus.READY


@pytest.mark.django_db
def test_a_letter_that_was_tried_in_days_to_come_is_tried_again(centre: Centre) -> None:
    now = timezone.now()
    message = OutgoingMessage(centre=centre, to="a@example.org", attempts=1, tried_at=now + DAY, written_at=now)
    assert post.is_due(message, now)
    message.tried_at = now
    assert not post.is_due(message, now)


@pytest.mark.django_db
def test_links_written_by_a_clock_that_was_ahead_are_good_and_end_in_their_days(
    centre: Centre, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = time.time()
    monkeypatch.setattr(time, "time", lambda: clock + HOUR.total_seconds())
    token = invitation.link_to(invitation.Invitation(person, centre)).rstrip("/").rsplit("/", 1)[-1]
    monkeypatch.setattr(time, "time", lambda: clock)
    assert invitation.read(token)
    monkeypatch.setattr(time, "time", lambda: clock + (house.INVITATION_DAYS + 1) * DAY.total_seconds())
    assert invitation.read(token) is None


@pytest.mark.django_db
def test_who_signed_in_by_a_clock_that_was_ahead_stays_signed_in_and_no_longer_than_they_should(
    visitor: Client, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    (session,) = Session.objects.all()
    Session.objects.update(expire_date=session.expire_date + HOUR)
    page = reverse("portfolio:centre_people", args=[centre.slug])
    assert visitor.get(page).status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: now + DAY)
    assert visitor.get(page).status_code == 302
