"""How each file of an item is shown in place; the same wherever evidence is looked at."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assessments.models import EvidenceFile
from assessments.queries.evidence import opens_for
from portfolio import renditions, scanning, serving
from portfolio.enums import DocumentStatus, ScanResult
from portfolio.models import Rendition
from portfolio.stores import StoreAwayError

log = logging.getLogger(__name__)

BEING_SCANNED = "This file is being scanned for malware. It can be opened when that is done."
STILL_YOURS = "Being scanned for malware. Until that is done only you can open it, and it cannot be handed in."
TOLD_STAFF = {
    ScanResult.NOT_SCANNED: "Not scanned for malware.",
    ScanResult.TOO_LARGE: "Not scanned for malware: it is larger than the scanner takes.",
}
LOST = "This file cannot be read at the moment. It has been noted; please tell your centre administrator."
AWAY = "This file cannot be fetched at the moment, which has been noted. Nothing is lost: come back in a few minutes."
NOT_IN_PLACE = (
    "This file cannot be shown in place, and your account has no downloads. Ask an administrator of the centre to "
    "allow them, or to show you the file."
)
NO_OFFICE = "A document of this kind cannot be shown on this server. Download it to see it."


@dataclass(frozen=True)
class PageShown:
    """A page of a file as a picture. Without a size it is a damaged one, which could not be drawn."""

    number: int
    width: int
    height: int


@dataclass(frozen=True)
class FileShown:
    """A file and the way to show it: picture, sound, film, text, pages, making, keep, shut, gone, disposed,
    held or lost.

    `making` waits for a worker; `keep` is for a download only; of the last five only the line is shown.
    """

    file: EvidenceFile
    way: str
    text: str = ""
    pages: tuple[PageShown, ...] = ()
    page_count: int = 0
    problem: str = ""
    sealed: bool = False
    """Whether it is shown to somebody who may not take it away."""
    scan: str = ""
    """What this reader is told of the scan for malware; empty when there is nothing to tell."""

    @property
    def opens(self) -> bool:
        """Whether there are bytes to fetch."""
        return self.way not in ("shut", "gone", "disposed", "held", "lost")


def files_shown(
    files: Iterable[EvidenceFile], scans: Mapping[int, ScanResult], *, own: bool, sealed: bool = False
) -> list[FileShown]:
    """The files, each with what its viewer needs. They come with their renditions; texts are read, to a length.

    `scans` say what scanning them came to; `own`: they are shown to their candidate; `sealed`: to somebody who sees
    files in place only.
    """
    shown = [file_shown(file, scans[file.stored_id], own=own) for file in files]
    return [in_place_only(one) for one in shown] if sealed else shown


def in_place_only(shown: FileShown) -> FileShown:
    """The file without a way to its bytes, but of a recording, which is played from them."""
    if shown.way == "picture" and not shown.pages:
        return replace(shown, way="making", sealed=True)
    if shown.way == "keep":
        return replace(shown, problem=NOT_IN_PLACE, sealed=True)
    return replace(shown, sealed=True)


def file_shown(file: EvidenceFile, scan: ScanResult, *, own: bool) -> FileShown:
    """One file; those shut away, destroyed or not scanned yet show their line only."""
    if file.disposed_at:
        return FileShown(file, "disposed")
    if file.destroyed_at:
        return FileShown(file, "gone")
    if file.quarantined_at:
        return FileShown(file, "shut")
    if not opens_for(file, scan, own=own):
        return FileShown(file, "held", problem=BEING_SCANNED)
    if own:
        return replace(lit(file), scan=STILL_YOURS if scan in scanning.WAITING else "")
    return replace(lit(file), scan=TOLD_STAFF.get(scan, ""))


def lit(file: EvidenceFile) -> FileShown:
    """A file that may be opened, by what its bytes are."""
    try:
        return open_file_shown(file)
    except FileNotFoundError:
        log.exception("The vault holds no bytes of evidence file %s.", file.pk)
        return FileShown(file, "lost", problem=LOST)
    except StoreAwayError:
        log.exception("Evidence file %s could not be fetched.", file.pk)
        return FileShown(file, "lost", problem=AWAY)


def open_file_shown(file: EvidenceFile) -> FileShown:
    """A file by the type its content was judged to be."""
    kind = serving.media_type(file.stored)
    if kind in serving.TEXTS:
        return FileShown(file, "text", text=serving.text_of(file.stored))
    if kind in serving.RECORDINGS:
        return FileShown(file, "film" if kind.startswith("video/") else "sound")
    if hasattr(file.stored, "rendition"):
        return drawn_shown(file, file.stored.rendition)
    return FileShown(file, "keep", problem=NO_OFFICE if renditions.is_office(file.stored) else "")


def drawn_shown(file: EvidenceFile, rendition: Rendition) -> FileShown:
    """A file that is shown as it was drawn: its pages, that they are being made, or why they cannot be.

    A picture need not wait: until it is drawn, the browser shows it whole.
    """
    picture = serving.media_type(file.stored) in serving.PICTURES
    if rendition.status == DocumentStatus.FAILED:
        return FileShown(file, "keep", problem=rendition.problem)
    if rendition.status == DocumentStatus.WAITING:
        return FileShown(file, "picture" if picture else "making")
    pages = tuple(PageShown(number, *(size or (0, 0))) for number, size in enumerate(rendition.sizes, start=1))
    return FileShown(file, "picture" if picture else "pages", pages=pages, page_count=rendition.page_count)
