"""What a file is, told by its bytes: what is taken, and every sentence that says no."""

from pathlib import Path

import pytest

from portfolio.sniffing import UploadRefused, content_type_of
from portfolio.tests import small_files


def judged(folder: Path, name: str, content: bytes) -> str:
    path = folder / "incoming"
    path.write_bytes(content)
    return content_type_of(path, name)


def refusal(folder: Path, name: str, content: bytes) -> str:
    with pytest.raises(UploadRefused) as caught:
        judged(folder, name, content)
    (sentence,) = caught.value.sentences
    assert name in sentence
    assert "was not kept" in sentence
    return sentence


@pytest.mark.parametrize("name", small_files.EVERY_KIND)
def test_it_takes_every_kind_of_evidence(tmp_path: Path, name: str) -> None:
    content, content_type = small_files.EVERY_KIND[name]
    assert judged(tmp_path, name, content) == content_type


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("report.pdf", small_files.office("docx"), "is named .pdf but is a Word document"),
        ("report.docx", small_files.pdf(), "is named .docx but is a PDF"),
        ("report.docx", small_files.office("xlsx"), "is named .docx but is an Excel workbook"),
        ("photo.png", small_files.picture("JPEG"), "is named .png but is a JPEG photograph"),
        ("notes.txt", small_files.pdf(), "is named .txt but is a PDF"),
        ("photo.jpg", b"only words", "is named .jpg but is plain text"),
        ("photo", small_files.picture("JPEG"), "has no ending in its name and is a JPEG photograph"),
        ("notes", b"only words", "has no ending in its name and is plain text"),
        ("report.html", small_files.pdf(), "is named .html but is a PDF"),
    ],
)
def test_it_names_both_when_name_and_content_disagree(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    assert what in refusal(tmp_path, name, content)


@pytest.mark.parametrize("name", ["page.html", "page.txt", "drawing.svg", "notes.md"])
@pytest.mark.parametrize(
    "start",
    [
        "<!DOCTYPE html><p>hello",
        "\ufeff \r\n<HTML>",
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<?xml version="1.0"?><svg/>',
        "<script>alert(1)</script>",
        "<!-- a comment --><script>",
        "#!/bin/sh\nrm",
    ],
)
def test_it_refuses_web_pages_whatever_they_are_called(tmp_path: Path, name: str, start: str) -> None:
    for charset in ("utf-8", "utf-16"):
        assert "is a web page, drawing or script" in refusal(tmp_path, name, start.encode(charset))


def test_it_refuses_a_web_page_with_a_pdf_further_in(tmp_path: Path) -> None:
    refusal(tmp_path, "both.pdf", b"<html><script>alert(1)</script>" + small_files.pdf())


def test_it_takes_a_picture_with_a_page_in_its_tail_as_a_picture_only(tmp_path: Path) -> None:
    both = small_files.picture("GIF") + b"<script>alert(1)</script>"
    assert judged(tmp_path, "both.gif", both) == "image/gif"
    refusal(tmp_path, "both.html", both)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.docx", small_files.office("docx", word__vbaProject=b"macro")),
        ("report.docx", small_files.office("docx", word__VBAPROJECT=b"macro")),
        ("figures.xlsx", small_files.office("xlsx", xl__macrosheets__sheet1=b"macro")),
        ("report.docx", small_files.office("docx", word__activeX__activeX1=b"control")),
        ("report.odt", small_files.open_document("odt", Basic__Standard__Module1=b"Sub Main")),
        (
            "report.docx",
            small_files.archive(
                {
                    "[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml",
                    "word/document.xml": "<document/>",
                }
            ),
        ),
    ],
)
def test_it_refuses_documents_with_macros(tmp_path: Path, name: str, content: bytes) -> None:
    assert "contains macros" in refusal(tmp_path, name, content)


def test_it_refuses_archives_and_says_to_unpack_them(tmp_path: Path) -> None:
    assert "Unpack it" in refusal(tmp_path, "evidence.zip", small_files.archive({"a.txt": "a"}))
    assert "Unpack it" in refusal(tmp_path, "evidence.docx", small_files.archive({"a.txt": "a"}))


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("setup.exe", b"MZ\x90\0" + bytes(200), "is a program"),
        ("report.pdf", b"MZ\x90\0" + bytes(200), "is a program"),
        ("run.txt", b"\x7fELF\x02\x01\x01" + bytes(60), "is a program"),
        ("old.doc", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "old Office form or locked with a password"),
        ("letter.rtf", b"{\\rtf1 hello}", "rich text"),
        ("data.bin", bytes(range(256)) * 4, "damaged or of a kind"),
        ("notes.txt", b"words\0and a nothing", "damaged or of a kind"),
        ("notes.txt", b"caf\xe9 \x81", "damaged or of a kind"),
        ("report.pdf", b"%PD", "is named .pdf but is plain text"),
        ("report.docx", small_files.office("docx")[:-30], "is damaged"),
        ("photo.jpg", b"\xff\xd8\xff\xe0", "is damaged"),
        ("screen.png", small_files.picture("PNG")[:20], "is damaged"),
    ],
)
def test_it_refuses_what_is_no_evidence_and_says_what_it_is(
    tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    assert what in refusal(tmp_path, name, content)


@pytest.mark.parametrize(("across", "down"), [(30_000, 30_000), (12_000, 9_000)])
def test_it_refuses_a_picture_with_too_many_pixels(tmp_path: Path, across: int, down: int) -> None:
    assert "more pixels" in refusal(tmp_path, "sky.png", small_files.png_claiming(across, down))


def test_it_takes_a_large_photograph(tmp_path: Path) -> None:
    assert judged(tmp_path, "sky.png", small_files.png_claiming(8_000, 6_000)) == "image/png"


def test_it_refuses_a_document_that_unpacks_out_of_proportion(tmp_path: Path) -> None:
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": small_files.CONTENT_TYPES,
        "word/document.xml": bytes(2**25),
    }
    assert "unpack to far more" in refusal(tmp_path, "bomb.docx", small_files.archive(members))


def test_it_refuses_a_document_with_too_many_members(tmp_path: Path) -> None:
    members: dict[str, bytes | str] = {f"{number}": b"" for number in range(10_001)}
    assert "unpack to far more" in refusal(tmp_path, "many.docx", small_files.archive(members, 0))


def test_it_reads_text_across_blocks(tmp_path: Path) -> None:
    text = ("x" * (1024 * 1024 - 1) + "ŵ").encode()
    assert judged(tmp_path, "long.txt", text) == "text/plain; charset=utf-8"
