"""Archives that were asked for: while a worker makes them, when it is lost, and until their file goes."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.testing import House, a_draft, an_enrolment, handed_in
from portfolio import audit, jobs, shredder
from portfolio.archive import asking
from portfolio.enums import ArchiveCut, ArchiveStatus
from portfolio.harness import AskingClient
from portfolio.models import Archive, AuditEvent, Destruction, StoredFile
from portfolio.refusal import Refusal
from portfolio.testing import a_candidate

pytestmark = pytest.mark.django_db


def file_of(archive: Archive) -> Path:
    return asking.making_folder() / asking.place_of(archive)


def waiting(house: House, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """An archive that waits for its worker."""
    with monkeypatch.context() as patch:
        patch.setattr(type(jobs.make_archive), "enqueue", lambda task, archive_id: None)
        return asking.ask(
            centre=house.centre,
            candidate=None,
            cut=ArchiveCut.CENTRE,
            by=house.administrator,
            at=timezone.now(),
        )


def test_it_is_asked_for_once_while_it_is_under_way_and_can_be_cancelled(
    house: House, client: AskingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = waiting(house, monkeypatch)
    assert waiting(house, monkeypatch) == asked
    client.force_login(house.administrator)
    page = client.get(reverse("assessments:archive", args=[asked.pk])).content.decode()
    assert "It waits for its turn" in page
    said = client.post(reverse("assessments:cancel_archive", args=[asked.pk]), follow=True).content.decode()
    assert "The archive is cancelled" in said
    line = AuditEvent.objects.get(verb="cancel archive")
    assert (line.actor, line.subject_kind, line.subject_id) == (house.administrator, "centre", house.centre.pk)
    asking.make(asked.pk)
    asked.refresh_from_db()
    assert asked.status == ArchiveStatus.CANCELLED
    again = client.post(reverse("assessments:cancel_archive", args=[asked.pk]), follow=True).content.decode()
    assert "there is nothing to cancel" in again
    assert client.get(reverse("assessments:archive_file", args=[asked.pk])).status_code == 404


def test_a_worker_stops_when_it_is_cancelled_and_leaves_no_file(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = waiting(house, monkeypatch)

    def cancelled_meanwhile(*args: Any, **more: Any) -> None:
        asking.cancel(archive=asked, by=house.administrator, at=timezone.now())

    monkeypatch.setattr("assessments.archive.filling.add_pages", cancelled_meanwhile)
    asking.make(asked.pk)
    asked.refresh_from_db()
    assert asked.status == ArchiveStatus.CANCELLED
    assert list(asking.making_folder().iterdir()) == []


def test_a_fault_is_told_as_a_sentence_and_leaves_no_file(
    house: House, client: AskingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = waiting(house, monkeypatch)

    def breaks(*args: Any, **more: Any) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("assessments.archive.filling.add_pages", breaks)
        asking.make(asked.pk)
    asked.refresh_from_db()
    assert (asked.status, asked.problem) == (ArchiveStatus.FAILED, asking.FAULT)
    assert list(asking.making_folder().iterdir()) == []
    client.force_login(house.administrator)
    assert "Ask for it again" in client.get(reverse("assessments:archive", args=[asked.pk])).content.decode()


def test_a_lost_worker_is_followed_by_another(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = waiting(house, monkeypatch)
    long_ago = timezone.now() - 2 * asking.LOST_AFTER
    Archive.objects.filter(pk=asked.pk).update(status="making", started_at=long_ago, touched_at=long_ago)
    assert asking.requeue_lost(at=timezone.now()) == 1
    asked.refresh_from_db()
    assert asked.status == ArchiveStatus.READY


def test_one_whose_worker_was_lost_is_begun_again_by_asking_anew(
    house: House, client: AskingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = waiting(house, monkeypatch)
    long_ago = timezone.now() - 2 * asking.LOST_AFTER
    Archive.objects.filter(pk=asked.pk).update(status="making", started_at=long_ago, touched_at=long_ago)
    client.force_login(house.administrator)
    page = client.get(reverse("assessments:archive", args=[asked.pk])).content.decode()
    assert "ask for it anew" in page
    client.post(reverse("assessments:centre_archives", args=[house.centre.slug]))
    assert Archive.objects.get().status == ArchiveStatus.READY


def test_a_file_that_came_into_place_while_it_is_swept_stays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = waiting(house, monkeypatch)
    Archive.objects.filter(pk=asked.pk).update(status="making", started_at=timezone.now(), touched_at=timezone.now())
    nobodys = asking.making_folder() / "of-nobody.part"
    for path in (file_of(asked), nobodys):
        path.write_bytes(b"PK")
    assert asking.sweep(timezone.now()) == 0
    assert list(asking.making_folder().iterdir()) == [file_of(asked)]


def test_it_is_given_to_nobody_once_numbers_and_details_were_erased(house: House, client: AskingClient) -> None:
    client.force_login(house.administrator)
    client.post(reverse("assessments:centre_archives", args=[house.centre.slug]))
    asked = Archive.objects.get()
    line = AuditEvent.objects.filter(chain__centre=house.centre, detail__isnull=False)[0]
    audit.erase([line.pk], reason="Its time is over.", by=house.administrator, at=timezone.now())
    assert client.get(reverse("assessments:archive_file", args=[asked.pk])).status_code == 404
    page = client.get(reverse("assessments:archive", args=[asked.pk])).content.decode()
    assert "Something in it may have been destroyed" in page
    assert "Download" not in page
    assert asking.sweep(timezone.now()) == 1


def test_the_last_day_is_one_of_here() -> None:
    late = datetime.datetime(2026, 7, 1, 23, 30, tzinfo=datetime.UTC)
    assert Archive(finished_at=late).goes_on(14) == datetime.date(2026, 7, 16)


def test_its_file_goes_after_its_days_and_when_something_in_it_was_destroyed(
    house: House, client: AskingClient, settings: Any
) -> None:
    handed_in(an_enrolment(house), "1.1")
    client.force_login(house.administrator)
    client.post(reverse("assessments:centre_archives", args=[house.centre.slug]))
    first = Archive.objects.get()
    assert asking.sweep(timezone.now()) == 0
    assert asking.sweep(timezone.now() + datetime.timedelta(days=settings.ARCHIVE_DAYS + 1)) == 1
    first.refresh_from_db()
    assert (first.status, file_of(first).exists()) == (ArchiveStatus.GONE, False)
    assert "It was kept for 14 days" in client.get(reverse("assessments:archive", args=[first.pk])).content.decode()

    client.post(reverse("assessments:centre_archives", args=[house.centre.slug]))
    second = Archive.objects.latest("pk")
    stored = StoredFile.objects.filter(centre=house.centre)[0]
    shredder.order(stored=stored, reason="A name in it", by=house.administrator, at=timezone.now())
    destruction = stored.destructions.get()
    assert destruction.spared is True  # the item shows it still
    sent = client.get(reverse("assessments:archive_file", args=[second.pk]))
    assert len(b"".join(sent)) == second.size
    Destruction.objects.create(
        stored=stored, reason="Another", ordered_by=house.administrator, ordered_at=timezone.now()
    )
    assert client.get(reverse("assessments:archive_file", args=[second.pk])).status_code == 404
    assert asking.sweep(timezone.now()) == 1
    assert not file_of(second).exists()


def test_it_is_refused_where_the_disk_has_no_room(
    house: House, client: AskingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_draft(an_enrolment(house), "1.1")
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 3})())
    client.force_login(house.administrator)
    page = client.post(reverse("assessments:centre_archives", args=[house.centre.slug]), follow=True)
    assert "The server has 3" in page.content.decode()
    assert not Archive.objects.exists()
    with pytest.raises(Refusal):
        asking.refuse_without_room(house.centre, house.candidate)
    other = a_candidate(house.centre, "Nia Newcomer", number="10000009")
    asking.refuse_without_room(house.centre, other)  # who has no files yet
