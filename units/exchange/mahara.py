"""SmartEvidence frameworks of Mahara: `.matrix` files, version 1 and 2.

Source: htdocs/module/framework/lib.php and matrices/example.matrix of Mahara. A framework has a name and `standards`.
In version 1 each standard holds its elements (`standardelement`); in version 2 they stand in one list beside
(`standardelements`), each with the `standardid` of its standard and perhaps the `parentelementid` of another element. A
short name has 100 characters at most, a name 255. There is no place for a key, a version or an awarding body.
"""

import json
from typing import Any

from units.exchange.faults import Fault, Found, Place, Source, Tree
from units.exchange.trees import (
    Asked,
    Branch,
    Head,
    full_name,
    groups,
    joined,
    objects,
    shortened,
    text,
    units_of,
    without_markup,
)

LONGEST_SHORT, LONGEST_NAME = 100, 255
STATUSES = [
    {"begun": "Ready for assessment"},
    {"incomplete": "Not yet met"},
    {"partialcomplete": "Contributes"},
    {"completed": "Met"},
]


def is_matrix(tree: Any) -> bool:
    return isinstance(tree, dict) and isinstance(tree.get("framework"), dict)


# --- in --------------------------------------------------------------------------------------------------------------


def read_matrix(source: Source, asked: Asked) -> Found:
    """The unit of a `.matrix` file: standards are outcomes, and their elements criteria."""
    framework, here = source.tree["framework"], ("framework",)
    faults: list[Fault] = []
    standards = objects(framework, "standards", here, source, faults)
    if not words(framework, "name"):
        faults.append(Fault(source.said((*here, "name")), "A framework has a name: this one has none."))
    roots = [element(place, row) for place, row in standards]
    if "standardelements" in framework:
        put_elements(framework, here, source, faults, standards, roots)
    else:
        for root, (place, row) in zip(roots, standards, strict=True):
            elements = objects(row, "standardelement", place, source, faults, needed="standardelement" in row)
            root.below = [element(where, each) for where, each in elements]
    head = Head(here, words(framework, "name"), words(framework, "description"))
    found = units_of(source, head, roots, asked, flat=True)
    return Found(found.units, source, found.places, [*faults, *found.faults], found.notes)


def put_elements(
    framework: Tree,
    here: Place,
    source: Source,
    faults: list[Fault],
    standards: list[tuple[Place, Tree]],
    roots: list[Branch],
) -> None:
    """Elements of a file of version 2 below their standards, each after the element above it."""
    by_standard = {str(row.get("standardid")): root for root, (_, row) in zip(roots, standards, strict=True)}
    by_element: dict[tuple[str, str], Branch] = {}
    for place, row in objects(framework, "standardelements", here, source, faults):
        standard, parent = str(row.get("standardid")), str(row.get("parentelementid") or "")
        branch = element(place, row)
        root = by_standard.get(standard)
        if root is None:
            faults.append(
                Fault(source.said((*place, "standardid")), f"There is no standard {shortened(standard, 30)}.")
            )
            continue
        above = by_element.get((standard, parent)) if parent else root
        if above is None:
            sentence = f"There is no element {shortened(parent, 30)} above it in its standard."
            faults.append(Fault(source.said((*place, "parentelementid")), sentence))
            continue
        above.below.append(branch)
        if row.get("elementid"):
            by_element[(standard, str(row["elementid"]))] = branch


def element(place: Place, row: Tree) -> Branch:
    """A standard or an element: both are called by the same fields."""
    return Branch(place, words(row, "shortname"), joined(words(row, "name"), words(row, "description")))


def words(row: Tree, name: str) -> str:
    return without_markup(text(row, name))


# --- out -------------------------------------------------------------------------------------------------------------


def framework_of(unit: Tree) -> Tree:
    return {
        "institution": "all",
        "name": shortened(full_name(unit), LONGEST_NAME),
        "description": unit.get("purpose", ""),
        "selfassess": False,
        "evidencestatuses": STATUSES,
    }


def named(number: str, text: str, priority: int) -> Tree:
    """Words as Mahara has them: where the name is too short for them, the description has them whole."""
    name = shortened(text, LONGEST_NAME)
    return {
        "shortname": number or shortened(text, LONGEST_SHORT),
        "name": name,
        "description": "" if name == text else text,
        "priority": priority,
    }


def as_matrix_1(unit: Tree) -> bytes:
    """Elements within their standards."""
    standards = [
        {
            **named(group.get("number", ""), group["text"], place),
            "standardelement": [
                {**named(row["number"], row["text"], number), "parent": False}
                for number, row in enumerate(group.get("criteria", []), start=1)
            ],
        }
        for place, group in enumerate(groups(unit), start=1)
    ]
    return written({**framework_of(unit), "standards": standards})


def as_matrix_2(unit: Tree) -> bytes:
    """Elements in one list, joined to their standards by number."""
    standards: list[Tree] = []
    elements: list[Tree] = []
    for place, group in enumerate(groups(unit), start=1):
        standards.append({**named(group.get("number", ""), group["text"], place), "standardid": place})
        for number, row in enumerate(group.get("criteria", []), start=1):
            ids = {"standardid": place, "elementid": f"{place}.{number}"}
            elements.append({**named(row["number"], row["text"], len(elements) + 1), **ids})
    return written({**framework_of(unit), "standards": standards, "standardelements": elements})


def written(framework: Tree) -> bytes:
    return (json.dumps({"framework": framework}, ensure_ascii=False, indent=2) + "\n").encode()
