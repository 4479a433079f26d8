"""Reading a table that somebody sends: CSV or XLSX, row by row as texts, with bounds on all that a file can claim.

What is not a table, or too much of one, is refused with a sentence. Formulas are never worked out: a workbook gives the
value that was saved with it. How tables leave the house is tables.py.
"""

import codecs
import csv
import datetime
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from portfolio.refusal import Refusal

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 60
LONGEST_CELL = 500
MOST_UNPACKED = 64 * 1024 * 1024
MOST_MEMBERS = 500
BLOCK = 64 * 1024
DELIMITERS = ",;\t|"
DAMAGED = (
    "cannot be read as a table. Check that it opens on your own device, then save it as CSV or XLSX and send that."
)


@dataclass(frozen=True)
class Row:
    """A row of the sheet: its number as a spreadsheet shows it, and its cells without space around them."""

    number: int
    cells: list[str]


def rows_of(content: bytes, name: str) -> Iterator[Row]:
    """The rows that are not empty, the head first. Raises Refusal where there is no table, or too much of one."""
    if len(content) > MOST_BYTES:
        raise Refusal([f"“{name}” is larger than 5 MB, the most such a table may have. Split it, and send the parts."])
    if not content.strip():
        raise Refusal([f"“{name}” is empty."])
    cells = from_xlsx(content, name) if content.startswith(b"PK") else from_csv(content, name)
    found = 0
    for number, row in enumerate(cells, start=1):
        while row and not row[-1]:
            row.pop()
        if not row:
            continue
        found += 1
        if found > MOST_ROWS + 1:
            raise Refusal([f"“{name}” has more than {MOST_ROWS:,} rows. Split it, and send the parts."])
        yield Row(number, row)


# --- CSV -------------------------------------------------------------------------------------------------------------


def from_csv(content: bytes, name: str) -> Iterator[list[str]]:
    """Comma, semicolon or tab between the cells, as the head has it: Excel writes what the country uses."""
    text = decoded(content, name)
    head = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [shortened(unmarked(cell)) for cell in row[:MOST_COLUMNS]]
    except csv.Error as error:
        raise Refusal([f"“{name}” {DAMAGED}"]) from error


def decoded(content: bytes, name: str) -> str:
    """UTF-8, UTF-16 with its mark, or Windows-1252, in which Excel still writes accents. Raises Refusal."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for charset in ("utf-16",) if marked else ("utf-8-sig", "windows-1252"):
        try:
            text = content.decode(charset)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refusal([f"“{name}” {DAMAGED}"])


def unmarked(cell: str) -> str:
    """A text without the mark that keeps it from running as a formula, as our own lists are written (tables.py)."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


# --- XLSX ------------------------------------------------------------------------------------------------------------


def from_xlsx(content: bytes, name: str) -> Iterator[list[str]]:
    """The first sheet, read as it streams by: what a cell far out claims is never filled in."""
    check_package(content, name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            for row in sheet.iter_rows(max_row=2 * MOST_ROWS, max_col=MOST_COLUMNS, values_only=True):
                yield [shortened(as_text(cell)) for cell in row]
        finally:
            book.close()
    except (
        InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, TypeError, AttributeError, OSError,
        SyntaxError, EOFError, NotImplementedError,
    ) as error:  # fmt: skip
        raise Refusal([f"“{name}” {DAMAGED}"]) from error


def check_package(content: bytes, name: str) -> None:
    """Refuse what unpacks to more than a table needs, or whose parts declare entities, before anything parses it."""
    too_much = Refusal([f"“{name}” would unpack to far more than its size, so it was not read. Save it as CSV."])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
                raise too_much
            for member in members:
                with package.open(member) as part:
                    check_part(part, name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Refusal([f"“{name}” {DAMAGED}"]) from error


def check_part(part: IO[bytes], name: str) -> None:
    """No part of a workbook needs a document type; one that has it may be made to blow up in whoever reads it."""
    tail = b""
    while block := part.read(BLOCK):
        if b"<!doctype" in (tail + block).lower().replace(b"\0", b""):
            raise Refusal([f"“{name}” {DAMAGED}"])
        tail = block[-40:]


def as_text(cell: object) -> str:
    """A cell as somebody sees it: days in ISO, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def shortened(text: str) -> str:
    """A cell without space around it and without breaks, cut where no name or number is that long."""
    return " ".join(text.split())[:LONGEST_CELL]
