"""Backups: what is copied while work goes on, what is found damaged, and what is put back as it was."""

import datetime
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from portfolio import audit, backup, harness, stores, testing, vault
from portfolio.models import AuditChain, Centre, Destruction, StoredFile
from portfolio.refusal import Refusal
from portfolio.testing import in_vault

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)


@pytest.fixture
def centre(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """In a database that is as if it had been migrated: tests make their tables from the models."""
    settings.MIGRATION_MODULES = {}
    monkeypatch.setattr(backup, "migrations_now", backup.migrations_known)
    settings.VAULT_DIR = tmp_path / "data" / "vault"
    return testing.a_centre()


def kept(centre: Centre, text: str) -> StoredFile:
    file = ContentFile(text.encode(), name="note.txt")
    return vault.store(centre=centre, file=file, name="note.txt", at=timezone.now())


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an empty installation of the same kind; with another part of the bucket, if there is one."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "NVQ_MODE")}
    environment["NVQ_DATA_DIR"] = str(tmp_path / "elsewhere")
    for name in ("BUCKET", "ENDPOINT", "REGION", "ACCESS_KEY", "SECRET_KEY"):
        environment[f"NVQ_S3_{name}"] = getattr(settings, f"S3_{name}")
    environment["NVQ_S3_PREFIX"] = "elsewhere"
    if connection.vendor == "sqlite":
        yield environment
        return
    name = f"restored_{uuid.uuid4().hex[:8]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    environment["DATABASE_URL"] = harness.database_url(name)
    yield environment
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def manage(environment: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def newest(folder: Path) -> Path:
    return backup.backups_in(folder)[-1]


@pytest.mark.usefixtures("kept_in")
def test_everything_is_put_back_as_it_was_into_an_empty_installation(
    centre: Centre, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    for text in ("one", "two"):
        kept(centre, text)
    made = backup.make(tmp_path / "backups", at=NOON)
    assert (made.place.name, made.files, made.missing) == ("2026-06-01T120000Z", 2, [])
    ran = manage(elsewhere, "restore", made.place)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "lines of the audit books hold" in ran.stdout

    again = manage(elsewhere, "backup", tmp_path / "again")
    assert again.returncode == 0, again.stderr
    copy = newest(tmp_path / "again")
    heads = json.loads((copy / "manifest.json").read_text())["heads"]
    chain = AuditChain.objects.get(centre=centre)
    assert heads == json.loads((made.place / "manifest.json").read_text())["heads"]
    assert [audit.name_of(chain), chain.length, chain.head] in heads
    assert (copy / "files.txt").read_text() == (made.place / "files.txt").read_text()

    refused = manage(elsewhere, "restore", made.place)
    assert refused.returncode == 1
    assert "nothing is written over" in refused.stderr


@pytest.mark.usefixtures("kept_in")
def test_a_second_backup_copies_what_is_new_and_old_ones_go_with_what_was_destroyed(
    centre: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, folder, now = kept(centre, "one"), tmp_path / "backups", timezone.now()
    backup.make(folder, at=NOON)
    kept(centre, "two")
    vault.destroy(first)
    Destruction.objects.create(stored=first, reason="Third-party data", ordered_at=now, done_at=now)
    made = backup.make(folder, at=NOON + datetime.timedelta(days=1))
    assert (made.files, made.copied, made.missing) == (1, 1, [])
    copy_of_first = folder / "files" / vault.place_in_vault(centre.pk, first.sha256)
    assert copy_of_first.exists()
    call_command("backup", folder, keep=2)
    assert "Old backups removed: 1, with 1 files that no other has." in capsys.readouterr().out
    assert not copy_of_first.exists()
    for place in backup.backups_in(folder):
        backup.check(place)


@pytest.mark.parametrize("part", ["database", "file", "list", "manifest"])
def test_a_damaged_backup_is_found_before_anything_is_written(centre: Centre, tmp_path: Path, part: str) -> None:
    stored = kept(centre, "one")
    place = backup.make(tmp_path / "backups", at=NOON).place
    paths = {
        "database": place / backup.DATABASE[connection.vendor],
        "file": place.parent / "files" / vault.place_in_vault(centre.pk, stored.sha256),
        "list": place / "files.txt",
        "manifest": place / "manifest.json",
    }
    paths[part].write_text("")
    with pytest.raises(CommandError, match=r"missing or damaged|names 0 files|no backup"):
        call_command("restore", place, check=True)


@pytest.mark.usefixtures("kept_in")
def test_files_that_somebody_else_copies_stay_in_place_and_are_checked_there(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, other = kept(centre, "one"), kept(centre, "two")
    call_command("backup", tmp_path / "backups", files_in_place=True, verbosity=0)
    place = newest(tmp_path / "backups")
    assert not (tmp_path / "backups" / "files").exists()
    assert len(backup.listed(place)) == 2
    backup.check(place)
    monkeypatch.setattr(backup, "refuse_records", lambda: None)
    monkeypatch.setattr(backup, "put_back_database", lambda path: None)
    assert backup.restore(place)["in_place"]
    assert in_vault(whole) == b"one"
    (tmp_path / "other").write_text("owt")
    stores.vault().bring(tmp_path / "other", vault.place_of(other))
    with pytest.raises(Refusal, match=f"{other.sha256} is missing or damaged"):
        backup.restore(place)
    (tmp_path / "other").write_text("longer")
    stores.vault().bring(tmp_path / "other", vault.place_of(other))
    with pytest.raises(CommandError, match=f"{other.sha256} is damaged"):
        call_command("backup", tmp_path / "again", files_in_place=True, verbosity=0)


@pytest.mark.usefixtures("kept_in")
def test_a_file_that_the_vault_has_lost_is_named_and_the_rest_is_backed_up(centre: Centre, tmp_path: Path) -> None:
    lost, _ = kept(centre, "one"), kept(centre, "two")
    stores.vault().delete(vault.place_of(lost))
    with pytest.raises(CommandError, match=lost.sha256):
        call_command("backup", tmp_path / "backups")
    assert len(backup.listed(newest(tmp_path / "backups"))) == 1


@pytest.mark.usefixtures("kept_in")
def test_a_vault_that_is_damaged_is_told_of_and_leaves_no_half_backup(centre: Centre, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("eno")
    stores.vault().bring(tmp_path / "other", vault.place_of(kept(centre, "one")))
    with pytest.raises(Refusal, match="no longer gives its digest"):
        backup.make(tmp_path / "backups", at=NOON)
    assert backup.backups_in(tmp_path / "backups") == []


def test_what_a_killed_backup_left_goes_with_the_next(centre: Centre, tmp_path: Path) -> None:
    left = tmp_path / "backups" / ".2026-05-31T120000Z.unfinished"
    left.mkdir(parents=True)
    backup.make(tmp_path / "backups", at=NOON)
    assert not left.exists()


@pytest.mark.usefixtures("kept_in")
def test_an_infected_file_is_backed_up_where_it_is_shut_away(centre: Centre, tmp_path: Path) -> None:
    stored = kept(centre, "one")
    vault.shut_away(stored)
    place = backup.make(tmp_path / "backups", at=NOON).place
    assert [file.place for file in backup.listed(place)] == [f"quarantine/{centre.pk}-{stored.sha256}"]


def test_a_backup_of_another_kind_of_database_is_refused(centre: Centre, tmp_path: Path) -> None:
    place = backup.make(tmp_path / "backups", at=NOON).place
    manifest = json.loads((place / "manifest.json").read_text())
    other = ({"sqlite", "postgresql"} - {connection.vendor}).pop()
    (place / backup.DATABASE[connection.vendor]).rename(place / backup.DATABASE[other])
    (place / "manifest.json").write_text(json.dumps(manifest | {"engine": other}))
    with pytest.raises(Refusal, match=f"This is a backup of {other}"):
        backup.restore(place)


def test_a_backup_of_another_version_is_refused_before_anything_is_written(centre: Centre, tmp_path: Path) -> None:
    place = backup.make(tmp_path / "backups", at=NOON).place
    manifest = json.loads((place / "manifest.json").read_text())
    manifest["migrations"].append("portfolio.0099_of_tomorrow")
    (place / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(Refusal, match=r"they differ in portfolio\.0099_of_tomorrow"):
        backup.restore(place)


def test_two_backups_are_never_made_at_once(centre: Centre, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    with backup.alone(folder), pytest.raises(Refusal, match="Another backup is being made"):
        backup.make(folder, at=NOON)
    assert backup.make(folder, at=NOON).place.exists()
