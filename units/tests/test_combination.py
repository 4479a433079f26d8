"""Whole awards: what is missing, and which units would complete them. Held against trying every set of units."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from units.combination import MOST_BARRED, Group, Listed, Standing, Structure, refusals, standing_of, warnings
from units.completing import MOST_STEPS, MOST_WAYS, Search

CORE = Group("Core", mandatory=True, units=(Listed(1, "A", 5, 3), Listed(2, "B", None, None)))
OPTIONS = Group(
    "Options",
    mandatory=False,
    units=tuple(Listed(number, f"O{number}", credits, 4) for number, credits in ((3, 4), (4, 4), (5, 4), (6, 9))),
    minimum_units=2,
    minimum_credits=8,
)
AWARD = Structure(groups=(CORE, OPTIONS), minimum_credits=13)


def sentences(standing: Standing) -> list[str]:
    return [missing.sentence for missing in standing.missing]


def in_words(standing: Standing) -> list[str]:
    """Each way as `A; 2 of O3 O4 O5`."""
    return [
        "; ".join(
            " ".join(unit.code for unit in choice.of)
            if choice.all_of_them
            else f"{choice.count} of {' '.join(unit.code for unit in choice.of)}"
            for choice in way.choices
        )
        for way in standing.ways
    ]


# --- in words --------------------------------------------------------------------------------------------------------


def test_it_says_what_is_missing_rule_by_rule() -> None:
    assert sentences(standing_of(AWARD, {3})) == [
        "A and B are mandatory.",
        "1 more of these 3 of “Options”, worth at least 4 credits.",
        "9 more credits in all: 4 of 13 are achieved.",
    ]


def test_it_names_the_smallest_sets_that_complete_the_award() -> None:
    assert in_words(standing_of(AWARD, {3})) == ["A B; 1 of O4 O5", "A B; O6"]
    assert in_words(standing_of(AWARD, {1, 2})) == ["2 of O3 O4 O5", "O6; 1 of O3 O4 O5"]


def test_it_has_nothing_to_say_of_a_complete_award() -> None:
    standing = standing_of(AWARD, {1, 2, 3, 4})
    assert standing.complete
    assert (standing.credits, standing.missing, standing.ways) == (13, (), ())


def test_it_says_of_one_unit_that_it_is_one() -> None:
    assert sentences(standing_of(AWARD, {1, 3, 4})) == ["B is mandatory."]
    one = Structure((Group("Options", mandatory=False, units=OPTIONS.units[:2], minimum_credits=5),))
    assert sentences(standing_of(one, {3})) == ["At least 1 credit more of this one of “Options”."]
    some = Structure((Group("Options", mandatory=False, units=OPTIONS.units, minimum_units=2),))
    assert sentences(standing_of(some, {3})) == ["1 more of these 3 of “Options”."]


def test_it_counts_unknown_credits_as_none_and_says_so() -> None:
    assert standing_of(AWARD, {2}).credits == 0
    assert standing_of(AWARD, {2}).notes == ("Credits unknown for B: it counts as none until the source says more.",)
    uncounted = Structure((CORE,))
    assert standing_of(uncounted, {1, 2}).complete
    assert standing_of(uncounted, {1, 2}).notes == ()


def test_it_is_stuck_where_only_unknown_credits_could_make_the_rest() -> None:
    standing = standing_of(Structure((CORE,), minimum_credits=8), {1, 2})
    assert standing.stuck
    assert sentences(standing) == ["3 more credits in all: 5 of 8 are achieved."]


def test_it_asks_for_credits_at_a_level_or_above() -> None:
    award = Structure((CORE, OPTIONS), high_level=4, minimum_at_high_level=12)
    standing = standing_of(award, {1, 2, 3, 4})
    assert sentences(standing) == ["4 more credits at level 4 or above: 8 of 12 are achieved."]
    assert in_words(standing) == ["O5", "O6"]
    assert standing.missing[0].units == OPTIONS.units[2:]


def test_it_says_whose_level_is_unknown() -> None:
    group = Group("Options", mandatory=False, units=(Listed(1, "A", 5), Listed(2, "B", 5, 4)))
    award = Structure((group,), high_level=4, minimum_at_high_level=5)
    assert warnings(award) == ["Level unknown for A: not counted at level 4 or above."]
    assert in_words(standing_of(award, {1})) == ["B"]


def test_it_counts_no_more_of_a_group_than_counts_from_it() -> None:
    capped = Group("Further", mandatory=False, units=(Listed(7, "F7", 9), Listed(8, "F8", 9)), maximum_credits=10)
    award = Structure((OPTIONS, capped), minimum_credits=21)
    assert standing_of(award, {3, 4, 7, 8}).credits == 18
    assert in_words(standing_of(award, {3, 4, 7, 8})) == ["O5", "O6"]


def test_it_counts_one_of_a_barred_combination() -> None:
    award = Structure((CORE, OPTIONS), minimum_credits=13, barred=((3, 6),))
    standing = standing_of(award, {1, 2, 3, 6})
    assert standing.counted == {1, 2, 6}
    assert standing.notes[0] == "O3 and O6 are a barred combination: only one of them counts."
    assert in_words(standing) == ["1 of O4 O5"]


def test_it_gives_up_on_more_ways_than_can_be_looked_through_and_still_says_what_is_missing() -> None:
    groups = tuple(
        Group(
            f"Group {place}",
            mandatory=False,
            units=tuple(Listed(100 * place + number, f"U{place}-{number}", number, 3) for number in range(1, 31)),
            minimum_units=3,
        )
        for place in range(1, 9)
    )
    standing = standing_of(Structure(groups, minimum_credits=690), set())
    assert standing.too_many or standing.ways
    assert sentences(standing)[0] == "3 more of these 30 of “Group 1”."


# --- what is no structure --------------------------------------------------------------------------------------------


def test_it_refuses_what_can_never_be_an_award() -> None:
    assert refusals(AWARD) == []
    assert refusals(Structure(())) == ["Add a group of units."]
    empty = Group("Core", mandatory=True, units=())
    asks = Group("Core", mandatory=True, units=CORE.units, minimum_units=1)
    greedy = Group("Options", mandatory=False, units=OPTIONS.units, minimum_units=5)
    assert refusals(Structure((empty,))) == ["“Core” has no unit: put one into it, or take the group out."]
    assert refusals(Structure((asks,))) == [
        "“Core” is mandatory, so all of its units are needed: leave what it asks for at least empty."
    ]
    assert refusals(Structure((greedy,))) == ["“Options” asks for 5 units and has 4."]
    assert refusals(Structure((CORE, OPTIONS), barred=((1, 3),))) == [
        "A and O3 cannot be barred together while one of them is mandatory: the other never counts."
    ]


def test_it_refuses_a_structure_that_asks_for_more_than_its_units_are_worth_unless_that_is_unknown() -> None:
    too_much = "All of these units together do not make the award: it asks for more than they are worth."
    assert refusals(Structure((OPTIONS,), minimum_credits=22)) == [too_much]
    assert refusals(Structure((OPTIONS,), minimum_credits=20, barred=((3, 6),))) == [too_much]
    assert refusals(Structure((CORE, OPTIONS), minimum_credits=27)) == []


def test_it_keeps_no_more_barred_combinations_than_can_be_looked_through() -> None:
    units = tuple(Listed(number, f"U{number}", 1) for number in range(MOST_BARRED + 2))
    pairs = tuple((0, number) for number in range(1, MOST_BARRED + 2))
    group = Group("Options", mandatory=False, units=units)
    assert refusals(Structure((group,), barred=pairs)) == ["At most 10 barred combinations can be kept."]


# --- against trying every set ----------------------------------------------------------------------------------------


@st.composite
def awards(draw: st.DrawFn) -> Structure:
    pk = 0
    groups = []
    for place in range(draw(st.integers(1, 3))):
        units = []
        for _ in range(draw(st.integers(1, 3))):
            pk += 1
            credits = draw(st.none() | st.integers(0, 4))
            units.append(Listed(pk, f"U{pk}", credits, draw(st.none() | st.integers(2, 4))))
        mandatory = draw(st.booleans())
        least = 0 if mandatory else draw(st.integers(0, 3))
        groups.append(
            Group(
                f"Group {place}",
                mandatory,
                tuple(units),
                0 if mandatory else draw(st.integers(0, len(units))),
                least,
                draw(st.none() | st.integers(least, 8)),
            )
        )
    free = [unit.pk for group in groups if not group.mandatory for unit in group.units]
    pairs = list(combinations(free, 2))
    barred = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3)) if pairs else []
    return Structure(tuple(groups), draw(st.integers(0, 12)), 3, draw(st.integers(0, 6)), tuple(barred))


def makes_the_award(award: Structure, units: set[int]) -> bool:
    """By the rules as they are read, of units none of which are barred together."""

    def worth(group: Group, high: bool) -> int:
        taken = [unit for unit in group.units if unit.pk in units and (not high or (unit.level or 0) >= 3)]
        total = sum(unit.credits or 0 for unit in taken)
        return total if group.maximum_credits is None else min(total, group.maximum_credits)

    for group in award.groups:
        there = {unit.pk for unit in group.units} & units
        if group.mandatory and len(there) < len(group.units):
            return False
        if len(there) < group.minimum_units or worth(group, high=False) < group.minimum_credits:
            return False
    enough = sum(worth(group, high=False) for group in award.groups) >= award.minimum_credits
    return enough and sum(worth(group, high=True) for group in award.groups) >= award.minimum_at_high_level


def some_of_them_make_it(award: Structure, units: set[int]) -> bool:
    return any(
        makes_the_award(award, set(chosen))
        for size in range(len(units) + 1)
        for chosen in combinations(sorted(units), size)
        if not any(set(pair) <= set(chosen) for pair in award.barred)
    )


def smallest(award: Structure, achieved: set[int]) -> list[frozenset[int]]:
    """Every smallest set of further units, by trying them all."""
    open_ones = sorted(set(award.units) - achieved)
    for size in range(len(open_ones) + 1):
        found = [
            frozenset(further)
            for further in combinations(open_ones, size)
            if some_of_them_make_it(award, achieved | set(further))
        ]
        if found:
            return found
    return []


def each_of(standing: Standing) -> set[frozenset[int]]:
    """The sets that the ways stand for."""
    found = set()
    for way in standing.ways:
        sets: list[frozenset[int]] = [frozenset()]
        for choice in way.choices:
            taken = [frozenset(unit.pk for unit in part) for part in combinations(choice.of, choice.count)]
            sets = [one | other for one in sets for other in taken]
        found |= set(sets)
    return found


@settings(deadline=None, max_examples=60)
@given(award=awards(), data=st.data())
def test_it_says_complete_exactly_where_the_rules_are_met(award: Structure, data: st.DataObject) -> None:
    achieved = data.draw(st.sets(st.sampled_from(sorted(award.units))))
    standing = standing_of(award, achieved)
    assert standing.complete == some_of_them_make_it(award, achieved)
    assert not any(set(pair) <= standing.counted for pair in award.barred)
    if standing.complete:
        assert makes_the_award(award, set(standing.counted))


@settings(deadline=None, max_examples=60)
@given(award=awards(), data=st.data())
def test_its_ways_are_the_smallest_sets_that_complete_the_award(award: Structure, data: st.DataObject) -> None:
    achieved = data.draw(st.sets(st.sampled_from(sorted(award.units))))
    standing, tried = standing_of(award, achieved), smallest(award, achieved)
    if standing.complete:
        return
    assert not standing.too_many
    assert standing.stuck == (not tried)
    assert each_of(standing) <= set(tried)
    if len(standing.ways) <= MOST_WAYS:
        assert each_of(standing) == set(tried)


@settings(deadline=None, max_examples=60)
@given(award=awards(), data=st.data())
def test_a_further_unit_never_undoes_an_award(award: Structure, data: st.DataObject) -> None:
    achieved = data.draw(st.sets(st.sampled_from(sorted(award.units))))
    further = data.draw(st.sampled_from(sorted(award.units)))
    if standing_of(award, achieved).complete:
        assert standing_of(award, achieved | {further}).complete


@settings(deadline=None, max_examples=60)
@given(award=awards(), data=st.data())
def test_it_says_the_same_in_whatever_order_units_were_achieved(award: Structure, data: st.DataObject) -> None:
    achieved = data.draw(st.lists(st.sampled_from(sorted(award.units)), unique=True))
    assert standing_of(award, achieved) == standing_of(award, list(reversed(achieved)))


def test_many_barred_combinations_take_no_more_steps_than_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, may_do = [], Search.may_do

    def counted(search: Search[Listed], place: int, left: int) -> bool:
        asked.append(place)
        return may_do(search, place, left)

    monkeypatch.setattr(Search, "may_do", counted)
    worth = (2, 3, 5, 7, 11, 4, 9, 6, 8, 13)
    units = tuple(Listed(pk, f"U{pk}", worth[pk % 10], 3 + pk % 2) for pk in range(60))
    groups = tuple(Group(f"Group {place}", False, units[20 * place : 20 * place + 20], 3, 30, 60) for place in range(3))
    barred = tuple((pk, pk + 30) for pk in range(10))
    structure = Structure(groups, minimum_credits=120, high_level=4, minimum_at_high_level=60, barred=barred)
    assert standing_of(structure, {1, 2}).missing
    assert len(asked) <= MOST_STEPS
