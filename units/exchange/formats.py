"""Which formats are read and written, and how a file is told to be of one."""

from collections.abc import Callable
from dataclasses import dataclass

from units.enums import UnitFormat
from units.exchange.checking import own_format
from units.exchange.describing import as_json, as_yaml
from units.exchange.faults import Found, Tree
from units.exchange.reading import read_tree


@dataclass(frozen=True)
class Way:
    """A way for a unit to leave: how its file is called, and what that file cannot hold of it."""

    kind: str
    name: str
    about: str
    ending: str
    content_type: str
    write: Callable[[Tree], bytes]
    loses: Callable[[Tree], list[str]]


def nothing(unit: Tree) -> list[str]:
    """What our own format loses."""
    return []


WAYS = {
    way.kind: way
    for way in (
        Way(
            "yaml",
            "NVQ Portfolio, YAML",
            "To read, to correct and to bring in again, here or in another installation.",
            ".yaml",
            "application/yaml; charset=utf-8",
            lambda unit: as_yaml([unit]),
            nothing,
        ),
        Way(
            "json",
            "NVQ Portfolio, JSON",
            "The same for programs.",
            ".json",
            "application/json; charset=utf-8",
            lambda unit: as_json([unit]),
            nothing,
        ),
    )
}


def recognised(content: bytes, name: str) -> tuple[UnitFormat, Found]:
    """The units of a file, not checked yet, and its format. Raises Refusal for what cannot be read."""
    source = read_tree(content, name)
    return UnitFormat.OWN, own_format(source)
