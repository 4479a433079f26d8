"""The smallest sets of further units that meet what is lacking: a search over kinds of units, not over units.

Units of one group with the same credits, at or below the level asked for, are as good as each other: they are one kind,
and a way takes so many of a kind (“2 of these 7”). The search is exact and always goes the same way; past a bound it
gives up and says so, never shows half.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

UnitT = TypeVar("UnitT", bound=Hashable)

MOST_WAYS = 4
MOST_STEPS = 6_000


@dataclass(frozen=True)
class Choice(Generic[UnitT]):
    """So many of these units, all alike in what they bring."""

    count: int
    of: tuple[UnitT, ...]

    @property
    def all_of_them(self) -> bool:
        return self.count == len(self.of)


@dataclass(frozen=True)
class Way(Generic[UnitT]):
    """Choices that complete what is lacking when all are made."""

    choices: tuple[Choice[UnitT], ...]

    @property
    def size(self) -> int:
        return sum(choice.count for choice in self.choices)


@dataclass(frozen=True)
class Found(Generic[UnitT]):
    """The smallest ways, one more than are shown at most; none where nothing helps. `gave_up`: past the bound."""

    ways: tuple[Way[UnitT], ...]
    gave_up: bool = False


@dataclass
class GroupNeeds:
    """What a group asks for, and what is there: units, credits, and credits at the high level."""

    minimum_units: int
    minimum_credits: int
    maximum_credits: int | None
    units: int
    credits: int
    high_credits: int

    def counting(self, credits: int) -> int:
        return credits if self.maximum_credits is None else min(credits, self.maximum_credits)

    @property
    def met(self) -> bool:
        return self.units >= self.minimum_units and self.counting(self.credits) >= self.minimum_credits

    def take(self, kind: "Kind[UnitT]", count: int) -> None:
        self.units += count
        self.credits += count * kind.credits
        self.high_credits += count * kind.credits if kind.high else 0


@dataclass(frozen=True)
class Kind(Generic[UnitT]):
    """Units of a group that are as good as each other."""

    group: int
    credits: int
    high: bool
    units: tuple[UnitT, ...]


@dataclass
class Needs(Generic[UnitT]):
    """What is lacking, and the units there are to meet it; groups are added in order, each before its units."""

    credits: int
    high_credits: int
    groups: list[GroupNeeds] = field(default_factory=list)
    forced: list[UnitT] = field(default_factory=list)
    kinds: dict[tuple[int, int, bool, int], list[UnitT]] = field(default_factory=dict)

    def add_group(self, **wanted: int | None) -> None:
        self.groups.append(GroupNeeds(**wanted))  # type: ignore[arg-type]  # as the class names them

    def add_unit(self, unit: UnitT, *, credits: int, high: bool, forced: bool, alone: int) -> None:
        """`forced`: every way takes it; it counts from here on as taken. `alone`: it is of a kind of its own."""
        group = len(self.groups) - 1
        if forced:
            self.forced.append(unit)
            self.groups[group].take(Kind(group, credits, high, (unit,)), 1)
        else:
            self.kinds.setdefault((group, -credits, not high, alone), []).append(unit)

    @property
    def lacking(self) -> int:
        """Credits in all."""
        return self.credits - sum(group.counting(group.credits) for group in self.groups)

    @property
    def lacking_high(self) -> int:
        return self.high_credits - sum(group.counting(group.high_credits) for group in self.groups)

    @property
    def met(self) -> bool:
        return self.lacking <= 0 and self.lacking_high <= 0 and all(group.met for group in self.groups)

    @property
    def distance(self) -> int:
        """A measure of how much is lacking, to choose between ways of leaving units out."""
        groups = sum(
            max(0, group.minimum_units - group.units) + max(0, group.minimum_credits - group.counting(group.credits))
            for group in self.groups
        )
        return len(self.forced) + max(0, self.lacking) + max(0, self.lacking_high) + groups


class TooManyStepsError(Exception):
    """The search went past its bound."""


@dataclass
class Steps:
    """How many steps are left to all searches that share them."""

    left: int = MOST_STEPS


def ways_of(needs: Needs[UnitT], steps: Steps | None = None) -> Found[UnitT]:
    """The smallest ways to meet the needs. Several searches may share their `steps`."""
    return Search(needs, steps or Steps()).found()


class Search(Generic[UnitT]):
    """One search: sizes from the smallest, at each the kinds in order."""

    def __init__(self, needs: Needs[UnitT], steps: Steps) -> None:
        self.needs = needs
        self.kinds = [Kind(key[0], -key[1], not key[2], tuple(units)) for key, units in sorted(needs.kinds.items())]
        self.steps = steps
        self.most_credits = [max((kind.credits for kind in self.kinds[place:]), default=0) for place in
                             range(len(self.kinds) + 1)]  # fmt: skip

    def found(self) -> Found[UnitT]:
        if not self.all_would_do():
            return Found(())
        forced = (Choice(len(self.needs.forced), tuple(self.needs.forced)),) if self.needs.forced else ()
        try:
            for size in range(sum(len(kind.units) for kind in self.kinds) + 1):
                ways = []
                for taken in self.takings(0, size):
                    ways.append(Way((*forced, *taken)))
                    if len(ways) > MOST_WAYS:
                        break
                if ways:
                    return Found(tuple(ways))
        except TooManyStepsError:
            pass
        return Found((), gave_up=True)

    def all_would_do(self) -> bool:
        for kind in self.kinds:
            self.needs.groups[kind.group].take(kind, len(kind.units))
        would_do = self.needs.met
        for kind in self.kinds:
            self.needs.groups[kind.group].take(kind, -len(kind.units))
        return would_do

    def takings(self, place: int, left: int) -> Iterator[tuple[Choice[UnitT], ...]]:
        """Every way of taking exactly so many of the kinds from this place on that meets the needs."""
        self.steps.left -= 1
        if self.steps.left < 0:
            raise TooManyStepsError
        if not self.may_do(place, left):
            return
        if left == 0:
            if self.needs.met:
                yield ()
            return
        kind = self.kinds[place]
        group = self.needs.groups[kind.group]
        for count in range(min(left, len(kind.units)), -1, -1):
            group.take(kind, count)
            try:
                for rest in self.takings(place + 1, left - count):
                    yield (Choice(count, kind.units), *rest) if count else rest
            finally:
                group.take(kind, -count)

    def may_do(self, place: int, left: int) -> bool:
        """Whether so many further units could still meet the needs: groups that are past, and credits in all."""
        if left and place == len(self.kinds):
            return False
        past = self.kinds[place].group if place < len(self.kinds) else len(self.needs.groups)
        if any(not group.met for group in self.needs.groups[:past]):
            return False
        wanted = sum(max(0, group.minimum_units - group.units) for group in self.needs.groups)
        most = left * self.most_credits[place]
        return wanted <= left and self.needs.lacking <= most and self.needs.lacking_high <= most
