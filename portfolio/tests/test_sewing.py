"""Many tagged PDFs written into one: pages, tags, cells that name their heads, bookmarks; and memory that stays."""

import io
import subprocess
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from portfolio import sewing
from portfolio.pdf import DOCUMENTS, ISSUED, Attachment, Manuscript, typeset
from portfolio.tests.programs import program

LETTER = """<html lang="en-GB"><title>Letter</title><h1>To {name}</h1>
<table><thead><tr><th scope="col">Ref</th><th scope="col">What</th></tr></thead>
<tbody><tr><td aria-label="accepted: Ŵyr">◑</td><td><a href="https://example.org/{name}">7 0 R (nested \\)</a></td></tr>
</tbody></table><p style="break-before: page">The second page of {name}.</p></html>"""
NAMES = ("Zoë", "Łucja", "Siân")


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three letters of two pages each, issued as forms are."""
    folder = tmp_path_factory.mktemp("letters")
    record = Attachment("record.json", b"{}", "The facts")
    for number, name in enumerate(NAMES):
        html = LETTER.format(name=name)
        (folder / f"{number}.pdf").write_bytes(typeset(Manuscript(html, (DOCUMENTS / "base.css",), ISSUED, (record,))))
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def whole(letters: list[Path]) -> bytes:
    file = io.BytesIO()
    with sewing.sewn(file, "Forms: Łódź") as sewn:
        for path, name in zip(letters, NAMES, strict=True):
            sewn.add(path, f"{name}, CC16")
    return file.getvalue()


@pytest.fixture
def read(whole: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(whole)) as document:
        yield document


def elements(element: Any) -> Iterator[Any]:
    """The structure elements below, in reading order."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def test_every_page_is_drawn_as_it_was(whole: bytes, letters: list[Path]) -> None:
    sewn = pypdfium2.PdfDocument(whole)
    before = [page for path in letters for page in pypdfium2.PdfDocument(path)]
    assert len(sewn) == len(before) == 6
    for one, other in zip(sewn, before, strict=True):
        assert one.render().to_numpy().tobytes() == other.render().to_numpy().tobytes()
        assert one.get_textpage().get_text_range() == other.get_textpage().get_text_range()


def test_it_is_sound_and_says_what_it_is(read: pikepdf.Pdf) -> None:
    assert not read.check_pdf_syntax()
    assert str(read.docinfo["/Title"]) == "Forms: Łódź"
    assert read.Root.MarkInfo.Marked
    assert "/AcroForm" not in read.Root
    with read.open_outline() as outline:
        places: list[Any] = [item.destination for item in outline.root]
        marks = [
            (item.title, read.pages.index(pikepdf.Page(place[0])))
            for item, place in zip(outline.root, places, strict=True)
        ]
    assert marks == [("Zoë, CC16", 0), ("Łucja, CC16", 2), ("Siân, CC16", 4)]


def test_its_tags_are_those_of_each_letter_in_order(read: pikepdf.Pdf, letters: list[Path]) -> None:
    (document,) = [read.Root.StructTreeRoot.K]
    parts = list(document.K)
    assert [str(part.T) for part in parts] == [f"{name}, CC16" for name in NAMES]
    for part, path in zip(parts, letters, strict=True):
        with pikepdf.open(path) as letter:
            was = [str(one.S) for one in elements(letter.Root.StructTreeRoot)]
        assert [str(one.S) for one in elements(part)] == was
        assert "/TH" in was
        assert [str(one.ActualText) for one in elements(part) if "/ActualText" in one] == ["accepted: Ŵyr"]
    names = [bytes(one.ID) for one in elements(document) if "/ID" in one]
    assert len(names) == len(set(names)) > 0


def test_every_place_on_a_page_leads_to_its_own_tag(read: pikepdf.Pdf) -> None:
    ways = pikepdf.NumberTree(read.Root.StructTreeRoot.ParentTree)
    for page in read.pages:
        tags = list(ways[int(page.StructParents)])
        assert tags
        assert all(tag.Pg.objgen == page.obj.objgen for tag in tags if "/Pg" in tag)
        for link in page.get("/Annots", []):
            assert any(kid.get("/Obj") == link for kid in ways[int(link.StructParent)].K if hasattr(kid, "get"))
    assert int(read.Root.StructTreeRoot.ParentTreeNextKey) > max(key for key, _ in ways.items())


def test_another_reader_finds_the_same_tags(whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "whole.pdf").write_bytes(whole)
    told = subprocess.run([program("pdfinfo"), "-struct-text", tmp_path / "whole.pdf"], capture_output=True, check=True)
    assert told.stderr == b""
    said = told.stdout.decode(errors="replace")  # titles of parts are not in UTF-8
    assert (said.count("Part"), said.count("TH ")) == (3, 6)
    for name in NAMES:
        assert f'"To {name}"' in said
    assert '"7 0 R (nested \\)"' in said


def test_the_memory_it_takes_stays_however_many_come(letters: list[Path], tmp_path: Path) -> None:
    """A library that joins them holds every object: some hundred kilobytes for each."""
    with (tmp_path / "whole.pdf").open("wb") as file, sewing.sewn(file, "Many") as sewn:
        sewn.add(letters[0], "warm")
        tracemalloc.start()
        for _ in range(40):
            sewn.add(letters[0], "one")
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(200):
            sewn.add(letters[0], "one")
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
    assert grown < 200 * 1000
