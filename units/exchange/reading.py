"""A file as a plain tree, within bounds: JSON or YAML from anybody, and no more of it than a unit needs.

Scalars of YAML and numbers with a point stay the text they are written as: 1.10 is the number of a criterion, and not
1.1. An alias of YAML can stand for its anchor a billion times over, so none is taken; nor is any tag.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from units.exchange.faults import Place, Source, unreadable

MOST_BYTES = 1024 * 1024
MOST_PARTS = 40_000
DEEPEST = 24
LONGEST_NUMBER = 12
NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""Written with an escape these come through as characters, and no database keeps them."""
TOO_DEEP = f"is nested more than {DEEPEST} deep, which no specification is."
TOO_MANY = f"holds more than {MOST_PARTS:,} parts, which no specification does. Split it, and send the parts."
WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same loader in C, where the library was built with it: a tenth of the time."""


def checked_size(content: bytes, name: str) -> None:
    """Raises Refusal for a file that is empty or larger than any specification."""
    if not content.strip():
        raise unreadable(name, "is empty.")
    if len(content) > MOST_BYTES:
        raise unreadable(name, "is larger than 1 MB, the most such a file may have. Split it, and send the parts.")


def decoded(content: bytes, name: str) -> str:
    """The text of the file. Raises Refusal."""
    checked_size(content, name)
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable(name, "is not text in UTF-8. Save it as UTF-8 and send it again.") from error
    if "\0" in text:
        raise unreadable(name, "is not text: it holds bytes that no text has.")
    return text


def read_tree(content: bytes, name: str) -> Source:
    """The tree of a JSON or YAML file. Raises Refusal where it is none, or too much of one."""
    text = decoded(content, name)
    found = read_json(text, name) if text.lstrip()[:1] in ("{", "[") else read_yaml(text, name)
    for number, part in enumerate(parts(found.tree)):
        if number >= MOST_PARTS:
            raise unreadable(name, TOO_MANY)
        if isinstance(part, str) and NO_TEXT.search(part):
            raise unreadable(name, "holds a character that no text has (\\u0000 or half of a pair). Take it out.")
    return found


def parts(tree: Any) -> Iterator[Any]:
    """Every part of a tree, keys among them, without going deeper in Python than the tree was allowed to be."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, dict):
            waiting.extend(part)
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


# --- JSON ------------------------------------------------------------------------------------------------------------


def read_json(text: str, name: str) -> Source:
    if deepest(text) > DEEPEST:
        raise unreadable(name, TOO_DEEP)
    try:
        return Source(
            json.loads(
                text,
                object_pairs_hook=lambda pairs: once(pairs, name),
                parse_float=str,
                parse_int=lambda said: int(said) if len(said) <= LONGEST_NUMBER else said,
                parse_constant=str,
            )
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise unreadable(name, f"is not JSON that can be read: {error.msg} at {where}.") from error


def deepest(text: str) -> int:
    """How deep brackets are nested, those within strings left out."""
    depth = most = 0
    in_string = escaped = False
    for sign in text:
        if in_string:
            in_string = escaped or sign != '"'
            escaped = not escaped and sign == "\\"
        elif sign == '"':
            in_string = True
        elif sign in "{[":
            depth += 1
            most = max(most, depth)
        elif sign in "}]":
            depth -= 1
    return most


def once(pairs: list[tuple[str, Any]], name: str) -> dict[str, Any]:
    """An object whose keys each stand once: of two alike, one would be lost unseen."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise unreadable(name, f"says “{key[:60]}” twice in one place. Keep one of them.")
        found[key] = value
    return found


# --- YAML ------------------------------------------------------------------------------------------------------------


def read_yaml(text: str, name: str) -> Source:
    """Built from events, so that depth and number are bounded while it is read."""
    lines: dict[Place, int] = {}
    try:
        builder = Builder(yaml.parse(text, Loader=LOADER), name, lines)
        return Source(builder.document(), lines)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" on line {mark.line + 1}" if mark else ""
        said = getattr(error, "problem", None) or "it is not well-formed"
        raise unreadable(name, f"is not YAML that can be read: {said}{where}.") from error


class Builder:
    """A tree out of the events of a YAML text."""

    def __init__(self, events: Iterator[Any], name: str, lines: dict[Place, int]) -> None:
        self.events, self.name, self.lines, self.parts = events, name, lines, 0

    def document(self) -> Any:
        """The one document of the text."""
        found: Any = None
        seen = False
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    raise unreadable(self.name, "holds several documents, one after another. Send each by itself.")
                seen = True
                found = self.value(next(self.events), (), 0)
        return found

    def value(self, event: Any, place: Place, depth: int) -> Any:
        self.bound(event, depth)
        self.lines[place] = line_of(event)
        if isinstance(event, yaml.ScalarEvent):
            return scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.value(event, (*place, len(items)), depth + 1))
            return items
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            self.bound(event, depth)
            if not isinstance(event, yaml.ScalarEvent):
                raise unreadable(self.name, f"has a key that is no word on line {line_of(event)}.")
            key = str(event.value)
            if key in found:
                line = line_of(event)
                raise unreadable(self.name, f"says “{key[:60]}” twice in one place, on line {line}. Keep one of them.")
            found[key] = self.value(next(self.events), (*place, key), depth + 1)
        return found

    def bound(self, event: Any, depth: int) -> None:
        """Raises Refusal for what no specification needs."""
        self.parts += 1
        line = line_of(event)
        if depth > DEEPEST:
            raise unreadable(self.name, TOO_DEEP)
        if self.parts > 2 * MOST_PARTS:
            raise unreadable(self.name, TOO_MANY)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise unreadable(
                self.name, f"repeats a part by an anchor or alias (& or *) on line {line}. Write each part out."
            )
        if getattr(event, "tag", None):
            raise unreadable(self.name, f"has a tag (!) on line {line}. Write plain words and numbers.")


def line_of(event: Any) -> int:
    """The line on which it begins, as an editor counts."""
    return int(event.start_mark.line) + 1


def scalar(event: yaml.ScalarEvent) -> Any:
    """A word as it is written; without quotation marks, also true, false and nothing."""
    said = str(event.value)
    return WORDS[said.lower()] if event.style is None and said.lower() in WORDS else said
