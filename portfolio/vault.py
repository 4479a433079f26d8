"""The vault: bytes kept under their digest, once per centre, outside anything a web server shows.

A file is first written to `incoming/`, judged there, and then put into place in one step. So at every moment a path
below a centre's folder holds all of its bytes, and whatever goes wrong on the way leaves nothing behind: no half file
and no row. What comes in piece by piece (transfers.py) lies there too, until it is whole.
"""

import contextlib
import errno
import hashlib
import logging
import os
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Exists, OuterRef, Sum
from django.template.defaultfilters import filesizeformat

from portfolio.models import Centre, Destruction, Document, StoredFile, Upload
from portfolio.sniffing import UploadRefused, content_type_of

__all__ = [
    "NotWrittenError",
    "UploadRefused",
    "clear_away",
    "destroy",
    "open_stored",
    "path_of",
    "place_in_vault",
    "put_back",
    "renamed",
    "safe_name",
    "shut_away",
    "store",
    "sweep",
]

log = logging.getLogger(__name__)

CHUNK = 1024 * 1024
LONGEST_NAME = 255
A_DAY = 24 * 60 * 60


class NotWrittenError(UploadRefused):
    """A fault of the server's, not of the file: the same bytes may be kept another time."""


@dataclass(frozen=True)
class Received:
    """Bytes that have come in whole but are not in place yet."""

    path: Path
    sha256: str
    size: int


def store(*, centre: Centre, file: File[bytes], name: str, at: datetime) -> StoredFile:
    """Keep the file's bytes for the centre and return their row; the same bytes are kept once.

    Afterwards the bytes are on the disk and the row is in the caller's transaction. Raises UploadRefused when the file
    is empty, too large, over the centre's quota, not a kind that is taken, or cannot be written; then nothing is kept.
    The quota is looked up, not reserved: files stored at the same moment may pass it together.
    """
    name = safe_name(name)
    with faults_told(name), received(file, name) as incoming:
        check_quota(centre, incoming.size, name)
        return taken_in(incoming, centre=centre, name=name, at=at)


def take_in(path: Path, *, centre: Centre, name: str, at: datetime) -> StoredFile:
    """Keep for the centre what has come in whole at `path`, as `store` does; the caller removes what lies there.

    Room was reserved for it. Raises UploadRefused.
    """
    with faults_told(name):
        return taken_in(measured(path), centre=centre, name=name, at=at)


def put_back(centre_id: int, sha256: str, chunks: Iterable[bytes]) -> None:
    """Put bytes in place whose row came with a record from elsewhere. Raises ValueError when they are others."""
    path = incoming_folder() / secrets.token_hex(16)
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
            target.writelines(chunks)
            target.flush()
            os.fsync(target.fileno())
        incoming = measured(path)
        if incoming.sha256 != sha256:
            raise ValueError(f"The bytes of {sha256} are not those its name says.")
        put_in_place(incoming, centre_id)
    finally:
        path.unlink(missing_ok=True)


def clear_away(centre_id: int) -> None:
    """Remove everything of a centre whose record did not come in after all: it has no row here."""
    if not Centre.objects.filter(pk=centre_id).exists():
        shutil.rmtree(Path(settings.VAULT_DIR) / str(centre_id), ignore_errors=True)


def path_of(stored: StoredFile) -> Path:
    """Where the bytes of a row lie."""
    return place_of(stored.centre_id, stored.sha256)


def open_stored(stored: StoredFile) -> BinaryIO:
    """The bytes of a row, to be read and closed."""
    return path_of(stored).open("rb")


def destroy(stored: StoredFile) -> bool:
    """Remove the bytes of a row for good; the row stays, as the record of what was there.

    Called by the shredder alone, which makes sure that no floor shows them any more: bytes cannot be rolled back. A
    document made here keeps its bytes. Returns whether they are gone.
    """
    if Document.objects.filter(stored=stored).exists():
        return False
    path_of(stored).unlink(missing_ok=True)
    return True


def shut_away(stored: StoredFile) -> None:
    """Take the bytes of an infected file out of every reach; they stay for whoever has to look into it. Repeatable."""
    quarantine = private_folder(Path(settings.VAULT_DIR) / "quarantine")
    with contextlib.suppress(FileNotFoundError):
        path_of(stored).replace(quarantine / f"{stored.centre_id}-{stored.sha256}")


def safe_name(name: str, *, longest: int = LONGEST_NAME) -> str:
    """What somebody called a file, as data that is safe to show and to send: never used as a path.

    Folders are cut off, control and direction-changing characters taken out (`gpj.exe` can be made to read as
    `exe.jpg`), and a long name shortened in front of its ending.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter if unicodedata.category(letter)[0] not in "CZ" else gap(letter) for letter in last)
    tidy = " ".join(shown.split()).strip(". ") or "file"
    stem, dot, ending = tidy.rpartition(".")
    if len(tidy) <= longest or len(ending) > 20:
        return tidy[:longest]
    return stem[: longest - len(dot + ending)] + dot + ending


def renamed(name: str, wished: str) -> str:
    """A file under the name somebody wishes for it. Its ending stays, for that was held against its content."""
    ending = Path(name).suffix
    stem = safe_name(wished).removesuffix(ending)
    return safe_name(f"{stem}{ending}") if wished.strip() else name


def gap(letter: str) -> str:
    """A space for what separates words, nothing for what cannot be seen."""
    return " " if unicodedata.category(letter)[0] == "Z" or letter in "\t\n\r" else ""


def sweep(*, dry_run: bool = False) -> list[Path]:
    """Remove what lies in the vault for more than a day and no row knows. Returns the paths that went, or would go."""
    folder = Path(settings.VAULT_DIR)
    cut_off = [path for path in folder.glob("incoming/*") if is_old(path) and not is_coming_in(path)]
    unknown = [path for path in folder.glob("*/??/*") if is_old(path) and not has_row(path)]
    if dry_run:
        return cut_off + unknown
    for path in cut_off:
        path.unlink(missing_ok=True)
    return cut_off + [path for path in unknown if removed(path)]


def incoming_folder() -> Path:
    """Where bytes lie until they are whole and judged."""
    return private_folder(Path(settings.VAULT_DIR) / "incoming")


def check_quota(centre: Centre, size: int, name: str) -> None:
    """Refuse what would take the centre past its share of the disk, of which uploads on their way have theirs.

    Bytes the centre holds already are counted again: to let them pass would tell that somebody has them. What was
    destroyed takes no room any more.
    """
    gone = Destruction.objects.gone().filter(stored=OuterRef("pk"))
    here = StoredFile.objects.filter(~Exists(gone), centre=centre)
    kept = here.aggregate(total=Sum("size"))["total"] or 0
    coming = Upload.objects.filter(centre=centre, finished_at=None).aggregate(total=Sum("size"))["total"] or 0
    used = kept + coming
    if used + size > settings.CENTRE_QUOTA:
        raise UploadRefused(
            f"“{name}” was not kept: your centre has used {filesizeformat(used)} of its "
            f"{filesizeformat(settings.CENTRE_QUOTA)}, and this file has {filesizeformat(size)}. Everything "
            "kept before is safe. Tell your centre administrator, who can ask for more room."
        )


def check_size(size: int, name: str) -> None:
    """Refuse what is empty or larger than one file may be."""
    if size == 0:
        raise UploadRefused(
            f"“{name}” is empty, so it was not kept. Check that it opens on your own device, then add it again."
        )
    if size > settings.UPLOAD_LIMIT:
        raise UploadRefused(
            f"“{name}” is larger than {filesizeformat(settings.UPLOAD_LIMIT)}, the most one file may have, so it was "
            "not kept. Split it, or save it in a smaller form, and add it again."
        )


@contextlib.contextmanager
def faults_told(name: str) -> Iterator[None]:
    """Whatever the disk cannot do within is noted in the log and told as a sentence."""
    try:
        yield
    except OSError as error:
        log.exception("The vault could not keep an upload")
        raise NotWrittenError(cannot_write(name, error)) from error


# --- inside ----------------------------------------------------------------------------------------------------------


def place_of(centre_id: int, sha256: str) -> Path:
    return Path(settings.VAULT_DIR) / place_in_vault(centre_id, sha256)


def place_in_vault(centre_id: int, sha256: str) -> str:
    """Where bytes lie, below the vault's folder."""
    return f"{centre_id}/{sha256[:2]}/{sha256}"


def private_folder(path: Path) -> Path:
    """The folder, made for the owner only, with all folders on the way to it."""
    if not path.is_dir():
        if path != Path(settings.VAULT_DIR):
            private_folder(path.parent)
        path.mkdir(mode=0o700, parents=path == Path(settings.VAULT_DIR), exist_ok=True)
    return path


@contextlib.contextmanager
def received(file: File[bytes], name: str) -> Iterator[Received]:
    """The upload in `incoming/` with its digest, written a chunk at a time; at the end whatever is left there goes."""
    if file.size is not None:
        check_size(file.size, name)
    path = incoming_folder() / secrets.token_hex(16)
    try:
        yield written(file, path, name)
    finally:
        path.unlink(missing_ok=True)


def written(file: File[bytes], path: Path, name: str) -> Received:
    """The upload on the disk, flushed to it, with its digest and size. Raises UploadRefused when empty or too large."""
    digest = hashlib.sha256()
    size = 0
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
        for chunk in file.chunks(CHUNK):
            size += len(chunk)
            check_size(size, name)
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    check_size(size, name)
    return Received(path, digest.hexdigest(), size)


def measured(path: Path) -> Received:
    """What lies there, with its digest and size, read a chunk at a time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
        return Received(path, digest.hexdigest(), file.tell())


def taken_in(incoming: Received, *, centre: Centre, name: str, at: datetime) -> StoredFile:
    """The bytes judged and put in place, and their row.

    The row is locked first, so that nobody destroys the same bytes in the same moment (see `destroy`).
    """
    content_type = content_type_of(incoming.path, name)
    with transaction.atomic():
        stored = row_of(centre, incoming, content_type, at)
        put_in_place(incoming, centre.pk)
    return stored


def put_in_place(incoming: Received, centre_id: int) -> None:
    """Show the bytes where they belong, in one step, and flush the folder, so that a power cut loses neither.

    They stay in `incoming/` under their own name too, until the caller's row is safe: a process killed in between can
    do it again.
    """
    place, aside = place_of(centre_id, incoming.sha256), incoming.path.with_name(secrets.token_hex(16))
    private_folder(place.parent)
    os.link(incoming.path, aside)
    try:
        aside.replace(place)
    finally:
        aside.unlink(missing_ok=True)  # still there where both names are of the same bytes already
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def row_of(centre: Centre, incoming: Received, content_type: str, at: datetime) -> StoredFile:
    """The row of these bytes, the earlier one if the centre holds them already or did once; locked."""
    stored, new = StoredFile.objects.select_for_update().get_or_create(
        centre=centre,
        sha256=incoming.sha256,
        defaults={"size": incoming.size, "content_type": content_type, "stored_at": at},
    )
    if not new:
        Destruction.objects.gone().filter(stored=stored).update(returned_at=at)
    return stored


def cannot_write(name: str, error: OSError) -> str:
    """The sentence for a fault of ours, not of the file."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"“{name}” was not kept because the server has no room left. Nothing kept before is lost. Tell your centre "
            "administrator, and add it again when there is room."
        )
    return (
        f"“{name}” could not be kept because of a fault on the server, which has been noted. Nothing kept before is "
        "lost. Please add it again; if that fails too, tell your centre administrator."
    )


# --- sweeping --------------------------------------------------------------------------------------------------------


def is_old(path: Path) -> bool:
    """Whether the bytes were written more than a day ago: longer than any upload or transaction takes."""
    try:
        return path.stat().st_mtime < time.time() - A_DAY
    except FileNotFoundError:
        return False


def is_coming_in(path: Path) -> bool:
    """Whether the bytes are of an upload that may still go on."""
    return Upload.objects.filter(token__in=token_in(path), finished_at=None).exists()


def token_in(path: Path) -> list[UUID]:
    """The upload's token that names what came in, if it is one."""
    try:
        return [UUID(hex=path.name)]
    except ValueError:
        return []


def has_row(path: Path) -> bool:
    """Whether a stored file refers to the bytes."""
    return StoredFile.objects.filter(centre_id=int(path.parent.parent.name), sha256=path.name).exists()


def removed(path: Path) -> bool:
    """Remove bytes without a row, unless somebody has stored them again since they were looked at.

    They are moved aside first: if what was moved turns out to be new, it goes back to its place.
    """
    aside = private_folder(Path(settings.VAULT_DIR) / "incoming") / secrets.token_hex(16)
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    if is_old(aside):
        aside.unlink()
        return True
    aside.replace(path)
    return False
