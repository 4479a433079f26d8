"""A tree held against the table of shapes: a unit that can be taken, or every fault with its place."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from units.enums import CriterionKind, WordingStatus
from units.exchange.faults import Fault, Found, Place, Source, Tree
from units.exchange.shapes import (
    DEEPEST_REQUIREMENT,
    FORMAT,
    FORMAT_VERSION,
    MOST_UNITS,
    SHAPES,
    Choice,
    Field,
    Listed,
    Number,
    Switch,
    Text,
)

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MOST_FAULTS = 200
MISSING = object()
YES = {True: True, False: False, "true": True, "false": False, "yes": True, "no": False}


def own_format(source: Source) -> Found:
    """The units of a file of our own format, not checked yet."""
    tree = source.tree
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        sentence = (
            f"A file of units begins with format: {FORMAT}. This one does not, and is of no other format that is read."
        )
        return Found([], source, [], [Fault(source.said(()), sentence)])
    faults = []
    if str(tree.get("format_version", "")) != str(FORMAT_VERSION):
        faults.append(Fault(source.said(("format_version",)), f"Only version {FORMAT_VERSION} of the format is read."))
    for key in tree:
        if key not in ("format", "format_version", "units"):
            faults.append(Fault(source.said((key,)), "There is no such field here."))
    units = tree.get("units")
    if not isinstance(units, list) or not units:
        faults.append(Fault(source.said(("units",)), "List at least one unit here."))
        units = []
    if len(units) > MOST_UNITS:
        faults.append(Fault(source.said(("units",)), f"At most {MOST_UNITS} units are taken from one file. Split it."))
    return Found(units[:MOST_UNITS], source, [("units", i) for i in range(len(units[:MOST_UNITS]))], faults)


def checked(found: Found) -> tuple[list[Tree], list[Fault]]:
    """The units of a file as they would be taken, and all that is wrong with it."""
    checker = Checker(found.source)
    units = [checker.unit(unit, place) for unit, place in zip(found.units, found.places, strict=True)]
    return units, [*found.faults, *checker.faults][:MOST_FAULTS]


class Checker:
    """One pass over a file."""

    def __init__(self, source: Source) -> None:
        self.source, self.faults = source, list[Fault]()

    def fault(self, place: Place, sentence: str) -> None:
        self.faults.append(Fault(self.source.said(place), sentence))

    def unit(self, said: Any, place: Place) -> Tree:
        unit = self.shape("unit", said, place)
        for sentence in whole_unit(unit):
            self.fault(place, sentence)
        for outcome, row in criteria_in(unit):
            if row.get("kind") == kind_of(outcome, {}):
                del row["kind"]
        return unit

    def shape(self, shape: str, said: Any, place: Place, depth: int = 0) -> Tree:
        """A thing of that shape: its fields in the order of the table, without those that say nothing."""
        if not isinstance(said, dict):
            self.fault(place, "Fields with names are expected here.")
            return {}
        known = {found.name for found in SHAPES[shape]}
        for key in said:
            if key not in known:
                self.fault((*place, key), "There is no such field here.")
        clean: Tree = {}
        for found in SHAPES[shape]:
            value = self.field(found, said.get(found.name, MISSING), (*place, found.name), depth)
            if value not in (None, "", []) and value != getattr(found, "usual", None):
                clean[found.name] = value
        for sentence in wording_faults(clean) if "wording" in known else ():
            self.fault((*place, "wording_note"), sentence)
        return clean

    def field(self, found: Field, said: Any, place: Place, depth: int) -> Any:
        if said is MISSING or said is None or said == "":
            if not isinstance(found, Switch) and found.required:
                self.fault(place, "This is missing.")
            return None
        match found:
            case Text():
                return self.text(found, said, place)
            case Number():
                return self.number(found, said, place)
            case Switch():
                if not isinstance(said, (bool, str)) or said not in YES:
                    self.fault(place, "Say true or false.")
                    return None
                return YES[said]
            case Choice():
                if said not in found.of.values:
                    self.fault(place, f"“{shown(said)}” is none of: {', '.join(found.of.values)}.")
                    return None
                return said
            case Listed():
                return self.items(found, said, place, depth)

    def text(self, found: Text, said: Any, place: Place) -> str | None:
        if isinstance(said, bool) or not isinstance(said, (str, int)):
            self.fault(place, "Words are expected here.")
            return None
        words = str(said).replace("\r\n", "\n").replace("\r", "\n").strip()
        if len(words) > found.longest:
            self.fault(place, f"It has {len(words):,} characters; at most {found.longest:,} are kept.")
        if CONTROLS.search(words):
            self.fault(place, "It holds characters that cannot be shown. Take them out.")
        if not words and found.required:
            self.fault(place, "This is missing.")
        if words and found.pattern and not re.fullmatch(found.pattern, words):
            self.fault(place, f"“{shown(words)}” does not fit: {found.pattern_says}.")
        return words

    def number(self, found: Number, said: Any, place: Place) -> int | None:
        words = str(said)
        if isinstance(said, bool) or not re.fullmatch(r"[0-9]{1,9}", words):
            self.fault(place, f"“{shown(said)}” is no whole number.")
            return None
        if not found.least <= int(words) <= found.most:
            self.fault(place, f"{int(words)} does not lie between {found.least} and {found.most:,}.")
            return None
        return int(words)

    def items(self, found: Listed, said: Any, place: Place, depth: int) -> list[Tree]:
        if not isinstance(said, list):
            self.fault(place, "A list is expected here.")
            return []
        if len(said) > found.most:
            self.fault(place, f"It has {len(said):,} entries; at most {found.most} are kept.")
            return []
        if found.name == "items" and depth >= DEEPEST_REQUIREMENT:
            self.fault(place, f"Evidence requirements stand at most {DEEPEST_REQUIREMENT} deep.")
            return []
        return [self.shape(found.shape, each, (*place, i), depth + 1) for i, each in enumerate(said)]


def shown(said: Any) -> str:
    """What stood in a field, as far as a sentence can quote it."""
    words = " ".join(str(said).split())
    return words if len(words) <= 60 else f"{words[:59]}…"


def wording_faults(row: Tree) -> Iterator[str]:
    in_doubt = row.get("wording", WordingStatus.SOUND) != WordingStatus.SOUND
    if in_doubt and not row.get("wording_note"):
        yield "Say here what was repaired or cannot be read."
    if not in_doubt and row.get("wording_note"):
        yield "A note is kept only where wording is repaired or illegible."


def criteria_in(unit: Tree) -> Iterator[tuple[Tree | None, Tree]]:
    """The criteria of a unit in reading order, each with its outcome; knowledge of the whole unit has none."""
    for outcome in unit.get("outcomes", []):
        for criterion in outcome.get("criteria", []):
            yield outcome, criterion
    for criterion in unit.get("knowledge", []):
        yield None, criterion


def kind_of(outcome: Tree | None, criterion: Tree) -> str:
    """A criterion's kind: its own where it says one, else its outcome's."""
    if outcome is None:
        return CriterionKind.KNOWLEDGE
    return cast(str, criterion.get("kind") or outcome.get("kind") or CriterionKind.ASSESSMENT)


def whole_unit(unit: Tree) -> Iterator[str]:
    """What is wrong with a unit as a whole."""
    criteria = list(criteria_in(unit))
    if not criteria:
        yield "A unit has at least one criterion: this one has none."
    yield from twice((row.get("number") for _, row in criteria), "criterion")
    for outcome, row in criteria:
        if outcome is None and row.get("kind", CriterionKind.KNOWLEDGE) != CriterionKind.KNOWLEDGE:
            yield f"{row.get('number')} stands under knowledge, so its kind is knowledge."
    references = unit.get("nos_references", [])
    yield from twice(
        (f"{row.get('occupational_standards')} {row.get('unit_number')}" for row in references), "standard"
    )
    skills = unit.get("functional_skills", [])
    yield from twice((f"{row.get('subject')}: {row.get('name')}" for row in skills), "functional skill")
    related = unit.get("related_criteria", [])
    yield from twice((" ".join(str(value) for value in row.values()) for row in related), "related criterion")
    numbers = {row.get("number") for _, row in criteria}
    for number in dict.fromkeys(row.get("number") for row in related if row.get("number") not in numbers):
        yield f"There is no criterion {shown(number)} in the unit to be related to another."


def twice(names: Iterator[Any], noun: str) -> Iterator[str]:
    for name, count in Counter(names).items():
        if name and count > 1:
            yield f"The {noun} {shown(name)} is listed {count} times."
