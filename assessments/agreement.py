"""How far several who judged the same things agree: the count, and kappa, which takes chance away from it. Pure.

Sources: Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960),
for two; Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971), for more. The
words are those of Landis and Koch, "The measurement of observer agreement for categorical data", Biometrics 33 (1977),
https://en.wikipedia.org/wiki/Fleiss%27_kappa.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

FEW = 20
"""With fewer things judged than this, kappa says little: one answer more or less moves it far."""
SCALE = (
    (Fraction(1, 5), "slight"),
    (Fraction(2, 5), "fair"),
    (Fraction(3, 5), "moderate"),
    (Fraction(4, 5), "substantial"),
    (Fraction(1), "almost perfect"),
)
"""Up to which kappa agreement is called what; below nought it is poor."""


AGREEMENT_RULE = (
    "In an exercise of standardisation several people judge the same item unseen of each other. Only whoever answered "
    "everything is counted.",
    "The count says of how many criteria everybody said the same.",
    "Kappa takes away what chance alone would give: it is the agreement there was, less that by chance, of what chance "
    "leaves. 1 is complete agreement, 0 no more than chance, less than 0 less than chance.",
    "Of two people it is Cohen’s kappa, which works chance out from how often each of the two gives each answer. Of "
    "three or more it is Fleiss’, from how often each answer is given by anybody.",
    "It is called "
    + ", ".join(f"{word} up to {float(limit):g}" for limit, word in SCALE)
    + ", and poor below 0 (Landis and Koch, 1977).",
    f"With fewer than {FEW} criteria one answer more or less moves it far, so the differences themselves count for "
    "more. Where everybody gave the same answer throughout there is no kappa.",
)


@dataclass(frozen=True)
class Agreement:
    """How far the raters agree. `kappa` is None where all said the same throughout, which chance explains too."""

    raters: int
    things: int
    unanimous: int
    observed: Fraction
    kappa: Fraction | None

    @property
    def name(self) -> str:
        """Whose kappa it is."""
        return "Cohen’s kappa" if self.raters == 2 else "Fleiss’ kappa"

    @property
    def shown(self) -> str:
        """The figure, to two places."""
        return "" if self.kappa is None else f"{float(self.kappa):.2f}"

    @property
    def words(self) -> str:
        """What kappa says, for people who never met it."""
        if self.kappa is None:
            return "Everybody gave the same answer throughout: full agreement, which kappa cannot tell from chance."
        if self.kappa < 0:
            return "Less agreement than chance alone would give: people understand the criteria differently."
        if self.kappa == 0:
            return "No more agreement than chance alone would give."
        return f"{named(self.kappa).capitalize()} agreement beyond what chance alone would give (1 is complete)."

    @property
    def warning(self) -> str:
        """Why not to lean on the figure; empty where there is enough to go by."""
        if self.things >= FEW:
            return ""
        noun = "criterion" if self.things == 1 else "criteria"
        return f"Only {self.things} {noun} judged: look at the differences themselves rather than at the figure."


def agreement(ratings: Sequence[Sequence[str]]) -> Agreement | None:
    """How far raters agree. `ratings` holds the answers to each thing, in the same order of raters throughout.

    None where there are fewer than two raters, or nothing was judged. Raises ValueError where a rating is missing.
    """
    raters = len(ratings[0]) if ratings else 0
    if any(len(row) != raters for row in ratings):
        raise ValueError("Everybody must have judged everything.")
    if raters < 2:
        return None
    kappa = cohen([row[0] for row in ratings], [row[1] for row in ratings]) if raters == 2 else fleiss(ratings)
    return Agreement(
        raters=raters,
        things=len(ratings),
        unanimous=sum(1 for row in ratings if len(set(row)) == 1),
        observed=_observed(ratings),
        kappa=kappa,
    )


def cohen(one: Sequence[str], other: Sequence[str]) -> Fraction | None:
    """Cohen's kappa of two raters: chance is worked out from how often each gives each answer."""
    if len(one) != len(other) or not one:
        raise ValueError("Both must have judged the same things.")
    total = len(one)
    same = Fraction(sum(1 for left, right in zip(one, other, strict=True) if left == right), total)
    mine, theirs = Counter(one), Counter(other)
    chance = sum((Fraction(mine[answer] * theirs[answer], total * total) for answer in mine), Fraction(0))
    return _beyond(same, chance)


def fleiss(ratings: Sequence[Sequence[str]]) -> Fraction | None:
    """Fleiss' kappa of two raters or more: chance is worked out from how often an answer is given by anybody."""
    answers = Counter(answer for row in ratings for answer in row)
    total = sum(answers.values())
    chance = sum((Fraction(count, total) ** 2 for count in answers.values()), Fraction(0))
    return _beyond(_observed(ratings), chance)


def named(kappa: Fraction) -> str:
    """Kappa on the scale of Landis and Koch."""
    if kappa < 0:
        return "poor"
    return next(word for limit, word in SCALE if kappa <= limit)


def _observed(ratings: Sequence[Sequence[str]]) -> Fraction:
    """The share of pairs of raters who agree, over all things."""
    pairs = sum((_agreeing(row) for row in ratings), Fraction(0))
    return pairs / len(ratings)


def _agreeing(row: Sequence[str]) -> Fraction:
    raters = len(row)
    agreeing = sum(count * (count - 1) for count in Counter(row).values())
    return Fraction(agreeing, raters * (raters - 1))


def _beyond(same: Fraction, chance: Fraction) -> Fraction | None:
    return None if chance == 1 else (same - chance) / (1 - chance)
