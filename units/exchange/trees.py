"""Frameworks of other systems are trees of words: from such a tree to units, and what of a unit such a tree holds.

What a file does not say is not made up: it is left empty, and the page says so.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.text import slugify

from units.enums import CriterionKind, SpecificationStyle
from units.exchange.checking import criteria_in
from units.exchange.faults import Fault, Found, Place, Source, Tree
from units.exchange.preview import leaves, many
from units.keys import LONGEST_KEY

LONGEST_NUMBER = 10
LONGEST_CODE = 20
KNOWLEDGE = "Knowledge and understanding"
VERSIONED = re.compile(r"(.+)\.v([0-9]{1,3})")
NUMBER = re.compile(r"[(]?([A-Za-z]{0,4}[-. ]?[0-9]+([.-][0-9A-Za-z]+)*|[A-Za-z]{1,2})[).]?")
COMPLETE_IT = (
    "The file says nothing of level, credits and the like, of what may be taught, or of evidence requirements, so they "
    "are empty. To add them, export the draft as YAML, complete that file, discard the draft and bring the file in."
)


@dataclass(frozen=True)
class Asked:
    """What the sender says beside the file."""

    awarding_body: str = ""
    version: int | None = None


@dataclass
class Branch:
    """A node of a framework: its number or code, its words, what it is where the file says so, what stands below it."""

    place: Place
    code: str
    text: str
    kind: str = ""
    extra: Tree = field(default_factory=dict)
    below: list["Branch"] = field(default_factory=list)


@dataclass(frozen=True)
class Head:
    """What a file says of a framework as a whole."""

    place: Place
    name: str
    purpose: str = ""
    key: str = ""
    version: int | None = None
    extra: Tree = field(default_factory=dict)


# --- in --------------------------------------------------------------------------------------------------------------


def objects(
    tree: Tree, name: str, above: Place, source: Source, faults: list[Fault], *, needed: bool = True
) -> list[tuple[Place, Tree]]:
    """The objects of a list, each with its place; a fault for whatever else stands there."""
    said = tree.get(name)
    if said is None and not needed:
        return []
    if not isinstance(said, list):
        faults.append(Fault(source.said((*above, name)), "A list is expected here."))
        return []
    found: list[tuple[Place, Tree]] = []
    for number, row in enumerate(said):
        if isinstance(row, dict):
            found.append(((*above, name, number), row))
        else:
            faults.append(Fault(source.said((*above, name, number)), "Fields with names are expected here."))
    return found


def text(row: Tree, name: str) -> str:
    """What stands in a field, as words; nothing where it is no word and no number."""
    said = row.get(name)
    return str(said).strip() if isinstance(said, (str, int)) and not isinstance(said, bool) else ""


def reached(roots: list[Branch]) -> int:
    """How many branches there are, the roots among them: fewer than rows where some stand in a circle."""
    found, waiting = 0, list(roots)
    while waiting:
        found += 1
        waiting.extend(waiting.pop().below)
    return found


def units_of(source: Source, head: Head, roots: list[Branch], asked: Asked, *, flat: bool = False) -> Found:
    """The units of a framework: itself, where outcomes stand below it; else what stands below it.

    With `flat`, what stands below the second level counts as criteria of the outcome, too.
    """
    notes: list[str] = []
    roots = [flattened(root, notes) for root in roots] if flat else roots
    depth = deepest(roots)
    if depth > 3:
        sentence = (
            f"The framework is {depth} levels deep. A unit has outcomes, and an outcome has criteria: two levels, or "
            "three where units stand on top."
        )
        return Found([], source, [], [Fault(source.said(head.place), sentence)], notes)
    if depth < 3:
        heads = [(head, roots if depth == 2 else [Branch(head.place, "", head.name, below=roots)])]
    else:
        heads = [(head_of(root, head), root.below) for root in roots]
        notes.append(f"The framework is three levels deep, so each of its {len(roots)} entries is read as a unit.")
    units = [unit_of(found, branches, asked, notes) for found, branches in heads]
    if not head.extra:
        notes.append(COMPLETE_IT)
    return Found(units, source, [found.place for found, _ in heads], [], notes)


def flattened(root: Branch, notes: list[str]) -> Branch:
    """The branch with all that stands anywhere below it directly below it."""
    rows: list[Branch] = []
    waiting = list(reversed(root.below))
    while waiting:
        row = waiting.pop()
        rows.append(replace(row, below=[]))
        waiting.extend(reversed(row.below))
    if len(rows) > len(root.below):
        notes.append(f"What stands below criteria of “{shortened(root.text, 60)}” is read as criteria beside them.")
    return replace(root, below=rows)


def deepest(roots: list[Branch]) -> int:
    """How many levels there are, counted without going deeper in Python than a file may."""
    level, depth = list(roots), 0
    while level:
        depth += 1
        level = [below for branch in level for below in branch.below]
    return depth


def head_of(root: Branch, above: Head) -> Head:
    name = f"{root.code}: {root.text}" if root.code and len(root.code) <= LONGEST_CODE else root.text
    return Head(root.place, name, version=above.version)


def unit_of(head: Head, branches: list[Branch], asked: Asked, notes: list[str]) -> Tree:
    code, title = named(head.name)
    body = str(head.extra.get("awarding_body") or asked.awarding_body)
    knowledge = [branch for branch in branches if is_knowledge(branch)]
    others = [branch for branch in branches if not is_knowledge(branch)]
    performance = bool(knowledge) or any(branch.kind == CriterionKind.PERFORMANCE for branch in branches)
    kind = CriterionKind.PERFORMANCE if performance else CriterionKind.ASSESSMENT
    renumbered = not numbers_fit(branches)
    if renumbered:
        notes.append(
            f"Numbers of “{shortened(head.name, 60)}” are missing, stand twice or have more than {LONGEST_NUMBER} "
            "characters, so its criteria are numbered anew: 1.1, 1.2 and so on."
        )
    notes.extend(
        f"“{shortened(branch.text, 60)}” has nothing below it: it is read as an outcome without criteria."
        for branch in others
        if not branch.below
    )
    unit: Tree = {
        "key": head.key or slugify(f"{body} {code}")[:LONGEST_KEY].strip("-"),
        "version": head.version or asked.version or 1,
        "awarding_body": body,
        "style": SpecificationStyle.SVQ.value if performance else SpecificationStyle.QCF.value,
        "short_code": code,
        "title": title,
        "purpose": head.purpose,
        "outcomes": [outcome_of(branch, place, kind, renumbered) for place, branch in enumerate(others, start=1)],
        "knowledge": [
            criterion_of(row, f"K{place}" if renumbered else number_of(row.code))
            for place, row in enumerate((row for branch in knowledge for row in branch.below), start=1)
        ],
    }
    return {**unit, **head.extra}


def outcome_of(branch: Branch, place: int, kind: str, renumbered: bool) -> Tree:
    criteria = [
        criterion_of(row, f"{place}.{number}" if renumbered else number_of(row.code))
        for number, row in enumerate(branch.below, start=1)
    ]
    number = branch.code if looks_like_a_number(branch.code) else ""
    own = {"number": number, "kind": branch.kind or kind, "text": branch.text, "criteria": criteria}
    return {**own, **branch.extra}


def criterion_of(branch: Branch, number: str) -> Tree:
    return {"number": number, "text": branch.text, **branch.extra}


def is_knowledge(branch: Branch) -> bool:
    """Whether a group holds knowledge of the unit as a whole."""
    said = branch.text.strip().casefold() == KNOWLEDGE.casefold()
    return said and branch.kind in ("", CriterionKind.KNOWLEDGE)


def numbers_fit(branches: list[Branch]) -> bool:
    numbers = [number_of(row.code) for branch in branches for row in branch.below]
    return all(numbers) and len(set(numbers)) == len(numbers)


def number_of(code: str) -> str:
    """The code as the number of a criterion or an outcome; nothing where it cannot be one."""
    return code if len(code) <= LONGEST_NUMBER else ""


def looks_like_a_number(words: str) -> bool:
    """Whether it is what is printed before a criterion: 1.1, 16, (a), K2."""
    return len(words) <= LONGEST_NUMBER and NUMBER.fullmatch(words) is not None


def named(name: str) -> tuple[str, str]:
    """`D20: Manage …` as code and title; any other name is the title, and its beginning the code."""
    code, colon, title = name.partition(": ")
    if colon and len(code) <= LONGEST_CODE:
        return code, title.strip()
    return shortened(name, LONGEST_CODE), name


def unversioned(identifier: str) -> tuple[str, int | None]:
    """`ocr-d20.v2` as key and version."""
    found = VERSIONED.fullmatch(identifier)
    key, version = (found[1], int(found[2])) if found else (identifier, None)
    return slugify(key)[:LONGEST_KEY].strip("-"), version


def joined(name: str, description: str) -> str:
    """A name and what is said below it: the longer, where one begins with the other; else both."""
    name, description = name.strip(), description.strip()
    begins = name.rstrip(".… ").casefold()
    if not description or not name or squeezed(description).startswith(squeezed(begins)):
        return description or name
    return f"{name}: {description}"


def squeezed(words: str) -> str:
    return " ".join(words.split()).casefold()


BREAKS = re.compile(r"(?i)<\s*(?:/p|/div|/li|/h[1-6])\b[^<>]{0,200}>")
LINE = re.compile(r"(?i)<\s*br\b[^<>]{0,200}>")
TAGS = re.compile(r"<[^<>]{0,2000}>")


def without_markup(words: str) -> str:
    """The words of a piece of HTML, its paragraphs apart."""
    if not TAGS.search(words):
        return html.unescape(words).strip()
    broken = LINE.sub(" ", BREAKS.sub("\0", " ".join(words.split())))
    paragraphs = [" ".join(part.split()) for part in html.unescape(TAGS.sub("", broken)).split("\0")]
    return "\n\n".join(part for part in paragraphs if part)


def shortened(words: str, longest: int) -> str:
    words = " ".join(words.split())
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


# --- out -------------------------------------------------------------------------------------------------------------


def full_name(unit: Tree) -> str:
    """`D20: Manage customer service performance`, as `named` reads it."""
    title = unit.get("title") or unit.get("public_title") or ""
    return f"{unit['short_code']}: {title}" if title else str(unit["short_code"])


def groups(unit: Tree) -> Iterator[Tree]:
    """The outcomes and, as one group more, knowledge of the unit as a whole."""
    yield from unit.get("outcomes", [])
    if unit.get("knowledge"):
        yield {"text": KNOWLEDGE, "kind": CriterionKind.KNOWLEDGE.value, "criteria": unit["knowledge"]}


PARTS = {
    "awarding_body": "the awarding body",
    "key": "the key",
    "version": "the version",
    "body_unit_number": "the awarding body’s number",
    "sector_unit_number": "the sector’s number",
    "unit_reference_number": "the reference number",
    "public_reference_number": "the reference number from public lists",
    "level": "the level",
    "credit_value": "the credits",
    "guided_learning_hours": "the guided learning hours",
}
SETTINGS = ("simulation_allowed", "realistic_working_environment_allowed", "work_placement_allowed")
HELD = ("short_code", "title", "public_title", "purpose", "style", "outcomes", "knowledge", "related_criteria")


def losses(unit: Tree, *, held: tuple[str, ...] = ()) -> list[str]:
    """What a tree of words cannot hold of the unit, beside what this format holds."""
    named_parts = [words for name, words in PARTS.items() if name in unit and name not in held]
    points = sum(len(row.get("teaching", [])) for row in unit.get("outcomes", []))
    doubts = sum("wording" in row for _, row in criteria_in(unit))
    lists = [
        many(points, "teaching point", "teaching points"),
        many(leaves(unit.get("evidence_requirements", [])), "evidence requirement", "evidence requirements"),
        many(len(unit.get("nos_references", [])), "standard referred to", "standards referred to"),
        many(len(unit.get("functional_skills", [])), "functional skill", "functional skills"),
        many(len(unit.get("related_criteria", [])), "related criterion", "related criteria"),
        many(doubts, "note on a wording", "notes on wordings"),
    ]
    rest = [
        name
        for name in unit
        if name not in (*PARTS, *SETTINGS, *HELD, "evidence_requirements", "nos_references", "functional_skills")
    ]
    return [
        sentence
        for sentence in (
            said(named_parts),
            said([words for words in lists if words]),
            said(["from which settings no evidence is taken"] if set(SETTINGS) & set(unit) else []),
            said([name.replace("_", " ") for name in rest]),
            said(["that its title is from public lists"] if unit.get("public_title") and not unit.get("title") else []),
            said(["the title from public lists"] if unit.get("public_title") and unit.get("title") else []),
            said(["which criteria are of which kind"] if kinds_are_lost(unit) else []),
        )
        if sentence
    ]


def kinds_are_lost(unit: Tree) -> bool:
    """Whether `unit_of` would take the unit's criteria for others than they are."""
    svq = bool(unit.get("knowledge"))
    usual = CriterionKind.PERFORMANCE if svq else CriterionKind.ASSESSMENT
    style = SpecificationStyle.SVQ if svq else SpecificationStyle.QCF
    kinds: set[Any] = {row.get("kind", CriterionKind.ASSESSMENT) for row in unit.get("outcomes", [])}
    kinds |= {row["kind"] for _, row in criteria_in(unit) if "kind" in row}
    return unit.get("style") != style or bool(kinds - {usual})


def said(parts: list[str]) -> str:
    if not parts:
        return ""
    *most, last = parts
    words = f"{', '.join(most)} and {last}" if most else last
    return f"{words[:1].upper()}{words[1:]}."
