"""Stores: the same verbs on files and on an object store, and what only one of them can do."""

import io
import os
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from botocore.exceptions import BotoCoreError

from portfolio import bucket as buckets
from portfolio import stores
from portfolio.stores import StoreAwayError
from portfolio.tests import objects

on_objects = pytest.mark.object_store
LONG = bytes(range(256)) * 40_000
NOTE = b"Rang the customer back at ten."


@pytest.fixture
def source(settings: pytest_django.Settings) -> Path:
    """A file on the disk of the vault, to be put into it."""
    return written(settings, NOTE)


def written(settings: Any, content: bytes) -> Path:
    path = stores.private_folder(Path(settings.VAULT_DIR) / "incoming") / "whole"
    path.unlink(missing_ok=True)  # one that was put is the same file as that in the store
    path.write_bytes(content)
    return path


def read(place: str) -> bytes:
    with stores.vault().open(place) as content:
        return content.read()


@pytest.mark.usefixtures("kept_in")
def test_what_is_put_is_read_found_moved_and_gone(source: Path) -> None:
    store = stores.vault()
    store.send_ahead(source, "1/ab/abcd")
    store.put_sent(source, "1/ab/abcd")
    assert source.exists()
    assert read("1/ab/abcd") == NOTE
    found = store.look("1/ab/abcd")
    assert found
    assert (found.place, found.size) == ("1/ab/abcd", len(NOTE))
    assert abs(found.written_at - time.time()) < 60
    store.put(source, "10/ab/abcd")
    assert [one.place for one in store.found("1/")] == ["1/ab/abcd"]
    store.move("1/ab/abcd", "quarantine/1-abcd")
    assert store.look("1/ab/abcd") is None
    with pytest.raises(FileNotFoundError):
        store.open("1/ab/abcd")
    with pytest.raises(FileNotFoundError):
        store.move("1/ab/abcd", "quarantine/1-abcd")
    with store.at_hand("quarantine/1-abcd") as path:
        assert path.read_bytes() == NOTE
    for _ in range(2):
        store.delete("quarantine/1-abcd")
        store.delete_below("10/")
    source.unlink()
    assert list(store.found()) == []


@pytest.mark.usefixtures("kept_in")
def test_it_is_read_from_anywhere(settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "WINDOW", 1_000_000)
    stores.vault().put(written(settings, LONG), "1/ab/long")
    with stores.vault().open("1/ab/long") as content:
        assert content.seek(0, io.SEEK_END) == len(LONG)
        assert content.seek(-5, io.SEEK_END) == len(LONG) - 5
        assert content.read() == LONG[-5:]
        assert content.read(1) == b""
        content.seek(999_990)
        assert content.read(2_000_020) == LONG[999_990:3_000_010]
        content.seek(0)
        assert content.read() == LONG


@pytest.mark.usefixtures("kept_in")
def test_a_folder_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    store = stores.renditions()
    for names in (("page-1.webp", "page-2.webp"), ("page-1.webp",)):
        folder = stores.private_folder(tmp_path / "renditions" / "making") / f"{len(names)}"
        folder.mkdir()
        for name in names:
            (folder / name).write_bytes(b"drawn")
        store.put_folder(folder, "1/ab/abcd-1")
    assert [one.place for one in store.found("1/")] == ["1/ab/abcd-1/page-1.webp"]


@pytest.mark.usefixtures("kept_in")
def test_other_bytes_of_the_same_size_take_the_place_of_those_before(settings: pytest_django.Settings) -> None:
    for content in (b"one", b"two"):
        stores.vault().put(written(settings, content), "1.zip")
    assert read("1.zip") == b"two"


@pytest.mark.usefixtures("kept_in")
def test_what_is_brought_from_elsewhere_is_a_copy(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(NOTE)
    stores.vault().bring(tmp_path / "elsewhere", "1/ab/abcd")
    (tmp_path / "elsewhere").write_bytes(b"other")
    assert read("1/ab/abcd") == NOTE


# --- what a bucket does ----------------------------------------------------------------------------------------------


@on_objects
def test_a_large_object_goes_and_comes_in_parts_and_takes_no_more_memory(
    bucket: str, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(settings, b"")
    os.truncate(path, 40_000_000)
    monkeypatch.setattr(objects.client(), "put_object", None)  # in one piece
    tracemalloc.start()
    stores.vault().put(path, "1/ab/large")
    with stores.vault().at_hand("1/ab/large") as copy:
        assert copy.stat().st_size == 40_000_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16_000_000


@on_objects
def test_stores_and_buckets_do_not_see_each_other(bucket: str, source: Path, settings: pytest_django.Settings) -> None:
    stores.vault().put(source, "1/ab/abcd")
    stores.archives().put(source, "abcd.zip")
    assert objects.keys(settings) == ["archives/abcd.zip", "vault/1/ab/abcd"]
    settings.S3_PREFIX = "another"
    assert list(stores.vault().found()) == []


@on_objects
def test_destroying_takes_every_version_and_no_other_object(
    object_store: str, source: Path, settings: pytest_django.Settings
) -> None:
    bucket = objects.part_of_a_bucket(settings, object_store, name="with-versions")
    objects.client().put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    store = stores.vault()
    for _ in range(2):
        store.put(source, "1/ab/abcd")
    store.put(source, "1/ab/abcd-and-more")
    objects.client().delete_object(Bucket=bucket, Key=f"{settings.S3_PREFIX}/vault/1/ab/abcd")  # which only marks it
    store.delete("1/ab/abcd")
    left = objects.client().list_object_versions(Bucket=bucket)
    assert [one["Key"] for one in left["Versions"]] == [f"{settings.S3_PREFIX}/vault/1/ab/abcd-and-more"]
    assert "DeleteMarkers" not in left


@on_objects
def test_a_refused_deletion_is_said(bucket: str, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = stores.vault()
    store.put(source, "1/ab/abcd")
    locked = {"Errors": [{"Key": "abcd", "Code": "AccessDenied", "Message": "Object Lock"}]}
    monkeypatch.setattr(objects.client(), "delete_objects", lambda **more: locked)
    with pytest.raises(StoreAwayError, match="abcd could not be deleted: AccessDenied Object Lock"):
        store.delete("1/ab/abcd")


@on_objects
def test_what_breaks_off_is_read_on_from_there(
    bucket: str, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.vault().put(written(settings, LONG), "1/ab/long")
    get, asked = objects.client().get_object, []

    class BreaksOff:
        def __init__(self, body: Any) -> None:
            self.body, self.left = body, 3

        def read(self, size: int) -> bytes:
            self.left -= 1
            if self.left == 0:
                raise BotoCoreError
            return bytes(self.body.read(size))

        def close(self) -> None:
            self.body.close()

    def answer(**more: Any) -> dict[str, Any]:
        asked.append(more["Range"])
        body = get(**more)["Body"]
        return {"Body": BreaksOff(body) if len(asked) == 1 else body}

    monkeypatch.setattr(objects.client(), "get_object", answer)
    assert read("1/ab/long") == LONG
    assert len(asked) > 2
    assert asked[1].startswith(f"bytes={2 * buckets.BUFFER}-") or asked[1] != asked[0]


@on_objects
def test_a_bucket_that_is_not_there_is_a_fault_and_no_missing_file(
    bucket: str, source: Path, settings: pytest_django.Settings
) -> None:
    settings.S3_BUCKET = "nobodys-bucket"
    with pytest.raises(StoreAwayError):
        stores.vault().put(source, "1/ab/abcd")
    with pytest.raises(StoreAwayError):
        list(stores.vault().found())


@pytest.mark.parametrize("place", ["/etc/passwd", "1/../../../etc/passwd", ".."])
def test_a_folder_gives_and_removes_nothing_outside_itself(place: str) -> None:
    store = stores.vault()
    for reach in (store.open, store.look, store.delete, store.delete_below):
        with pytest.raises(ValueError, match="is no place in"):
            reach(place)
