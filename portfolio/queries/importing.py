"""A table of people that was sent, as its page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet

from portfolio.enums import ImportStatus, RowState
from portfolio.models import Centre, ImportedRow, PeopleImport

ROWS_PER_PAGE = 100
RECENT = 10


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row, and in which column."""

    column: str
    sentence: str


@dataclass(frozen=True)
class RowLine:
    """A row as the page lists it."""

    row: ImportedRow
    problems: list[Problem]


@dataclass(frozen=True)
class ImportPage:
    """A table, how far it is, and one kind of its rows."""

    sent: PeopleImport
    counts: Mapping[str, int]
    ticked: int
    shown: RowState
    page: Page[ImportedRow]
    lines: list[RowLine]

    @property
    def busy(self) -> bool:
        """Whether a worker is at it."""
        return self.sent.status in (ImportStatus.READING, ImportStatus.TAKING) and not self.sent.problem

    @property
    def tabs(self) -> list[tuple[RowState, str, int]]:
        """Each kind of row with its name and number, those of which there are some, and the one that is shown."""
        return [(state, TABS[state], self.counts.get(state, 0)) for state in TABS if self.counts.get(state)]

    @property
    def to_take(self) -> int:
        """How many people pressing the button would take."""
        return self.counts.get(RowState.NEW, 0) + self.ticked


TABS = {
    RowState.BAD: "Cannot be taken",
    RowState.NEW: "New",
    RowState.CHANGE: "Changes somebody",
    RowState.TAKEN: "Taken",
    RowState.SAME: "Changes nothing",
}
"""The kinds of row, the ones to see to first."""


def import_page(sent: PeopleImport, *, shown: str, number: str, heads: Mapping[str, str]) -> ImportPage:
    """The table with a page of the rows asked for: else of those to see to first. Three queries."""
    found = sent.rows.order_by().values_list("state").annotate(Count("pk"))
    counts = dict(found)
    states = [state for state in TABS if counts.get(state)] or [RowState.NEW]
    state = RowState(shown) if shown in states else states[0]
    ticked = sent.rows.filter(state=RowState.CHANGE, wanted=True).count() if counts.get(RowState.CHANGE) else 0
    page = Paginator(sent.rows.filter(state=state), ROWS_PER_PAGE).get_page(number)
    lines = [RowLine(row, [Problem(heads.get(name, ""), sentence) for name, sentence in row.problems]) for row in page]
    return ImportPage(sent, counts, ticked, state, page, lines)


def recent_imports(centre: Centre) -> QuerySet[PeopleImport]:
    """The tables that were sent last, without what is in them. One query."""
    return PeopleImport.objects.filter(centre=centre).defer("content")[:RECENT]


def bad_rows(sent: PeopleImport) -> Any:
    """Rows that cannot be taken, as they are read while they are sent away."""
    return sent.rows.filter(state=RowState.BAD).order_by("number").iterator(chunk_size=500)
