"""The vault: bytes kept under their digest, once per centre, outside anything a web server shows.

A file is first written to `incoming/` while its digest is taken, judged there, and then renamed into place in one
step. So at every moment a path below a centre's folder holds all of its bytes, and whatever goes wrong on the way
leaves nothing behind: no half file and no row.
"""

import contextlib
import errno
import hashlib
import logging
import os
import secrets
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files import File
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from portfolio.models import Centre, Document, StoredFile
from portfolio.sniffing import UploadRefused, content_type_of

__all__ = ["UploadRefused", "destroy", "open_stored", "path_of", "safe_name", "store", "sweep"]

log = logging.getLogger(__name__)

CHUNK = 1024 * 1024
LONGEST_NAME = 255
A_DAY = 24 * 60 * 60


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
    The quota is looked up, not reserved: uploads that run at the same moment may pass it together.
    """
    name = safe_name(name)
    try:
        with received(file, name) as incoming:
            content_type = content_type_of(incoming.path, name)
            check_quota(centre, incoming, name)
            put_in_place(incoming, centre.pk)
            return row_of(centre, incoming, content_type, at)
    except OSError as error:
        log.exception("The vault could not keep an upload")
        raise UploadRefused(cannot_write(name, error)) from error


def path_of(stored: StoredFile) -> Path:
    """Where the bytes of a row lie."""
    return place_of(stored.centre_id, stored.sha256)


def open_stored(stored: StoredFile) -> BinaryIO:
    """The bytes of a row, to be read and closed."""
    return path_of(stored).open("rb")


def destroy(stored: StoredFile) -> bool:
    """Remove the bytes of a row for good; the row stays, as the record of what was there.

    Called once the caller's transaction is safe, for bytes cannot be rolled back. The caller makes sure that nothing
    of its own floor refers to them any more. A document made here keeps its bytes. Returns whether they are gone.
    """
    if Document.objects.filter(stored=stored).exists():
        return False
    path_of(stored).unlink(missing_ok=True)
    return True


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


def gap(letter: str) -> str:
    """A space for what separates words, nothing for what cannot be seen."""
    return " " if unicodedata.category(letter)[0] == "Z" or letter in "\t\n\r" else ""


def sweep(*, dry_run: bool = False) -> list[Path]:
    """Remove what lies in the vault for more than a day and no row knows. Returns the paths that went, or would go."""
    folder = Path(settings.VAULT_DIR)
    cut_off = [path for path in folder.glob("incoming/*") if is_old(path)]
    unknown = [path for path in folder.glob("*/??/*") if is_old(path) and not has_row(path)]
    if dry_run:
        return cut_off + unknown
    for path in cut_off:
        path.unlink(missing_ok=True)
    return cut_off + [path for path in unknown if removed(path)]


# --- inside ----------------------------------------------------------------------------------------------------------


def place_of(centre_id: int, sha256: str) -> Path:
    return Path(settings.VAULT_DIR) / str(centre_id) / sha256[:2] / sha256


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
    if file.size is not None and file.size > settings.UPLOAD_LIMIT:
        raise UploadRefused(too_large(name))
    path = private_folder(Path(settings.VAULT_DIR) / "incoming") / secrets.token_hex(16)
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
            if size > settings.UPLOAD_LIMIT:
                raise UploadRefused(too_large(name))
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    if size == 0:
        raise UploadRefused(
            f"“{name}” is empty, so it was not kept. Check that it opens on your own device, then add it again."
        )
    return Received(path, digest.hexdigest(), size)


def check_quota(centre: Centre, incoming: Received, name: str) -> None:
    """Refuse what would take the centre past its share of the disk; bytes it holds already cost nothing."""
    kept = StoredFile.objects.filter(centre=centre)
    if kept.filter(sha256=incoming.sha256).exists():
        return
    used = kept.aggregate(total=Sum("size"))["total"] or 0
    if used + incoming.size > settings.CENTRE_QUOTA:
        raise UploadRefused(
            f"“{name}” was not kept: your centre has used {filesizeformat(used)} of its "
            f"{filesizeformat(settings.CENTRE_QUOTA)}, and this file has {filesizeformat(incoming.size)}. Everything "
            "kept before is safe. Tell your centre administrator, who can ask for more room."
        )


def put_in_place(incoming: Received, centre_id: int) -> None:
    """Rename the bytes to where they belong, in one step, and flush the folder, so that a power cut loses neither."""
    place = place_of(centre_id, incoming.sha256)
    private_folder(place.parent)
    incoming.path.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def row_of(centre: Centre, incoming: Received, content_type: str, at: datetime) -> StoredFile:
    """The row of these bytes, the earlier one if the centre holds them already."""
    stored, _ = StoredFile.objects.get_or_create(
        centre=centre,
        sha256=incoming.sha256,
        defaults={"size": incoming.size, "content_type": content_type, "stored_at": at},
    )
    return stored


def too_large(name: str) -> str:
    return (
        f"“{name}” is larger than {filesizeformat(settings.UPLOAD_LIMIT)}, the most one file may have, so it was not "
        "kept. Split it, or save it in a smaller form, and add it again."
    )


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
