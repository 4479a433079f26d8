"""One way of writing facts down, so that the same facts have the same digest for as long as the house stands.

JSON with sorted keys, in UTF-8, without spaces. Moments are written in UTC with microseconds, days as ISO dates.
Whatever could be written in two ways (a float, a moment without a time zone, an object) is refused loudly.
"""

import datetime
import enum
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import TypeAlias

# What can be written down, and what a JSON column gives back of it.
JSON: TypeAlias = (
    "bool | int | str | enum.Enum | datetime.date | uuid.UUID | Sequence[JSON] | Mapping[str, JSON] | None"
)
Plain: TypeAlias = "bool | int | str | list[Plain] | dict[str, Plain] | None"


ATOMS = frozenset({str, int, bool, type(None)})
"""What is written as it is. Of these most facts are made, so they are looked for first."""
WRITER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def plain(value: JSON) -> Plain:
    """The value as a JSON column gives it back. Raises TypeError for what has no single way of being written."""
    kind = type(value)
    if kind in ATOMS:
        return value  # type: ignore[return-value]
    if kind is list or kind is tuple:
        return [item if type(item) in ATOMS else plain(item) for item in value]  # type: ignore[union-attr,misc]
    if kind is dict:
        return _named(value)  # type: ignore[arg-type]
    if kind is datetime.datetime:
        return moment(value)  # type: ignore[arg-type]
    match value:
        case enum.Enum():
            return plain(value.value)
        case None | bool() | int() | str():
            return value
        case datetime.datetime():
            return moment(value)
        case datetime.date():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
        case Mapping():
            return _named(value)
        case list() | tuple():
            return [plain(item) for item in value]
    raise TypeError(f"{value!r} ({type(value).__name__}) cannot be written down in one certain way.")


def moment(at: datetime.datetime) -> str:
    """A moment in UTC with microseconds. Raises TypeError for one without a time zone."""
    if at.tzinfo is None:
        raise TypeError(f"{at!r} has no time zone.")
    return at.astimezone(datetime.UTC).isoformat(timespec="microseconds")


def canonical(value: JSON) -> bytes:
    """The one way of writing the value."""
    return WRITER.encode(plain(value)).encode()


def beside(facts: Mapping[str, JSON], name: str, written: bytes) -> bytes:
    """The one way of writing the facts together with one more, of this name, that is written already."""
    before = canonical({key: value for key, value in facts.items() if key < name})[1:-1]
    after = canonical({key: value for key, value in facts.items() if key > name})[1:-1]
    parts = (before, canonical(name) + b":" + written, after)
    return b"{" + b",".join(part for part in parts if part) + b"}"


def digest(value: JSON, *, salt: str = "") -> str:
    """SHA-256, in hexadecimal, of the salt followed by the value's canonical JSON."""
    return digest_of_written(salt.encode() + canonical(value))


def digest_of_written(written: bytes) -> str:
    """SHA-256, in hexadecimal, of what is written already."""
    return hashlib.sha256(written).hexdigest()


def _named(facts: Mapping[str, JSON]) -> dict[str, Plain]:
    return {
        key if type(key) is str else _key(key): item if type(item) in ATOMS else plain(item)  # type: ignore[misc]
        for key, item in facts.items()
    }


def _key(key: object) -> str:
    if type(key) is not str:
        raise TypeError(f"{key!r} is no name of a fact: names are strings.")
    return key
