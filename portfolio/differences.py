"""Where two texts differ, word by word. Pure arithmetic."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_WORDS = 3000
"""Longer texts are shown whole, the old one beside the new: comparing takes the square of their length."""

WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Piece:
    """A run of words: `same` in both texts, `out` of the earlier one only, or `new` in the later one."""

    change: str
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """The two texts as one, in the order one reads them: what went stands before what came in its place."""
    return [Piece(change, text) for change, text in runs(WORD.findall(before), WORD.findall(after)) if text]


def runs(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    if max(len(before), len(after)) > MOST_WORDS:
        yield "out", "".join(before)
        yield "new", "".join(after)
        return
    stripped = SequenceMatcher(
        None, [word.strip() for word in before], [word.strip() for word in after], autojunk=False
    )
    for tag, first, last, start, end in stripped.get_opcodes():
        if tag == "equal":
            yield "same", "".join(after[start:end])
        else:
            yield "out", "".join(before[first:last])
            yield "new", "".join(after[start:end])
