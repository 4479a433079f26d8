"""Where two texts differ, word by word. Pure arithmetic."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_WORDS = 3000
"""Longer texts are shown whole, the old one beside the new: comparing takes the square of their length."""
MOST_PAIRS = 250_000
"""The same of texts in which so many pairs of a word here and there are equal. Prose of 3000 words has some 75,000;
what says one word over and over would take the cube of its length."""

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
    one, other = [word.strip() for word in before], [word.strip() for word in after]
    if max(len(one), len(other)) > MOST_WORDS or equal_pairs(one, other) > MOST_PAIRS:
        yield "out", "".join(before)
        yield "new", "".join(after)
        return
    for tag, first, last, start, end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "same", "".join(after[start:end])
        else:
            yield "out", "".join(before[first:last])
            yield "new", "".join(after[start:end])


def equal_pairs(one: list[str], other: list[str]) -> int:
    """How often a word of the one text is a word of the other."""
    there = Counter(other)
    return sum(count * there[word] for word, count in Counter(one).items())
