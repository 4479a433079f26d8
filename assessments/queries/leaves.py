"""The leaves of a unit's evidence requirements, and which items are said to show them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import FilteredRelation, Q, QuerySet

from assessments.models import Enrolment
from assessments.progress import Mark
from portfolio.compiled import compiled
from units.models import EvidenceRequirement
from units.queries import Leaf, RequirementWords, leaves_by_unit, requirement_trees

WORDS = ("pk", "unit_id", "parent_id", "path", "label", "text")


class Shown(NamedTuple):
    """That an item shows a leaf.

    `seen`: an assessor has read the item in this unit since it was said, or said it. Until then it is the candidate's
    word alone, whatever was decided before.
    """

    pk: int
    enrolment_id: int
    evidence_id: int
    requirement_id: int
    seen: bool


@dataclass(frozen=True)
class Leaves:
    """The leaves of a unit somebody is enrolled on, and what shows them. Empty for most units."""

    leaves: list[Leaf] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)

    def by(self, leaf: Leaf) -> list[Shown]:
        """What shows a leaf, in the order of the items."""
        return [row for row in self.shown if row.requirement_id == leaf.pk]

    def shown_by(self, evidence_id: int) -> list[tuple[Leaf, Shown]]:
        """The leaves an item is said to show, in the specification's order."""
        own = self.of(evidence_id)
        return [(leaf, own[leaf.pk]) for leaf in self.leaves if leaf.pk in own]

    def marks_for(self, leaf: Leaf, marks: Iterable[Mark]) -> list[tuple[Shown, list[Mark]]]:
        """The marks of each item that shows a leaf, as they count towards it.

        An item accepted for a criterion of the unit is accepted for what it shows of the evidence requirements; but
        what was decided before that was said says nothing of it.
        """
        rows = self.by(leaf)
        own: dict[int, list[Mark]] = {row.evidence_id: [] for row in rows}
        for mark in marks:
            if mark.evidence_id in own:
                own[mark.evidence_id].append(mark)
        return [(row, [counted(mark, row) for mark in own[row.evidence_id]]) for row in rows]

    def of(self, evidence_id: int) -> dict[int, Shown]:
        """What an item is said to show, by leaf."""
        return {row.requirement_id: row for row in self.shown if row.evidence_id == evidence_id}


def counted(mark: Mark, shown: Shown) -> Mark:
    return mark if shown.seen else mark._replace(verdict=None, countersigned=None)


def leaves_in(enrolments: Iterable[Enrolment]) -> dict[int, Leaves]:
    """The leaves of these enrolments with what shows them, by enrolment: one query however many there are."""
    units = {row.pk: row for row in enrolments}
    words: list[RequirementWords] = []
    shown: dict[int, list[Shown]] = defaultdict(list)
    for *told, pk, enrolment, evidence, seen_at in _leaves([row.unit_id for row in units.values()], list(units)):
        words.append(RequirementWords(*told))
        if pk is not None:
            shown[enrolment].append(Shown(pk, enrolment, evidence, told[0], seen_at is not None))
    leaves = leaves_by_unit(words)
    return {pk: Leaves(leaves.get(row.unit_id, []), shown[pk]) for pk, row in units.items()}


@compiled
def _leaves(unit_ids: list[int], enrolment_ids: list[int]) -> QuerySet[EvidenceRequirement, Any]:
    shown = Q(showings__taken_back_at=None, showings__enrolment__in=enrolment_ids)
    rows = requirement_trees(unit_ids).annotate(live=FilteredRelation("showings", condition=shown))
    told = rows.order_by("unit_id", "position", "live__evidence_id")
    return told.values_list(*WORDS, "live__pk", "live__enrolment_id", "live__evidence_id", "live__seen_at")
