"""The sheet that most documents of a portfolio are set on: a head, titled parts, and the stamp on every page.

A part is words, labelled lines, a table or signatures. What belongs where is said by `items`, `units`, `plans` and
`portfolio`; the look is in templates/documents/sheet.html.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby

from assessments.documents.words import Facts, foot
from portfolio.canonical import JSON

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, and its width in millimetres (0: what the others leave)."""

    name: str
    width: int = 0


@dataclass(frozen=True)
class Table:
    """Rows under the heads of their columns; the first cell of a row is its head."""

    columns: tuple[Column, ...]
    rows: tuple[Cells, ...]


@dataclass(frozen=True)
class Part:
    """A titled part of a sheet. `note` is said where the rest is empty, or beside it."""

    title: str
    text: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    note: str = ""
    signatures: tuple[JSON, ...] = ()


@dataclass(frozen=True)
class Covers:
    """Whose document it is: the units it tells of, by id, and whether it tells what a candidate is not shown.

    Who may not see one of the units may not fetch it (assessments.queries.papers).
    """

    units: tuple[int, ...] = ()
    staff: bool = False


@dataclass(frozen=True)
class CoversCentre(Covers):
    """Whose work a document of a centre tells of: beside the units, the candidates it tells something of, by user id.

    It is fetched by nobody who is one of them (assessments.queries.verified_shown).
    """

    candidates: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A document of a portfolio, or of a centre, whose name then stands where the candidate's does.

    `stamp` is the reference on every page: the item's number and version, or the unit.
    """

    form: str
    heading: str
    candidate: str
    stamp: str
    about: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    covers: Covers = field(default_factory=Covers)


def sheet_facts(sheet: Sheet, *place: str) -> Facts:
    """All that the sheet shows, as facts; `place` is what the foot says beside the candidate and the stamp."""
    facts: Facts = asdict(sheet)
    return {**facts, "foot": foot(facts, sheet.candidate, sheet.stamp, *place)}


def known(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """The labels whose value is known."""
    return tuple((label, value) for label, value in pairs if value)


def table(columns: Sequence[Column], rows: Iterable[Cells]) -> Table | None:
    """The table, or none where it would have no row."""
    found = tuple(rows)
    return Table(tuple(columns), found) if found else None


def numbers(found: Iterable[int]) -> str:
    """`1, 4 to 7, 9`: numbers in order, three or more that follow each other as a range."""
    in_order = sorted(set(found))
    runs = [
        [number for _, number in run] for _, run in groupby(enumerate(in_order), key=lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(
        f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(str(number) for number in run) for run in runs
    )
