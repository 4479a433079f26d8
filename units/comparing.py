"""Two versions of a specification side by side: what became of each wording. Pure: no rows, no clock.

Wordings are matched by what is equal first, then by number and likeness, then by likeness alone; each at most once. It
is a proposal for a person to look at: it decides nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from portfolio.differences import Piece, differences

MOST_PAIRS = 40_000
"""Past so many pairs of wordings only those under the same number are looked at for likeness."""
MOST_WORDS = 12_000
"""Past so many changed words the rest is shown whole, the old beside the new: marking takes the square of a length."""
ALIKE_WITH_NUMBER, ALIKE = 0.4, 0.6
"""Which share of their words two wordings have in common to be taken for the same: under the same number, or any."""


class Became(Enum):
    """What became of a wording from one version to the other."""

    SAME = "Same words"
    RENUMBERED = "Same words, another number"
    CHANGED = "Words changed"
    DROPPED = "Dropped"
    NEW = "New"


@dataclass(frozen=True)
class Worded:
    """A wording under its number."""

    number: str
    text: str


@dataclass(frozen=True)
class Line:
    """A wording in both versions, or in one of them; its words piece by piece, `out` and `same` of the earlier, `new`
    and `same` of the later."""

    became: Became
    old: Worded | None
    new: Worded | None
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()

    @property
    def label(self) -> str:
        return self.became.value

    @property
    def differs(self) -> bool:
        return self.became != Became.SAME


def matched(old: Sequence[Worded], new: Sequence[Worded]) -> dict[int, int]:
    """By place in the new version, the place in the old of the wording it comes from."""
    found: dict[int, int] = {}
    taken: set[int] = set()

    def take(pairs: Iterator[tuple[float, int, int]]) -> None:
        for _, there, here in sorted(pairs, key=lambda pair: (-pair[0], pair[2], pair[1])):
            if here not in found and there not in taken:
                found[here] = there
                taken.add(there)

    take(equal_pairs(old, new))
    names: dict[str, list[int]] = {}
    for there, row in enumerate(old):
        names.setdefault(row.number, []).append(there)
    bags_old, bags_new = [words_of(row.text) for row in old], [words_of(row.text) for row in new]

    def alike(least: float, *, by_number: bool) -> Iterator[tuple[float, int, int]]:
        for here, row in enumerate(new):
            for there in names.get(row.number, []) if by_number else range(len(old)):
                if here in found or there in taken:
                    continue
                share = likeness(bags_old[there], bags_new[here])
                if share >= least:
                    yield share, there, here

    take(alike(ALIKE_WITH_NUMBER, by_number=True))
    if (len(old) - len(taken)) * (len(new) - len(found)) <= MOST_PAIRS:
        take(alike(ALIKE, by_number=False))
    return found


def equal_pairs(old: Sequence[Worded], new: Sequence[Worded]) -> Iterator[tuple[float, int, int]]:
    """Equal wordings; of several that are equal, those under the same number first."""
    places: dict[str, list[int]] = {}
    for there, row in enumerate(old):
        places.setdefault(plain(row.text), []).append(there)
    for here, row in enumerate(new):
        for there in places.get(plain(row.text), []):
            yield (2.0 if old[there].number == row.number else 1.0), there, here


def compared(old: Sequence[Worded], new: Sequence[Worded]) -> list[Line]:
    """Every wording of both versions, in the order of the new one; what was dropped stands where it stood."""
    found = matched(old, new)
    dropped = [there for there in range(len(old)) if there not in set(found.values())]
    lines: list[Line] = []
    left = MOST_WORDS
    for here, row in enumerate(new):
        there = found.get(here)
        if there is not None:
            while dropped and dropped[0] < there:
                lines.append(Line(Became.DROPPED, old[dropped.pop(0)], None))
        if there is None:
            lines.append(Line(Became.NEW, None, row))
            continue
        line = both(old[there], row, marked=left > 0)
        left -= len(row.text.split()) if line.became == Became.CHANGED else 0
        lines.append(line)
    lines.extend(Line(Became.DROPPED, old[there], None) for there in dropped)
    return lines


def both(old: Worded, new: Worded, *, marked: bool = True) -> Line:
    if plain(old.text) == plain(new.text):
        return Line(Became.SAME if old.number == new.number else Became.RENUMBERED, old, new)
    if not marked:
        return Line(Became.CHANGED, old, new, (Piece("out", old.text),), (Piece("new", new.text),))
    pieces = differences(old.text, new.text)
    return Line(
        Became.CHANGED,
        old,
        new,
        tuple(piece for piece in pieces if piece.change != "new"),
        tuple(piece for piece in pieces if piece.change != "out"),
    )


def plain(text: str) -> str:
    """Words without what no reader sees: runs of space."""
    return " ".join(text.split())


def words_of(text: str) -> Counter[str]:
    return Counter(word.strip(".,;:()").casefold() for word in text.split())


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """The share of their words that two wordings have in common, from 0 to 1 (Dice)."""
    together = sum(one.values()) + sum(other.values())
    return 2 * sum((one & other).values()) / together if together else 1.0
