"""PDFs: tagged, titled, with their fonts in them, and reaching for nothing outside the house."""

import contextlib
import gc
import importlib.metadata
import io
import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import pytest_django

from portfolio import manuscripts, pdf
from portfolio.tests import letter

LETTER = """{% extends "documents/base.html" %}
{% block title %}Letter to {{ facts.name }}{% endblock %}
{% block page %}{{ facts.page }}{% endblock %}
{% block running %}Northgate Training{% endblock %}
{% block main %}<h1>Letter</h1><p>{{ facts.name }}</p>
<table><thead><tr><th scope="col">Ref</th><th scope="col">Description</th></tr></thead>
<tbody>{% for row in facts.rows %}
<tr><th scope="row">{{ forloop.counter }}</th><td>{{ row }}</td></tr>{% endfor %}</tbody>
</table>{{ facts.markup|safe }}{% endblock %}"""
NAMES = "Gŵyneth Llŷr, Łucja Śliwińska-Żak, Seònaid Nic Dhòmhnaill, Zoë Ó Faoláin"


@pytest.fixture(autouse=True)
def template(settings: pytest_django.Settings) -> None:
    letter.add_template(settings, LETTER)


def rendered(variant: str = pdf.DRAFT, *attachments: pdf.Attachment, **facts: object) -> pikepdf.Pdf:
    facts = {"name": NAMES, "rows": ["One", "Two"], "page": "portrait", "markup": "", **facts}
    content = manuscripts.render("documents/letter.html", {"facts": facts}, variant=variant, attachments=attachments)
    return pikepdf.open(io.BytesIO(content))


def structure(element: Any) -> Iterator[Any]:
    """The structure elements, in reading order."""
    for kid in element.get("/K", []) if isinstance(element.get("/K"), pikepdf.Array) else [element.get("/K")]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from structure(kid)


def tags(element: Any) -> Iterator[str]:
    """The names of the structure elements, in reading order."""
    return (str(one.S) for one in structure(element))


def fonts(document: pikepdf.Pdf) -> list[Any]:
    return [
        font.DescendantFonts[0].FontDescriptor
        for font in document.objects
        if isinstance(font, pikepdf.Dictionary) and font.get("/Subtype") == "/Type0"
    ]


@pytest.mark.parametrize("variant", [pdf.DRAFT, pdf.ISSUED])
def test_a_page_can_be_read_aloud(variant: str) -> None:
    document = rendered(variant)
    assert document.Root.MarkInfo.Marked
    assert str(document.Root.Lang) == "en-GB"
    assert document.Root.ViewerPreferences.DisplayDocTitle
    assert str(document.docinfo["/Title"]) == f"Letter to {NAMES}"
    found = list(tags(document.Root.StructTreeRoot))
    assert found.count("/H1") == 1
    assert found.count("/TH") == 4
    assert found.count("/TD") == 2
    assert not document.check_pdf_syntax()


@pytest.mark.parametrize("variant", [pdf.DRAFT, pdf.ISSUED])
def test_a_cells_label_is_read_aloud_in_place_of_its_sign(variant: str) -> None:
    document = rendered(variant, markup='<table><tr><td aria-label="accepted: Ŵyr">◑</td><td>plain</td></tr></table>')
    said = [str(one.ActualText) for one in structure(document.Root.StructTreeRoot) if "/ActualText" in one]
    assert said == ["accepted: Ŵyr"]


@pytest.mark.parametrize("variant", [pdf.DRAFT, pdf.ISSUED])
def test_its_fonts_are_in_it(variant: str) -> None:
    document = rendered(variant)
    found = fonts(document)
    assert found
    assert all("/FontFile2" in one or "/FontFile3" in one for one in found)


def test_a_draft_is_pdf_ua_1() -> None:
    with rendered(pdf.DRAFT).open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


def test_an_issued_document_is_pdf_a_3a() -> None:
    document = rendered(pdf.ISSUED)
    with document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
    assert "/OutputIntents" in document.Root


def test_it_carries_its_record() -> None:
    record = pdf.Attachment("record.json", json.dumps({"name": NAMES}).encode(), "The facts")
    document = rendered(pdf.ISSUED, record)
    assert json.loads(document.attachments["record.json"].get_file().read_bytes()) == {"name": NAMES}
    assert {str(associated.AFRelationship) for associated in document.Root.AF} == {"/Data"}


def test_names_of_every_language_of_the_islands_are_right() -> None:
    content = io.BytesIO()
    rendered().save(content)
    page = pypdfium2.PdfDocument(content.getvalue())[0]
    assert NAMES in page.get_textpage().get_text_range().replace("\r\n", " ")


def test_pages_are_a4_either_way_and_numbered() -> None:
    upright, across = rendered(), rendered(page="landscape", rows=["A long description. " * 20] * 40)
    assert [round(float(side)) for side in upright.pages[0].MediaBox[2:]] == [595, 842]
    assert {tuple(round(float(side)) for side in page.MediaBox[2:]) for page in across.pages} == {(842, 595)}
    content = io.BytesIO()
    across.save(content)
    for number, page in enumerate(pypdfium2.PdfDocument(content.getvalue()), 1):
        text = page.get_textpage().get_text_range()
        assert f"Page {number} of {len(across.pages)}" in text
        assert "Northgate Training" in text
        assert "Description" in text


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/logo.png",
        "https://example.org/logo.png",
        "ftp://example.org/logo.png",
        "file:///etc/passwd",
        "file://server/share/logo.png",
        "../../manage.py",
        "%2e%2e/%2e%2e/manage.py",
        "../../static/../manage.py",
        "gopher://x",
    ],
)
@pytest.mark.parametrize("markup", ['<img src="{}" alt="">', '<link rel="stylesheet" href="{}">'])
def test_it_fetches_nothing_from_outside_the_house(address: str, markup: str) -> None:
    with pytest.raises(pdf.CannotRender, match="only files of its own"):
        rendered(markup=markup.format(address))


def test_it_uses_files_of_the_house_and_drawings_within() -> None:
    drawing = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    rendered(markup=f'<link rel="stylesheet" href="base.css"><img src="{drawing}" alt="nothing">')


def test_a_drawing_within_fetches_nothing_either(caplog: pytest.LogCaptureFixture) -> None:
    drawing = (
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' "
        "width='9' height='9'><image xlink:href='file:///etc/hostname' width='9' height='9'/></svg>"
    )
    rendered(markup=f'<img src="{drawing}" alt="nothing">')
    assert "Failed to render SVG" in caplog.text


FETCHES = {
    "picture": '<img src="{}" alt="">',
    "style": '<link rel="stylesheet" href="{}">',
    "import": '<style>@import url("{}");</style>',
    "background": '<p style="background: url({})">One</p>',
    "font": '<style>@font-face {{ font-family: F; src: url("{}"); }} p {{ font-family: F; }}</style>',
    "object": '<object data="{}"></object>',
    "drawing": '<img alt="" src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 width=%229%22 '
    'height=%229%22%3E%3Cimage href=%22{}%22 width=%229%22 height=%229%22/%3E%3C/svg%3E">',
}


@pytest.mark.parametrize("markup", FETCHES.values(), ids=FETCHES)
def test_nobody_is_called_by_what_stands_in_a_document(markup: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with contextlib.suppress(pdf.CannotRender):
            rendered(markup=markup.format(f"http://127.0.0.1:{server.getsockname()[1]}/here"))
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_document_is_set_on_documents_alone() -> None:
    for template in pdf.DOCUMENTS.rglob("*.html"):
        for line in template.read_text().splitlines():
            if "{% extends" in line or "{% include" in line:
                assert '"documents/' in line, f"{template.name} reaches outside documents/: {line.strip()}"


def test_no_style_sheet_asks_for_what_loses_memory_or_time() -> None:
    for path in pdf.DOCUMENTS.rglob("*"):
        declared = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S) if path.is_file() else ""
        assert not re.search(r"font-(variant|feature)|display:\s*(inline-)?grid", declared), path.name


def test_threads_render_one_at_a_time() -> None:
    sizes: list[int] = []
    threads = [threading.Thread(target=lambda: sizes.append(len(rendered().pages))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [1, 1, 1, 1]
    assert gc.isenabled()


def test_its_version_changes_with_template_font_and_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    versions = {manuscripts.render_version()}
    (tmp_path / "base.css").write_text("p { color: red }")
    monkeypatch.setattr(manuscripts, "DOCUMENTS", tmp_path)
    versions.add(manuscripts.render_version())
    (tmp_path / "base.css").write_text("p { color: tan }")
    versions.add(manuscripts.render_version())
    monkeypatch.setattr(manuscripts, "font_version", lambda: "another font")
    versions.add(manuscripts.render_version())
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "99")
    versions.add(manuscripts.render_version())
    assert len(versions) == 5


def test_missing_libraries_are_a_warning_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(manuscripts.check_libraries(None)) == []
    monkeypatch.setattr(manuscripts, "LIBRARIES", ("libnothing.so.0",))
    (warning,) = manuscripts.check_libraries(None)
    assert "libnothing.so.0" in warning.msg
    assert "apt install" in str(warning.hint)


def test_without_its_libraries_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_pango() -> None:
        raise pdf.CannotRender("PDF documents cannot be made on this system.")

    monkeypatch.setattr(pdf, "toolbox", no_pango)
    with pytest.raises(pdf.CannotRender):
        rendered()
    assert gc.isenabled()
