"""Which formats are read and written, and how a file is told to be of one."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from units.enums import UnitFormat
from units.exchange.case import as_package, package_in, read_package
from units.exchange.checking import own_format
from units.exchange.describing import as_json, as_yaml
from units.exchange.faults import Found, Tree
from units.exchange.mahara import as_matrix_1, as_matrix_2, is_matrix, read_matrix
from units.exchange.moodle import as_table, is_table, read_table
from units.exchange.reading import checked_size, read_tree
from units.exchange.trees import Asked, losses

JSON_TYPE = "application/json; charset=utf-8"
MATRIX = "A SmartEvidence framework: outcomes are its standards, criteria their elements."


@dataclass(frozen=True)
class Way:
    """A way for a unit to leave: how its file is called, and what that file cannot hold of it."""

    kind: str
    name: str
    about: str
    ending: str
    content_type: str
    write: Callable[[Tree, datetime.datetime], bytes]
    loses: Callable[[Tree], list[str]] = lambda unit: []


WAYS = {
    way.kind: way
    for way in (
        Way(
            "yaml",
            "NVQ Portfolio, YAML",
            "To read, to correct and to bring in again, here or in another installation.",
            ".yaml",
            "application/yaml; charset=utf-8",
            lambda unit, at: as_yaml([unit]),
        ),
        Way(
            "json",
            "NVQ Portfolio, JSON",
            "The same for programs.",
            ".json",
            JSON_TYPE,
            lambda unit, at: as_json([unit]),
        ),
        Way(
            "moodle",
            "Moodle, CSV",
            "A competency framework: outcomes below it, criteria below them.",
            ".csv",
            "text/csv; charset=utf-8",
            lambda unit, at: as_table(unit),
            lambda unit: losses(unit, held=("key", "version")),
        ),
        Way("matrix1", "Mahara, version 1", MATRIX, ".matrix", JSON_TYPE, lambda unit, at: as_matrix_1(unit), losses),
        Way(
            "matrix2", "Mahara, version 2", MATRIX, "-v2.matrix", JSON_TYPE, lambda unit, at: as_matrix_2(unit), losses
        ),
        Way(
            "case",
            "1EdTech CASE 1.1, JSON",
            "A CFPackage. Other systems read its titles, statements and numbers; whatever else the unit has stands "
            "under extensions, which they may pass over.",
            ".case.json",
            JSON_TYPE,
            as_package,
        ),
    )
}


def recognised(content: bytes, name: str, asked: Asked, bodies: dict[str, str]) -> tuple[UnitFormat, Found]:
    """The units of a file, not checked yet, and its format. Raises Refusal for what cannot be read."""
    checked_size(content, name)
    if is_table(content):
        return UnitFormat.MOODLE, read_table(content, name, asked)
    source = read_tree(content, name)
    if is_matrix(source.tree):
        return UnitFormat.MAHARA, read_matrix(source, asked)
    if package_in(source.tree):
        return UnitFormat.CASE, read_package(source, asked, bodies)
    return UnitFormat.OWN, own_format(source)
