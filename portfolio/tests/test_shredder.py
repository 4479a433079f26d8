"""The shredder: what is to be destroyed is destroyed for good, though the server is killed on the way."""

import datetime
import os
import signal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portfolio import renditions, shredder, vault
from portfolio.models import Centre, Destruction, Rendition, StoredFile
from portfolio.testing import a_centre
from portfolio.tests import small_files
from portfolio.tests.letter import wait_for_a_worker

pytestmark = pytest.mark.django_db

LOG = small_files.pdf()


@pytest.fixture(autouse=True)
def a_worker_comes_later(settings: object) -> None:
    wait_for_a_worker(settings)  # type: ignore[arg-type]


@pytest.fixture
def stored() -> StoredFile:
    return keep(a_centre())


def keep(centre: Centre) -> StoredFile:
    file = SimpleUploadedFile("x", LOG)
    return vault.store(centre=centre, file=file, name="log.pdf", at=timezone.now())


def ordered(stored: StoredFile, at: datetime.datetime | None = None) -> Destruction:
    return shredder.order(stored=stored, reason="Names.", by=None, at=at or timezone.now())


def drawn(stored: StoredFile) -> Rendition:
    """What was drawn of the file."""
    renditions.ask([stored], at=timezone.now())
    rendition = Rendition.objects.select_related("stored").get()
    renditions.make(rendition.pk)
    return rendition


def nobody(stored: StoredFile) -> bool:
    return False


def somebody(stored: StoredFile) -> bool:
    return True


@pytest.mark.usefixtures("kept_in")
def test_the_bytes_go_with_all_that_was_drawn_of_them(stored: StoredFile) -> None:
    rendition = drawn(stored)
    assert renditions.thumbnail(rendition)
    destruction = ordered(stored)
    assert vault.has(stored)
    shredder.carry_out(destruction.pk)
    destruction.refresh_from_db()
    assert (destruction.done_at is not None, destruction.spared) == (True, False)
    assert not vault.has(stored)
    with pytest.raises(FileNotFoundError):
        renditions.thumbnail(rendition)
    assert not Rendition.objects.exists()


@pytest.mark.usefixtures("kept_in")
def test_what_was_destroyed_takes_no_room_until_it_is_sent_again(stored: StoredFile, settings: object) -> None:
    settings.CENTRE_QUOTA = len(LOG) * 3 // 2  # type: ignore[attr-defined]
    with pytest.raises(vault.UploadRefused, match="your centre has used"):
        keep(stored.centre)
    destruction = ordered(stored)
    with pytest.raises(vault.UploadRefused, match="your centre has used"):
        keep(stored.centre)  # ordered, and not done yet
    shredder.carry_out(destruction.pk)
    assert keep(stored.centre) == stored
    destruction.refresh_from_db()
    assert destruction.returned_at is not None
    with pytest.raises(vault.UploadRefused, match="your centre has used"):
        keep(stored.centre)
    shredder.carry_out(ordered(stored).pk)
    assert keep(stored.centre) == stored


def test_what_somebody_still_shows_is_spared(stored: StoredFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shredder, "_guards", {f"{__name__}.nobody", f"{__name__}.somebody"})
    destruction = ordered(stored)
    shredder.carry_out(destruction.pk)
    destruction.refresh_from_db()
    assert destruction.spared
    assert vault.has(stored)


def test_whoever_comes_second_does_nothing(stored: StoredFile) -> None:
    destruction = ordered(stored)
    shredder.carry_out(destruction.pk)
    centre = stored.centre
    keep(centre)
    shredder.carry_out(destruction.pk)
    assert vault.has(stored)


@pytest.mark.usefixtures("kept_in")
def test_what_a_lost_worker_left_is_asked_for_again(stored: StoredFile) -> None:
    ordered(stored)
    call_command("requeue_lost_documents", verbosity=0)
    assert DBTaskResult.objects.count() == 1
    late = ordered(stored, timezone.now() - 2 * shredder.LOST_AFTER)
    call_command("requeue_lost_documents", verbosity=0)
    assert DBTaskResult.objects.count() == 3
    shredder.carry_out(late.pk)
    assert not vault.has(stored)


@pytest.mark.parametrize("change", ["reason = 'Another.'", "ordered_at = ordered_at", "spared = TRUE"])
def test_what_was_destroyed_stays_on_record(stored: StoredFile, change: str) -> None:
    destruction = ordered(stored)
    shredder.carry_out(destruction.pk)
    for sql in (f"UPDATE portfolio_destruction SET {change}", "DELETE FROM portfolio_destruction"):  # noqa: S608
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_a_server_killed_between_the_act_and_the_destruction_finds_the_order_again() -> None:
    """The act is committed by a process that is killed at once; what it left is finished from its row alone."""
    stored = keep(a_centre())
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            ordered(stored, timezone.now() - 2 * shredder.LOST_AFTER)
        finally:  # whatever happens, the child may not go on with the parent's other tests
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    DBTaskResult.objects.all().delete()
    assert vault.has(stored)
    assert shredder.requeue_lost(at=timezone.now()) == 1
    shredder.carry_out(Destruction.objects.get().pk)
    assert not vault.has(stored)


@pytest.mark.django_db(transaction=True)
def test_one_killed_in_the_middle_of_the_destruction_is_done_over(monkeypatch: pytest.MonkeyPatch) -> None:
    destruction = ordered(keep(a_centre()))

    def killed(stored: StoredFile) -> None:
        raise SystemExit

    monkeypatch.setattr(renditions, "forget", killed)
    with pytest.raises(SystemExit):
        shredder.carry_out(destruction.pk)
    destruction.refresh_from_db()
    assert destruction.done_at is None
    monkeypatch.undo()
    shredder.carry_out(destruction.pk)
    destruction.refresh_from_db()
    assert destruction.done_at
