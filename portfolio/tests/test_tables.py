"""Lists to take away: as CSV and as a workbook, with nothing in them that runs."""

import csv
import datetime
import io
import zipfile
from collections.abc import Iterator
from typing import cast
from xml.etree import ElementTree

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from portfolio import tables
from portfolio.models import AccessLine
from portfolio.tables import Cell, Column, Table, csv_lines, take_away
from portfolio.testing import a_centre, an_administrator

pytestmark = pytest.mark.django_db
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DAY = datetime.date(2026, 11, 28)
MOMENT = datetime.datetime(2026, 7, 1, 9, 30, tzinfo=datetime.UTC)
RUNNING = ["=1+1", "+44 20", "-3", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", '=HYPERLINK("http://x")']
LIST = Table[list[Cell]](
    "people",
    "People list",
    (
        Column("Name", lambda row: row[0], 30),
        Column("Day", lambda row: row[1]),
        Column("Moment", lambda row: row[2]),
        Column("Number", lambda row: row[3]),
    ),
)
ROWS: list[list[Cell]] = [["Siân, “Llŷr”", DAY, MOMENT, 3], ["", None, None, -2.5]]


def as_csv(rows: list[list[Cell]]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(csv_lines(LIST, rows)), newline="")))


def asked(ending: str, rows: list[list[Cell]] | None = None, method: str = "get") -> HttpResponseBase:
    centre = a_centre()
    request = getattr(RequestFactory(), method)("/")
    request.user = an_administrator(centre)
    return take_away(request, LIST, rows or ROWS, ending, [centre])


def content(response: HttpResponseBase) -> bytes:
    return b"".join(cast(StreamingHttpResponse, response))


def workbook(response: HttpResponseBase) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content(response)))


def cells(book: zipfile.ZipFile) -> dict[str, tuple[str, str, int]]:
    """Type, text and style of each cell of the first sheet."""
    sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314  # our own
    return {
        cell.attrib["r"]: (cell.get("t", "n"), "".join(cell.itertext()), int(cell.get("s", "0")))
        for cell in sheet.iter(f"{SHEET}c")
    }


def test_a_csv_has_the_heads_once_and_a_line_for_each_row() -> None:
    assert as_csv(ROWS) == [
        ["\ufeffName", "Day", "Moment", "Number"],
        ["Siân, “Llŷr”", "2026-11-28", "2026-07-01 10:30", "3"],
        ["", "", "", "-2.5"],
    ]


@pytest.mark.parametrize("text", RUNNING)
def test_no_text_of_a_csv_begins_like_a_formula(text: str) -> None:
    assert as_csv([[text, None, None, None]])[1][0] == f"'{text}"


@pytest.mark.parametrize("mark", ["=", "+", "-", "@"])
def test_nor_what_a_spreadsheet_takes_for_a_cell_that_parts_them_at_semicolons(mark: str) -> None:
    for gap in (";", "; ", "\t", "\n", "\r\n", ";\t"):
        text = f"words{gap}{mark}HYPERLINK(1)"
        assert tables.plain(text) == f"words{gap}'{mark}HYPERLINK(1)"
    assert tables.plain(f"a{mark}b; c {mark} d") == f"a{mark}b; c {mark} d"


def test_a_csv_is_sent_while_its_rows_are_read() -> None:
    read = []

    def rows() -> Iterator[list[Cell]]:
        for number in range(3):
            read.append(number)
            yield [str(number), None, None, None]

    lines = csv_lines(LIST, rows())
    next(lines)
    next(lines)
    assert read == [0]


def test_a_workbook_has_real_days_and_numbers_and_a_head_that_stays() -> None:
    book = workbook(asked("xlsx"))
    found = cells(book)
    assert [found[place][:2] for place in ("A1", "A2")] == [("inlineStr", "Name"), ("inlineStr", "Siân, “Llŷr”")]
    since_1900 = (DAY - datetime.date(1899, 12, 30)).days
    assert (found["B2"][:2], found["D2"][:2], found["D3"][:2]) == (("n", str(since_1900)), ("n", "3"), ("n", "-2.5"))
    assert float(found["C2"][1]) % 1 == pytest.approx((10 + 30 / 60) / 24)
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A1:D3"' in sheet


@pytest.mark.parametrize("text", RUNNING)
def test_no_text_of_a_workbook_is_a_formula(text: str) -> None:
    book = workbook(asked("xlsx", [[text, None, None, None]]))
    kind, _, style = cells(book)["A2"]
    assert kind == "inlineStr"
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    styles = ElementTree.fromstring(book.read("xl/styles.xml"))  # noqa: S314  # our own
    formats = styles.find(f"{SHEET}cellXfs")
    assert formats is not None
    assert formats[style].get("quotePrefix") == "1"


@pytest.mark.parametrize("ending", tables.ENDINGS)
def test_a_list_taken_away_is_named_after_centre_and_day_and_written_down(ending: str) -> None:
    response = asked(ending)
    name = f"people-list-northgate-centre-{timezone.localdate():%Y-%m-%d}.{ending}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Cache-Control"] == "private, no-store"
    line = AccessLine.objects.get()
    assert (line.subject_kind, line.subject_id, line.downloaded) == ("people", line.centre_id, True)
    content(response)


def test_asking_whether_a_list_is_there_is_no_download() -> None:
    response = asked("xlsx", method="head")
    assert response["Content-Disposition"]
    assert not AccessLine.objects.exists()


def test_there_are_no_other_kinds() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("portfolio:people_file", args=["northgate", "pdf"])
