"""Records as PDF. The one place that knows WeasyPrint, which is imported only when something is rendered.

WeasyPrint needs Pango from the system and a second to import, so the house starts, migrates and serves without it.
Fonts are configured once per process and rendering is one at a time: a font configuration that two threads use at once
corrupts memory, and one lock is faster than one configuration per thread.

A document is `templates/documents/<kind>.html`, or `documents/sheet.html` where its kind has no template of its own. It
extends `documents/base.html` and is styled by `documents/base.css` and, if there is one, the style sheet named like its
template. It fetches nothing but files that belong to the house: no address of another server, and no file outside
`static/` and `templates/documents/`.
"""

import codecs
import ctypes
import functools
import gc
import hashlib
import importlib.metadata
import logging
import mimetypes
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.template.loader import render_to_string, select_template

DRAFT = "pdf/ua-1"
ISSUED = "pdf/a-3a"

FAMILIES = "Carlito, Noto Sans, DejaVu Sans"
APT = "apt install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-crosextra-carlito"
LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
)

PAGE_SET = "Step 5 - Creating layout - Page %d"
"""What WeasyPrint writes in its log of each page; its version is pinned, and a test hears it."""
SHEET = "documents/sheet.html"
DOCUMENTS = Path(settings.BASE_DIR) / "templates" / "documents"
OURS = (DOCUMENTS, Path(settings.BASE_DIR) / "static")

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


def render(
    template: str,
    context: Mapping[str, Any],
    *,
    variant: str,
    attachments: Sequence[Attachment] = (),
    tell: Callable[[int], None] | None = None,
) -> bytes:
    """The template, filled in and set as a tagged PDF with its fonts in it. Raises CannotRender.

    `tell` is called with the number of each page as it is set; where pages name each other's numbers, more than once.
    """
    html = render_to_string(template, dict(context))
    with _press, no_collecting(), telling(tell):
        return toolbox().set_pages(html, style_sheets(template), variant, attachments)


def template_for(kind: str) -> str:
    """The template of a kind of document: its own, else the sheet of titled parts that most kinds share."""
    found = select_template([f"documents/{kind}.html", SHEET])
    return str(found.template.name)


def render_version() -> str:
    """Names all that shapes a page beside its facts, so that a change of any of it gives a new document."""
    return f"WeasyPrint {importlib.metadata.version('weasyprint')}, {font_version()}, templates {templates_digest()}"


def templates_digest() -> str:
    """SHA-256 over every template and style sheet of the documents, names included."""
    digest = hashlib.sha256()
    for path in sorted(DOCUMENTS.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.relative_to(DOCUMENTS)} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()


@functools.cache
def font_version() -> str:
    """The file and version of the font this system gives for the families asked for."""
    try:
        fontconfig = ctypes.CDLL("libfontconfig.so.1")
    except OSError:
        return "no fonts"
    fontconfig.FcNameParse.restype = fontconfig.FcFontMatch.restype = ctypes.c_void_p
    pattern = ctypes.c_void_p(fontconfig.FcNameParse(FAMILIES.replace(", ", ",").encode()))
    fontconfig.FcConfigSubstitute(None, pattern, 0)
    fontconfig.FcDefaultSubstitute(pattern)
    result, file, version = ctypes.c_int(), ctypes.c_char_p(), ctypes.c_int()
    found = ctypes.c_void_p(fontconfig.FcFontMatch(None, pattern, ctypes.byref(result)))
    if not found.value:
        return "no fonts"
    fontconfig.FcPatternGetString(found, b"file", 0, ctypes.byref(file))
    fontconfig.FcPatternGetInteger(found, b"fontversion", 0, ctypes.byref(version))
    name = f"{Path((file.value or b'').decode()).name} {version.value}"
    fontconfig.FcPatternDestroy(found)
    fontconfig.FcPatternDestroy(pattern)
    return name


def check_libraries(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    """A system check: the libraries WeasyPrint needs are there. Without them all works but PDFs."""
    missing = [name for name in LIBRARIES if not loads(name)] if sys.platform == "linux" else []
    if missing:
        yield Warning(
            f"PDF documents cannot be made: {', '.join(missing)} not found on this system.",
            hint=f"Install the libraries: {APT}. Until then print pages from the browser.",
            id="portfolio.W001",
        )


def loads(library: str) -> bool:
    """Whether the system has the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


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

    def __init__(self, tell: Callable[[int], None]) -> None:
        super().__init__(logging.INFO)
        self.tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == PAGE_SET and isinstance(record.args, tuple) and isinstance(number := record.args[0], int):
            self.tell(number)


@contextmanager
def telling(tell: Callable[[int], None] | None) -> Iterator[None]:
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


def style_sheets(template: str) -> list[Path]:
    """The common style sheet, then the document's own."""
    own = DOCUMENTS / Path(template).with_suffix(".css").name
    return [DOCUMENTS / "base.css", *([own] if own.is_file() else [])]


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

    set_pages: Callable[[str, list[Path], str, Sequence[Attachment]], bytes]


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

    def set_pages(html: str, sheets: list[Path], variant: str, attachments: Sequence[Attachment]) -> bytes:
        try:
            page = weasyprint.HTML(string=html, base_url=DOCUMENTS.as_uri() + "/", url_fetcher=fetcher)
            pdf: bytes = page.write_pdf(
                stylesheets=[parsed(sheet, sheet.stat().st_mtime_ns) for sheet in sheets],
                font_config=fonts,
                pdf_variant=variant,
                attachments=[attached(one) for one in attachments],
                finisher=say_labels,
            )
        except FatalURLFetchingError as error:
            raise CannotRender(str(error.__cause__ or error)) from error
        return pdf

    return Toolbox(set_pages)
