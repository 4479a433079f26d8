"""Two versions of a unit, part by part, as the page shows them side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from units.comparing import Became, Line, Worded, both, compared
from units.exchange.checking import criteria_in
from units.exchange.describing import usual
from units.exchange.faults import Tree
from units.exchange.shapes import columns_of_unit

COUNTED = {
    Became.SAME: "the same",
    Became.RENUMBERED: "the same under another number",
    Became.CHANGED: "changed",
    Became.DROPPED: "dropped",
    Became.NEW: "new",
}


@dataclass(frozen=True)
class Part:
    """A part of a specification: its lines, and how many became what."""

    name: str
    lines: Sequence[Line]

    @property
    def counts(self) -> str:
        """`3 the same, 1 dropped`."""
        numbers = [(sum(line.became == each for line in self.lines), words) for each, words in COUNTED.items()]
        return ", ".join(f"{number} {words}" for number, words in numbers if number)

    @property
    def changed(self) -> bool:
        return any(line.differs for line in self.lines)


def side_by_side(old: Tree, new: Tree) -> list[Part]:
    """The parts of two versions. Criteria come first; of the rest, only parts that either of them has."""
    parts = [
        Part("Criteria", compared(list(criteria(old)), list(criteria(new)))),
        Part("Outcomes and sections", compared(list(outcomes(old)), list(outcomes(new)))),
        Part("Particulars", list(particulars(old, new))),
        Part("What may be taught", compared(list(teaching(old)), list(teaching(new)))),
        Part("Evidence requirements", compared(list(requirements(old)), list(requirements(new)))),
        Part("National occupational standards", compared(list(references(old)), list(references(new)))),
        Part("Functional skills", compared(list(skills(old)), list(skills(new)))),
    ]
    return [part for part in parts if part.lines]


def criteria(unit: Tree) -> Iterator[Worded]:
    for _, row in criteria_in(unit):
        yield Worded(row["number"], row["text"])


def outcomes(unit: Tree) -> Iterator[Worded]:
    for row in unit.get("outcomes", []):
        yield Worded(row.get("number", ""), row["text"])


def teaching(unit: Tree) -> Iterator[Worded]:
    for row in unit.get("outcomes", []):
        for point in row.get("teaching", []):
            yield Worded(row.get("number", ""), point["text"])


def requirements(unit: Tree) -> Iterator[Worded]:
    def below(rows: list[Tree]) -> Iterator[Worded]:
        for row in rows:
            yield Worded(row.get("label", ""), row["text"])
            yield from below(row.get("items", []))

    yield from below(unit.get("evidence_requirements", []))


def references(unit: Tree) -> Iterator[Worded]:
    for row in unit.get("nos_references", []):
        yield Worded(row["unit_number"], f"{row['occupational_standards']}: {row.get('title', '')}")


def skills(unit: Tree) -> Iterator[Worded]:
    for row in unit.get("functional_skills", []):
        yield Worded(row["subject"].title(), f"{row['name']}: {row['marked']}")


def particulars(old: Tree, new: Tree) -> Iterator[Line]:
    """What is said of the unit as a whole, where it differs."""
    for found in columns_of_unit():
        before, after = (shown(unit.get(found.name, usual(found))) for unit in (old, new))
        if found.name == "version" or before == after:
            continue
        name = found.name.replace("_", " ").capitalize()
        yield from compared_as(name, before, after)


def compared_as(name: str, before: str, after: str) -> Iterator[Line]:
    """The same particular in both, however little its words have in common."""
    from_, to = Worded(name, before), Worded(name, after)
    if not before:
        yield Line(Became.NEW, None, to)
    elif not after:
        yield Line(Became.DROPPED, from_, None)
    else:
        yield both(from_, to)


def shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
