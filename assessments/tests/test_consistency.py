"""Counting is pure: the narrowest wins for each thing counted, whatever order rules come in."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from assessments.consistency import (
    COUNTED,
    Occasion,
    Rule,
    Scope,
    demands,
    in_words,
    is_laxer,
    short_of,
    shown,
    standing,
)
from assessments.enums import Effect

CRITERION = 7
few = st.one_of(st.none(), st.integers(1, 20))
OF_A_CRITERION = (Scope.CRITERION, Scope.ENROLMENT_CRITERION)


def a_rule(pk: int, scope: Scope, least: tuple[int | None, int | None, int | None], effect: Effect, own: int) -> Rule:
    """One for the criterion or another where its scope names a criterion."""
    times, dates, kinds = least
    return Rule(pk, scope, times, dates, kinds, effect, own if scope in OF_A_CRITERION else None)


rule = st.builds(
    a_rule,
    st.integers(1, 10_000),
    st.sampled_from(list(Scope)),
    st.tuples(few, few, few),
    st.sampled_from(Effect),
    st.sampled_from([CRITERION, CRITERION + 1]),
)
rules = st.lists(rule, max_size=8, unique_by=(lambda each: each.pk, lambda each: (each.scope, each.criterion_id)))
occasions = st.lists(
    st.builds(
        Occasion,
        st.one_of(st.none(), st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 1, 9))),
        st.sampled_from(["observation", "project", "questions"]),
    )
)


@given(rules)
def test_each_demand_is_the_narrowest_rules_that_says_anything_of_it(found: list[Rule]) -> None:
    asked = {demand.counted: demand for demand in demands(found, CRITERION)}
    for counted in COUNTED:
        saying = [row for row in found if row.criterion_id in (None, CRITERION) and row.least(counted) is not None]
        assert (counted in asked) == bool(saying)
        if saying:
            assert asked[counted].rule.scope == max(row.scope for row in saying)
            assert asked[counted].least == asked[counted].rule.least(counted)


@given(rules, st.randoms(use_true_random=False))
def test_the_order_of_the_rules_changes_nothing(found: list[Rule], chance: object) -> None:
    turned = list(found)
    chance.shuffle(turned)  # type: ignore[attr-defined]
    assert demands(turned, CRITERION) == demands(found, CRITERION)


@given(rules, rule)
def test_a_wider_rule_added_changes_nothing_that_a_narrower_one_says(found: list[Rule], wide: Rule) -> None:
    narrow = [row for row in found if row.scope > wide.scope]
    before = {demand.counted: demand for demand in demands(narrow, CRITERION)}
    after = {demand.counted: demand for demand in demands([*narrow, wide], CRITERION)}
    assert {counted: after[counted] for counted in before} == before


@given(rules, occasions)
def test_what_is_short_is_exactly_what_is_not_reached(found: list[Rule], there: list[Occasion]) -> None:
    asked, count = demands(found, CRITERION), shown(there)
    short = {row.demand.counted for row in short_of(asked, count)}
    assert short == {row.demand.counted for row in standing(asked, count) if row.there < row.demand.least}
    assert count.times == len(there) >= count.dates
    assert count.times >= count.kinds


@given(rules, occasions, occasions)
def test_more_evidence_never_makes_more_of_it_short(
    found: list[Rule], there: list[Occasion], more: list[Occasion]
) -> None:
    asked = demands(found, CRITERION)
    before = {row.demand.counted for row in short_of(asked, shown(there))}
    after = {row.demand.counted for row in short_of(asked, shown([*there, *more]))}
    assert after <= before


@given(rules)
def test_nothing_is_laxer_than_itself_and_asking_for_nothing_is_laxer_than_asking(found: list[Rule]) -> None:
    asked = demands(found, CRITERION)
    assert not is_laxer(asked, asked)
    assert is_laxer(asked, ()) == any(demand.least > 1 for demand in asked)


def test_what_is_asked_reads_as_a_sentence() -> None:
    assert in_words({"times": 2, "dates": 1, "kinds": None}) == "2 times, on 1 date"
    assert in_words({"times": 1, "kinds": 3}) == "once, by 3 kinds of evidence"
