"""Backups: the database and the vault as they were at one moment, on another disk, and put back from there.

A backup is a folder named by its moment, with the database, the list of its files and a manifest; the files themselves
lie beside all backups in `files/` and are copied once, for bytes under their digest never change; or they stay in
place, where somebody else copies the store. The database is copied first: a file that comes in afterwards is in the
next backup, and one that is destroyed meanwhile has to go anyway. The folder gets its name once everything in it is on
the disk, so there is never half a backup.
"""

import contextlib
import datetime
import fcntl
import hashlib
import json
import logging
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from portfolio import audit, stores, vault
from portfolio.models import AuditChain, Centre, Destruction, StoredFile
from portfolio.refusal import Refusal

log = logging.getLogger(__name__)

FORMAT = "nvq-backup/1"
NOT_WRITTEN = "The backup could not be written below {}: {}. What was begun is removed; earlier backups are whole."
FILES, MANIFEST, LIST = "files", "manifest.json", "files.txt"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Made:
    """A backup that was made: where, of how many files and bytes, how many were new, and which could not be found."""

    place: Path
    files: int
    bytes: int
    copied: int
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Listed:
    """A file of a backup: its digest, its size in bytes, and its place below `files/` and below the vault."""

    sha256: str
    size: int
    place: str


# --- making ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def alone(target: Path) -> Iterator[None]:
    """Nobody else makes or removes backups below the folder meanwhile. Raises Refusal where somebody does."""
    target.mkdir(parents=True, exist_ok=True)
    with (target / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refusal([f"Another backup is being made below {target}: wait until it has ended."]) from error
        yield


def make(target: Path, *, at: datetime.datetime, in_place: bool = False) -> Made:
    """Make a backup below the folder; with the files `in_place`, it is only seen that each is there with its size.

    Raises Refusal where the database cannot be copied, a file is damaged, another backup is being made, or the disk of
    the backups cannot be written. Then what was begun is removed, to give back its room.
    """
    try:
        with alone(target):
            try:
                return made_alone(target, at, in_place)
            except BaseException:
                clear_unfinished(target)
                raise
    except (OSError, sqlite3.Error) as error:
        log.exception("A backup could not be written")
        raise Refusal([NOT_WRITTEN.format(target, error)]) from error


def made_alone(target: Path, at: datetime.datetime, in_place: bool) -> Made:
    name = f"{at.astimezone(datetime.UTC):%Y-%m-%dT%H%M%SZ}"
    place, unfinished = target / name, target / f".{name}.unfinished"
    if place.exists():
        raise Refusal([f"There is a backup of this very moment at {place} already."])
    clear_unfinished(target)
    files_folder = None if in_place else target / FILES
    if files_folder:
        files_folder.mkdir(exist_ok=True)
    unfinished.mkdir()
    database = unfinished / DATABASE[connection.vendor]
    heads = heads_now()  # before the copy, which may have further lines
    copy_database(database)
    files, copied, missing = copy_files(files_folder)
    (unfinished / LIST).write_text("".join(f"{file.sha256} {file.size} {file.place}\n" for file in files))
    manifest = {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "engine": connection.vendor,
        "database": {"sha256": digest_of(database), "size": database.stat().st_size},
        "migrations": migrations_now(),
        "files": len(files),
        "in_place": in_place,
        "bytes": sum(file.size for file in files),
        "heads": heads,
        "missing": missing,
    }
    (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1))
    os.sync()
    unfinished.rename(place)
    os.sync()
    return Made(place, len(files), sum(file.size for file in files), copied, missing)


def copy_database(path: Path) -> None:
    """The database as it is at one moment, while others go on writing."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(path)) as copy:
            connection.connection.backup(copy)
        return
    run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")


def copy_files(folder: Path | None) -> tuple[list[Listed], int, list[str]]:
    """Every file that the database names, in order; those that were there already are not copied again, and none where
    there is no folder.

    Returns them, how many were copied, and the places of those that are not in the vault.
    """
    gone = set(Destruction.objects.gone().values_list("stored_id", flat=True))
    rows = StoredFile.objects.order_by("centre_id", "sha256").values_list("pk", "centre_id", "sha256", "size")
    shut_away = places_below("quarantine/")
    files, copied, missing = [], 0, []
    for centre_id, of_centre in groupby(rows.iterator(chunk_size=2000), key=itemgetter(1)):
        here = places_below(f"{centre_id}/") | shut_away
        for pk, _, sha256, size in of_centre:
            if pk in gone:
                continue
            found = next((place for place in places_of(centre_id, sha256) if place in here), None)
            if found is None:
                missing.append(places_of(centre_id, sha256)[0])
                continue
            files.append(file := Listed(sha256, size, found))
            if here[found] != size:  # of what is copied the digest is held against the record as well
                raise Refusal([damaged(file)])
            copied += folder is not None and copy_file(folder / found, file)
    return files, copied, missing


def copy_file(target: Path, file: Listed) -> bool:
    """Copy a file of the vault unless it is there. Raises Refusal where it no longer gives its digest: it is damaged.

    It is not flushed to the disk by itself, which would take a hundred times as long; a power cut before all of them
    are flushed leaves it too short, and then it is copied anew.
    """
    if target.exists() and target.stat().st_size == file.size:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".unfinished")
    found = hashlib.sha256()
    with stores.vault().open(file.place) as original, aside.open("wb") as copy:
        while chunk := original.read(CHUNK):
            found.update(chunk)
            copy.write(chunk)
    if found.hexdigest() != file.sha256:
        aside.unlink()
        raise Refusal([f"{file.place} is damaged: it no longer gives its digest. Put it back from an earlier backup."])
    aside.replace(target)
    return True


def thin_out(target: Path, keep: int) -> tuple[int, int]:
    """Remove all but the newest backups, and the files that none of these lists. Returns how many of each went.

    So what was destroyed here leaves the backups too, once those that have it are old enough.
    """
    with alone(target):
        backups = backups_in(target)
        old, kept = backups[:-keep], backups[-keep:]
        for place in old:
            shutil.rmtree(place)
        wanted = {file.place for place in kept for file in listed(place)}
        files = (target / FILES).rglob("*") if old else ()
        gone = [path for path in files if path.is_file() and path.relative_to(target / FILES).as_posix() not in wanted]
        for path in gone:
            path.unlink()
    return len(old), len(gone)


# --- checking and putting back ---------------------------------------------------------------------------------------


def check(place: Path) -> dict[str, Any]:
    """Read a whole backup against its digests. Returns its manifest; raises Refusal with every fault there is."""
    manifest = manifest_of(place)
    faults = []
    database = place / DATABASE[manifest["engine"]]
    if not database.is_file() or digest_of(database) != manifest["database"]["sha256"]:
        faults.append(f"{database} is missing or damaged.")
    files = listed(place)
    if len(files) != manifest["files"]:
        faults.append(f"{place / LIST} names {len(files)} files, and {manifest['files']} were copied.")
    copies: stores.Store = stores.vault() if manifest.get("in_place") else stores.Folder(place.parent / FILES)
    faults += [f"{file.place} is missing or damaged." for file in files if digest_in(copies, file.place) != file.sha256]
    if faults:
        raise Refusal(faults)
    return manifest


def restore(place: Path) -> dict[str, Any]:
    """Put a backup back into this installation, which must be empty. Returns its manifest.

    Everything is read against its digests before anything is written. Raises Refusal.
    """
    manifest = check(place)
    if manifest["engine"] != connection.vendor:
        raise Refusal(
            [
                f"This is a backup of {manifest['engine']}, and this installation is set to {connection.vendor}: set "
                "DATABASE_URL as it was when the backup was made. What moves between the two is an archive."
            ]
        )
    refuse_another_version(manifest)
    refuse_records()
    for file in [] if manifest.get("in_place") else listed(place):
        stores.vault().bring(place.parent / FILES / file.place, file.place)
    put_back_database(place / DATABASE[manifest["engine"]])
    return manifest


def faults_after(manifest: dict[str, Any]) -> list[str]:
    """What is wrong with what was put back: books that do not hold or lead elsewhere, and files that are not there."""
    faults = []
    for chain in AuditChain.objects.order_by("pk"):
        broken = audit.verify(chain)
        if broken:
            faults.append(f"{chain}: {broken}.")
    for book, length, head in manifest["heads"]:
        if not audit.leads_through(book, length, head):
            faults.append(f"The book of {book} does not lead through line {length} as it did when the backup was made.")
    faults.extend(f"The vault had no {missing} when the backup was made." for missing in manifest["missing"])
    return faults


def refuse_another_version(manifest: dict[str, Any]) -> None:
    """Raise Refusal where the database would be another than this version of the software knows."""
    known, had = set(migrations_known()), set(manifest["migrations"])
    if known != had:
        raise Refusal(
            [
                "This backup was made by another version of the software. Put it back with that version, then upgrade: "
                f"they differ in {', '.join(sorted(known ^ had))}."
            ]
        )


def refuse_records() -> None:
    """Raise Refusal where this installation has records: nothing is ever written over."""
    tables = connection.introspection.table_names()
    if Centre._meta.db_table in tables and Centre.objects.exists():
        raise Refusal(
            [
                "This installation has records, and nothing is written over them. Put the backup back into an empty "
                "one, with an NVQ_DATA_DIR or a DATABASE_URL of its own."
            ]
        )


def put_back_database(database: Path) -> None:
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        connection.close()
        aside = path.with_suffix(".unfinished")
        shutil.copyfile(database, aside)
        os.sync()  # the files of the vault with it
        for leftover in ("-wal", "-shm"):
            path.with_name(path.name + leftover).unlink(missing_ok=True)
        aside.replace(path)
        return
    connection.close()
    run("pg_restore", "--no-owner", "--no-privileges", "--clean", "--if-exists", "--single-transaction", str(database))


# --- inside ----------------------------------------------------------------------------------------------------------


def places_of(centre_id: int, sha256: str) -> tuple[str, str]:
    """Where a file can lie below the vault: in its place, or shut away because it is infected."""
    return vault.place_in_vault(centre_id, sha256), vault.place_shut_away(centre_id, sha256)


def damaged(file: Listed) -> str:
    return f"{file.place} is damaged: it no longer gives its digest. Put it back from an earlier backup."


def places_below(place: str) -> dict[str, int]:
    """What lies there in the vault, and how large it is: a bucket tells of a thousand as soon as of one."""
    return {one.place: one.size for one in stores.vault().found(place)}


def heads_now() -> list[list[Any]]:
    """The head of every book: a restored one must lead through it."""
    return [[audit.name_of(chain), chain.length, chain.head] for chain in AuditChain.objects.order_by("pk")]


def migrations_now() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def migrations_known() -> list[str]:
    """Those that this version of the software comes with."""
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def manifest_of(place: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((place / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise Refusal([f"{place} is no backup: its {MANIFEST} cannot be read."]) from error
    if manifest.get("format") != FORMAT:
        raise Refusal([f"{place} is of another format than {FORMAT}, the one that is read here."])
    return dict(manifest)


def listed(place: Path) -> list[Listed]:
    """The files of a backup."""
    lines = (line.split(" ", 2) for line in (place / LIST).read_text().splitlines())
    return [Listed(sha256, int(size), at) for sha256, size, at in lines]


def backups_in(target: Path) -> list[Path]:
    """The backups below a folder, the oldest first."""
    return sorted(path.parent for path in target.glob(f"[0-9]*Z/{MANIFEST}"))


def clear_unfinished(target: Path) -> None:
    """Remove what a backup left that was killed."""
    for path in target.glob(".*.unfinished"):
        shutil.rmtree(path)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_in(store: stores.Store, place: str) -> str | None:
    """The digest of what a store has there, read to its end; None where it has nothing."""
    try:
        with store.open(place) as content:
            return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # it reads into buffers
    except FileNotFoundError:
        return None


def run(tool: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL's on our database. Raises Refusal with its own words where it fails."""
    program = next(found_in(tool), None)
    if program is None:
        raise Refusal([f"{tool} is not here. On Debian: apt install postgresql-client."])
    known = connection.get_connection_params()
    said = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    environment = os.environ | {name: str(known[key]) for name, key in said.items() if known.get(key)}
    database = [f"--dbname={known['dbname']}"]
    ran = subprocess.run([program, *database, *arguments], env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise Refusal([f"{tool} failed: {ran.stderr.strip()}"])


def found_in(tool: str) -> Iterator[str]:
    """Where a tool is: on the path, or with the newest server that Debian has put here."""
    servers: Iterable[Path] = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in (None, *servers):
        if found := shutil.which(tool, path=folder and str(folder)):
            yield found
