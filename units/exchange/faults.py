"""What is said of a file: what is wrong with it and where, and how it was read."""

from dataclasses import dataclass, field
from typing import Any

from portfolio.refusal import Refusal

Tree = dict[str, Any]
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """Something that keeps a file from being taken."""

    place: str
    sentence: str


@dataclass(frozen=True)
class Source:
    """A file as a tree, with the line on which each part of it begins, where the format tells."""

    tree: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def said(self, place: Place) -> str:
        """A place as people look for it: `units 1 › outcomes 2 › text, line 14`."""
        words: list[str] = []
        for step in place:
            if isinstance(step, int) and words:
                words[-1] += f" {step + 1}"
            else:
                words.append(str(step))
        line = next((self.lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in self.lines), None)
        named = " › ".join(words) or "The file"
        return f"{named}, line {line}" if line else named


@dataclass(frozen=True)
class Found:
    """What a file holds: units as our own format has them, where each stands in it, and what there is to say."""

    units: list[Tree]
    source: Source
    places: list[Place]
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def unreadable(name: str, sentence: str) -> Refusal:
    """That a file cannot be read at all."""
    return Refusal([f"“{name}” {sentence}"])
