"""Records as PDF: a template, filled in and set (pdf.py).

A document is `templates/documents/<kind>.html`, or `documents/sheet.html` where its kind has no template of its own. It
extends `documents/base.html` and is styled by `documents/base.css` and, if there is one, the style sheet named like its
template. It fetches nothing but files that belong to the house: no address of another server, and no file outside
`static/` and `templates/documents/`.
"""

import ctypes
import functools
import hashlib
import importlib.metadata
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Warning
from django.template.loader import render_to_string, select_template

from portfolio.pdf import APT, DOCUMENTS, Attachment, Manuscript, typeset

FAMILIES = "Carlito, Noto Sans, DejaVu Sans"
LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
)
SHEET = "documents/sheet.html"


def render(
    template: str,
    context: Mapping[str, Any],
    *,
    variant: str,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The template, filled in and set as a tagged PDF with its fonts in it. Raises CannotRender."""
    return typeset(manuscript(template, context, variant=variant, attachments=attachments))


def manuscript(
    template: str, context: Mapping[str, Any], *, variant: str, attachments: Sequence[Attachment] = ()
) -> Manuscript:
    """The template, filled in: all that setting it needs."""
    html = render_to_string(template, dict(context))
    return Manuscript(html, tuple(style_sheets(template)), variant, tuple(attachments))


def style_sheets(template: str) -> list[Path]:
    """The common style sheet, then the document's own."""
    own = DOCUMENTS / Path(template).with_suffix(".css").name
    return [DOCUMENTS / "base.css", *([own] if own.is_file() else [])]


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
