"""The vault: what is kept, and that whatever goes wrong leaves nothing behind."""

import errno
import hashlib
import io
import os
import stat
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from portfolio import stores, sweeping, vault
from portfolio.models import Centre, Destruction, StoredFile
from portfolio.testing import a_centre, in_vault
from portfolio.tests import small_files

NOTE = b"Rang the customer back at ten."


@pytest.fixture
def centre(db: None) -> Centre:
    return a_centre()


@pytest.fixture
def other_centre(db: None) -> Centre:
    return a_centre("Harbour College")


@pytest.fixture
def folder(settings: pytest_django.Settings) -> Path:
    return Path(settings.VAULT_DIR)


def keep(centre: Centre, content: bytes = NOTE, name: str = "note.txt") -> StoredFile:
    return vault.store(centre=centre, file=SimpleUploadedFile("x", content), name=name, at=timezone.now())


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def kept_places() -> list[str]:
    return [one.place for one in stores.vault().found()]


def nothing_is_left(folder: Path) -> bool:
    return not files_in(folder / "incoming") and not kept_places() and not StoredFile.objects.exists()


def test_it_keeps_bytes_under_their_digest(centre: Centre, folder: Path) -> None:
    stored = keep(centre)
    digest = hashlib.sha256(NOTE).hexdigest()
    assert (stored.sha256, stored.size, stored.content_type) == (digest, len(NOTE), "text/plain; charset=utf-8")
    assert vault.path_of(stored) == folder / str(centre.pk) / digest[:2] / digest
    with vault.open_stored(stored) as file:
        assert file.read() == NOTE
    assert files_in(folder) == [vault.path_of(stored)]


def test_only_its_owner_may_read_the_vault(centre: Centre, folder: Path) -> None:
    path = vault.path_of(keep(centre))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for above in (path.parent, path.parent.parent, folder, folder / "incoming"):
        assert stat.S_IMODE(above.stat().st_mode) == 0o700


@pytest.mark.usefixtures("kept_in")
def test_the_same_bytes_are_kept_once_per_centre(centre: Centre, other_centre: Centre) -> None:
    assert keep(centre) == keep(centre, name="again.txt")
    assert keep(other_centre).pk != keep(centre).pk
    assert len(kept_places()) == 2


@pytest.mark.usefixtures("kept_in")
def test_it_heals_bytes_that_were_lost(centre: Centre) -> None:
    stored = keep(centre)
    stores.vault().delete(vault.place_of(stored))
    assert in_vault(keep(centre)) == NOTE


@pytest.mark.usefixtures("kept_in")
@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("empty.txt", b"", "is empty"),
        ("report.pdf", small_files.office("docx"), "is a Word document"),
        ("large.txt", b"x" * 2000, "is larger than"),
    ],
)
def test_a_refused_upload_leaves_nothing(
    centre: Centre, folder: Path, settings: pytest_django.Settings, name: str, content: bytes, what: str
) -> None:
    settings.UPLOAD_LIMIT = 1500
    with pytest.raises(vault.UploadRefused, match=what):
        keep(centre, content, name)
    assert nothing_is_left(folder)


def test_an_upload_that_hides_its_size_is_cut_off_at_the_limit(
    centre: Centre, folder: Path, settings: pytest_django.Settings
) -> None:
    settings.UPLOAD_LIMIT = 1500
    file = SimpleUploadedFile("x", b"x" * 2000)
    file.size = 10
    with pytest.raises(vault.UploadRefused, match="is larger than"):
        vault.store(centre=centre, file=file, name="large.txt", at=timezone.now())
    assert nothing_is_left(folder)


def test_a_centre_cannot_pass_its_quota(centre: Centre, other_centre: Centre, settings: pytest_django.Settings) -> None:
    settings.CENTRE_QUOTA = len(NOTE) + 5
    keep(centre)
    with pytest.raises(vault.UploadRefused, match="your centre has used"):
        keep(centre, b"more than five")
    with pytest.raises(vault.UploadRefused, match="your centre has used"):
        keep(centre)  # the same again would tell whether somebody has it
    keep(other_centre)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failing_disk_leaves_nothing_and_says_so(
    centre: Centre, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(os, call, fail)
    what = "no room left" if number == errno.ENOSPC else "a fault on the server"
    with pytest.raises(vault.UploadRefused, match=what):
        keep(centre)
    monkeypatch.undo()
    assert nothing_is_left(folder)
    assert not files_in(folder)


@pytest.mark.usefixtures("kept_in")
def test_an_upload_that_breaks_off_leaves_nothing(centre: Centre, folder: Path) -> None:
    class BrokenOff(File[bytes]):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield NOTE
            raise ConnectionResetError("gone")

    with pytest.raises(vault.UploadRefused):
        vault.store(centre=centre, file=BrokenOff(io.BytesIO(NOTE)), name="note.txt", at=timezone.now())
    assert nothing_is_left(folder)


def test_it_needs_no_more_memory_for_a_large_upload(centre: Centre, tmp_path: Path) -> None:
    large = tmp_path / "large.wav"
    large.write_bytes(small_files.wav(seconds=800))
    assert large.stat().st_size > 12_000_000
    with large.open("rb") as source:
        tracemalloc.start()
        vault.store(centre=centre, file=File(source), name="large.wav", at=timezone.now())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4_000_000


@pytest.mark.usefixtures("kept_in")
@pytest.mark.django_db(transaction=True)
def test_the_same_upload_at_the_same_moment_is_kept_once() -> None:
    centre = a_centre()
    start, found, problems = threading.Barrier(4), [], []

    def upload() -> None:
        try:
            start.wait()
            found.append(keep(centre).pk)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(found) == 4
    assert len(set(found)) == 1
    assert len(kept_places()) == 1


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\report.pdf", "report.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066a\u200bb\u2069.txt", "ab.txt"),
        ("line\r\nbreak\t.txt", "line break .txt"),
        ("nothing\0.txt", "nothing.txt"),
        ("  . spaced  out .txt. ", "spaced out .txt"),
        ("adroddiad Siân Ŵyr.pdf", "adroddiad Siân Ŵyr.pdf"),
        ("cafe\u0301.txt", "café.txt"),
        ("...", "file"),
        ("folder/", "file"),
        ("", "file"),
    ],
)
def test_a_name_is_only_data(name: str, safe: str) -> None:
    assert vault.safe_name(name) == safe


def test_a_long_name_keeps_its_ending() -> None:
    safe = vault.safe_name("ŵ" * 400 + ".docx")
    assert len(safe) == 255
    assert safe.endswith("ŵ.docx")
    assert len(vault.safe_name("a." + "b" * 400)) == 255


# --- sweeping --------------------------------------------------------------------------------------------------------


def age(path: Path) -> None:
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(path, (two_days_ago, two_days_ago))


def test_the_sweep_takes_only_old_bytes_that_no_row_knows(centre: Centre, folder: Path) -> None:
    kept, cut_off, uploading = keep(centre), folder / "incoming" / "cut-off", folder / "incoming" / "uploading"
    with transaction.atomic():
        lost = keep(centre, b"rolled back")
        transaction.set_rollback(True)
    with transaction.atomic():
        recent = keep(centre, b"rolled back a moment ago")
        transaction.set_rollback(True)
    for path in (cut_off, uploading):
        path.write_bytes(b"half")
    for path in (vault.path_of(kept), vault.path_of(lost), cut_off):
        age(path)

    would_go = {"incoming/cut-off", vault.place_of(lost)}
    assert set(sweeping.sweep(dry_run=True)) == would_go
    assert len(files_in(folder)) == 5
    call_command("sweep_vault", verbosity=0, stdout=io.StringIO())
    assert set(files_in(folder)) == {vault.path_of(kept), vault.path_of(recent), uploading}


@pytest.mark.usefixtures("kept_in")
def test_the_sweep_puts_back_what_was_stored_again_meanwhile(centre: Centre) -> None:
    stored = keep(centre)
    assert not sweeping.removed(vault.place_of(stored))
    assert in_vault(stored) == NOTE
    assert not sweeping.removed(vault.place_in_vault(centre.pk, "0" * 64))


@pytest.mark.object_store
def test_the_sweep_takes_old_objects_that_no_row_knows(
    centre: Centre, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = keep(centre)
    with transaction.atomic():
        lost = keep(centre, b"rolled back")
        transaction.set_rollback(True)
    assert sweeping.sweep() == []
    in_two_days = time.time() + 2 * sweeping.A_DAY
    monkeypatch.setattr(time, "time", lambda: in_two_days)
    assert sweeping.sweep(dry_run=True) == [vault.place_of(lost)]
    assert sweeping.sweep() == [vault.place_of(lost)]
    assert (vault.has(lost), in_vault(stored)) == (False, NOTE)


@pytest.mark.usefixtures("kept_in")
def test_what_is_destroyed_while_the_same_comes_in_is_kept_all_the_same(centre: Centre, tmp_path: Path) -> None:
    stored, path = keep(centre), vault.incoming_folder() / "whole"
    path.write_bytes(NOTE)
    whole = vault.judged(path, centre=centre, name="note.txt")
    assert vault.destroy(stored)
    assert vault.take_in(whole, centre=centre, at=timezone.now()) == stored
    assert in_vault(stored) == NOTE


@pytest.mark.usefixtures("kept_in")
def test_the_sweep_takes_bytes_that_were_destroyed_and_sent_again_in_an_act_that_was_undone(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, other, now = keep(centre), keep(centre, b"another"), timezone.now()
    Destruction.objects.create(stored=stored, reason="Names.", ordered_at=now, done_at=now)
    vault.destroy(stored)
    with transaction.atomic():
        keep(centre)
        transaction.set_rollback(True)
    assert vault.has(stored)
    monkeypatch.setattr(sweeping, "is_past", lambda written_at: True)
    assert sweeping.sweep() == [vault.place_of(stored)]
    assert (vault.has(stored), in_vault(other)) == (False, b"another")


@pytest.mark.usefixtures("kept_in")
@pytest.mark.django_db(transaction=True)
def test_what_comes_in_again_in_the_moment_of_the_sweep_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stores the same bytes waits for the sweep, and puts them there again."""
    centre = a_centre()
    with transaction.atomic():
        lost = keep(centre)
        transaction.set_rollback(True)
    in_two_days, kind = time.time() + 2 * sweeping.A_DAY, type(stores.vault())
    delete, again = kind.delete, []

    def store_again() -> None:
        again.append(keep(centre))
        connection.close()

    thread = threading.Thread(target=store_again)

    def delete_late(store: Any, place: str) -> None:
        thread.start()
        thread.join(0.5)
        assert again == []
        delete(store, place)

    monkeypatch.setattr(kind, "delete", delete_late)
    monkeypatch.setattr(sweeping, "is_past", lambda written_at: written_at < in_two_days)
    assert sweeping.removed(vault.place_of(lost))
    thread.join(10)
    assert in_vault(again[0]) == NOTE


@pytest.mark.usefixtures("kept_in")
def test_bytes_that_came_with_a_record_are_put_back_by_their_digest_and_cleared_away_without_it(
    centre: Centre, folder: Path
) -> None:
    stored, nobodys = keep(centre), centre.pk + 1
    vault.destroy(stored)
    vault.put_back(centre.pk, stored.sha256, [NOTE[:5], NOTE[5:]])
    vault.put_back(nobodys, stored.sha256, [NOTE])
    with pytest.raises(ValueError, match="are not those its name says"):
        vault.put_back(centre.pk, stored.sha256, [b"other"])
    assert in_vault(stored) == NOTE
    for centre_id in (centre.pk, nobodys):
        vault.clear_away(centre_id)
    assert kept_places() == [vault.place_of(stored)]
    assert files_in(folder / "incoming") == []


def test_the_sweep_says_what_would_go(centre: Centre, folder: Path) -> None:
    said = io.StringIO()
    (folder / "incoming").mkdir(parents=True)
    (folder / "incoming" / "cut-off").write_bytes(b"half")
    age(folder / "incoming" / "cut-off")
    call_command("sweep_vault", "--dry-run", stdout=said)
    assert "Would go:" in said.getvalue()
    assert (folder / "incoming" / "cut-off").exists()
