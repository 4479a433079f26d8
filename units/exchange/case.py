"""Frameworks after 1EdTech's CASE 1.1 (Competencies and Academic Standards Exchange): a CFPackage as JSON.

A package has a CFDocument, CFItems and CFAssociations; an item stands below what its `isChildOf` leads to, in the order
of `sequenceNumber`, or on top where it has none. Some systems leave the `CFPackage` around it out; both are read.
Version 1.1 has `extensions` on documents and items: what a unit has beside its words stands there, so that it comes
back whole, and is checked like everything else. Identifiers are made of the unit's key, version and numbers, so they
stay the same.
"""

import datetime
import json
import uuid
from typing import Any

from units.enums import CriterionKind
from units.exchange.faults import Fault, Found, Place, Source, Tree
from units.exchange.trees import (
    Asked,
    Branch,
    Head,
    full_name,
    groups,
    named,
    objects,
    reached,
    shortened,
    text,
    units_of,
)

OURS = "nvq-portfolio-unit"
SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://purl.imsglobal.org/spec/case/v1p1/#nvq-portfolio-unit")
IS_CHILD_OF, IS_RELATED_TO = "isChildOf", "isRelatedTo"
GROUPS = {
    CriterionKind.ASSESSMENT: "Learning outcome",
    CriterionKind.PERFORMANCE: "Section of performance criteria",
    CriterionKind.KNOWLEDGE: "Knowledge and understanding",
}
ROWS = {
    CriterionKind.ASSESSMENT: "Assessment criterion",
    CriterionKind.PERFORMANCE: "Performance criterion",
    CriterionKind.KNOWLEDGE: "Knowledge item",
}
KINDS = {words.casefold(): kind.value for names in (GROUPS, ROWS) for kind, words in names.items()}
WORDS = ("title", "purpose", "outcomes", "knowledge")
ITEM_WORDS = ("number", "text", "criteria")


def package_in(tree: Any) -> Tree | None:
    """The package of such a file."""
    if not isinstance(tree, dict):
        return None
    inner = tree.get("CFPackage", tree)
    return inner if isinstance(inner, dict) and isinstance(inner.get("CFDocument"), dict) else None


# --- in --------------------------------------------------------------------------------------------------------------


def read_package(source: Source, asked: Asked, bodies: dict[str, str]) -> Found:
    """The units of a package. `bodies` are the awarding bodies known here, by codes and names in small letters."""
    package: Tree = package_in(source.tree) or {}
    above: Place = ("CFPackage",) if "CFPackage" in source.tree else ()
    document, here = package["CFDocument"], (*above, "CFDocument")
    faults: list[Fault] = []
    items = items_of(package, above, source, faults)
    roots, notes = placed(package, items, above, source, faults)
    title, extra = text(document, "title"), extension(document, WORDS)
    creator = text(document, "creator").casefold()
    if creator in bodies and not extra.get("awarding_body"):
        extra = {"awarding_body": bodies[creator], **extra} if extra else extra
        asked = Asked(asked.awarding_body or bodies[creator], asked.version)
    if extra and "title" not in extra and named(title)[0] == extra.get("short_code"):
        extra = {**extra, "title": "" if "public_title" in extra else named(title)[1]}
    said = text(document, "version")
    version = int(said) if said.isascii() and said.isdigit() and len(said) <= 3 else None
    head = Head(here, title or "Framework", text(document, "description"), version=version, extra=extra)
    found = units_of(source, head, roots, asked)
    return Found(found.units, source, found.places, [*faults, *found.faults], [*notes, *found.notes])


def items_of(package: Tree, above: Place, source: Source, faults: list[Fault]) -> dict[str, Branch]:
    """The items by their identifiers."""
    found: dict[str, Branch] = {}
    for place, item in objects(package, "CFItems", above, source, faults):
        identifier = text(item, "identifier")
        if not identifier:
            faults.append(Fault(source.said((*place, "identifier")), "This is missing."))
        elif identifier in found:
            faults.append(Fault(source.said((*place, "identifier")), f"{shortened(identifier, 60)} stands here twice."))
        else:
            kind = KINDS.get(text(item, "CFItemType").casefold(), "")
            words = text(item, "fullStatement")
            found[identifier] = Branch(place, text(item, "humanCodingScheme"), words, kind, extension(item, ITEM_WORDS))
    return found


def placed(
    package: Tree, items: dict[str, Branch], above: Place, source: Source, faults: list[Fault]
) -> tuple[list[Branch], list[str]]:
    """The items on top, with all others below them; and how associations were read."""
    parents: dict[str, tuple[float, str]] = {}
    other = several = 0
    for place, row in objects(package, "CFAssociations", above, source, faults, needed=False):
        child, parent = node(row, "originNodeURI"), node(row, "destinationNodeURI")
        if row.get("associationType") != IS_CHILD_OF:
            other += 1
        elif child not in items:
            sentence = f"There is no item {shortened(child, 60)} in the file."
            faults.append(Fault(source.said((*place, "originNodeURI")), sentence))
        elif child in parents:
            several += 1
        else:
            parents[child] = (order(row), parent)
    roots: list[tuple[float, Branch]] = []
    below: dict[str, list[tuple[float, Branch]]] = {}
    for number, (identifier, branch) in enumerate(items.items()):
        place_among, parent = parents.get(identifier, (float(number), ""))
        (below.setdefault(parent, []) if parent in items else roots).append((place_among, branch))
    for parent, branches in below.items():
        items[parent].below = [branch for _, branch in sorted(branches, key=lambda pair: pair[0])]
    top = [branch for _, branch in sorted(roots, key=lambda pair: pair[0])]
    if lost := len(items) - reached(top):
        faults.append(Fault(source.said(above), f"{lost} items stand below each other in a circle."))
    notes = [f"{other} associations that say something else than what stands below what are not read."] if other else []
    if several:
        notes.append(f"{several} items stand below more than one other: each is read where it stands first.")
    return top, notes


def node(row: Tree, name: str) -> str:
    said = row.get(name)
    return text(said, "identifier") if isinstance(said, dict) else ""


def order(row: Tree) -> float:
    said = text(row, "sequenceNumber")
    return float(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0.0


def extension(row: Tree, words: tuple[str, ...]) -> Tree:
    """What we wrote beside the words of a document or an item: never the words themselves, which others may change."""
    own = row.get("extensions")
    found = own.get(OURS) if isinstance(own, dict) else None
    return {name: value for name, value in found.items() if name not in words} if isinstance(found, dict) else {}


# --- out -------------------------------------------------------------------------------------------------------------


def as_package(unit: Tree, at: datetime.datetime) -> bytes:
    """The unit as a document, its outcomes and criteria as items, and what they stand below as associations."""
    writer = Writer(unit, at.astimezone(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))
    return (json.dumps(writer.package(), ensure_ascii=False, indent=2) + "\n").encode()


class Writer:
    """One package being written."""

    def __init__(self, unit: Tree, at: str) -> None:
        self.unit, self.at = unit, at
        self.document = self.link(full_name(unit), unit["key"], unit["version"])
        self.items: list[Tree] = []
        self.associations: list[Tree] = []

    def link(self, title: str, *parts: Any) -> Tree:
        identifier = str(uuid.uuid5(SPACE, "/".join(map(str, parts))))
        return {"title": shortened(title, 120), "identifier": identifier, "uri": f"urn:uuid:{identifier}"}

    def package(self) -> Tree:
        for place, group in enumerate(groups(self.unit), start=1):
            kind = CriterionKind(group.get("kind", CriterionKind.ASSESSMENT))
            above = self.item(f"outcome {place}", group, GROUPS[kind], self.document, place)
            for number, row in enumerate(group.get("criteria", []), start=1):
                own = CriterionKind(row.get("kind", kind))
                self.item(row["number"], row, ROWS[own], above, number)
        for row in self.unit.get("related_criteria", []):
            near = self.link(row["number"], self.unit["key"], self.unit["version"], row["number"])
            far = self.link(row["related_number"], row["key"], row["version"], row["related_number"])
            self.associate(near, IS_RELATED_TO, far)
        package = {"CFDocument": self.written(), "CFItems": self.items, "CFAssociations": self.associations}
        return {"CFPackage": {**package, "CFDefinitions": {}}}

    def written(self) -> Tree:
        own = {name: value for name, value in self.unit.items() if name not in WORDS}
        return {
            **{name: self.document[name] for name in ("identifier", "uri")},
            "creator": self.unit["awarding_body"],
            "title": full_name(self.unit),
            "lastChangeDateTime": self.at,
            "description": self.unit.get("purpose", ""),
            "language": "en",
            "version": str(self.unit["version"]),
            "adoptionStatus": "Adopted",
            "frameworkType": "NVQ unit",
            "caseVersion": "1.1",
            "CFPackageURI": self.document,
            "extensions": {OURS: own},
        }

    def item(self, name: str, row: Tree, kind: str, above: Tree, number: int) -> Tree:
        here = self.link(row["text"], self.unit["key"], self.unit["version"], name)
        own = {field: value for field, value in row.items() if field not in ITEM_WORDS}
        self.items.append(
            {
                **{field: here[field] for field in ("identifier", "uri")},
                "CFDocumentURI": self.document,
                "fullStatement": row["text"],
                **({"humanCodingScheme": row["number"]} if row.get("number") else {}),
                "CFItemType": kind,
                "language": "en",
                "lastChangeDateTime": self.at,
                **({"extensions": {OURS: own}} if own else {}),
            }
        )
        self.associate(here, IS_CHILD_OF, above, number)
        return here

    def associate(self, origin: Tree, kind: str, destination: Tree, number: int = 0) -> None:
        link = self.link("", origin["identifier"], kind, destination["identifier"])
        self.associations.append(
            {
                **{field: link[field] for field in ("identifier", "uri")},
                "CFDocumentURI": self.document,
                "associationType": kind,
                **({"sequenceNumber": number} if number else {}),
                "originNodeURI": origin,
                "destinationNodeURI": destination,
                "lastChangeDateTime": self.at,
            }
        )
