"""Files that come in piece by piece, so that a cut line, a reload or a server that dies costs time and nothing else.

How much of a file has come is asked of the bytes in the vault's `incoming/`, never of a row: so what counts is what the
disk holds. Pieces are appended under a lock, each only where the one before it ended; somebody who waits for a line
that is dead holds no lock. When all bytes are there they are judged and kept as any other file, and the upload is the
receipt. One that is used by nothing expires with its bytes.

The protocol is spoken in views/transfers.py; nothing here knows HTTP.
"""

import datetime
import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Q

from portfolio import scanning, shredder, vault
from portfolio.models import Centre, Upload, User
from portfolio.refusal import Refusal

BLOCK = 256 * 1024
MOST_AT_ONCE = 100
"""Uploads one person may have begun and not finished: nobody reserves a centre's room for nothing."""


class OutOfStepError(Exception):
    """The bytes sent do not go on where the file ends: `offset` says where that is."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"The file goes on at byte {offset}.")
        self.offset = offset


@transaction.atomic
def begin(*, centre: Centre, by: User, name: str, size: int, at: datetime.datetime) -> Upload:
    """Announce a file. Its room in the centre's quota is reserved from now on.

    Raises UploadRefused when it is empty, too large, or would not fit.
    """
    Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)  # two at once must not reserve the same room
    name = vault.safe_name(name)
    vault.check_size(size, name)
    if Upload.objects.filter(by=by, finished_at=None).count() >= MOST_AT_ONCE:
        raise vault.UploadRefused(
            f"“{name}” was not begun: {MOST_AT_ONCE} files of yours are on their way already. Wait until some have "
            "arrived, or remove those you no longer want."
        )
    vault.check_quota(centre, size, name)
    return Upload.objects.create(centre=centre, by=by, name=name, size=size, begun_at=at, touched_at=at)


def offset_of(upload: Upload) -> int:
    """How many bytes are here."""
    if upload.stored_id:
        return upload.size
    try:
        return path_of(upload).stat().st_size
    except FileNotFoundError:
        return 0


def receive(*, upload: Upload, offset: int, read: Callable[[int], bytes], at: datetime.datetime) -> int:
    """Append what `read` gives from `offset` on, until it gives nothing more, and return where the file ends now.

    Every block is on its way to the disk before the next is asked for, and all of them are on it at the end. With the
    last byte the file is judged, and kept or refused. Raises OutOfStepError when the file ends elsewhere (or somebody
    else has gone on with it meanwhile), NotWrittenError when the disk fails, UploadRefused when the file is not taken.
    """
    if upload.refusal:
        raise vault.UploadRefused(upload.refusal)
    if upload.finished_at:
        if offset != offset_of(upload):
            raise OutOfStepError(offset_of(upload))
        return offset
    with vault.faults_told(upload.name), opened(upload) as target:
        end = appended(target, offset, upload.size, read)
    Upload.objects.filter(pk=upload.pk).update(touched_at=at)
    if end == upload.size:
        finish(upload=upload, at=at)
    return end


def finish(*, upload: Upload, at: datetime.datetime) -> None:
    """Judge an upload that is whole and keep it, or refuse it for good; once, whoever comes second.

    A process that is killed in here can do it again. Raises UploadRefused, or NotWrittenError when the disk fails: then
    the bytes stay here.
    """
    path = path_of(upload)
    with opened(upload) as target, locked(target):
        upload.refresh_from_db()
        if upload.finished_at is None:
            try:
                keep(upload, path, at)
            except vault.NotWrittenError:
                raise
            except vault.UploadRefused as refusal:
                settle(upload, finished_at=at, refusal=" ".join(refusal.sentences))
        path.unlink(missing_ok=True)
    if upload.refusal:
        raise vault.UploadRefused(upload.refusal)


def keep_whole(*, centre: Centre, by: User, file: File[bytes], name: str, at: datetime.datetime) -> Upload:
    """Keep a file that came in one piece with a form. Raises UploadRefused."""
    name = vault.safe_name(name)
    with transaction.atomic():
        stored = vault.store(centre=centre, file=file, name=name, at=at)
        upload = Upload.objects.create(
            centre=centre,
            by=by,
            name=name,
            size=stored.size,
            begun_at=at,
            touched_at=at,
            finished_at=at,
            stored=stored,
        )
        scanning.ask(stored=stored, at=at)
    return upload


def found(tokens: Iterable[str], *, by: User, centre: Centre) -> list[Upload]:
    """Those of the tokens that are uploads of this person, finished and belonging to nothing, in the order asked for.

    Among them those that were refused: by their content, or because the scanner found something in them since.
    """
    wanted = [token for text in dict.fromkeys(tokens) if (token := as_token(text))]
    rows = Upload.objects.visible_to(by).filter(centre=centre, token__in=wanted, claimed_at=None)
    rows = rows.exclude(finished_at=None).select_related("stored")
    uploads = {upload.token: upload for upload in rows}
    return [uploads[token] for token in wanted if token in uploads]


def claim(tokens: Iterable[UUID], *, at: datetime.datetime) -> None:
    """Let uploads become part of something, in the transaction that makes it so; each only once. Raises Refusal."""
    wanted = set(tokens)
    if wanted and Upload.objects.to_use().filter(token__in=wanted).update(claimed_at=at) != len(wanted):
        raise Refusal(["One of the files has been saved already, perhaps by pressing twice. Look at your evidence."])


def give_up(*, upload: Upload, at: datetime.datetime) -> None:
    """Forget an upload that belongs to nothing, with its bytes unless something else holds the same.

    Raises Refusal once it is part of something.
    """
    with transaction.atomic():
        if not Upload.objects.filter(pk=upload.pk, claimed_at=None).delete()[0]:
            raise Refusal(["This file has been saved, so it can only be taken out where it was saved."])
        if upload.stored:
            shredder.order(stored=upload.stored, reason="It was given up before it was used.", by=upload.by, at=at)
    path_of(upload).unlink(missing_ok=True)


def expired(now: datetime.datetime) -> list[Upload]:
    """Uploads that nobody has gone on with, and nothing uses, for as long as they are kept."""
    return list(Upload.objects.filter(Q(claimed_at=None), touched_at__lt=now - lifetime()))


def expires_at(upload: Upload) -> datetime.datetime:
    """Until when one can go on with an upload, or use it."""
    return upload.touched_at + lifetime()


# --- inside ----------------------------------------------------------------------------------------------------------


def lifetime() -> datetime.timedelta:
    return datetime.timedelta(days=settings.UPLOAD_DAYS)


def as_token(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def path_of(upload: Upload) -> Path:
    return vault.incoming_folder() / upload.token.hex


@contextmanager
def opened(upload: Upload) -> Iterator[int]:
    """The descriptor of the bytes that have come, to append to."""
    descriptor = os.open(path_of(upload), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def locked(descriptor: int) -> Iterator[None]:
    """Nobody else appends to the file or finishes it; given up by the system when the process dies."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def appended(target: int, offset: int, size: int, read: Callable[[int], bytes]) -> int:
    """Append block after block up to `size`, and return where the file ends. Raises OutOfStepError."""
    check_step(target, offset)
    try:
        while offset < size and (block := read(min(BLOCK, size - offset))):
            with locked(target):
                check_step(target, offset)
                write_all(target, block)
            offset += len(block)
    finally:
        os.fsync(target)
    return offset


def check_step(target: int, offset: int) -> None:
    """Refuse bytes that do not go on where the file ends."""
    end = os.fstat(target).st_size
    if end != offset:
        raise OutOfStepError(end)


def write_all(target: int, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[os.write(target, view) :]


def keep(upload: Upload, path: Path, at: datetime.datetime) -> None:
    """The bytes in their place, and the upload with them; judged, and sent to a bucket, before the transaction."""
    whole = vault.judged(path, centre=upload.centre, name=upload.name)
    with vault.faults_told(upload.name), transaction.atomic():
        stored = vault.take_in(whole, centre=upload.centre, at=at)
        settle(upload, finished_at=at, stored=stored)
        scanning.ask(stored=stored, at=at)


def settle(upload: Upload, **outcome: object) -> None:
    """Write how the upload ended. Raises Upload.DoesNotExist when it was given up meanwhile."""
    if not Upload.objects.filter(pk=upload.pk, finished_at=None).update(**outcome):
        raise Upload.DoesNotExist
    for field, value in outcome.items():
        setattr(upload, field, value)
