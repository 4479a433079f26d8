"""Archives that are asked for on a page: made by a worker outside the request, kept for some days, fetched meanwhile.

The row stands for the archive; its file lies beside the vault and is a copy, which goes when its days are over, or when
something of the record was destroyed after it was made.
"""

import datetime
import hashlib
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.module_loading import import_string

from portfolio import audit, stores, vault
from portfolio.archive.bag import CHUNK
from portfolio.archive.packing import Adds, Tell, pack
from portfolio.archive.selection import Cut, Selection
from portfolio.enums import ArchiveCut, ArchiveStatus
from portfolio.jobs import make_archive
from portfolio.leases import lost
from portfolio.models import Archive, CandidateRecord, Centre, Destruction, Erasure, StoredFile, User
from portfolio.refusal import Refusal

log = logging.getLogger(__name__)

LOST_AFTER = datetime.timedelta(minutes=10)
UNDER_WAY = (ArchiveStatus.WAITING, ArchiveStatus.MAKING)
SPARE = 1.2
"""Room is asked for the files and a fifth beside."""
FAULT = (
    "The archive could not be made because of a fault on the server, which has been noted. The record itself is safe. "
    "Ask for it again; if that fails too, tell whoever runs the system."
)
OVERTAKEN = (
    "Something in it may have been destroyed since it was made, so this copy is given to nobody any more. Ask for "
    "another: it takes the record as it is now."
)


Packs = Callable[[Path, datetime.datetime, Tell], object]
"""Writes an archive to a path where nothing lies."""
_contents: list[str] = []


def filled_by(dotted_path: str) -> None:
    """Name the function `(archive) -> Packs` of the floor above, given from its AppConfig.ready."""
    _contents[:] = [dotted_path]


def portfolio_of(archive: Archive, cut: Cut, adds: Adds) -> Packs:
    """An archive of the record: how much of it, and what is beside it for people to read."""
    selection = Selection(archive.centre, cut, archive.candidate)
    return lambda path, at, tell: pack(selection, path, at=at, tell=tell, adds=adds)


class Stopped(Exception):
    """Whoever asked wants it no more."""


# --- asked for -------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(
    *, centre: Centre, candidate: CandidateRecord | None, cut: ArchiveCut, by: User, at: datetime.datetime
) -> Archive:
    """Have an archive made. One that the person asked for and that is still under way is given back instead, begun
    again where its worker was lost.

    Raises Refusal where the server has no room for it.
    """
    under_way = Archive.objects.filter(centre=centre, candidate=candidate, cut=cut, asked_by=by, status__in=UNDER_WAY)
    if found := under_way.first():
        begin_again(under_way.filter(lost_by(at), pk=found.pk), at)
        found.refresh_from_db()
        return found
    refuse_without_room(centre, candidate)
    asked = Archive.objects.create(centre=centre, candidate=candidate, cut=cut, asked_by=by, asked_at=at)
    told("ask archive", asked, by, at)
    put_to_work(asked)
    return asked


def ask_for_person(
    *, centre: Centre, candidate: CandidateRecord | None, made_for: User | None, by: User, at: datetime.datetime
) -> Archive:
    """A copy of what a centre keeps about somebody, to be made (`put_to_work`) once the verb that wants it has noted
    whose it is. `candidate`: whose files are in it. Raises Refusal where the server has no room for it."""
    if candidate:
        refuse_without_room(centre, candidate)
    return Archive.objects.create(centre=centre, cut=ArchiveCut.PERSON, made_for=made_for, asked_by=by, asked_at=at)


def put_to_work(archive: Archive) -> None:
    """Give it to a worker, in the transaction of the verb that wants it."""
    make_archive.enqueue(archive.pk)
    archive.refresh_from_db()


def refuse_without_room(centre: Centre, candidate: CandidateRecord | None) -> None:
    """Raises Refusal where the disk could not take the files of the centre, or of the candidate, once more."""
    files = StoredFile.objects.filter(centre=centre)
    if candidate:
        portfolio = Selection(centre, candidate=candidate)
        files = files.filter(portfolio.named_by(StoredFile, portfolio.of_candidate))
    size = files.aggregate(total=Sum("size"))["total"] or 0
    free = shutil.disk_usage(making_folder()).free
    if size * SPARE > free:
        raise Refusal(
            [
                f"The server has {filesizeformat(free)} left, and the files to be packed have "
                f"{filesizeformat(size)}: ask whoever runs the system for more room, or for the archive itself."
            ]
        )


@transaction.atomic
def cancel(*, archive: Archive, by: User, at: datetime.datetime) -> None:
    """Have it made no more. The worker stops at its next step. Raises Refusal where it is made already."""
    under_way = Archive.objects.filter(pk=archive.pk, status__in=UNDER_WAY)
    if not under_way.update(status=ArchiveStatus.CANCELLED, finished_at=at):
        raise Refusal(["It is made already, or was cancelled: there is nothing to cancel."])
    told("cancel archive", archive, by, at)


def told(verb: str, archive: Archive, by: User, at: datetime.datetime) -> None:
    """A line in the book, about the candidate or the centre it is of."""
    audit.record(
        verb=verb,
        by=by,
        at=at,
        subject=archive.candidate or archive.centre,
        centre=archive.centre,
        details={"archive": str(archive.token), "cut": archive.cut},
    )


def fetched(*, archive: Archive, by: User, at: datetime.datetime, noted: bool = True) -> str:
    """Where the archive's file lies, once it is noted who takes it away. Raises Refusal where it is gone."""
    stands = how_it_stands(archive, at)
    if not stands.ready:
        raise Refusal([stands.problem or "This archive is not ready, or is kept no longer."])
    if stores.archives().look(place_of(archive)) is None:
        raise Refusal(["The file of this archive is gone. Ask for another."])
    if noted:
        audit.looked_at(archive, by=by, centre_id=archive.centre_id, at=at, downloaded=True)
    return place_of(archive)


@dataclass(frozen=True)
class Stands:
    """How far an archive is: still being made, lost by its worker, there to be taken; or the sentence why not."""

    under_way: bool = False
    lost: bool = False
    ready: bool = False
    problem: str = ""


def how_it_stands(archive: Archive, now: datetime.datetime) -> Stands:
    """For its pages, and for whoever gives it to somebody. Two queries at most."""
    if archive.status in UNDER_WAY:
        lost = is_lost(archive, now)
        return Stands(under_way=not lost, lost=lost, problem=archive.problem)
    if archive.status == ArchiveStatus.READY:
        overtaken = is_overtaken(archive)
        return Stands(ready=not overtaken, problem=OVERTAKEN if overtaken else archive.problem)
    return Stands(problem=archive.problem)


def is_overtaken(archive: Archive) -> bool:
    """Whether something of the centre's was destroyed after the archive was begun: bytes, or numbers and details."""
    begun, centre_id = archive.started_at or archive.asked_at, archive.centre_id
    bytes_went = Destruction.objects.filter(stored__centre=centre_id, ordered_at__gte=begun, spared=False)
    return bytes_went.exists() or Erasure.objects.filter(event__chain__centre=centre_id, erased_at__gte=begun).exists()


def is_lost(archive: Archive, now: datetime.datetime) -> bool:
    """Whether its worker seems to be gone."""
    return Archive.objects.filter(lost_by(now), pk=archive.pk).exists()


# --- made ------------------------------------------------------------------------------------------------------------


def make(archive_id: int) -> None:
    """Make an archive that waits; whoever comes second does nothing.

    A failure is noted on its row as a sentence and in the log with its traceback, and leaves no file.
    """
    started = timezone.now()
    waiting = Archive.objects.filter(pk=archive_id, status=ArchiveStatus.WAITING)
    if not waiting.update(status=ArchiveStatus.MAKING, started_at=started, touched_at=started):
        return
    archive = Archive.objects.select_related("centre", "candidate__user", "asked_by").get(pk=archive_id)
    mine = Archive.objects.filter(pk=archive_id, status=ArchiveStatus.MAKING, started_at=started)
    part, telling = making_folder() / f"{archive.token}.part", Telling(archive_id, started)
    try:
        part.unlink(missing_ok=True)
        packs_of(archive)(part, started, telling)
        kept(archive, part)
    except Stopped:
        log.info("Archive %s was cancelled", archive_id)
    except Refusal as refusal:
        mine.update(status=ArchiveStatus.FAILED, problem=" ".join(refusal.sentences), finished_at=timezone.now())
    except Exception:
        log.exception("Archive %s could not be made", archive_id)
        mine.update(status=ArchiveStatus.FAILED, problem=FAULT, finished_at=timezone.now())
    finally:
        telling.close()
        part.unlink(missing_ok=True)


def packs_of(archive: Archive) -> Packs:
    fill: Callable[[Archive], Packs] = import_string(_contents[0])
    return fill(archive)


def kept(archive: Archive, part: Path) -> None:
    """Put the finished file in place and say so."""
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
        size = file.tell()
    now = timezone.now()
    whose = archive.candidate.legal_name if archive.candidate else archive.centre.name
    if archive.cut == ArchiveCut.PERSON:
        whose = f"Data kept by {archive.centre.name}"
    name = vault.safe_name(f"{whose} {timezone.localdate(now):%Y-%m-%d}.zip", longest=200)
    stores.archives().put(part, place_of(archive))
    done = Archive.objects.filter(pk=archive.pk, status=ArchiveStatus.MAKING, started_at=archive.started_at)
    ready = {"status": ArchiveStatus.READY, "finished_at": now, "size": size, "sha256": digest.hexdigest()}
    if not done.update(**ready, file_name=name, step=""):
        stores.archives().delete(place_of(archive))
        raise Stopped


class Telling:
    """Notes on the row how far it is, once a second at most, and stops the work once it was cancelled.

    The record is read in one transaction, which may not write: so it is noted over a connection of its own, unless the
    whole is done within a transaction already.
    """

    def __init__(self, archive_id: int, started: datetime.datetime) -> None:
        self.archive_id, self.started, self.noted_at = archive_id, started, 0.0
        self.beside = None if connection.in_atomic_block else connection.copy()

    def __call__(self, step: str, done: int, total: int) -> None:
        if time.monotonic() - self.noted_at < 1:
            return
        self.noted_at = time.monotonic()
        table, written = Archive._meta.db_table, connection.ops.adapt_datetimefield_value
        status = ArchiveStatus.MAKING.value
        with (self.beside or connection).cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET step = %s, done = %s, total = %s, touched_at = %s"  # noqa: S608  # our own table
                " WHERE id = %s AND status = %s AND started_at = %s",
                [step, done, total, written(timezone.now()), self.archive_id, status, written(self.started)],
            )
            if cursor.rowcount == 0:
                raise Stopped

    def close(self) -> None:
        if self.beside:
            self.beside.close()


# --- kept, and gone --------------------------------------------------------------------------------------------------


def requeue_lost(*, at: datetime.datetime) -> int:
    """Ask again for archives whose worker was lost. Returns how many."""
    return begin_again(Archive.objects.filter(lost_by(at)), at)


@transaction.atomic
def begin_again(lost: QuerySet[Archive], at: datetime.datetime) -> int:
    """Put these before another worker. Returns how many there were."""
    ids = list(lost.select_for_update().values_list("pk", flat=True))
    Archive.objects.filter(pk__in=ids).update(status=ArchiveStatus.WAITING, started_at=None, asked_at=at)
    for archive_id in ids:
        make_archive.enqueue(archive_id)
    return len(ids)


def lost_by(now: datetime.datetime) -> Q:
    never_begun = Q(status=ArchiveStatus.WAITING) & lost("asked_at", now, LOST_AFTER)
    return never_begun | (Q(status=ArchiveStatus.MAKING) & lost("touched_at", now, LOST_AFTER))


def sweep(now: datetime.datetime) -> int:
    """Remove the files of archives whose days are over or that something overtook. Returns how many."""
    ready = Archive.objects.filter(status=ArchiveStatus.READY)
    over = list(ready.filter(finished_at__lt=now - datetime.timedelta(days=settings.ARCHIVE_DAYS)))
    for archive in over:
        give_up(archive, f"It was kept for {settings.ARCHIVE_DAYS} days. Ask for another.")
    overtaken = [archive for archive in ready.all() if is_overtaken(archive)]
    for archive in overtaken:
        give_up(archive, OVERTAKEN)
    making = list(making_folder().glob("*.part"))  # before it is asked what is known, so that none came in between
    lying = [one.place for one in stores.archives().found()]
    with_file = Archive.objects.filter(status__in=[ArchiveStatus.MAKING, ArchiveStatus.READY])
    known = {str(token) for token in with_file.values_list("token", flat=True)}
    for path in making:
        if path.stem not in known:
            path.unlink(missing_ok=True)
    for place in lying:
        if place.partition(".")[0] not in known:
            stores.archives().delete(place)
    return len(over) + len(overtaken)


def give_up(archive: Archive, problem: str) -> None:
    """Remove the file; the row stays, as the record that there was a copy."""
    Archive.objects.filter(pk=archive.pk).update(status=ArchiveStatus.GONE, problem=problem)
    stores.archives().delete(place_of(archive))


def making_folder() -> Path:
    """Where archives lie while they are made, on this machine, for the owner only."""
    return stores.private_folder(Path(settings.DATA_DIR) / "archives")


def place_of(archive: Archive) -> str:
    return f"{archive.token}.zip"
