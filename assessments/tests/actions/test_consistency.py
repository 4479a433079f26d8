"""The narrower rule wins; a count warns or blocks as configured, and sufficiency stays the assessor's word."""

import datetime
from dataclasses import replace

import pytest
from django.utils import timezone

from assessments.actions import consistency, judgement
from assessments.actions.consistency import AskedFor, For
from assessments.enums import Effect, EvidenceKind
from assessments.models import ConsistencyRule, Enrolment
from assessments.queries.consistency import effective
from assessments.queries.judgement import unit_facts, unit_rows
from assessments.testing import House, an_enrolment, described, handed_in, judged, met, targets
from assessments.tests.plans import ask_for
from portfolio.models import User
from portfolio.refusal import Refusal
from units.models import AwardingBody, Criterion

pytestmark = pytest.mark.django_db

LAXER = "for the lead verifier"


def criterion(unit: Enrolment, number: str) -> Criterion:
    return unit.unit.criteria.get(number=number)


def set_by(by: User, house: House, what: For, effect: Effect = Effect.BLOCK, **least: int) -> ConsistencyRule:
    asked = AskedFor(effect, **least)
    return consistency.set_rule(centre=house.centre, what=what, asked=asked, reason="Why.", by=by, at=timezone.now())


def asked_of(unit: Enrolment, number: str) -> dict[str, int]:
    rows = effective(unit.centre_id, unit.unit, unit)
    found = next(row for row in rows if row.criterion.number == number)
    return {demand.counted: demand.least for demand in found.asked}


def short(unit: Enrolment) -> list[str]:
    return [row.sentence for row in unit_facts(unit_rows(unit)).short]


# --- counting --------------------------------------------------------------------------------------------------------


def test_a_rule_that_blocks_refuses_with_a_sentence_for_each_criterion(house: House) -> None:
    unit = met(an_enrolment(house))
    ask_for(house, For(criterion=criterion(unit, "1.1")), times=2, dates=2)
    with pytest.raises(Refusal) as refused:
        judgement.declare(enrolment=unit, by=house.candidate.user, at=timezone.now())
    (sentence,) = refused.value.sentences
    assert sentence.startswith("1.1 is shown 1 of 2 times, on 1 of 2 dates. Asked for CC26 1.1 by Lena Northgate on ")
    assert sentence.endswith(": Two calls at least.")
    another = replace(described("Another call"), activity_on=timezone.localdate() - datetime.timedelta(days=9))
    judged(handed_in(unit, "1.1", words=another), unit)
    judgement.declare(enrolment=unit, by=house.candidate.user, at=timezone.now())
    ask_for(house, For(unit=unit.unit), kinds=2)
    with pytest.raises(Refusal, match="by 1 of 2 kinds of evidence"):
        judgement.sign_off(enrolment=unit, comments="", by=house.assessor, at=timezone.now())


def test_a_rule_that_warns_refuses_nothing(house: House) -> None:
    unit = met(an_enrolment(house))
    ask_for(house, For(unit=unit.unit), Effect.WARN, times=3)
    assert len(short(unit)) == unit.unit.criteria.count()
    judgement.declare(enrolment=unit, by=house.candidate.user, at=timezone.now())
    judgement.sign_off(enrolment=unit, comments="", by=house.assessor, at=timezone.now())


def test_a_count_that_is_reached_makes_nothing_sufficient(house: House) -> None:
    unit = an_enrolment(house)
    judged(handed_in(unit, "1.1"), unit)
    ask_for(house, For(unit=unit.unit), times=1)
    with pytest.raises(Refusal, match="has no evidence handed in yet"):
        judgement.declare(enrolment=unit, by=house.candidate.user, at=timezone.now())


def test_only_what_is_met_counts_and_what_waits_for_a_countersignature(house: House) -> None:
    unit = an_enrolment(house, assessor=house.trainee)
    rule = ask_for(house, For(criterion=criterion(unit, "1.1")), Effect.WARN, times=2)
    handed_in(unit, "1.1")
    assert "shown 0 of 2 times" in short(unit)[0]
    judged(handed_in(unit, "1.1"), unit)
    assert "shown 1 of 2 times" in short(unit)[0]
    judged(handed_in(unit, "1.1"), unit)
    assert short(unit) == []
    assert rule.effect == Effect.WARN


def test_kinds_are_counted_apart_from_items(house: House) -> None:
    unit = an_enrolment(house)
    ask_for(house, For(criterion=criterion(unit, "1.1")), kinds=2, times=2)
    for _ in range(2):
        judged(handed_in(unit, "1.1"), unit)
    assert [sentence.split(". ")[0] for sentence in short(unit)] == ["1.1 is shown by 1 of 2 kinds of evidence"]
    judged(handed_in(unit, "1.1", words=replace(described(), kind=EvidenceKind.PROJECT)), unit)
    assert short(unit) == []


# --- which rule holds ------------------------------------------------------------------------------------------------


def test_the_narrower_wins_for_each_thing_counted(house: House) -> None:
    unit, body = an_enrolment(house), AwardingBody.objects.get(code="ocr")
    ask_for(house, For(awarding_body=body), times=2, dates=2, kinds=2)
    assert asked_of(unit, "1.1") == {"times": 2, "dates": 2, "kinds": 2}
    ask_for(house, For(unit=unit.unit), times=3)
    ask_for(house, For(criterion=criterion(unit, "1.1")), dates=4)
    assert asked_of(unit, "1.1") == {"times": 3, "dates": 4, "kinds": 2}
    assert asked_of(unit, "1.2") == {"times": 3, "dates": 2, "kinds": 2}
    ask_for(house, For(enrolment=unit), times=1)
    ask_for(house, For(enrolment=unit, criterion=criterion(unit, "1.2")), kinds=1)
    assert asked_of(unit, "1.1") == {"times": 1, "dates": 4, "kinds": 2}
    assert asked_of(unit, "1.2") == {"times": 1, "dates": 2, "kinds": 1}
    other = an_enrolment(house, candidate=house.other_candidate)
    assert asked_of(other, "1.1") == {"times": 3, "dates": 4, "kinds": 2}


def test_a_rule_is_the_centres_own(house: House, other_house: House) -> None:
    unit = an_enrolment(house)
    ask_for(other_house, For(unit=unit.unit), times=9)
    assert asked_of(unit, "1.1") == {}
    assert not ConsistencyRule.objects.visible_to(house.lead).exists()


def test_a_new_rule_takes_the_place_of_the_one_for_the_same_which_stays_on_record(house: House) -> None:
    unit = an_enrolment(house)
    first = ask_for(house, For(unit=unit.unit), times=2)
    second = ask_for(house, For(unit=unit.unit), dates=2)
    first.refresh_from_db()
    assert (first.ended_by, first.ended_at) == (house.lead, second.set_at)
    assert asked_of(unit, "1.1") == {"dates": 2}


def test_a_rule_that_ends_lets_the_wider_one_hold_again(house: House) -> None:
    unit = an_enrolment(house)
    ask_for(house, For(awarding_body=unit.unit.awarding_body), times=2)
    narrow = ask_for(house, For(unit=unit.unit), times=5)
    consistency.end_rule(rule=narrow, reason="Too much.", by=house.administrator, at=timezone.now())
    assert asked_of(unit, "1.1") == {"times": 2}
    with pytest.raises(Refusal, match="ended already"):
        consistency.end_rule(rule=narrow, reason="Again.", by=house.lead, at=timezone.now())


def test_a_rule_says_something_and_no_more_than_is_sensible(house: House) -> None:
    unit = an_enrolment(house)
    with pytest.raises(Refusal, match="Say how many times"):
        ask_for(house, For(unit=unit.unit))
    with pytest.raises(Refusal, match="less than or equal to 20"):
        ask_for(house, For(unit=unit.unit), times=21)
    with pytest.raises(Refusal, match="awarding body, a unit, a criterion or a candidate"):
        ask_for(house, For(), times=2)


# --- who may ---------------------------------------------------------------------------------------------------------


def test_an_assessor_asks_more_of_their_candidate_and_never_less(house: House) -> None:
    unit = an_enrolment(house)
    ask_for(house, For(unit=unit.unit), Effect.WARN, times=3)
    own = For(enrolment=unit)
    set_by(house.assessor, house, own, times=4)
    set_by(house.assessor, house, own, times=3)
    for by in (house.assessor, house.administrator):
        with pytest.raises(Refusal, match=LAXER):
            set_by(by, house, own, times=2)
    set_by(house.lead, house, own, times=2)
    assert asked_of(unit, "1.1") == {"times": 2}


def test_to_warn_only_where_the_centre_blocks_is_to_ask_less(house: House) -> None:
    unit = an_enrolment(house)
    ask_for(house, For(unit=unit.unit), times=2)
    with pytest.raises(Refusal, match=LAXER):
        set_by(house.assessor, house, For(enrolment=unit), Effect.WARN, times=2)


def test_what_the_lead_verifier_asked_of_a_candidate_is_not_undone_by_their_assessor(house: House) -> None:
    unit = an_enrolment(house)
    rule = ask_for(house, For(enrolment=unit), times=3)
    with pytest.raises(Refusal, match=LAXER):
        consistency.end_rule(rule=rule, reason="Too much.", by=house.assessor, at=timezone.now())
    with pytest.raises(Refusal, match=LAXER):
        set_by(house.assessor, house, For(enrolment=unit), times=2)
    mine = set_by(house.assessor, house, For(enrolment=unit, criterion=criterion(unit, "1.1")), times=5)
    consistency.end_rule(rule=mine, reason="Once is fine.", by=house.assessor, at=timezone.now())


def test_a_rule_for_a_criterion_of_another_unit_is_no_rule_for_a_candidate(house: House) -> None:
    unit = an_enrolment(house)
    foreign = targets(an_enrolment(house, "ocr-d20"), "1.1")[0].criterion_id
    what = For(enrolment=unit, criterion=Criterion.objects.get(pk=foreign))
    with pytest.raises(Refusal, match="not one of the unit's criteria"):
        ask_for(house, what, times=2)
