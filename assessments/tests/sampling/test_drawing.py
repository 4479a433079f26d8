"""A plan satisfies the policy, takes nothing superfluous, says why, and is the same whoever draws it again."""

import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from assessments.enums import RiskLevel, SampleStage
from assessments.sampling import Cell, Drawn, Policy, Rates, Ratings, Rule, draw, needs_of
from bench.generated import a_centre_of, a_policy, ratings_for

NO_RATES = Rates(0, 0, 0)
NOTHING = Policy(
    rates=NO_RATES,
    candidates=0,
    interim=0,
    every_candidate=False,
    every_assessor=False,
    every_unit=False,
    every_site=False,
    all_simulation=False,
)


def cell(key: str, **more: object) -> Cell:
    candidate, unit = key.split("/")
    facts: dict[str, object] = {"candidate": candidate, "unit": unit, "assessor": "Dylan", **more}
    return Cell(key=key, **facts)  # type: ignore[arg-type]


def keys(drawn: Drawn) -> set[str]:
    return {chosen.key for chosen in drawn.chosen}


centres = some.builds(
    a_centre_of,
    some.integers(0, 10_000),
    candidates=some.integers(1, 25),
    assessors=some.integers(1, 5),
    units=some.integers(1, 6),
    sites=some.integers(1, 3),
)
numbers = some.integers(0, 10_000)


@settings(deadline=None, max_examples=60)
@given(centres, numbers)
def test_every_need_is_satisfied_as_far_as_the_facts_allow(cells: list[Cell], number: int) -> None:
    policy, ratings = a_policy(number), ratings_for(cells, number)
    drawn = draw(cells, policy, ratings, "seed")
    facts = sorted(cells, key=lambda cell: cell.key)
    sampled = {place for place, cell in enumerate(facts) if cell.done or cell.key in keys(drawn)}
    for need in needs_of(facts, policy, ratings):
        counted = sum(1 for group in need.groups if sampled & set(group))
        assert counted >= min(need.wanted, len(need.groups)), need.sentence
        assert (need.impossible in drawn.impossible) == (need.wanted > len(need.groups))


@settings(deadline=None, max_examples=60)
@given(centres, numbers)
def test_it_takes_nothing_superfluous_and_accounts_for_every_cell(cells: list[Cell], number: int) -> None:
    drawn = draw(cells, a_policy(number), ratings_for(cells, number), "seed")
    done = {cell.key for cell in cells if cell.done}
    assert all(chosen.reasons for chosen in drawn.chosen)
    assert keys(drawn) | set(drawn.left_out) | done == {cell.key for cell in cells}
    assert len(drawn.chosen) + len(drawn.left_out) + len(done) == len(cells)
    assert drawn.effort == sum(cell.effort for cell in cells if cell.key in keys(drawn))


@settings(deadline=None, max_examples=60)
@given(centres, numbers, some.randoms(use_true_random=False))
def test_the_same_facts_and_seed_give_the_same_plan_in_whatever_order(
    cells: list[Cell], number: int, chance: random.Random
) -> None:
    policy, ratings = a_policy(number), ratings_for(cells, number)
    shuffled = chance.sample(cells, len(cells))
    assert draw(cells, policy, ratings, "seed") == draw(shuffled, policy, ratings, "seed")


@settings(deadline=None, max_examples=60)
@given(centres, numbers)
def test_interim_samples_are_of_units_being_assessed_and_as_many_as_the_policy_says(
    cells: list[Cell], number: int
) -> None:
    policy = a_policy(number)
    drawn = draw(cells, policy, ratings_for(cells, number), "seed")
    by_key = {cell.key: cell for cell in cells}
    for assessor in {cell.assessor for cell in cells}:
        own = [chosen for chosen in drawn.chosen if by_key[chosen.key].assessor == assessor]
        done = [cell for cell in cells if cell.assessor == assessor and cell.done]
        interim = [chosen for chosen in own if chosen.stage == SampleStage.INTERIM]
        possible = [chosen for chosen in own if by_key[chosen.key].can_be_interim]
        assert all(by_key[chosen.key].can_be_interim for chosen in interim)
        assert len(interim) == min(len(possible), -(-(len(own) + len(done)) * policy.interim // 100))


@pytest.mark.parametrize("number", range(20))
def test_it_is_near_the_smallest_that_could_be(number: int) -> None:
    size = [10, 20, 40, 80][number % 4]
    cells = a_centre_of(number, candidates=size, assessors=4, units=6, sites=3)
    drawn = draw(cells, a_policy(number), ratings_for(cells, number), "seed")
    assert drawn.bound <= drawn.effort <= 1.3 * drawn.bound


SOLVE = """from assessments.sampling import Cell
from assessments.sampling.bound import lower_bound
lower_bound([Cell(key="1", candidate="1", unit="D20", assessor="Dylan")], [], frozenset())"""


def test_the_solver_says_nothing_where_commands_speak() -> None:
    said = subprocess.run([sys.executable, "-c", SOLVE], capture_output=True, text=True, check=True)
    assert (said.stdout, said.stderr) == ("", "")


def test_another_seed_chooses_among_equals_differently() -> None:
    cells = [cell(f"{number}/D20") for number in range(30)]
    policy = Policy(rates=Rates(low=20), every_candidate=False, candidates=0)
    one, other = (draw(cells, policy, Ratings(), seed) for seed in ("1", "2"))
    assert len(one.chosen) == len(other.chosen) == 6
    assert keys(one) != keys(other)


def test_a_policy_that_asks_for_nothing_draws_nothing() -> None:
    drawn = draw([cell("Sian/D20")], NOTHING, Ratings(), "seed")
    assert (drawn.chosen, drawn.bound, drawn.impossible) == ((), 0, ())


def test_one_unit_that_serves_two_rules_is_better_than_two_that_serve_one_each() -> None:
    cells = [cell("Sian/D20", site="Cardiff"), cell("Sian/CC16", kinds=frozenset(["Observation"]))]
    cells.append(cell("Sian/CC32", site="Cardiff", kinds=frozenset(["Observation"])))
    policy = Policy(rates=NO_RATES, interim=0, kinds=("Observation",), every_unit=False)
    drawn = draw(cells, policy, Ratings(), "seed")
    assert keys(drawn) == {"Sian/CC32"}


def test_all_simulated_evidence_is_in_and_says_so() -> None:
    drawn = draw([cell("Sian/CC16", simulated=True), cell("Sian/CC26")], NOTHING_BUT_SIMULATION, Ratings(), "seed")
    assert [chosen.reasons for chosen in drawn.chosen] == [
        ("All simulated evidence is sampled, and there is some in this unit.",)
    ]


NOTHING_BUT_SIMULATION = Policy(
    rates=NO_RATES, candidates=0, interim=0, every_candidate=False, every_assessor=False, every_unit=False,
    every_site=False,
)  # fmt: skip


def test_what_was_sampled_in_the_period_counts_and_is_not_chosen_again() -> None:
    cells = [cell("Sian/D20", done=frozenset([SampleStage.SUMMATIVE])), cell("Sian/CC16")]
    drawn = draw(cells, Policy(rates=NO_RATES, every_unit=False), Ratings(), "seed")
    assert (keys(drawn), drawn.bound) == (set(), 0)
    assert list(drawn.left_out) == ["Sian/CC16"]


def test_a_high_risk_takes_everything_and_a_lower_one_its_share() -> None:
    cells = [cell(f"{number}/D20", assessor="Carys") for number in range(10)]
    for level, wanted in ((RiskLevel.HIGH, 10), (RiskLevel.MEDIUM, 5), (RiskLevel.LOW, 2)):
        policy = Policy(every_candidate=False, candidates=0)
        assert len(draw(cells, policy, Ratings(assessors={"Carys": level}), "seed").chosen) == wanted


def test_a_share_of_candidates_counts_each_of_them_once() -> None:
    cells = [cell(f"{name}/{unit}") for name in ("Sian", "Tom", "Grace", "Owen") for unit in ("D20", "CC16")]
    policy = Policy(rates=NO_RATES, candidates=50, every_candidate=False, every_unit=False)
    drawn = draw(cells, policy, Ratings(), "seed")
    assert len({key.split("/")[0] for key in keys(drawn)}) == len(drawn.chosen) == 2


def test_a_unit_left_out_says_which_rules_others_satisfy() -> None:
    cells = [cell("Sian/D20", effort=1), cell("Sian/CC16", effort=3)]
    policy = Policy(rates=NO_RATES, interim=0, every_assessor=False, every_unit=False)
    drawn = draw(cells, policy, Ratings(), "seed")
    assert drawn.left_out == {
        "Sian/CC16": (
            "At least one unit of every candidate is sampled, so one of Sian. Others do that: 1 chosen, planned or"
            " sampled already.",
        )
    }


def test_what_cannot_be_satisfied_is_named() -> None:
    cells = [cell("Sian/D20", signed_off=True)]
    policy = Policy(kinds=("Observation",), interim=0)
    assert draw(cells, policy, Ratings(), "seed").impossible == (
        "Observation must be in the sample of every assessor, so one that Dylan accepted. There is none.",
    )


def test_two_cells_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        draw([cell("Sian/D20"), cell("Sian/D20")], Policy(), Ratings(), "seed")


def test_the_rules_of_a_policy_are_all_asked() -> None:
    cells = a_centre_of(1, candidates=40, assessors=3, units=4, sites=2)
    policies = [Policy(kinds=("Observation",)), Policy(every_candidate=False)]
    ratings = ratings_for(cells, 3)
    asked = {need.rule for policy in policies for need in needs_of(cells, policy, ratings)}
    assert ratings.kinds
    assert asked == set(Rule)
