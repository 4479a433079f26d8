"""Reading a PDF back, as a person or a screen reader does."""

import ctypes
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2
from pypdfium2 import raw

from portfolio import press, vault
from portfolio.models import Document


def made(document: Document) -> bytes:
    """The document's bytes, after the job that was asked for has run."""
    press.make(document.pk)
    document.refresh_from_db()
    assert document.stored is not None, document.problem
    with vault.open_stored(document.stored) as file:
        return file.read()


def pages_of(content: bytes) -> list[str]:
    """The text of each page, its words parted by single spaces."""
    pdf = pypdfium2.PdfDocument(content)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in pdf]
    finally:
        pdf.close()


def text_of(content: bytes) -> str:
    """The text of all pages."""
    return " ".join(pages_of(content))


def in_order(text: str, *words: str) -> None:
    """Fail unless all the words are in the text, each after the one before."""
    at = 0
    for word in words:
        found = text.find(word, at)
        assert found >= 0, f"{word!r} is not after {text[max(0, at - 60) : at]!r}"
        at = found + len(word)


def fonts_of(content: bytes) -> list[set[str]]:
    """What the descriptor of each font used has."""
    pdf = pikepdf.open(io.BytesIO(content))
    return [
        set(font.DescendantFonts[0].FontDescriptor.keys())
        for font in pdf.objects
        if isinstance(font, pikepdf.Dictionary) and font.get("/Subtype") == "/Type0"
    ]


@dataclass(frozen=True)
class Heard:
    """A cell of a table as a screen reader says it: its headers, what it says, and the sign that is printed."""

    headers: tuple[str, ...]
    says: str
    sign: str


def cells_of(content: bytes) -> list[Heard]:
    """Every data cell with something in it, in reading order, with the headers that the tag tree gives it."""
    pdf = pikepdf.open(io.BytesIO(content))
    texts, pages = marked_texts(content), {page.objgen: number for number, page in enumerate(pdf.pages)}

    def text(element: Any) -> str:
        page = pages[element.Pg.objgen] if "/Pg" in element else None
        parts = (texts[page, kid] if isinstance(kid, int) else text(kid) for kid in kids(element))
        return " ".join(" ".join(parts).split())  # each line of a cell is a part of its own

    def said(element: Any) -> str:
        if "/ActualText" in element:
            return str(element.ActualText)
        return "".join(said(kid) if isinstance(kid, pikepdf.Dictionary) else "" for kid in kids(element))

    found = list(elements(pdf.Root.StructTreeRoot))
    names = {bytes(one.ID): text(one).strip() for one in found if one.S == "/TH" and "/ID" in one}
    return [
        Heard(
            tuple(names[bytes(key)] for key in one.A.Headers),
            said(one) or text(one).strip(),
            text(one).strip(),
        )
        for one in found
        if one.S == "/TD" and text(one).strip()
    ]


def said_in(content: bytes) -> dict[tuple[str, str], str]:
    """What each cell says, by the head of its row and that of its column; words parted by single spaces."""
    return {
        (" ".join(cell.headers[0].split()), cell.headers[-1]): " ".join(cell.says.split()) for cell in cells_of(content)
    }


def kids(element: Any) -> list[Any]:
    """What an element holds: elements, and numbers of marked content."""
    held: Any = element.K if "/K" in element else []
    return list(held) if isinstance(held, pikepdf.Array) else [held]


def elements(root: Any) -> Iterator[Any]:
    """The structure elements below one, in reading order."""
    for kid in kids(root):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def marked_texts(content: bytes) -> dict[tuple[int | None, int], str]:
    """The text of each piece of marked content, by page and its number there."""
    pdf = pypdfium2.PdfDocument(content)
    found: dict[tuple[int | None, int], str] = {}
    for number, page in enumerate(pdf):
        textpage = page.get_textpage()
        for item in page.get_objects([raw.FPDF_PAGEOBJ_TEXT]):
            mark = raw.FPDFPageObj_GetMarkedContentID(item.raw)
            length = raw.FPDFTextObj_GetText(item.raw, textpage.raw, None, 0)
            buffer = ctypes.create_string_buffer(length)
            raw.FPDFTextObj_GetText(item.raw, textpage.raw, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), length)
            words = buffer.raw.decode("utf-16-le").rstrip("\0")
            found[number, mark] = found.get((number, mark), "") + re.sub(r"[\r\n]+", " ", words)
    pdf.close()
    return found
