"""The vault: bytes kept under their digest, once per centre, outside anything a web server shows.

A file is first written to `incoming/` on this machine, judged there, and then put into its place in the store
(stores.py) in one step. So at every moment a place of the vault holds all of its bytes, and whatever goes wrong on the
way leaves nothing behind: no half file and no row. What comes in piece by piece (transfers.py) lies there too, until it
is whole.
"""

import contextlib
import errno
import hashlib
import logging
import os
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.template.defaultfilters import filesizeformat

from portfolio import stores
from portfolio.models import Centre, Destruction, Document, StoredFile, Upload
from portfolio.sniffing import UploadRefused, content_type_of

__all__ = [
    "NotReachedError",
    "NotWrittenError",
    "UploadRefused",
    "at_hand",
    "clear_away",
    "destroy",
    "has",
    "has_no_room",
    "judged",
    "open_stored",
    "path_of",
    "place_in_vault",
    "place_shut_away",
    "put_back",
    "renamed",
    "safe_name",
    "shut_away",
    "size_of",
    "store",
    "take_in",
]

log = logging.getLogger(__name__)

CHUNK = 1024 * 1024
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
LONGEST_NAME = 255


class NotWrittenError(UploadRefused):
    """A fault of the server's, not of the file: the same bytes may be kept another time."""


class NotReachedError(NotWrittenError):
    """The object store is away: the same bytes may be kept once it is back."""


@dataclass(frozen=True)
class Received:
    """Bytes that have come in whole but are not in place yet."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True)
class Judged:
    """Bytes that are taken, and as what."""

    received: Received
    content_type: str


def store(*, centre: Centre, file: File[bytes], name: str, at: datetime) -> StoredFile:
    """Keep the file's bytes for the centre and return their row; the same bytes are kept once.

    Afterwards the bytes are in the store and the row is in the caller's transaction. Raises UploadRefused when the file
    is empty, too large, over the centre's quota, not a kind that is taken, or cannot be written; then nothing is kept.
    The quota is looked up, not reserved: files stored at the same moment may pass it together.
    """
    name = safe_name(name)
    with faults_told(name), received(file, name) as incoming:
        check_quota(centre, incoming.size, name)
        return take_in(weighed(incoming, centre, name), centre=centre, at=at)


def judged(path: Path, *, centre: Centre, name: str) -> Judged:
    """What has come in whole at `path`, judged, and sent ahead where the way is long: before any transaction.

    Room was reserved for it. Raises UploadRefused.
    """
    with faults_told(name):
        return weighed(measured(path), centre, name)


def take_in(incoming: Judged, *, centre: Centre, at: datetime) -> StoredFile:
    """Keep for the centre what was judged, as `store` does; the caller removes what came in. Raises OSError.

    The row is locked first, so that nobody destroys the same bytes in the same moment (see `destroy`).
    """
    with transaction.atomic():
        stored = row_of(centre, incoming, at)
        stores.vault().put_sent(incoming.received.path, place_of(stored))
    return stored


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
        stores.vault().put(path, place_in_vault(centre_id, sha256))
    finally:
        path.unlink(missing_ok=True)


def clear_away(centre_id: int) -> None:
    """Remove everything of a centre whose record did not come in after all: it has no row here."""
    if not Centre.objects.filter(pk=centre_id).exists():
        stores.vault().delete_below(f"{centre_id}/")


def path_of(stored: StoredFile) -> Path:
    """Where the bytes of a row lie in a vault of files on this machine."""
    return stores.Folder(Path(settings.VAULT_DIR)).path(place_of(stored))


def open_stored(stored: StoredFile) -> BinaryIO:
    """The bytes of a row, to be read and closed. Raises FileNotFoundError, or StoreAwayError."""
    return stores.vault().open(place_of(stored))


def at_hand(stored: StoredFile) -> AbstractContextManager[Path]:
    """The bytes of a row as a file to read within. Raises FileNotFoundError, or StoreAwayError."""
    return stores.vault().at_hand(place_of(stored))


def has(stored: StoredFile) -> bool:
    """Whether the bytes of a row are where they belong. Raises StoreAwayError."""
    return stores.vault().look(place_of(stored)) is not None


def destroy(stored: StoredFile) -> bool:
    """Remove the bytes of a row for good; the row stays, as the record of what was there.

    Called by the shredder alone, which makes sure that no floor shows them any more: bytes cannot be rolled back. A
    document made here keeps its bytes. Returns whether they are gone.
    """
    if Document.objects.filter(stored=stored).exists():
        return False
    stores.vault().delete(place_of(stored))
    return True


def shut_away(stored: StoredFile) -> None:
    """Take the bytes of an infected file out of every reach; they stay for whoever has to look into it. Repeatable."""
    with contextlib.suppress(FileNotFoundError):
        stores.vault().move(place_of(stored), place_shut_away(stored.centre_id, stored.sha256))


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


def incoming_folder() -> Path:
    """Where bytes lie until they are whole and judged."""
    return stores.private_folder(Path(settings.VAULT_DIR) / "incoming")


def check_quota(centre: Centre, size: int, name: str) -> None:
    """Refuse what would take the centre past its share of the disk, of which uploads on their way have theirs.

    Bytes the centre holds already are counted again: to let them pass would tell that somebody has them. What was
    destroyed takes no room any more.
    """
    kept = size_of(centre)
    coming = Upload.objects.filter(centre=centre, finished_at=None).aggregate(total=Sum("size"))["total"] or 0
    used = kept + coming
    if used + size > settings.CENTRE_QUOTA:
        raise UploadRefused(
            f"“{name}” was not kept: your centre has used {filesizeformat(used)} of its "
            f"{filesizeformat(settings.CENTRE_QUOTA)}, and this file has {filesizeformat(size)}. Everything "
            "kept before is safe. Tell your centre administrator, who can ask for more room."
        )


def size_of(centre: Centre) -> int:
    """How many bytes the centre's files take. One query."""
    return not_gone().filter(centre=centre).aggregate(total=Sum("size"))["total"] or 0


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
    """Whatever the disk or the object store cannot do within is noted in the log and told as a sentence."""
    try:
        yield
    except stores.StoreAwayError as error:
        log.exception("The vault could not keep an upload")
        raise NotReachedError(not_reached(name)) from error
    except OSError as error:
        log.exception("The vault could not keep an upload")
        raise NotWrittenError(cannot_write(name, error)) from error


# --- inside ----------------------------------------------------------------------------------------------------------


def place_of(stored: StoredFile) -> str:
    return place_in_vault(stored.centre_id, stored.sha256)


def place_in_vault(centre_id: int, sha256: str) -> str:
    """Where bytes lie in the vault."""
    return f"{centre_id}/{sha256[:2]}/{sha256}"


def place_shut_away(centre_id: int, sha256: str) -> str:
    """Where they lie when they are infected."""
    return f"quarantine/{centre_id}-{sha256}"


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


def weighed(incoming: Received, centre: Centre, name: str) -> Judged:
    """The bytes judged by what they are, and sent ahead where the way to the store is long."""
    content_type = content_type_of(incoming.path, name)
    stores.vault().send_ahead(incoming.path, place_in_vault(centre.pk, incoming.sha256))
    return Judged(incoming, content_type)


def row_of(centre: Centre, incoming: Judged, at: datetime) -> StoredFile:
    """The row of these bytes, the earlier one if the centre holds them already or did once; locked."""
    stored, new = StoredFile.objects.select_for_update().get_or_create(
        centre=centre,
        sha256=incoming.received.sha256,
        defaults={"size": incoming.received.size, "content_type": incoming.content_type, "stored_at": at},
    )
    if not new:
        Destruction.objects.gone().filter(stored=stored).update(returned_at=at)
    return stored


def has_no_room(fault: BaseException | None) -> bool:
    """Whether it is a disk that is full, or lets us write no more."""
    return isinstance(fault, OSError) and fault.errno in NO_ROOM


def cannot_write(name: str, error: OSError) -> str:
    """The sentence for a fault of ours, not of the file."""
    if has_no_room(error):
        return (
            f"“{name}” was not kept because the server has no room left. Nothing kept before is lost. Tell your centre "
            "administrator, and add it again when there is room."
        )
    return (
        f"“{name}” could not be kept because of a fault on the server, which has been noted. Nothing kept before is "
        "lost. Please add it again; if that fails too, tell your centre administrator."
    )


def not_reached(name: str) -> str:
    """The sentence for a store that is away for a while."""
    return (
        f"“{name}” could not be kept because the place where files are kept cannot be reached at the moment, which has "
        "been noted. Nothing kept before is lost. Please add it again in a few minutes."
    )


def not_gone() -> QuerySet[StoredFile]:
    """Rows whose bytes were not destroyed."""
    return StoredFile.objects.filter(~Exists(Destruction.objects.gone().filter(stored=OuterRef("pk"))))
