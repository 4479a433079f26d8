"""HTML set as tagged PDF. The one place that knows WeasyPrint, which is imported only when something is set.

WeasyPrint needs Pango from the system and a second to import, so the house starts, migrates and serves without it.
Fonts are configured once per process and pages are set one document at a time: a font configuration that two threads
use at once corrupts memory, and one lock is faster than one configuration per thread.

What is set is a manuscript, in which all words stand already. So this room knows neither Django nor a setting, and the
processes that set many forms at once (composing.py) are told nothing else of the installation.
"""

import codecs
import functools
import gc
import logging
import mimetypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

DRAFT = "pdf/ua-1"
ISSUED = "pdf/a-3a"

APT = "apt install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-crosextra-carlito"
PAGE_SET = "Step 5 - Creating layout - Page %d"
"""What WeasyPrint writes in its log of each page; its version is pinned, and a test hears it."""
HOUSE = Path(__file__).resolve().parent.parent
DOCUMENTS = HOUSE / "templates" / "documents"
OURS = (DOCUMENTS, HOUSE / "static")

Tell = Callable[[int], None]

_press = threading.Lock()


class CannotRender(Exception):
    """A document could not be made, and why."""


@dataclass(frozen=True)
class Attachment:
    """A file carried inside a PDF/A-3, e.g. the record in a form that machines read."""

    name: str
    content: bytes
    description: str
    relationship: str = "Data"


@dataclass(frozen=True)
class Manuscript:
    """All that a PDF is set from."""

    html: str
    style_sheets: tuple[Path, ...]
    variant: str
    attachments: tuple[Attachment, ...] = ()


def typeset(manuscript: Manuscript, tell: Tell | None = None) -> bytes:
    """The manuscript as a tagged PDF with its fonts in it. Raises CannotRender.

    `tell` is called with the number of each page as it is set; where pages name each other's numbers, more than once.
    """
    with _press, no_collecting(), telling(tell):
        return toolbox().set_pages(manuscript)


def warm() -> None:
    """Have all at hand that the first document would wait for: WeasyPrint, the fonts, and every style sheet parsed."""
    typeset(Manuscript("<p>A</p>", tuple(sorted(DOCUMENTS.rglob("*.css"))), ISSUED))


# --- inside ----------------------------------------------------------------------------------------------------------


@contextmanager
def no_collecting() -> Iterator[None]:
    """Hold Python's garbage collector back: a layout makes many objects that all live, and it would walk them again
    and again (a fifth of the time of a long form)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class PageTeller(logging.Handler):
    """Tells of each page that WeasyPrint sets, by what it writes in its log."""

    def __init__(self, tell: Tell) -> None:
        super().__init__(logging.INFO)
        self.tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == PAGE_SET and isinstance(record.args, tuple) and isinstance(number := record.args[0], int):
            self.tell(number)


@contextmanager
def telling(tell: Tell | None) -> Iterator[None]:
    """Have whoever wants to know told of the pages, as they are set."""
    if tell is None:
        yield
        return
    log, teller = logging.getLogger("weasyprint.progress"), PageTeller(tell)
    before = log.level, log.propagate
    log.addHandler(teller)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(teller)
        log.level, log.propagate = before


def our_file(url: str) -> Path:
    """The file of the house behind a `file:` address. Raises ValueError for anything else."""
    parts = urlsplit(url)
    path = Path(unquote(parts.path)).resolve()
    if parts.scheme != "file" or parts.netloc or not any(path.is_relative_to(folder) for folder in OURS):
        raise ValueError(f"A document may use only files of its own: {url[:200]}")
    return path


def say_labels(document: Any, pdf: Any) -> None:
    """Have cells of tables read aloud by their `aria-label`, where their text is only a sign.

    WeasyPrint keeps the structure element of a cell on its box, and an alternative text for pictures only.
    """
    for page in document.pages:
        for box in page._page_box.descendants():
            element = getattr(box, "mark", None)
            if element is not None and (label := box.element.get("aria-label")):
                innermost(element, pdf)["ActualText"] = text_string(label)


def text_string(text: str) -> bytes:
    """A text as PDF writes it: UTF-16 in hexadecimal."""
    return f"<{(codecs.BOM_UTF16_BE + text.encode('utf-16-be')).hex()}>".encode()


def innermost(element: Any, pdf: Any) -> Any:
    """The structure element that holds the text itself."""
    while element["K"] and isinstance(reference := element["K"][0], bytes):
        element = pdf.objects[int(reference.split()[0])]
    return element


@dataclass(frozen=True)
class Toolbox:
    """WeasyPrint, imported, with what is made once per process."""

    set_pages: Callable[[Manuscript], bytes]


@functools.cache
def toolbox() -> Toolbox:
    """Import WeasyPrint and prepare it. Call it with the lock held. Raises CannotRender without its libraries."""
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
    except OSError as error:
        raise CannotRender(f"PDF documents cannot be made on this system. Install the libraries: {APT}") from error

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = our_file(url)
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    fetcher = OwnFiles(fail_on_errors=True)
    fonts = FontConfiguration()

    @functools.lru_cache(maxsize=32)
    def parsed(path: Path, changed: int) -> Any:
        return weasyprint.CSS(filename=path, font_config=fonts, url_fetcher=fetcher)

    def attached(one: Attachment) -> Any:
        return weasyprint.Attachment(
            string=one.content, name=one.name, description=one.description, relationship=one.relationship
        )

    def set_pages(manuscript: Manuscript) -> bytes:
        try:
            page = weasyprint.HTML(string=manuscript.html, base_url=DOCUMENTS.as_uri() + "/", url_fetcher=fetcher)
            pdf: bytes = page.write_pdf(
                stylesheets=[parsed(sheet, sheet.stat().st_mtime_ns) for sheet in manuscript.style_sheets],
                font_config=fonts,
                pdf_variant=manuscript.variant,
                attachments=[attached(one) for one in manuscript.attachments],
                finisher=say_labels,
            )
        except FatalURLFetchingError as error:
            raise CannotRender(str(error.__cause__ or error)) from error
        return pdf

    return Toolbox(set_pages)
