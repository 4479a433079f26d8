"""Rules of combination: whether units make a whole award, what is missing, and which further units would complete it.

Pure: no rows, no clock. Credits a source does not say count as none, and that is said; nothing is guessed.
Source: credits in all, mandatory and optional groups, a minimum at a level, credits of a group that count at most, and
barred units (domain rule 57).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from units.completing import MOST_WAYS, Found, Needs, Steps, Way, ways_of

MOST_BARRED = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """A unit that a qualification lists. Level and credits are None where its source has none."""

    pk: int
    code: str
    credits: int | None = None
    level: int | None = None


@dataclass(frozen=True)
class Group:
    """Units of which all are needed (mandatory), or so many and so many credits. Of its credits so many count."""

    title: str
    mandatory: bool
    units: tuple[Listed, ...]
    minimum_units: int = 0
    minimum_credits: int = 0
    maximum_credits: int | None = None


@dataclass(frozen=True)
class Structure:
    """A qualification, as far as its rules of combination go."""

    groups: tuple[Group, ...]
    minimum_credits: int = 0
    high_level: int | None = None
    minimum_at_high_level: int = 0
    barred: tuple[tuple[int, int], ...] = ()

    @cached_property
    def units(self) -> dict[int, Listed]:
        return {unit.pk: unit for group in self.groups for unit in group.units}

    @cached_property
    def mandatory(self) -> frozenset[int]:
        return frozenset(unit.pk for group in self.groups if group.mandatory for unit in group.units)

    @property
    def counts_credits(self) -> bool:
        return bool(
            self.minimum_credits or self.minimum_at_high_level or any(group.minimum_credits for group in self.groups)
        )

    def is_high(self, unit: Listed) -> bool:
        return self.high_level is not None and unit.level is not None and unit.level >= self.high_level


@dataclass(frozen=True)
class Missing:
    """Something the award still needs, in words, and the units it can be met with."""

    sentence: str
    units: tuple[Listed, ...]


@dataclass(frozen=True)
class Standing:
    """How far units are to the whole award.

    `counted` are those of them that count, `ways` the smallest sets of further units that would complete it. `stuck`:
    no further unit of the qualification can; `too_many`: the ways are more than were looked through, and none is shown.
    """

    credits: int
    credits_at_high_level: int
    counted: frozenset[int]
    missing: tuple[Missing, ...]
    ways: tuple[Way[Listed], ...]
    notes: tuple[str, ...]
    stuck: bool = False
    too_many: bool = False

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def shown_ways(self) -> tuple[Way[Listed], ...]:
        return self.ways[:MOST_WAYS]

    @property
    def more_ways(self) -> bool:
        return len(self.ways) > MOST_WAYS


def standing_of(structure: Structure, achieved: Collection[int]) -> Standing:
    """How far the units with these ids are to the award; ids that it does not list are passed over.

    Where units are barred together, the choice that leaves least to do is the one that counts.
    """
    have = frozenset(achieved) & set(structure.units)
    steps = Steps()
    options = [option_of(structure, have, left_out, steps) for left_out in choices_left_out(structure)]
    best = min(options, key=lambda option: option.rank)
    as_good = [option for option in options if option.rank[:2] == best.rank[:2]]
    ways = dict.fromkeys(way for option in as_good for way in option.found.ways)
    missing = tuple(missing_from(structure, best.counted, best.left_out))
    too_many = any(option.found.gave_up for option in options)
    return Standing(
        credits=credits_of(structure, best.counted),
        credits_at_high_level=credits_of(structure, best.counted, high=True),
        counted=best.counted,
        missing=missing,
        ways=() if not missing or too_many else tuple(sorted(ways, key=lambda way: order_of(way, structure))),
        notes=tuple(notes_on(structure, have)),
        stuck=bool(missing) and best.rank[0] == STUCK,
        too_many=bool(missing) and too_many,
    )


def refusals(structure: Structure) -> list[str]:
    """Why no award can be made of the structure as it is written down; nothing when one can."""
    found = [] if structure.groups else ["Add a group of units."]
    for group in structure.groups:
        found += group_refusals(group)
    if len(structure.barred) > MOST_BARRED:
        found.append(f"At most {MOST_BARRED} barred combinations can be kept.")
    for one, other in structure.barred:
        if {one, other} & structure.mandatory:
            codes = listed([structure.units[one].code, structure.units[other].code])
            found.append(f"{codes} cannot be barred together while one of them is mandatory: the other never counts.")
    if not found and not reached(structure, unknown=0):
        known = all(unit.credits is not None for unit in structure.units.values())
        if known or not reached(structure, unknown=1_000):
            found.append("All of these units together do not make the award: it asks for more than they are worth.")
    return found


def warnings(structure: Structure) -> list[str]:
    """What is to be known of a structure that may be right all the same."""
    return list(unknown_notes(structure))


# --- inside ----------------------------------------------------------------------------------------------------------

OPEN, STUCK = 0, 1


@dataclass(frozen=True)
class Option:
    """A way of leaving barred units out: what counts then, what would complete it, and how good a choice that is."""

    left_out: frozenset[int]
    counted: frozenset[int]
    found: Found[Listed]
    rank: tuple[int, int, int]


def option_of(structure: Structure, have: frozenset[int], left_out: frozenset[int], steps: Steps) -> Option:
    """All options share the steps, so that a structure with many barred combinations takes no longer than another."""
    counted = have - left_out
    needs = needs_of(structure, counted, left_out)
    distance, found = needs.distance, ways_of(needs, steps)
    size = found.ways[0].size if found.ways else 0
    standing = OPEN if found.ways or found.gave_up else STUCK
    return Option(left_out, counted, found, (standing, size, distance))


def group_refusals(group: Group) -> Iterator[str]:
    if not group.units:
        yield f"“{group.title}” has no unit: put one into it, or take the group out."
    elif group.mandatory and (group.minimum_units or group.minimum_credits):
        yield f"“{group.title}” is mandatory, so all of its units are needed: leave what it asks for at least empty."
    elif group.minimum_units > len(group.units):
        yield f"“{group.title}” asks for {group.minimum_units} units and has {len(group.units)}."


def reached(structure: Structure, unknown: int) -> bool:
    """Whether all units, but for barred ones, make the award, where an unknown credit counts so much."""
    groups = tuple(
        Group(
            group.title,
            group.mandatory,
            tuple(
                Listed(
                    unit.pk,
                    unit.code,
                    unknown if unit.credits is None else unit.credits,
                    structure.high_level if unit.level is None and unknown else unit.level,
                )
                for unit in group.units
            ),
            group.minimum_units,
            group.minimum_credits,
            group.maximum_credits,
        )
        for group in structure.groups
    )
    full = Structure(
        groups, structure.minimum_credits, structure.high_level, structure.minimum_at_high_level, structure.barred
    )
    return any(
        not any(missing_from(full, frozenset(full.units) - left_out, left_out)) for left_out in choices_left_out(full)
    )


def choices_left_out(structure: Structure) -> list[frozenset[int]]:
    """Every way of leaving units out so that no barred combination is left; never a mandatory one."""
    found: list[frozenset[int]] = []

    def choose(place: int, left_out: frozenset[int]) -> None:
        for further in range(place, len(structure.barred)):
            pair = structure.barred[further]
            if not left_out & set(pair):
                for unit in pair:
                    if unit not in structure.mandatory:
                        choose(further + 1, left_out | {unit})
                return
        if left_out not in found:
            found.append(left_out)

    choose(0, frozenset())
    return found or [frozenset()]


def credits_in(structure: Structure, group: Group, units: Collection[int], *, high: bool = False) -> int:
    """Credits of a group's units, or of those at the high level or above, as far as they count."""
    total = sum(unit.credits or 0 for unit in group.units if unit.pk in units and (not high or structure.is_high(unit)))
    return total if group.maximum_credits is None else min(total, group.maximum_credits)


def credits_of(structure: Structure, units: Collection[int], *, high: bool = False) -> int:
    return sum(credits_in(structure, group, units, high=high) for group in structure.groups)


def needs_of(structure: Structure, counted: frozenset[int], left_out: frozenset[int]) -> Needs[Listed]:
    """What is lacking, as the search for ways takes it."""
    barred = {unit for pair in structure.barred for unit in pair}
    needs: Needs[Listed] = Needs(
        credits=structure.minimum_credits,
        high_credits=structure.minimum_at_high_level,
    )
    for group in structure.groups:
        taken = [unit for unit in group.units if unit.pk in counted]
        open_ones = [unit for unit in group.units if unit.pk not in counted and unit.pk not in left_out]
        needs.add_group(
            minimum_units=group.minimum_units,
            minimum_credits=group.minimum_credits,
            maximum_credits=group.maximum_credits,
            units=len(taken),
            credits=sum(unit.credits or 0 for unit in taken),
            high_credits=sum(unit.credits or 0 for unit in taken if structure.is_high(unit)),
        )
        for unit in open_ones:
            needs.add_unit(
                unit,
                credits=unit.credits or 0,
                high=structure.is_high(unit),
                forced=group.mandatory,
                alone=unit.pk if unit.pk in barred else 0,
            )
    return needs


def missing_from(structure: Structure, counted: frozenset[int], left_out: frozenset[int]) -> Iterator[Missing]:
    """What the award still needs, rule by rule."""
    for group in structure.groups:
        still = tuple(unit for unit in group.units if unit.pk not in counted and unit.pk not in left_out)
        if group.mandatory:
            if still:
                verb = "is" if len(still) == 1 else "are"
                yield Missing(f"{listed([unit.code for unit in still])} {verb} mandatory.", still)
            continue
        units = group.minimum_units - sum(1 for unit in group.units if unit.pk in counted)
        worth = group.minimum_credits - credits_in(structure, group, counted)
        if units > 0 or worth > 0:
            yield Missing(group_sentence(group, units, worth, len(still)), still)
    yield from credits_missing(structure, counted, left_out)


def group_sentence(group: Group, units: int, worth: int, still: int) -> str:
    """`2 more of these 7 of “Optional”, worth at least 5 credits.`"""
    credits = f"{worth} {'credit' if worth == 1 else 'credits'}"
    these = "this one of " if still == 1 else f"these {still} of " if still else ""
    named = f"of {these}“{group.title}”"
    if units > 0:
        return f"{units} more {named}, worth at least {credits}." if worth > 0 else f"{units} more {named}."
    return f"At least {credits} more {named}."


def credits_missing(structure: Structure, counted: frozenset[int], left_out: frozenset[int]) -> Iterator[Missing]:
    rules = (
        (structure.minimum_credits, False, "in all"),
        (structure.minimum_at_high_level, True, f"at level {structure.high_level} or above"),
    )
    for wanted, high, where in rules:
        have = credits_of(structure, counted, high=high)
        if have < wanted:
            still = tuple(
                unit
                for unit in structure.units.values()
                if unit.pk not in counted
                and unit.pk not in left_out
                and unit.credits
                and (not high or structure.is_high(unit))
            )
            more = f"{wanted - have} more {'credit' if wanted - have == 1 else 'credits'}"
            yield Missing(f"{more} {where}: {have} of {wanted} are achieved.", still)


def notes_on(structure: Structure, have: frozenset[int]) -> Iterator[str]:
    for pair in structure.barred:
        if have & set(pair):
            codes = [structure.units[unit].code for unit in pair]
            yield f"{listed(codes)} are a barred combination: only one of them counts."
    yield from unknown_notes(structure)


def unknown_notes(structure: Structure) -> Iterator[str]:
    """Units whose credits or level are not known, where a rule asks for them."""
    if structure.counts_credits:
        codes = [unit.code for unit in structure.units.values() if unit.credits is None]
        if codes:
            them = "it counts" if len(codes) == 1 else "they count"
            yield f"Credits unknown for {listed(codes)}: {them} as none until the source says more."
    if structure.minimum_at_high_level:
        codes = [unit.code for unit in structure.units.values() if unit.level is None and unit.credits is not None]
        if codes:
            yield f"Level unknown for {listed(codes)}: not counted at level {structure.high_level} or above."


def order_of(way: Way[Listed], structure: Structure) -> list[int]:
    """Ways in the order in which the qualification lists their units."""
    places = {pk: place for place, pk in enumerate(structure.units)}
    return sorted(places[unit.pk] for choice in way.choices for unit in choice.of[: choice.count])


def listed(words: Collection[str]) -> str:
    """`CC16, CC26 and CC32`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
