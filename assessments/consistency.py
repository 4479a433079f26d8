"""How often a criterion must be shown: which rule holds, what there is, and what falls short. Pure: no rows, no clock.

Rules are set for an awarding body, a unit, a criterion, a candidate's unit or one criterion of it. For each thing
counted the narrowest rule that says anything of it holds, with its own effect. Counting never decides: it warns, or it
blocks where the centre said so; that the evidence is sufficient is the assessor's word (domain rule 18).
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from assessments.enums import Effect


class Scope(IntEnum):
    """What a rule is set for, from wide to narrow."""

    AWARDING_BODY = 1
    UNIT = 2
    CRITERION = 3
    ENROLMENT = 4
    ENROLMENT_CRITERION = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in force, as far as counting cares. `whose` names what it is set for, `said` who set it, when and why."""

    pk: int
    scope: Scope
    times: int | None
    dates: int | None
    kinds: int | None
    effect: str
    criterion_id: int | None = None
    set_by_id: int | None = None
    whose: str = ""
    said: str = ""

    def least(self, counted: str) -> int | None:
        """How many it asks for of one thing counted; None where it says nothing."""
        found: int | None = getattr(self, counted)
        return found

    @property
    def blocks(self) -> bool:
        return self.effect == Effect.BLOCK


@dataclass(frozen=True, slots=True)
class Demand:
    """How many of one thing are asked for, and by which rule."""

    counted: str
    least: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class Occasion:
    """An item that met a criterion: on which day the activity was, and of which kind the evidence is."""

    day: datetime.date | None
    kind: str


@dataclass(frozen=True, slots=True)
class Shown:
    """How often a criterion was shown. Only items whose latest decision is met count."""

    times: int = 0
    dates: int = 0
    kinds: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A demand on a criterion, and how many there are."""

    demand: Demand
    there: int

    @property
    def is_short(self) -> bool:
        return self.there < self.demand.least


COUNTED = ("times", "dates", "kinds")
WORDS = {
    "times": "{there} of {least} times",
    "dates": "on {there} of {least} dates",
    "kinds": "by {there} of {least} kinds of evidence",
}
ASKED = {
    "times": ("once", "{} times"),
    "dates": ("on 1 date", "on {} dates"),
    "kinds": ("by 1 kind of evidence", "by {} kinds of evidence"),
}


def demands(rules: Iterable[Rule], criterion_id: int) -> tuple[Demand, ...]:
    """What is asked of a criterion: for each thing counted by the narrowest rule that says anything of it."""
    concerned = [rule for rule in rules if rule.criterion_id in (None, criterion_id)]
    narrowest_first = sorted(concerned, key=lambda rule: (rule.scope, rule.pk), reverse=True)
    found = []
    for counted in COUNTED:
        for rule in narrowest_first:
            least = rule.least(counted)
            if least is not None:
                found.append(Demand(counted, least, rule))
                break
    return tuple(found)


def more_than_once(asked: Iterable[Demand]) -> tuple[Demand, ...]:
    """The demands that ask for more than that the criterion is met: once says that nothing more is asked."""
    return tuple(each for each in asked if each.least > 1)


def shown(occasions: Iterable[Occasion]) -> Shown:
    """How often, on how many dates, and by how many kinds of evidence."""
    there = list(occasions)
    days = {occasion.day for occasion in there if occasion.day}
    return Shown(len(there), len(days), len({occasion.kind for occasion in there}))


def standing(asked: Iterable[Demand], there: Shown) -> tuple[Standing, ...]:
    """Each demand beside what there is."""
    counts = {"times": there.times, "dates": there.dates, "kinds": there.kinds}
    return tuple(Standing(each, counts[each.counted]) for each in asked)


def short_of(asked: Iterable[Demand], there: Shown) -> tuple[Standing, ...]:
    """The demands that what there is does not reach."""
    return tuple(each for each in standing(asked, there) if each.is_short)


def is_laxer(before: Iterable[Demand], after: Iterable[Demand]) -> bool:
    """Whether less is asked for after than before, or the same only warned of: for the lead verifier to decide."""
    weight = {demand.counted: (demand.least, demand.rule.blocks) for demand in after}
    for demand in before:
        least, blocks = weight.get(demand.counted, (1, False))
        if demand.least > 1 and (least < demand.least or (demand.rule.blocks and not blocks)):
            return True
    return False


def sentences(number: str, found: Iterable[Standing]) -> list[tuple[str, bool]]:
    """What a criterion falls short of as sentences, one for each rule, and whether that rule blocks."""
    by_rule: dict[int, list[Standing]] = {}
    for each in found:
        by_rule.setdefault(each.demand.rule.pk, []).append(each)
    said = []
    for group in by_rule.values():
        rule = group[0].demand.rule
        said.append((f"{number} is shown {amount(group)}. Asked for {rule.whose} by {rule.said}", rule.blocks))
    return said


def amount(found: Iterable[Standing]) -> str:
    """`1 of 2 times, on 1 of 2 dates`."""
    return ", ".join(WORDS[each.demand.counted].format(there=each.there, least=each.demand.least) for each in found)


def in_words(least: Mapping[str, int | None]) -> str:
    """What a rule asks for: `2 times, on 2 dates`."""
    said = []
    for counted in COUNTED:
        number = least.get(counted)
        if number is not None:
            one, many = ASKED[counted]
            said.append(one if number == 1 else many.format(number))
    return ", ".join(said)
