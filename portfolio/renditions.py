"""Renditions: what is shown of a PDF, a photograph or an office document, drawn by a worker and kept beside the vault.

Asked for in the transaction in which a file becomes evidence, made by `portfolio.drawing` in a process with limits of
its own, and looked at by everybody who may see the evidence. A rendition is never evidence: it counts to no quota, is
in no backup, and can be made again from the bytes at any time.
"""

import contextlib
import datetime
import functools
import json
import logging
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from portfolio import leases, stores, vault
from portfolio.enums import DocumentStatus
from portfolio.jobs import draw_pages
from portfolio.models import Destruction, Document, Rendition, StoredFile
from portfolio.refusal import Refusal
from portfolio.sniffing import BY_TYPE, ODF, OOXML
from portfolio.stores import StoreAwayError

log = logging.getLogger(__name__)

VERSION = 1
"""Of the way of drawing. Raised when pages come out otherwise: then `requeue_lost_documents` has all drawn again."""

SECONDS = 150
LARGEST_OFFICE = 100 * 1024 * 1024
LOST_AFTER = datetime.timedelta(minutes=10)
TRIES = 3
A_DAY = 24 * 60 * 60
DRAWN = re.compile(r"(\d+)/[0-9a-f]{2}/([0-9a-f]{64})-(\d+)")

PROBLEMS = {
    "locked": "This file is locked with a password and cannot be shown. Ask for a copy without a password.",
    "damaged": "This file is damaged and cannot be shown. Download it to try it on your own device.",
    "too_much": "This file is too large or too intricate to be shown here. Download it to see it on your own device.",
    "gone": "This file cannot be read at the moment, so it cannot be shown.",
    "fault": "This file could not be made ready to be shown because of a fault on the server, which has been noted. "
    "Download it to see it.",
}


class CannotShow(Refusal):
    """A file that cannot be shown, and the sentence that says so. It can still be downloaded."""

    def __init__(self, problem: str) -> None:
        super().__init__([PROBLEMS[problem]])


@dataclass(frozen=True)
class Drawn:
    """What came of drawing a file: how many pages it has, and the size of each that was drawn."""

    page_count: int
    sizes: list[list[int] | None]


def way_of_drawing(stored: StoredFile) -> str | None:
    """How the file is drawn: picture, pdf or office; None for what a browser shows by itself, or nobody here can."""
    kind = stored.content_type.partition(";")[0]
    if kind == "application/pdf":
        return "pdf"
    if kind.startswith("image/"):
        return "picture"
    if is_office(stored) and settings.SOFFICE and stored.size <= LARGEST_OFFICE:
        return "office"
    return None


def is_office(stored: StoredFile) -> bool:
    """Whether LibreOffice is needed to draw it."""
    return stored.content_type.startswith((OOXML, ODF))


@transaction.atomic
def ask(files: Iterable[StoredFile], *, at: datetime.datetime) -> None:
    """Have those of the files drawn that can be and are not yet. The jobs are rows of the caller's transaction."""
    wanted = {stored.pk: stored for stored in files if way_of_drawing(stored)}
    known = Rendition.objects.filter(stored__in=wanted).values_list("stored_id", flat=True)
    for missing in wanted.keys() - set(known):
        rendition, new = Rendition.objects.get_or_create(
            stored=wanted[missing], defaults={"version": VERSION, "asked_at": at}
        )
        if new:
            draw_pages.enqueue(rendition.pk)


def requeue_lost(*, at: datetime.datetime) -> int:
    """Ask again for what waits for a worker that was lost, and for what was drawn in an earlier way.

    What was tried several times is given up with a sentence. Returns how many were queued.
    """
    never_started = Q(started_at=None) & leases.lost("asked_at", at, LOST_AFTER)
    lost = Q(status=DocumentStatus.WAITING) & (never_started | leases.lost("started_at", at, LOST_AFTER))
    Rendition.objects.filter(lost, tries__gte=TRIES).update(
        status=DocumentStatus.FAILED, problem=PROBLEMS["fault"], finished_at=at
    )
    return asked_again(Rendition.objects.filter(lost | ~Q(version=VERSION)), at)


def make(rendition_id: int) -> None:
    """Draw a waiting rendition, keep its folder and mark it ready; whoever comes second does nothing.

    A file that cannot be shown fails with a sentence. A fault of ours is in the log, and leaves it to be asked again; a
    store that is away is none of the tries.
    """
    started = timezone.now()
    waiting = Rendition.objects.filter(pk=rendition_id, status=DocumentStatus.WAITING)
    if not waiting.filter(started_at=None).update(started_at=started, tries=F("tries") + 1):
        return
    stored = StoredFile.objects.get(rendition=rendition_id)
    mine = waiting.filter(started_at=started)
    with a_folder() as folder:
        try:
            put_in_place(folder, stored, draw(stored, folder), mine)
        except CannotShow as problem:
            mine.update(status=DocumentStatus.FAILED, problem=str(problem), finished_at=timezone.now())
        except StoreAwayError:
            log.exception("Rendition %s waits until the store is back", rendition_id)
            mine.update(tries=F("tries") - 1)
        except Exception:
            log.exception("Rendition %s could not be made", rendition_id)


@transaction.atomic
def forget(stored: StoredFile) -> None:
    """Remove what was drawn of a file, row and pages, and keep a worker that is at it from keeping what it draws.

    The pages go at once: should the row come back, `mend` has it drawn again.
    """
    Rendition.objects.filter(stored=stored).delete()
    remove_drawn(stored)


# --- looking ---------------------------------------------------------------------------------------------------------


def page_picture(rendition: Rendition, number: int) -> bytes:
    """The picture of a page, counted from 1, as WebP. Raises FileNotFoundError when there is none."""
    return part_of(rendition, f"page-{number}.webp")


def page_text(rendition: Rendition, number: int) -> str:
    """The text of a page, counted from 1; empty when it is a picture only. Raises FileNotFoundError."""
    return part_of(rendition, f"page-{number}.txt").decode()


def thumbnail(rendition: Rendition) -> bytes:
    """A small picture of the first page, as WebP. Raises FileNotFoundError when there is none."""
    return part_of(rendition, "thumbnail.webp")


# --- sweeping --------------------------------------------------------------------------------------------------------


def sweep(*, dry_run: bool = False) -> list[str]:
    """Remove what was drawn more than a day ago and no ready rendition names. Returns what went, or would go."""
    past = time.time() - A_DAY
    making = [path for path in making_folder().glob("*") if path.stat().st_mtime < past]
    drawn = [place for place, at in drawn_below("").items() if at < past and not is_named(place)]
    for path in [] if dry_run else making:
        shutil.rmtree(path, ignore_errors=True)
    for place in [] if dry_run else drawn:
        stores.renditions().delete_below(place)
    return [f"making/{path.name}" for path in making] + drawn


def mend(*, at: datetime.datetime) -> int:
    """Ask for what is missing: ready renditions without their pages, and files that could not be drawn before.

    For a restored backup, and for the day LibreOffice is installed. Returns how many were queued.
    """
    ready = Rendition.objects.filter(status=DocumentStatus.READY).select_related("stored").order_by("stored__centre")
    lost = []
    for centre_id, renditions in groupby(ready.iterator(), key=lambda one: one.stored.centre_id):
        here = drawn_below(f"{centre_id}/")
        lost += [one.pk for one in renditions if place_of(one.stored, one.version) not in here]
    never = StoredFile.objects.filter(rendition=None).exclude(pk__in=Document.objects.values("stored"))
    here_still = never.exclude(pk__in=Destruction.objects.gone().values("stored"))
    drawable = [one for one in here_still.iterator() if way_of_drawing(one) and vault.has(one)]
    ask(drawable, at=at)
    return asked_again(Rendition.objects.filter(pk__in=lost), at) + len(drawable)


def drawn_below(place: str) -> dict[str, float]:
    """Where pages lie, and when the last of them were written."""
    found: dict[str, float] = {}
    for one in stores.renditions().found(place):
        folder = "/".join(one.place.split("/")[:3])
        if not folder.startswith("making/"):
            found[folder] = max(one.written_at, found.get(folder, 0))
    return found


# --- inside ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def asked_again(renditions: QuerySet[Rendition], at: datetime.datetime) -> int:
    """Set them waiting once more, each with its job. Returns how many."""
    ids = list(renditions.select_for_update().values_list("pk", flat=True))
    Rendition.objects.filter(pk__in=ids).exclude(version=VERSION).update(tries=0)
    Rendition.objects.filter(pk__in=ids).update(
        status=DocumentStatus.WAITING, version=VERSION, asked_at=at, started_at=None, finished_at=None, problem=""
    )
    for rendition_id in ids:
        draw_pages.enqueue(rendition_id)
    return len(ids)


def place_of(stored: StoredFile, version: int) -> str:
    """Where the pages of a file lie that were drawn in this way."""
    return f"{vault.place_of(stored)}-{version}"


def part_of(rendition: Rendition, name: str) -> bytes:
    with stores.renditions().open(f"{place_of(rendition.stored, rendition.version)}/{name}") as content:
        return content.read()


def is_named(place: str) -> bool:
    """Whether a ready rendition's pages lie there."""
    match = DRAWN.fullmatch(place)
    if not match:
        return False
    ready = Rendition.objects.filter(status=DocumentStatus.READY, version=int(match[3]))
    return ready.filter(stored__centre=int(match[1]), stored__sha256=match[2]).exists()


def making_folder() -> Path:
    """Where pages lie while they are drawn, on this machine."""
    return stores.private_folder(Path(settings.RENDITIONS_DIR) / "making")


@contextlib.contextmanager
def a_folder() -> Iterator[Path]:
    """A folder to draw in; at the end whatever is left of it goes."""
    folder = making_folder() / secrets.token_hex(16)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def draw(stored: StoredFile, folder: Path) -> Drawn:
    """Draw the file into the folder, in a process of its own. Raises CannotShow; RuntimeError when it broke down."""
    way = way_of_drawing(stored)
    if way is None:
        raise CannotShow("gone")
    kind = BY_TYPE[stored.content_type.partition(";")[0]]
    try:
        with vault.at_hand(stored) as source:
            told = run([way, str(source), str(folder), settings.SOFFICE, kind.endings[0]], folder)
    except FileNotFoundError as error:
        raise CannotShow("gone") from error
    problem = told.get("problem")
    if problem:
        raise CannotShow(problem)
    return Drawn(told["pages"], told["sizes"])


def run(arguments: list[str], folder: Path) -> dict[str, Any]:
    """What `portfolio.drawing` told. Whatever it started ends with it, or when the time is up."""
    command = [sys.executable, "-m", "portfolio.drawing", *arguments]
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "HOME": str(folder)}
    with (folder / "said.txt").open("w+b") as said:
        child = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=environment | {"TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            code = child.wait(SECONDS)
        except subprocess.TimeoutExpired as error:
            raise CannotShow("too_much") from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    if code < 0:  # a limit, or the decoder's own crash
        raise CannotShow("too_much")
    if code > 0:
        raise RuntimeError((folder / "said.txt").read_text(errors="replace")[-4000:])
    told: dict[str, Any] = json.loads((folder / "drawn.json").read_text())
    if not told["cut_off"]:
        warn_of_the_network()
    return told


@functools.cache
def warn_of_the_network() -> None:
    """Once in a process: nothing can be done about it from within."""
    log.warning(
        "The kernel does not let files be drawn without a network. Limits hold, and neither macros run nor are links "
        "followed; see to it that a worker reaches no more than it needs (docs/operations.md, Pages of evidence)."
    )


@transaction.atomic
def put_in_place(folder: Path, stored: StoredFile, drawn: Drawn, mine: QuerySet[Rendition]) -> None:
    """Put the pages where they belong and mark the rendition ready; nothing, when it was forgotten meanwhile."""
    if not mine.select_for_update().exists():
        return
    for name in ("office", "said.txt", "drawn.json"):
        path = folder / name
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    remove_drawn(stored)
    stores.renditions().put_folder(folder, place_of(stored, VERSION))
    mine.update(status=DocumentStatus.READY, page_count=drawn.page_count, sizes=drawn.sizes, finished_at=timezone.now())


def remove_drawn(stored: StoredFile) -> None:
    """Remove what was drawn of the file, in whatever way."""
    for version in range(1, VERSION + 1):
        stores.renditions().delete_below(place_of(stored, version))
