"""How each file of an item is shown in place; the same wherever evidence is looked at."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from assessments.models import EvidenceFile
from portfolio import serving

log = logging.getLogger(__name__)

PDF = "application/pdf"
MOST_PAGES = 40
"""Pages of one PDF shown in place; the rest is in the download."""
LOST = "This file cannot be read at the moment. It has been noted; please tell your centre administrator."


@dataclass(frozen=True)
class FileShown:
    """A file and the way to show it: picture, sound, film, text, pdf, keep (download only), shut, gone or lost."""

    file: EvidenceFile
    way: str
    text: str = ""
    pages: range = range(0)
    page_count: int = 0
    problem: str = ""

    @property
    def opens(self) -> bool:
        """Whether there are bytes to fetch."""
        return self.way not in ("shut", "gone", "lost")


def files_shown(files: Iterable[EvidenceFile]) -> list[FileShown]:
    """The files, each with what its viewer needs. Reads the beginning of texts and counts the pages of PDFs."""
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
    if kind == PDF:
        return pdf_shown(file)
    if kind in serving.TEXTS:
        return FileShown(file, "text", text=serving.text_of(file.stored))
    if kind in serving.PICTURES:
        return FileShown(file, "picture")
    if kind in serving.RECORDINGS:
        return FileShown(file, "film" if kind.startswith("video/") else "sound")
    return FileShown(file, "keep")


def pdf_shown(file: EvidenceFile) -> FileShown:
    """A PDF as pictures of its pages, or the sentence why it cannot be."""
    try:
        count = serving.pdf_page_count(file.stored)
    except serving.CannotShow as problem:
        return FileShown(file, "keep", problem=str(problem))
    return FileShown(file, "pdf", pages=range(1, min(count, MOST_PAGES) + 1), page_count=count)
