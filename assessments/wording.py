"""What words have in common: which texts a description speaks of, and by which of its words.

Plain lexical ranking (BM25 over weighted fields, Robertson and Zaragoza 2009): a word counts more the fewer texts hold
it, and less each further time. Nothing is learnt, nothing leaves the house, and every match says why it is one.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from snowballstemmer import stemmer

SATURATION, LENGTH = 1.2, 0.3
"""How soon a repeated word stops to count, and how far a long text has to make up for being long: BM25's k and b."""
TOO_COMMON = 0.4
"""A word in more than this share of the texts tells none of them from another."""
FEW = 6
"""Among so few texts no word is too common."""
NEAR_THE_BEST = 0.4
MOST_WORDS = 4
STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are around as at be because been before being
    below between both but by can could did do does doing done down during each eg etc few for from further
    gave get give given giving got had has have having he her here hers him his how i if in into is it its
    itself just made make makes making me more most my myself no nor not now of off on once one only or other
    our ours out over own per same she should so some such than that the their theirs them themselves then
    there these they this those through to too two under until up us use used uses using very was we went were
    what when where which while who whom why will with would you your yours day days week weeks month months
    today yesterday monday tuesday wednesday thursday friday saturday sunday
    """.split()  # noqa: SIM905  # a list of strings would be longer than the module
)


@dataclass(frozen=True)
class Text:
    """What is looked through: its name, and its fields, each with how much a word in it is worth."""

    key: str
    fields: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Match:
    """A text that shares words with what was typed, and the words as they were typed, the telling ones first."""

    key: str
    score: float
    because: tuple[str, ...]


def ranked(typed: str, texts: Sequence[Text], *, most: int = 6) -> list[Match]:
    """The texts nearest to what was typed, best first, at most so many, and none far behind the best."""
    asked = {stem(word): word for word in reversed(list(words(typed)))}
    weighed = [weights(text) for text in texts]
    worth = rarity(weighed, set(asked))
    lengths = [sum(found.values()) for found in weighed]
    usual = sum(lengths) / max(len(lengths), 1) or 1.0
    matches = []
    for text, found, length in zip(texts, weighed, lengths, strict=True):
        dampened = SATURATION * (1 - LENGTH + LENGTH * length / usual)
        shares = {name: worth[name] * found[name] / (found[name] + dampened) for name in worth if name in found}
        telling = sorted(shares, key=lambda name: (-shares[name], name))[:MOST_WORDS]
        if shares:
            matches.append(Match(text.key, sum(shares.values()), tuple(asked[name] for name in telling)))
    matches.sort(key=lambda match: -match.score)
    return [match for match in matches[:most] if match.score >= matches[0].score * NEAR_THE_BEST]


def rarity(weighed: Sequence[Counter[str]], asked: set[str]) -> dict[str, float]:
    """What each word asked for is worth: more the fewer texts hold it, and nothing where too many do."""
    number = len(weighed)
    holders = Counter(name for found in weighed for name in asked & found.keys())
    most = number if number <= FEW else number * TOO_COMMON
    return {
        name: math.log(1 + (number - count + 0.5) / (count + 0.5)) for name, count in holders.items() if count <= most
    }


def weights(text: Text) -> Counter[str]:
    """The stems of a text with how much they weigh in it."""
    found: Counter[str] = Counter()
    for worth, words_of_it in text.fields:
        for name in stems(words_of_it):
            found[name] += worth  # type: ignore[assignment]  # a Counter adds up fractions as well
    return found


def words(text: str) -> Iterator[str]:
    """The words of a text that may tell something, in lower case, and of KPIs the KPI."""
    singular = re.sub(r"\b([A-Z]{2,})s\b", r"\1", text)
    return (word for word in re.findall(r"[^\W\d_]{2,}", singular.lower()) if word not in STOP_WORDS)


@lru_cache(maxsize=2_000)
def stems(text: str) -> tuple[str, ...]:
    """The stems of a text's words: specifications do not change, so they are cut once."""
    return tuple(stem(word) for word in words(text))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its endings: escalated and escalation are one. A stemmer keeps a state, so each call has its own.

    Source: Porter's stemmer for English (snowballstem.org).
    """
    cut: str = stemmer("english").stemWord(word)
    return cut
