"""Tables that come in: what is read of them, and what is refused before it can do harm."""

import datetime
import io
import zipfile

import openpyxl
import pytest

from portfolio.refusal import Refusal
from portfolio.sheets import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED, Row, rows_of


def read(content: bytes | str, name: str = "people.csv") -> list[Row]:
    return list(rows_of(content.encode() if isinstance(content, str) else content, name))


def workbook(*rows: list[object]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def with_part(package: bytes, name: str, content: bytes) -> bytes:
    """The package with one part replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            new.writestr(member.filename, content if member.filename == name else old.read(member))
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_it_reads_whatever_stands_between_the_cells(mark: str) -> None:
    assert read(f"E-mail{mark}Name\r\na@x.org{mark} Ann  Lee \r\n") == [
        Row(1, ["E-mail", "Name"]),
        Row(2, ["a@x.org", "Ann Lee"]),
    ]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_it_reads_accents_as_spreadsheets_write_them(charset: str) -> None:
    assert read("Name\nSiân\n".encode(charset))[1].cells == ["Siân"]


def test_quoted_cells_keep_their_commas_and_rows_keep_their_numbers_over_empty_ones() -> None:
    assert read('Name,Place\n\n,\n"Lee, Ann","Leith\nWalk"\n')[1] == Row(4, ["Lee, Ann", "Leith Walk"])


def test_the_mark_that_keeps_a_text_from_running_comes_off_again() -> None:
    assert read("Name,Note\n'=SUM(A1),'tis\n")[1].cells == ["=SUM(A1)", "'tis"]


def test_it_reads_a_workbook_with_days_and_numbers_as_they_are_seen() -> None:
    content = workbook(
        ["Name", "ULN", "Registered on"], ["Ann", 9276308686, datetime.date(2026, 9, 14)], ["", None, None]
    )
    assert read(content, "people.xlsx") == [
        Row(1, ["Name", "ULN", "Registered on"]),
        Row(2, ["Ann", "9276308686", "2026-09-14"]),
    ]


def test_a_formula_says_what_was_saved_with_it_and_is_never_worked_out() -> None:
    assert read(workbook(["Name"], ["x"], ["=1+1"]), "people.xlsx") == [Row(1, ["Name"]), Row(2, ["x"])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (b"a,b\n\0,c\n", "cannot be read as a table"),
        (b"PK\x03\x04 no package", "cannot be read as a table"),
        (b"\x89PNG\r\n\x1a\n\0\0", "cannot be read as a table"),
        ("E-mail\n" + "a@x.org\n" * (MOST_ROWS + 1), f"more than {MOST_ROWS:,} rows"),
    ],
)
def test_what_is_no_table_or_too_much_of_one_is_refused_with_a_sentence(content: bytes | str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        read(content)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read() -> None:
    bomb = with_part(workbook(["Name"]), SHEET, b" " * (MOST_UNPACKED + 1))
    assert len(bomb) < 200_000
    with pytest.raises(Refusal, match="unpack to far more"):
        read(bomb, "people.xlsx")


@pytest.mark.parametrize("before", [b"", b" " * 70_000], ids=["at once", "behind space"])
def test_a_workbook_whose_parts_declare_entities_is_refused(before: bytes) -> None:
    laughs = b'<?xml version="1.0"?>' + before + b'<!DOCTYPE lolz [<!ENTITY lol "lol">]><worksheet/>'
    with pytest.raises(Refusal, match="cannot be read"):
        read(with_part(workbook(["Name"]), SHEET, laughs), "people.xlsx")


def test_a_cell_far_out_is_never_filled_in() -> None:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"], book.active["XFD1048576"] = "Name", "far"
    book.save(file)
    [head] = read(file.getvalue(), "people.xlsx")
    assert head.cells[0] == "Name"
    assert len(head.cells) <= MOST_COLUMNS


def test_a_cell_is_cut_where_no_name_is_that_long() -> None:
    assert len(read(f"Name\n{'x' * 9000}\n")[1].cells[0]) == LONGEST_CELL


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "[Content_Types].xml"])
def test_a_workbook_that_is_damaged_is_refused_with_a_sentence(part: str) -> None:
    with pytest.raises(Refusal, match="cannot be read as a table"):
        read(with_part(workbook(["Name"], ["Ann"]), part, b"<no"), "people.xlsx")
