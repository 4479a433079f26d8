"""Places in the evidence that decisions rest on, as pages show them beside the decision."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple
from urllib.parse import quote

from django.db.models import QuerySet

from assessments.enums import MarkerKind
from assessments.models import DecisionMarker
from assessments.places import in_words
from portfolio.compiled import compiled

ENDS = 4
"""Words from each end by which a browser finds a long passage."""


class MarkerShown(NamedTuple):
    """A place, and what it takes to lead there."""

    decision_id: int
    evidence_id: int
    version: int
    file_id: int | None
    file_name: str | None
    kind: str
    start: int | None
    end: int | None
    passage: str
    note: str

    @property
    def words(self) -> str:
        return in_words(self.kind, self.start, self.end, self.passage)

    @property
    def fragment(self) -> str:
        """What follows # in the address: a part of the recording, a page shown on the item's page, or its words."""
        if self.kind == MarkerKind.TIME:
            return f"t={self.start}" + (f",{self.end}" if self.end else "")
        if self.kind == MarkerKind.PAGE:
            return f"page-{self.file_id}-{self.start}"
        words = self.passage.split()
        ends = [words] if len(words) <= 2 * ENDS else [words[:ENDS], words[-ENDS:]]
        found = ",".join(quote(" ".join(part), safe="").replace("-", "%2D") for part in ends)
        return f"{f'file-{self.file_id}' if self.file_id else ''}:~:text={found}"


def markers_of(decisions: Collection[int]) -> dict[int, list[MarkerShown]]:
    """The markers of these decisions, by decision, in one query; in none where there is no decision."""
    found: dict[int, list[MarkerShown]] = defaultdict(list)
    if not decisions:
        return found
    for row in _markers(list(decisions)):
        found[row[0]].append(MarkerShown(*row))
    return found


@compiled
def _markers(decisions: list[int]) -> QuerySet[DecisionMarker, Any]:
    return (
        DecisionMarker.objects.filter(decision__in=decisions)
        .order_by("pk")
        .values_list(
            "decision_id",
            "decision__version__evidence_id",
            "decision__version__number",
            "file_id",
            "file__name",
            "kind",
            "start",
            "end",
            "passage",
            "note",
        )
    )
