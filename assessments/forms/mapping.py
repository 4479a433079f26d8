"""Choosing criteria: a tree to tick, with a search and suggestions that save nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.forms.utils import ErrorDict

from assessments.actions.claims import Target
from assessments.actions.leaves import LeafTarget
from assessments.queries.evidence import forbidden_setting
from assessments.queries.leaves import Shown
from assessments.queries.mapping import LeafToShow, ToMap, UnitToMap
from portfolio.forms import KeptForm
from units.queries import Leaf

LONGEST_LOCATOR = 100
FEW = 2
LOOKING = ("find", "suggest")
"""Presses that only look: the page comes back with all that was typed, and nothing is checked or saved."""
AT_ONCE = "load"
AS_TYPED = "input delay:700ms from:#id_title, input delay:700ms from:#id_description"


class Other(NamedTuple):
    """A criterion of another unit, to tick beside the one it is related to."""

    value: str
    name: str
    text: str


class Row(NamedTuple):
    """A criterion in the form's tree, as it was ticked. There are hundreds on a page: templates take it apart."""

    value: str
    number: str
    text: str
    ticked: bool
    locator: str
    related: list[Other]
    hidden: bool
    fixed: str
    """Why it cannot be ticked or unticked here, in a word; empty when it can."""


@dataclass(frozen=True)
class Branch:
    """An outcome in the form's tree."""

    text: str
    rows: list[Row]


class LeafRow(NamedTuple):
    """A leaf of the evidence requirements in the form's tree, as it was ticked."""

    value: str
    text: str
    ticked: bool
    covered: bool
    hidden: bool
    fixed: str


@dataclass(frozen=True)
class LeafBranch:
    """Leaves below one heading of the evidence requirements."""

    text: str
    rows: list[LeafRow]


@dataclass(frozen=True)
class Part:
    """What of a unit is not covered yet, or is already."""

    title: str
    opened: bool
    branches: list[Branch]


@dataclass(frozen=True)
class UnitBranch:
    """A unit in the form's tree: what it still needs first, then what other evidence covers already."""

    name: str
    opened: bool
    parts: list[Part]
    leaves: list[LeafBranch]
    missing: int
    number: int
    not_taken: dict[str, str]


class MappingForm(KeptForm):
    """Criteria to tick, each with the place in the item where it shows."""

    kept_as = "mapping"

    suggests_on = AS_TYPED
    """When the browser asks for suggestions by itself."""
    criteria = forms.MultipleChoiceField(
        required=False,
        error_messages={
            "invalid_choice": "One of the criteria you ticked cannot be chosen any more. Look at the list again."
        },
    )

    requirements = forms.MultipleChoiceField(
        required=False,
        error_messages={
            "invalid_choice": "One of the evidence requirements you ticked cannot be chosen any more. Look again."
        },
    )

    def __init__(
        self, *args: Any, units: Sequence[UnitToMap], opened: int | None = None, wanted: str = "", **kwargs: Any
    ) -> None:
        """`opened`: the enrolment whose criteria are wanted; `wanted`: the one somebody asked to add evidence for."""
        super().__init__(*args, **kwargs)
        self.units = units
        self.opened = opened
        self.wanted = wanted
        self.offered = {row.value: row for unit in units for row in unit.criteria}
        free = [(value, value) for value, row in self.offered.items() if not self.fixed(row)]
        self.fields["criteria"].choices = free  # type: ignore[attr-defined]
        self.leaves = {row.value: row for unit in units for row in unit.leaves}
        ticks = [(value, value) for value, row in self.leaves.items() if not self.fixed_leaf(row)]
        self.fields["requirements"].choices = ticks  # type: ignore[attr-defined]

    def fixed(self, row: ToMap) -> str:
        """Why it cannot be ticked or unticked here: what the item is mapped to already is not mapped once more."""
        if row.mapping is None:
            return ""
        return "judged already" if row.judged else "mapped"

    def fixed_leaf(self, row: LeafToShow) -> str:
        """Why an evidence requirement cannot be ticked or unticked here."""
        if row.shown is None:
            return ""
        return "read already" if row.shown.seen else "shown"

    # --- looking ---

    @property
    def looking(self) -> str:
        """The press that only looks, if it was one."""
        asked = str(self.data.get("then", "")) if self.is_bound else ""
        return asked if asked in LOOKING else ""

    def full_clean(self) -> None:
        """Check what was typed, unless somebody only looked."""
        if self.looking:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    @property
    def sought(self) -> str:
        """The words of the search."""
        return str(self.data.get("find", "")).strip() if self.is_bound else ""

    @property
    def typed(self) -> str:
        """The words that suggestions are made from."""
        return " ".join(str(self.data.get(name, "")) for name in ("title", "description"))

    # --- the tree ---

    @property
    def ticked(self) -> set[str]:
        """What is ticked: as typed, else as it stands; and what somebody has just come to tick."""
        if self.is_bound:
            typed = set(self.data.getlist("criteria"))  # type: ignore[attr-defined]
            return typed | ({self.wanted} & set(self.offered))
        return {value for value, row in self.offered.items() if row.mapping is not None or value == self.wanted}

    @property
    def tree(self) -> list[UnitBranch]:
        """The units, outcomes and criteria with what is ticked; units that still need something come first."""
        ticked, sought = self.ticked, self.sought.lower().split()
        return sorted((self._unit(unit, ticked, sought) for unit in self.units), key=lambda unit: unit.missing == 0)

    def _unit(self, unit: UnitToMap, ticked: set[str], sought: list[str]) -> UnitBranch:
        """One unit: open where it is wanted, where something in it is ticked or found, and where there are few."""
        done = [row for row in unit.criteria if row.covered or self.fixed(row)]
        todo = [row for row in unit.criteria if not (row.covered or self.fixed(row))]
        uncovered = list(self._branches(todo, ticked, sought))
        covered = list(self._branches(done, ticked, sought))
        leaves = list(self._leaf_branches(unit, sought))
        wanted, beside = stands_out([*uncovered, *leaves], sought), stands_out(covered, sought)
        parts = [
            Part("Not covered yet", True, uncovered),
            Part("Covered already", beside or not uncovered, covered),
        ]
        return UnitBranch(
            name=str(unit.enrolment.unit),
            opened=wanted or beside or unit.enrolment.pk == self.opened or (len(self.units) <= FEW and not sought),
            parts=[part for part in parts if part.branches],
            leaves=leaves,
            missing=len(todo),
            number=len(unit.criteria),
            not_taken=unit.not_taken,
        )

    @property
    def ticked_leaves(self) -> set[str]:
        """The evidence requirements that are ticked: as typed, else as they stand."""
        if self.is_bound:
            return set(self.data.getlist("requirements"))  # type: ignore[attr-defined]
        return {value for value, row in self.leaves.items() if row.shown is not None}

    def _leaf_branches(self, unit: UnitToMap, sought: list[str]) -> Iterator[LeafBranch]:
        """The leaves under their headings, in the specification's order."""
        ticked = self.ticked_leaves
        for text, found in groupby(unit.leaves, lambda row: row.leaf.heading):
            yield LeafBranch(text, [self._leaf(row, ticked, sought) for row in found])

    def _leaf(self, row: LeafToShow, ticked: set[str], sought: list[str]) -> LeafRow:
        fixed, words = self.fixed_leaf(row), f"{row.leaf.heading} {row.leaf.text}".lower()
        is_ticked = row.value in ticked or (bool(fixed) and row.shown is not None)
        hidden = not is_ticked and not all(word in words for word in sought)
        return LeafRow(row.value, row.leaf.printed, is_ticked, row.covered, hidden, fixed)

    def _branches(self, rows: Iterable[ToMap], ticked: set[str], sought: list[str]) -> Iterator[Branch]:
        """The rows under their outcomes, in the specification's order."""
        for text, found in groupby(rows, lambda row: row.criterion.heading):
            yield Branch(text, [self._row(offered, ticked, sought) for offered in found])

    def _row(self, offered: ToMap, ticked: set[str], sought: list[str]) -> Row:
        value, criterion, fixed = offered.value, offered.criterion, self.fixed(offered)
        is_ticked = value in ticked or (bool(fixed) and offered.mapping is not None)
        words = f"{criterion.number} {criterion.text}".lower()
        stored = offered.mapping.locator if offered.mapping else ""
        return Row(
            value=value,
            number=criterion.number,
            text=criterion.text,
            ticked=is_ticked,
            locator=self._locator(value) if self.is_bound and not fixed else stored,
            related=[] if fixed else list(self._related(offered, ticked)),
            hidden=not is_ticked and not all(word in words for word in sought),
            fixed=fixed,
        )

    def _related(self, offered: ToMap, ticked: set[str]) -> Iterator[Other]:
        """What the cross-walk offers beside a criterion, but what is ticked or cannot be."""
        for row in (self.offered[value] for value in offered.related):
            if row.value not in ticked and not self.fixed(row):
                name = f"{row.enrolment.unit.short_code} {row.criterion.number}"
                yield Other(row.value, name, row.criterion.text)

    def _locator(self, value: str) -> str:
        return str(self.data.get(f"locator-{value}", "")).strip()

    # --- what it comes to ---

    def clean_criteria(self) -> list[str]:
        ticked: list[str] = self.cleaned_data["criteria"]
        for value in ticked:
            if len(self._locator(value)) > LONGEST_LOCATOR:
                number = self.offered[value].criterion.number
                self.add_error("criteria", f"{number}: say where to look in {LONGEST_LOCATOR} letters at most.")
        return ticked

    @property
    def targets(self) -> list[Target]:
        """What was ticked, for the action: once each, though it was ticked in the tree and beside a related one."""
        rows = [self.offered[value] for value in dict.fromkeys(self.cleaned_data["criteria"])]
        return [Target(row.enrolment.pk, row.criterion.pk, self._locator(row.value)) for row in rows]

    @property
    def shows(self) -> list[LeafTarget]:
        """The evidence requirements ticked, for the action."""
        rows = [self.leaves[value] for value in self.cleaned_data["requirements"]]
        return [LeafTarget(row.enrolment.pk, row.leaf.pk) for row in rows]


class MapForm(MappingForm):
    """Further criteria for an item, whose words and setting stand."""

    suggests_on = AT_ONCE

    def __init__(self, *args: Any, setting: str, words: str, **kwargs: Any) -> None:
        """`setting` is the item's, which some units do not take; `words` its title and description."""
        self.setting, self.words = setting, words
        super().__init__(*args, **kwargs)

    def fixed(self, row: ToMap) -> str:
        if row.mapping is None and forbidden_setting(row.enrolment.unit, self.setting):
            return "not from this setting"
        return super().fixed(row)

    @property
    def shown(self) -> list[tuple[str, Leaf, Shown]]:
        """The evidence requirements that the item is said to show now, each after its unit."""
        return [(row.enrolment.unit.short_code, row.leaf, row.shown) for row in self.leaves.values() if row.shown]

    def fixed_leaf(self, row: LeafToShow) -> str:
        if row.shown is None and forbidden_setting(row.enrolment.unit, self.setting):
            return "not from this setting"
        return super().fixed_leaf(row)

    @property
    def typed(self) -> str:
        return self.words

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("criteria") and not cleaned.get("requirements") and not self.errors:
            self.add_error("criteria", "Tick at least one criterion.")
        return cleaned


def stands_out(branches: Iterable[Branch | LeafBranch], sought: list[str]) -> bool:
    """Whether something there is ticked, or found by the words sought."""
    rows: Iterable[Row | LeafRow] = (row for branch in branches for row in branch.rows)
    return any(row.ticked or (bool(sought) and not row.hidden) for row in rows)
