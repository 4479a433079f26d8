"""Competency frameworks of Moodle: the CSV of admin/tool/lpimportcsv, of 14 columns in this order.

Source: classes/framework_importer.php and framework_exporter.php of that tool. One row is the framework (`Is
framework`); the others stand below the row whose ID number is their parent's, or below the framework. Moodle itself
cuts ID numbers and short names at 100 characters and drops rows without either, with all below them: here that is a
fault. Words that begin like a formula are marked as text, as in all our lists (portfolio/tables.py), and read without
the mark.
"""

import csv
import io

from portfolio.tables import RUNS
from units.exchange.faults import Fault, Found, Place, Source, Tree, unreadable
from units.exchange.reading import decoded
from units.exchange.trees import (
    Asked,
    Branch,
    Head,
    full_name,
    groups,
    joined,
    looks_like_a_number,
    reached,
    shortened,
    units_of,
    unversioned,
    without_markup,
)

HEADS = (
    "Parent ID number",
    "ID number",
    "Short name",
    "Description",
    "Description format",
    "Scale values",
    "Scale configuration",
    "Rule type (optional)",
    "Rule outcome (optional)",
    "Rule config (optional)",
    "Cross-referenced competency ID numbers",
    "Exported ID (optional)",
    "Is framework",
    "Taxonomy",
)
PARENT, ID, SHORT, DESCRIPTION, FORMAT, IS_FRAMEWORK = 0, 1, 2, 3, 4, 12
FORMAT_HTML, FORMAT_PLAIN = "1", "2"
LONGEST = 100
MOST_ROWS = 5_000
DELIMITERS = ",;\t:"
SCALE = "Not yet met,Met"
SCALE_CONFIGURATION = '[{"scaleid":"1"},{"id":2,"scaledefault":1,"proficient":1}]'
TAXONOMY = "outcome,indicator,indicator,indicator"


def is_table(content: bytes) -> bool:
    """Whether its first line has the headings of such a table."""
    head = content[:2_000].decode("utf-8", "ignore").lstrip("\ufeff\r\n ").split("\n", 1)[0].casefold()
    return "id number" in head and "framework" in head


# --- in --------------------------------------------------------------------------------------------------------------


def read_table(content: bytes, name: str, asked: Asked) -> Found:
    """The units of such a table. Raises Refusal where it cannot be read."""
    rows, lines = rows_of(decoded(content, name), name)
    source = Source(None, lines)
    faults: list[Fault] = []
    frameworks = [(place, row) for place, row in rows if row[IS_FRAMEWORK].strip() not in ("", "0")]
    for place, _ in frameworks[1:]:
        faults.append(Fault(source.said(place), "There is another framework in the file: one file holds one."))
    if not frameworks:
        faults.append(Fault(source.said(()), "No row is the framework: write 1 in its column Is framework."))
        return Found([], source, [], faults)
    place, row = frameworks[0]
    known = {id(row) for _, row in frameworks}
    branches = [(where, each, branch_of(where, each)) for where, each in rows if id(each) not in known]
    roots = tree_of(branches, source, faults)
    key, version = unversioned(row[ID])
    head = Head(place, row[SHORT] or row[ID], worded(row), key, version)
    found = units_of(source, head, roots, asked)
    notes = [*found.notes, *formatting(rows)]
    return Found(found.units, source, found.places, [*faults, *found.faults], notes)


def rows_of(text: str, name: str) -> tuple[list[tuple[Place, list[str]]], dict[Place, int]]:
    """The rows below the headings, in the order of the columns, and the lines on which they begin."""
    head = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=head.count))
    rows: list[tuple[Place, list[str]]] = []
    lines: dict[Place, int] = {}
    try:
        order = columns(next(reader, []))
        line = reader.line_num + 1
        for found in reader:
            if any(cell.strip() for cell in found):
                place = ("row", len(rows) + 1)
                rows.append((place, [unmarked(found[i]) if 0 <= i < len(found) else "" for i in order]))
                lines[place] = line
            if len(rows) > MOST_ROWS:
                raise unreadable(name, f"has more than {MOST_ROWS:,} rows. Split it, and send the parts.")
            line = reader.line_num + 1
    except csv.Error as error:
        raise unreadable(name, f"is no table that can be read: {error}.") from error
    return rows, lines


def columns(heads: list[str]) -> list[int]:
    """Where each of the 14 columns stands: by its heading, else by its place."""
    there = {plain(head): place for place, head in enumerate(heads)}
    found = [there.get(plain(head), -1) for head in HEADS]
    return found if min(found[ID], found[SHORT], found[IS_FRAMEWORK]) >= 0 else list(range(len(HEADS)))


def plain(head: str) -> str:
    """A heading without what its versions differ in: case, spaces, hyphens, what stands in brackets."""
    return "".join(sign for sign in head.casefold().split("(")[0] if sign.isalnum()).removesuffix("s")


def unmarked(cell: str) -> str:
    return (cell[1:] if cell[:1] == "'" and cell[1:2] in RUNS else cell).strip()


def worded(row: list[str]) -> str:
    return without_markup(row[DESCRIPTION]) if row[FORMAT] in ("", "0", FORMAT_HTML) else row[DESCRIPTION]


def branch_of(place: Place, row: list[str]) -> Branch:
    """A row: its number is its short name, where that looks like one, else its ID number."""
    numbered = looks_like_a_number(row[SHORT])
    text = (worded(row) or row[SHORT]) if numbered else joined(row[SHORT], worded(row))
    return Branch(place, row[SHORT] if numbered else row[ID].rsplit("/", 1)[-1], text)


def tree_of(branches: list[tuple[Place, list[str], Branch]], source: Source, faults: list[Fault]) -> list[Branch]:
    """The rows below each other; a fault for each that would be lost."""
    known: dict[str, Branch] = {}
    for place, row, branch in branches:
        for column, noun in ((ID, "ID number"), (SHORT, "short name")):
            if not row[column]:
                faults.append(
                    Fault(source.said(place), f"The row has no {noun}: Moodle would drop it, and all below it.")
                )
        if row[ID] in known:
            faults.append(Fault(source.said(place), f"The ID number {shortened(row[ID], 60)} stands in two rows."))
        known.setdefault(row[ID], branch)
    roots: list[Branch] = []
    for place, row, branch in branches:
        if not row[PARENT]:
            roots.append(branch)
        elif row[PARENT] in known:
            known[row[PARENT]].below.append(branch)
        else:
            faults.append(
                Fault(source.said(place), f"There is no row with its parent’s ID {shortened(row[PARENT], 60)}.")
            )
    lost = (
        len(branches) - reached(roots) - sum(bool(row[PARENT]) and row[PARENT] not in known for _, row, _ in branches)
    )
    if lost > 0 and not faults:
        faults.append(Fault(source.said(()), f"{lost} rows stand below each other in a circle."))
    return roots


def formatting(rows: list[tuple[Place, list[str]]]) -> list[str]:
    """What of a table is not read."""
    notes = []
    if any("<" in row[DESCRIPTION] and row[FORMAT] in ("", "0", FORMAT_HTML) for _, row in rows):
        notes.append("Descriptions are HTML: their words are kept, and not how they are set.")
    if any(row[place].strip() not in ("", "0", "null") for _, row in rows for place in (5, 6, 7, 8, 9, 10)):
        notes.append("Scales, rules and cross-references of Moodle are not read: decisions here are met or not yet.")
    return notes


# --- out -------------------------------------------------------------------------------------------------------------


def as_table(unit: Tree) -> bytes:
    """The unit as a framework: outcomes below it, criteria below them."""
    whole = f"{unit['key']}.v{unit['version']}"
    rows = [cells(["", whole, shortened(full_name(unit), LONGEST), unit.get("purpose", "")], framework=True)]
    for place, group in enumerate(groups(unit), start=1):
        own = f"{whole}/section-{place}"
        short = group.get("number") or shortened(group["text"], LONGEST)
        rows.append(cells(["", own, short, group["text"]], number=len(rows)))
        for criterion in group.get("criteria", []):
            words = [own, f"{whole}/{criterion['number']}", criterion["number"], criterion["text"]]
            rows.append(cells(words, number=len(rows)))
    table = io.StringIO(newline="")
    csv.writer(table).writerows([list(HEADS), *rows])
    return table.getvalue().encode("utf-8-sig")


def cells(words: list[str], *, framework: bool = False, number: int = 0) -> list[str]:
    scale = [SCALE, SCALE_CONFIGURATION] if framework else ["", ""]
    rules = ["", "", "", "", ""] if framework else ["", "0", "null", "", str(number)]
    marked = [f"'{word}" if word[:1] in RUNS else word for word in words]
    return [*marked, FORMAT_PLAIN, *scale, *rules, "1" if framework else "", TAXONOMY if framework else ""]
