"""Lists to take away: columns are declared once, and leave as CSV or as XLSX.

A list that somebody takes away is a download, so each adds its access line. Nothing in a cell is ever run by the
program that opens it: a text that begins like a formula is marked as text
(https://owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any, Generic, TypeVar, cast

import xlsxwriter
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import register_converter
from django.urls.converters import StringConverter
from django.utils import timezone
from django.utils.text import slugify

from portfolio.audit import each_taken, kind_of
from portfolio.models import Centre, User

RowT = TypeVar("RowT")
Cell = str | int | float | datetime.date | datetime.datetime | None

CSV, XLSX = "csv", "xlsx"
ENDINGS = (CSV, XLSX)
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins with one of these may be taken for a formula."""
BEGINS_ELSEWHERE = re.compile(r"([;\t\r\n] *)(?=[=+\-@＝＋－＠])")
"""So may what follows a semicolon or a new line, where a spreadsheet parts cells at semicolons and reads no quotes."""
AT_ONCE = 500
LONGEST_TEXT = 32_767
"""What a cell of a workbook holds."""
DAY, MOMENT = "d mmm yyyy", "d mmm yyyy hh:mm"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADERS = {
    # It is about people: no proxy keeps it, and none is left on a shared computer.
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True)
class Column(Generic[RowT]):
    """A column: its head, what it shows of a row, and how wide it is in a workbook, in letters."""

    head: str
    value: Callable[[RowT], Cell]
    width: int = 14


@dataclass(frozen=True)
class Table(Generic[RowT]):
    """A list as it can be taken away. `kind` is what the access lines call it, e.g. `caseload`."""

    kind: str
    title: str
    columns: tuple[Column[RowT], ...]

    def cells(self, row: RowT) -> list[Cell]:
        return [column.value(row) for column in self.columns]

    @property
    def heads(self) -> list[str]:
        return [column.head for column in self.columns]


class Ending(StringConverter):
    """`<ending:ending>` in an address: a way in which a list is taken away. Others never reach a view."""

    regex = "|".join(ENDINGS)


register_converter(Ending, "ending")


def take_away(
    request: HttpRequest,
    table: Table[RowT],
    rows: Iterable[RowT],
    ending: str,
    centres: Iterable[Centre],
    *,
    of: Iterable[tuple[Model, int]] | None = None,
) -> HttpResponseBase:
    """The list as a file, and an access line for each centre whose records are in it.

    `rows` may be read while they are being sent. `of`: the records that the list tells of, with the ids of their
    centres, where a line names each: whose log it is, or which cases, so that nobody learns of another.
    """
    now, known = timezone.now(), list(centres)
    if request.method == "GET":
        lists = [(table.kind, centre.pk, centre.pk) for centre in known]
        records = [(kind_of(record), record.pk, centre_id) for record, centre_id in of or ()]
        each_taken(lists if of is None else records, by=cast(User, request.user), at=now)
    name = file_name(table, known, timezone.localdate(now), ending)
    if ending == CSV:
        return sent_as_csv(table, rows, name)
    return sent_as_xlsx(table, rows, name)


def in_slices(
    words: Callable[[list[Any]], Iterable[RowT]], found: QuerySet[Any, Any], at_once: int = AT_ONCE
) -> Iterator[RowT]:
    """Every line of a list in words, some hundreds at a time: a list of thousands is never held whole."""
    lines = found.iterator(chunk_size=at_once)
    while some := list(islice(lines, at_once)):
        yield from words(some)


def file_name(table: Table[RowT], centres: list[Centre], day: datetime.date, ending: str) -> str:
    """`caseload-harbour-2026-11-28.csv`: what it is, of which centre, of which day."""
    whose = [centre.slug for centre in centres] if len(centres) < 2 else ["centres"]
    return f"{'-'.join([slugify(table.title), *whose])}-{day:%Y-%m-%d}.{ending}"


# --- CSV -------------------------------------------------------------------------------------------------------------


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def sent_as_csv(table: Table[RowT], rows: Iterable[RowT], name: str) -> HttpResponseBase:
    response = StreamingHttpResponse(csv_lines(table, rows), content_type="text/csv; charset=utf-8", headers=HEADERS)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def csv_lines(table: Table[RowT], rows: Iterable[RowT]) -> Iterator[str]:
    """Line by line, beginning with the mark by which spreadsheets know UTF-8."""
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(table.heads)
    for row in rows:
        yield writer.writerow([plain(cell) for cell in table.cells(row)])


def plain(cell: Cell) -> str | int | float:
    """A cell as CSV has it: days and moments in ISO, moments where we are; a text that might run marked as text."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return f"{timezone.localtime(cell):%Y-%m-%d %H:%M}"
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, str):
        cell = BEGINS_ELSEWHERE.sub(r"\1'", cell)
        return f"'{cell}" if cell.startswith(RUNS) else cell
    return cell


# --- XLSX ------------------------------------------------------------------------------------------------------------


def sent_as_xlsx(table: Table[RowT], rows: Iterable[RowT], name: str) -> HttpResponseBase:
    file = BytesIO()  # packed: a thousand rows take some 50 KB, while the rows themselves are written to disk
    options = {"constant_memory": True, "default_date_format": DAY, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        write_sheet(book, table, rows)
    response = HttpResponse(file.getvalue(), content_type=XLSX_TYPE, headers=HEADERS)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def write_sheet(book: xlsxwriter.Workbook, table: Table[RowT], rows: Iterable[RowT]) -> None:
    """One sheet: a head that stays in sight and can be filtered by, then the rows as real days, moments and numbers."""
    sheet = book.add_worksheet(table.title[:31])
    bold = book.add_format({"bold": True, "bottom": 1})
    day, moment = book.add_format({"num_format": DAY}), book.add_format({"num_format": MOMENT})
    as_text = book.add_format({"quote_prefix": True})
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
    sheet.freeze_panes(1, 0)
    for place, head in enumerate(table.heads):
        sheet.write_string(0, place, head, bold)
    last = 0
    for last, row in enumerate(rows, start=1):
        for place, cell in enumerate(table.cells(row)):
            if isinstance(cell, datetime.datetime):
                sheet.write_datetime(last, place, timezone.localtime(cell).replace(tzinfo=None), moment)
            elif isinstance(cell, datetime.date):
                sheet.write_datetime(last, place, cell, day)
            elif isinstance(cell, str):
                sheet.write_string(last, place, cell[:LONGEST_TEXT], as_text if cell.startswith(RUNS) else None)
            elif cell is not None:
                sheet.write_number(last, place, cell)
    sheet.autofilter(0, 0, last, len(table.columns) - 1)
