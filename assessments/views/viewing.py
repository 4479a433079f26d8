"""How each file of an item is shown in place; the same wherever evidence is looked at."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from assessments.models import EvidenceFile
from portfolio import renditions, serving
from portfolio.enums import DocumentStatus
from portfolio.models import Rendition

log = logging.getLogger(__name__)

LOST = "This file cannot be read at the moment. It has been noted; please tell your centre administrator."
NO_OFFICE = "A document of this kind cannot be shown on this server. Download it to see it."


@dataclass(frozen=True)
class PageShown:
    """A page of a file as a picture. Without a size it is a damaged one, which could not be drawn."""

    number: int
    width: int
    height: int


@dataclass(frozen=True)
class FileShown:
    """A file and the way to show it: picture, sound, film, text, pages, making, keep, shut, gone or lost.

    `making` waits for a worker; `keep` is for a download only; of the last three only the line is shown.
    """

    file: EvidenceFile
    way: str
    text: str = ""
    pages: tuple[PageShown, ...] = ()
    page_count: int = 0
    problem: str = ""

    @property
    def opens(self) -> bool:
        """Whether there are bytes to fetch."""
        return self.way not in ("shut", "gone", "lost")


def files_shown(files: Iterable[EvidenceFile]) -> list[FileShown]:
    """The files, each with what its viewer needs. They come with their renditions; texts are read, to a length."""
    return [file_shown(file) for file in files]


def file_shown(file: EvidenceFile) -> FileShown:
    """One file; shut away or destroyed ones show their line only."""
    if file.destroyed_at:
        return FileShown(file, "gone")
    if file.quarantined_at:
        return FileShown(file, "shut")
    try:
        return open_file_shown(file)
    except FileNotFoundError:
        log.exception("The vault holds no bytes of evidence file %s.", file.pk)
        return FileShown(file, "lost", problem=LOST)


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
