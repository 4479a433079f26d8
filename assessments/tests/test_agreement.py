"""Agreement of raters: worked values from the literature, and what holds for whatever they say."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.agreement import FEW, Agreement, agreement, cohen, fleiss, named

ANSWERS = st.sampled_from(["met", "contributes", "not_yet"])


def pairs(table: dict[tuple[str, str], int]) -> tuple[list[str], list[str]]:
    """The answers of two raters, out of how often each pair of them came up."""
    rows = [pair for pair, count in table.items() for _ in range(count)]
    return [one for one, _ in rows], [other for _, other in rows]


@st.composite
def judged(draw: st.DrawFn, least: int = 2) -> list[list[str]]:
    """Up to forty things, each judged by the same two to six raters."""
    raters = draw(st.integers(least, 6))
    return draw(st.lists(st.lists(ANSWERS, min_size=raters, max_size=raters), min_size=1, max_size=40))


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        # https://en.wikipedia.org/wiki/Cohen%27s_kappa: "Simple example", and "Same percentages but different numbers"
        ({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}, "0.4000"),
        ({("y", "y"): 45, ("y", "n"): 15, ("n", "y"): 25, ("n", "n"): 15}, "0.1304"),
        ({("y", "y"): 25, ("y", "n"): 35, ("n", "y"): 5, ("n", "n"): 35}, "0.2593"),
        # by hand: 140 of 200 the same, 0.70; chance 0.6 · 0.5 + 0.3 · 0.3 + 0.1 · 0.2, 0.41; 0.29 of 0.59
        (
            {
                ("a", "a"): 88, ("a", "b"): 14, ("a", "c"): 18,
                ("b", "a"): 10, ("b", "b"): 40, ("b", "c"): 10,
                ("c", "a"): 2, ("c", "b"): 6, ("c", "c"): 12,
            },
            "0.4915",
        ),
    ],
)  # fmt: skip
def test_cohens_kappa_is_that_of_the_worked_examples(table: dict[tuple[str, str], int], kappa: str) -> None:
    found = cohen(*pairs(table))
    assert found is not None
    assert f"{float(found):.4f}" == kappa


def test_fleiss_kappa_is_that_of_the_worked_example() -> None:
    """Ten things, fourteen raters, five categories: https://en.wikipedia.org/wiki/Fleiss%27_kappa gives 0.210."""
    table = [
        (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
    ]  # fmt: skip
    rows = [[str(place) for place, count in enumerate(row) for _ in range(count)] for row in table]
    found = fleiss(rows)
    assert found is not None
    assert round(float(found), 3) == 0.210


@given(judged())
def test_full_agreement_is_one_and_nothing_is_above_it(rows: list[list[str]]) -> None:
    found = agreement(rows)
    assert found is not None
    assert found.kappa is None or found.kappa <= 1
    if found.kappa == 1 or found.kappa is None:
        assert found.unanimous == found.things
        assert found.observed == 1
    if found.unanimous == found.things:
        assert found.kappa in (1, None)


@given(judged(), st.randoms(use_true_random=False))
def test_neither_the_order_of_things_nor_of_raters_matters(rows: list[list[str]], lot: Random) -> None:
    found = agreement(rows)
    order = list(range(len(rows[0])))
    lot.shuffle(order)
    mixed = [[row[place] for place in order] for row in rows]
    lot.shuffle(mixed)
    assert agreement(mixed) == found


@given(judged())
def test_the_names_of_the_answers_do_not_matter(rows: list[list[str]]) -> None:
    renamed = [[f"called {answer}" for answer in row] for row in rows]
    assert agreement(renamed) == agreement(rows)


@given(st.lists(st.tuples(ANSWERS, ANSWERS), min_size=1, max_size=40))
def test_two_raters_agree_as_often_as_they_say_the_same(pairs: list[tuple[str, str]]) -> None:
    found = agreement(pairs)
    assert found is not None
    assert found.name == "Cohen’s kappa"
    assert found.observed == Fraction(sum(one == other for one, other in pairs), len(pairs))
    assert found.kappa == cohen([one for one, _ in pairs], [other for _, other in pairs])


def test_chance_alone_is_nought_and_disagreement_throughout_is_below_it() -> None:
    assert cohen(["y", "y", "n", "n"], ["y", "n", "y", "n"]) == 0
    assert cohen(["y", "n"], ["n", "y"]) == -1
    found = agreement([("y", "n"), ("n", "y")])
    assert found is not None
    assert found.words.startswith("Less agreement than chance")


@pytest.mark.parametrize(
    ("kappa", "word"),
    [
        ("-0.01", "poor"),
        ("0.20", "slight"),
        ("0.21", "fair"),
        ("0.41", "moderate"),
        ("0.61", "substantial"),
        ("0.81", "almost perfect"),
        ("1", "almost perfect"),
    ],
)
def test_kappa_has_its_word_on_the_scale(kappa: str, word: str) -> None:
    assert named(Fraction(kappa)) == word


@pytest.mark.parametrize(("things", "warned"), [(1, True), (FEW - 1, True), (FEW, False)])
def test_it_warns_where_few_things_were_judged(things: int, warned: bool) -> None:
    found = agreement([("met", "met", "not_yet")] * things)
    assert isinstance(found, Agreement)
    assert bool(found.warning) == warned


def test_where_everybody_always_says_the_same_kappa_says_nothing() -> None:
    found = agreement([("met", "met")] * 3)
    assert found is not None
    assert (found.kappa, found.unanimous) == (None, 3)
    assert "full agreement" in found.words


def test_one_rater_or_none_agrees_with_nobody_and_a_gap_is_refused() -> None:
    assert agreement([]) is None
    assert agreement([("met",), ("met",)]) is None
    with pytest.raises(ValueError, match="Everybody must have judged everything"):
        agreement([("met", "met"), ("met",)])
    with pytest.raises(ValueError, match="the same things"):
        cohen(["met"], [])
