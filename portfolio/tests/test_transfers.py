"""Uploads that come in pieces: resumed, refused, finished once, expired."""

import datetime
import errno
import hashlib
import io
import os
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
import pytest_django
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from portfolio import transfers, vault
from portfolio.models import CandidateRecord, StoredFile, Upload
from portfolio.refusal import Refusal
from portfolio.testing import a_candidate, a_centre, in_vault
from portfolio.tests import small_files

NOTE = b"Rang the customer back at ten."


@pytest.fixture
def record(db: None) -> CandidateRecord:
    return a_candidate(a_centre())


def begun(record: CandidateRecord, size: int = len(NOTE), name: str = "note.txt") -> Upload:
    return transfers.begin(centre=record.centre, by=record.user, name=name, size=size, at=timezone.now())


def send(upload: Upload, content: bytes, offset: int = 0) -> int:
    fresh = Upload.objects.get(pk=upload.pk)
    return transfers.receive(upload=fresh, offset=offset, read=io.BytesIO(content).read, at=timezone.now())


def kept(record: CandidateRecord, content: bytes = NOTE, name: str = "note.txt") -> Upload:
    upload = begun(record, len(content), name)
    send(upload, content)
    upload.refresh_from_db()
    return upload


def incoming(settings: pytest_django.Settings) -> list[Path]:
    return list((Path(settings.VAULT_DIR) / "incoming").glob("*"))


# --- coming in -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("kept_in")
def test_pieces_become_the_file_the_vault_would_have_stored(
    record: CandidateRecord, settings: pytest_django.Settings
) -> None:
    upload = begun(record)
    assert [send(upload, NOTE[:10]), send(upload, NOTE[10:], 10)] == [10, len(NOTE)]
    upload.refresh_from_db()
    stored = StoredFile.objects.get()
    assert (upload.stored, upload.refusal) == (stored, "")
    assert (stored.sha256, stored.content_type) == (hashlib.sha256(NOTE).hexdigest(), "text/plain; charset=utf-8")
    assert in_vault(stored) == NOTE
    assert incoming(settings) == []


def test_what_has_come_is_asked_of_the_disk(record: CandidateRecord) -> None:
    upload = begun(record)
    assert transfers.offset_of(upload) == 0
    send(upload, NOTE[:10])
    transfers.path_of(upload).write_bytes(NOTE[:7])  # the disk lost three bytes with the power
    assert transfers.offset_of(upload) == 7
    send(upload, NOTE[7:], 7)
    assert StoredFile.objects.get().sha256 == hashlib.sha256(NOTE).hexdigest()


@pytest.mark.parametrize("offset", [0, 5, 11, 1000])
def test_a_piece_that_does_not_go_on_where_the_file_ends_is_refused(record: CandidateRecord, offset: int) -> None:
    upload = begun(record)
    send(upload, NOTE[:10])
    with pytest.raises(transfers.OutOfStepError) as caught:
        send(upload, NOTE, offset)
    assert caught.value.offset == transfers.offset_of(upload) == 10


def test_more_than_was_announced_is_not_taken(record: CandidateRecord) -> None:
    upload = begun(record)
    assert send(upload, NOTE + b"more") == len(NOTE)
    assert StoredFile.objects.get().size == len(NOTE)


def test_what_came_before_the_line_was_cut_counts(record: CandidateRecord) -> None:
    upload = begun(record)
    assert send(upload, NOTE[:4]) == 4
    assert transfers.offset_of(upload) == 4


def test_somebody_who_waits_on_a_dead_line_stands_in_nobodys_way(record: CandidateRecord) -> None:
    upload = begun(record)
    pieces = [NOTE[:10], NOTE[10:20]]

    def stalls(size: int) -> bytes:
        if len(pieces) == 1:  # meanwhile the browser is back on another line and finishes
            send(upload, NOTE[10:], 10)
        return pieces.pop(0)

    with pytest.raises(transfers.OutOfStepError):
        transfers.receive(upload=upload, offset=0, read=stalls, at=timezone.now())
    assert in_vault(StoredFile.objects.get()) == NOTE


@pytest.mark.usefixtures("kept_in")
@pytest.mark.django_db(transaction=True)
def test_pieces_sent_twice_at_once_are_written_once(settings: pytest_django.Settings) -> None:
    upload = begun(a_candidate(a_centre()), 4_000_000, "long.txt")
    content = b"0123456789abcdef" * 250_000
    start, ends = threading.Barrier(4), []

    def work() -> None:
        try:
            start.wait()
            ends.append(send(upload, content))
        except transfers.OutOfStepError as problem:
            ends.append(problem.offset)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    end = transfers.offset_of(Upload.objects.get())
    send(upload, content[end:], end)
    assert in_vault(StoredFile.objects.get()) == content
    assert incoming(settings) == []


def test_a_process_killed_at_the_end_can_finish_again(
    record: CandidateRecord, monkeypatch: pytest.MonkeyPatch, settings: pytest_django.Settings
) -> None:
    """Killed after the bytes are in place and before the row is."""

    class KilledError(BaseException):
        pass

    def killed(*args: object, **kwargs: object) -> None:
        raise KilledError

    upload = begun(record)
    monkeypatch.setattr(transfers, "settle", killed)
    with pytest.raises(KilledError):
        send(upload, NOTE)
    monkeypatch.undo()
    assert transfers.offset_of(upload) == len(NOTE)
    send(upload, b"", len(NOTE))
    upload.refresh_from_db()
    assert upload.stored == StoredFile.objects.get()
    assert incoming(settings) == []


@pytest.mark.parametrize("call", ["write", "fsync", "link"])
def test_a_failing_disk_loses_nothing_that_came(
    record: CandidateRecord, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "no")

    upload = begun(record)
    send(upload, NOTE[:10])
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(vault.NotWrittenError, match="no room left"):
        send(upload, NOTE[10:], 10)
    monkeypatch.undo()
    end = transfers.offset_of(upload)
    assert end >= 10
    send(upload, NOTE[end:], end)
    assert StoredFile.objects.get().sha256 == hashlib.sha256(NOTE).hexdigest()


def test_it_needs_no_more_memory_for_a_large_upload(record: CandidateRecord, tmp_path: Path) -> None:
    large = tmp_path / "large.wav"
    large.write_bytes(small_files.wav(seconds=800))
    upload = begun(record, large.stat().st_size, "large.wav")
    with large.open("rb") as source:
        tracemalloc.start()
        transfers.receive(upload=upload, offset=0, read=source.read, at=timezone.now())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert StoredFile.objects.get().size > 12_000_000
    assert peak < 4_000_000


# --- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "what"), [(0, "is empty"), (2000, "is larger than"), (1200, "your centre has used")])
def test_what_cannot_be_kept_is_refused_before_a_byte_is_sent(
    record: CandidateRecord, settings: pytest_django.Settings, size: int, what: str
) -> None:
    settings.UPLOAD_LIMIT, settings.CENTRE_QUOTA = 1500, 1000
    with pytest.raises(vault.UploadRefused, match=what):
        begun(record, size)
    assert not Upload.objects.exists()


def test_an_upload_on_its_way_has_its_room(record: CandidateRecord, settings: pytest_django.Settings) -> None:
    settings.CENTRE_QUOTA = 50
    first = begun(record)
    with pytest.raises(vault.UploadRefused, match="your centre has used"):
        begun(record)
    transfers.give_up(upload=first, at=timezone.now())
    begun(record)


def test_nobody_reserves_room_for_nothing(record: CandidateRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfers, "MOST_AT_ONCE", 2)
    begun(record)
    kept(record)
    begun(record)
    with pytest.raises(vault.UploadRefused, match="are on their way already"):
        begun(record)


def test_a_kind_that_is_not_taken_is_refused_at_the_end_and_leaves_nothing(
    record: CandidateRecord, settings: pytest_django.Settings
) -> None:
    upload = begun(record, name="report.pdf")
    for offset in (0, len(NOTE)):  # and asked again it says the same
        with pytest.raises(vault.UploadRefused, match=r"“report\.pdf” is named \.pdf"):
            send(upload, NOTE[offset:], offset)
    upload.refresh_from_db()
    assert upload.refusal
    assert incoming(settings) == []
    assert not StoredFile.objects.exists()


def test_the_same_bytes_are_kept_once_and_nobody_is_told(record: CandidateRecord) -> None:
    other = a_candidate(record.centre, "Olaf Other")
    first, second = kept(record), kept(other, name="mine.txt")
    assert first.stored == second.stored
    assert (second.name, second.size) == ("mine.txt", len(NOTE))
    assert second.finished_at
    assert first.finished_at
    assert second.finished_at > first.finished_at
    assert kept(a_candidate(a_centre("Harbour College"))).stored != first.stored


# --- used, given up, expired -----------------------------------------------------------------------------------------


def test_it_is_used_once(record: CandidateRecord) -> None:
    upload = kept(record)
    transfers.claim([upload.token], at=timezone.now())
    with pytest.raises(Refusal, match="saved already"):
        transfers.claim([upload.token], at=timezone.now())
    with pytest.raises(Refusal, match="where it was saved"):
        transfers.give_up(upload=upload, at=timezone.now())


def test_it_is_found_by_its_owner_at_its_centre(record: CandidateRecord) -> None:
    first, second, unfinished = kept(record), kept(record, b"More."), begun(record)
    tokens = [str(second.token), "nonsense", str(unfinished.token), str(first.token), str(second.token)]
    assert transfers.found(tokens, by=record.user, centre=record.centre) == [second, first]
    assert transfers.found(tokens, by=a_candidate(record.centre, "Olaf").user, centre=record.centre) == []
    assert transfers.found(tokens, by=record.user, centre=a_centre("Harbour College")) == []


@pytest.mark.usefixtures("kept_in")
def test_giving_up_destroys_bytes_that_nothing_else_holds(record: CandidateRecord) -> None:
    first, second = kept(record), kept(record)
    assert first.stored
    transfers.give_up(upload=first, at=timezone.now())
    assert vault.has(first.stored)
    transfers.give_up(upload=second, at=timezone.now())
    assert not vault.has(first.stored)
    assert kept(record).stored == first.stored
    assert in_vault(first.stored) == NOTE


def test_what_came_with_a_form_is_an_upload_too(record: CandidateRecord) -> None:
    file = SimpleUploadedFile("x", NOTE)
    upload = transfers.keep_whole(centre=record.centre, by=record.user, file=file, name="a/note.txt", at=timezone.now())
    assert (upload.name, upload.size) == ("note.txt", len(NOTE))
    assert transfers.found([str(upload.token)], by=record.user, centre=record.centre) == [upload]


@pytest.mark.usefixtures("kept_in")
def test_the_sweep_takes_what_nobody_went_on_with_or_used(
    record: CandidateRecord, settings: pytest_django.Settings
) -> None:
    on_its_way, broken_off, used, unused = begun(record), begun(record), kept(record), begun(record)
    transfers.claim([used.token], at=timezone.now())
    send(unused, b"x" * len(NOTE))
    send(on_its_way, NOTE[:5])
    send(broken_off, NOTE[:5])
    fresh = kept(record, b"Something else.")
    long_ago = timezone.now() - datetime.timedelta(days=settings.UPLOAD_DAYS, hours=1)
    Upload.objects.filter(pk__in=[broken_off.pk, used.pk, unused.pk]).update(touched_at=long_ago)
    unused.refresh_from_db()
    assert unused.stored
    for path in incoming(settings):
        old = time.time() - 3 * 24 * 60 * 60
        os.utime(path, (old, old))

    said = io.StringIO()
    call_command("sweep_vault", "--dry-run", stdout=said)
    assert "Uploads that would expire: 2." in said.getvalue()
    call_command("sweep_vault", stdout=io.StringIO())
    assert set(Upload.objects.all()) == {on_its_way, used, fresh}
    assert incoming(settings) == [transfers.path_of(on_its_way)]
    assert not vault.has(unused.stored)
    assert used.stored
    assert vault.has(used.stored)


@pytest.mark.parametrize(
    ("wished", "name"),
    [
        ("Call of 3 May", "Call of 3 May.txt"),
        ("Call.txt", "Call.txt"),
        ("exe.gpj\u202e", "exe.gpj.txt"),
        ("../up", "up.txt"),
        ("x" * 300, "x" * 251 + ".txt"),
        ("  ", "note.txt"),
    ],
)
def test_a_new_name_keeps_the_ending(wished: str, name: str) -> None:
    assert vault.renamed("note.txt", wished) == name
