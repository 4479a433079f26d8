"""What a file holds, as the page shows it before anything of it is taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from units.enums import CriterionKind
from units.exchange.checking import criteria_in, kind_of
from units.exchange.faults import Tree


@dataclass(frozen=True)
class OutcomePreview:
    number: str
    text: str
    criteria: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class UnitPreview:
    """A unit of a file: what it is, how much there is of it, and its criteria."""

    title: str
    version: int | None
    facts: Sequence[tuple[str, str]]
    outcomes: Sequence[OutcomePreview]


NAMES = {
    CriterionKind.ASSESSMENT: ("assessment criterion", "assessment criteria"),
    CriterionKind.PERFORMANCE: ("performance criterion", "performance criteria"),
    CriterionKind.KNOWLEDGE: ("knowledge item", "knowledge items"),
}
FACTS = (
    ("awarding_body", "Awarding body"),
    ("key", "Key"),
    ("body_unit_number", "Unit number"),
    ("unit_reference_number", "Reference number"),
    ("level", "Level"),
    ("credit_value", "Credits"),
)


def previewed(unit: Tree) -> UnitPreview:
    name = " ".join(str(unit[part]) for part in ("short_code", "title") if unit.get(part))
    if not unit.get("title") and unit.get("public_title"):
        name = f"{name} {unit['public_title']}".strip()
    said = [(label, str(unit[field])) for field, label in FACTS if unit.get(field) is not None]
    outcomes = [
        OutcomePreview(row.get("number", ""), row.get("text", ""), labelled(row.get("criteria", [])))
        for row in unit.get("outcomes", [])
    ]
    if unit.get("knowledge"):
        outcomes.append(OutcomePreview("", "Knowledge and understanding", labelled(unit["knowledge"])))
    return UnitPreview(name or "Unit without a name", unit.get("version"), [*said, ("Holds", counted(unit))], outcomes)


def labelled(criteria: list[Tree]) -> list[tuple[str, str]]:
    return [(row.get("number", ""), row.get("text", "")) for row in criteria]


def counted(unit: Tree) -> str:
    """`3 outcomes, 21 assessment criteria, 18 teaching points`."""
    kinds = [kind_of(outcome, row) for outcome, row in criteria_in(unit)]
    points = sum(len(row.get("teaching", [])) for row in unit.get("outcomes", []))
    lines = [
        many(len(unit.get("outcomes", [])), "outcome or section", "outcomes or sections"),
        *(many(kinds.count(kind), *names) for kind, names in NAMES.items()),
        many(points, "teaching point", "teaching points"),
        many(leaves(unit.get("evidence_requirements", [])), "evidence requirement", "evidence requirements"),
        many(len(unit.get("functional_skills", [])), "functional skill", "functional skills"),
    ]
    return ", ".join(line for line in lines if line) or "nothing"


def leaves(rows: list[Tree]) -> int:
    return sum(1 + leaves(row.get("items", [])) for row in rows)


def many(count: int, one: str, more: str) -> str:
    return "" if not count else f"{count} {one if count == 1 else more}"
