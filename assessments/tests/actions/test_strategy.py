"""The strategy is versioned and agreed, risk follows from facts until somebody rates it, a plan is drawn and kept."""

import datetime
import uuid

import pytest
from django.utils import timezone

from assessments.actions import enrolment as enrolments
from assessments.actions import evidence as items
from assessments.actions import strategy, verification
from assessments.enums import PlannedHow, RatedAs, RiskLevel, SampleStage, UnitStatus, Verb
from assessments.models import Enrolment, PlannedCell, RiskRating, Sample, SamplingPlan
from assessments.queries.enrolment import person_at
from assessments.queries.strategy import facts_of, latest_policy, policy_of, risks_of
from assessments.queries.verification import unit_facts
from assessments.sampling import cells_read, draw, ratings_read
from assessments.testing import (
    House,
    an_enrolment,
    approved_simulation,
    handed_in,
    judged,
    sampled,
    signed_off,
    simulated,
    targets,
)
from assessments.tests.acts_of_strategy import a_cell, a_plan, a_policy, a_proposal
from assessments.workflow import unit_needs
from portfolio import canonical
from portfolio.models import StaffRecord, User
from portfolio.refusal import Refusal
from units.models import AwardingBody, Unit

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def ocr() -> AwardingBody:
    return AwardingBody.objects.get(code="ocr")


def rate(house: House, by: User, assessor: User, level: RiskLevel, comment: str = "Seen.") -> RiskRating:
    return strategy.rate_risk(
        centre=house.centre,
        about=RatedAs.ASSESSOR,
        assessor=assessor,
        level=level,
        comment=comment,
        review_on=None,
        by=by,
        at=timezone.now(),
    )


# --- the strategy ----------------------------------------------------------------------------------------------------


def test_a_change_is_the_next_version_and_the_earlier_one_stands(house: House) -> None:
    first, second = a_policy(house, low_rate=10), a_policy(house, low_rate=25)
    assert (first.number, second.number) == (1, 2)
    assert latest_policy(house.centre, ocr()) == second
    first.refresh_from_db()
    assert first.low_rate == 10


def test_who_wrote_over_another_version_is_told_so(house: House) -> None:
    a_policy(house)
    with pytest.raises(Refusal, match="version 1 is in force"):
        strategy.set_policy(
            centre=house.centre, awarding_body=ocr(), rules=strategy.Rules(), seen=0, by=house.lead, at=timezone.now()
        )


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ({"low_rate": 60}, "At a higher risk at least as much"),
        ({"interim": 101}, "between 0 and 100"),
        ({"kinds": ["hearsay"]}, "Choose kinds of evidence"),
    ],
)
def test_rules_that_cannot_be_are_refused(house: House, rules: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        a_policy(house, **rules)


def test_it_is_agreed_once_and_not_in_the_future(house: House) -> None:
    policy = a_policy(house)
    agreed = {"policy": policy, "agreed_with": "Elin Vaughan", "by": house.lead, "at": timezone.now()}
    with pytest.raises(Refusal, match="future"):
        strategy.agree_policy(agreed_on=TODAY() + datetime.timedelta(days=1), **agreed)  # type: ignore[arg-type]
    strategy.agree_policy(agreed_on=TODAY(), **agreed)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="already"):
        strategy.agree_policy(agreed_on=TODAY(), **agreed)  # type: ignore[arg-type]


# --- risk ------------------------------------------------------------------------------------------------------------


def levels(house: House) -> dict[str, RiskLevel]:
    return {line.name: line.level for line in risks_of(house.centre, TODAY())}


def test_who_is_new_or_unqualified_begins_high_and_falls_as_samples_agree(house: House) -> None:
    unit = an_enrolment(house)
    assert levels(house)["Asha Northgate"] == RiskLevel.HIGH
    sampled(unit)
    found = levels(house)
    assert (found["Asha Northgate"], found["CC26"]) == (RiskLevel.MEDIUM, RiskLevel.MEDIUM)
    assert found["Tomasz Northgate"] == RiskLevel.HIGH


def test_the_latest_rating_counts_and_earlier_ones_stand(house: House) -> None:
    rate(house, house.verifier, house.assessor, RiskLevel.MEDIUM)
    rate(house, house.other_verifier, house.assessor, RiskLevel.LOW, "Ten samples agreed elsewhere.")
    line = next(line for line in risks_of(house.centre, TODAY()) if line.subject == house.assessor.pk)
    assert (line.level, line.why) == (RiskLevel.LOW, "Ten samples agreed elsewhere.")
    assert RiskRating.objects.count() == 2


def test_an_assessor_without_an_award_stays_high(house: House) -> None:
    with pytest.raises(Refusal, match="holds no assessor's award"):
        rate(house, house.verifier, house.trainee, RiskLevel.LOW)


def test_a_rating_says_why(house: House) -> None:
    with pytest.raises(Refusal, match="Say why"):
        rate(house, house.verifier, house.assessor, RiskLevel.LOW, " ")


# --- a plan ----------------------------------------------------------------------------------------------------------


def test_a_plan_keeps_what_it_was_drawn_from_so_that_it_can_be_drawn_again(house: House) -> None:
    for key in ("ocr-cc16", "ocr-cc26", "ocr-d20"):
        an_enrolment(house, key)
        an_enrolment(house, key, candidate=house.other_candidate)
    plan = SamplingPlan.objects.get(pk=a_proposal(house).pk)
    again = draw(cells_read(plan.facts), policy_of(plan.policy), ratings_read(plan.facts), plan.seed)
    assert canonical.digest(plan.facts) == plan.facts_digest
    kept = {(cell.stage, *cell.reasons) for cell in plan.cells.all()}
    assert {(chosen.stage.value, *chosen.reasons) for chosen in again.chosen} == kept
    assert len(again.left_out) == plan.left_out.count()
    assert (again.effort, again.bound) == (plan.effort, plan.bound)


def test_the_units_of_a_period_are_those_somebody_works_on_in_it(house: House) -> None:
    working, withdrawn = an_enrolment(house, "ocr-cc26"), an_enrolment(house, "ocr-d20")
    an_enrolment(house, "sqa-h12e04")
    enrolments.withdraw(enrolment=withdrawn, reason="Left.", by=house.administrator, at=timezone.now())
    found = facts_of(house.centre, ocr(), TODAY(), TODAY(), TODAY())
    assert list(found.enrolments.values()) == [working.pk]
    earlier = TODAY() - datetime.timedelta(days=9)
    assert facts_of(house.centre, ocr(), earlier, earlier, TODAY()).cells == []


def test_who_shares_a_name_with_other_staff_keeps_their_risk(house: House) -> None:
    an_enrolment(house)
    StaffRecord.objects.filter(user=house.verifier).update(name="Asha Northgate")
    facts = facts_of(house.centre, ocr(), TODAY(), TODAY(), TODAY())
    assert facts.ratings.assessors == {facts.cells[0].assessor: RiskLevel.HIGH}


def test_a_unit_keeps_its_risk_where_an_earlier_version_was_taken_before_the_period(house: House) -> None:
    unit = an_enrolment(house).unit
    other = Unit.objects.get(pk=unit.pk)
    other.pk, other.version = None, unit.version + 1
    other.save()
    old = Enrolment.objects.get(pk=an_enrolment(house, "ocr-d20").pk)
    old.pk, old.key, old.unit, old.started_on = None, uuid.uuid4(), other, TODAY() + datetime.timedelta(days=9)
    old.save()
    Enrolment.objects.filter(unit__key="ocr-d20").update(started_on=old.started_on)
    facts = facts_of(house.centre, ocr(), TODAY(), TODAY(), TODAY())
    assert [facts.ratings.units.get(cell.unit) for cell in facts.cells] == [RiskLevel.HIGH]


def test_simulated_evidence_counts_though_its_next_version_was_given_up(house: House) -> None:
    unit = an_enrolment(house)
    approved_simulation(unit)
    item = judged(handed_in(unit, "1.1", words=simulated()), unit)
    draft = items.replace(version=item, by=unit.candidate_user, at=timezone.now())
    items.withdraw_item(version=draft, reason="Not needed.", by=unit.candidate_user, at=timezone.now())
    period = TODAY(), TODAY(), TODAY()
    assert [cell.simulated for cell in facts_of(house.centre, ocr(), *period).cells] == [True]
    items.withdraw_item(version=item, reason="Not as agreed.", by=house.assessor, at=timezone.now())
    assert [cell.simulated for cell in facts_of(house.centre, ocr(), *period).cells] == [False]


def test_a_proposal_changes_nothing_and_an_adopted_plan_holds_the_unit(house: House) -> None:
    unit = an_enrolment(house)
    plan = a_proposal(house, a_policy(house, interim=0))
    assert not unit_facts(unit).must_sample
    strategy.adopt_plan(plan=plan, by=house.lead, at=timezone.now())
    cell = plan.cells.get()
    assert (cell.enrolment_id, cell.stage, cell.how) == (unit.pk, SampleStage.SUMMATIVE, PlannedHow.DRAWN)
    assert cell.reasons
    verifier = person_at(house.verifier, house.centre.pk, TODAY())
    assert any("sampling plan" in reason.sentence for reason in unit_needs(Verb.VERIFY, verifier, unit_facts(unit)))
    sampled(unit)
    assert Sample.objects.get(enrolment=unit).cell == cell
    assert not unit_facts(unit).must_sample


def test_what_was_planned_or_sampled_already_is_not_drawn_again(house: House) -> None:
    an_enrolment(house)
    policy = a_policy(house)
    a_plan(house, policy)
    again = a_proposal(house, policy)
    assert (again.cells.count(), again.effort, again.counted) == (0, 0, 1)


def test_a_dropped_sample_leaves_the_unit_in_the_plan(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    a_plan(house, a_policy(house, interim=0))
    sample = verification.plan_sample(enrolment=unit, reason="Planned.", by=house.verifier, at=timezone.now())
    verification.drop_sample(sample=sample, reason="Ill.", by=house.verifier, at=timezone.now())
    assert unit_facts(unit).must_sample


def test_units_withdrawn_since_it_was_drawn_are_left_out_and_those_signed_off_are_sampled_as_a_whole(
    house: House,
) -> None:
    gone, done = an_enrolment(house, "ocr-d20"), an_enrolment(house)
    plan = a_proposal(house, a_policy(house, interim=100))
    assert {cell.stage for cell in plan.cells.all()} == {SampleStage.INTERIM}
    enrolments.withdraw(enrolment=gone, reason="Left.", by=house.administrator, at=timezone.now())
    signed_off(done)
    strategy.adopt_plan(plan=plan, by=house.lead, at=timezone.now())
    standing = PlannedCell.objects.in_force().filter(plan=plan)
    assert [(cell.enrolment_id, cell.stage) for cell in standing] == [(done.pk, SampleStage.SUMMATIVE)]
    reasons = {cell.removal_reason for cell in plan.cells.exclude(removed_at=None)}
    assert reasons == {
        "Withdrawn since the plan was drawn.",
        "Signed off since the plan was drawn, so it is sampled as a whole.",
    }


def test_a_plan_is_adopted_or_discarded_once(house: House) -> None:
    an_enrolment(house)
    plan = a_proposal(house)
    strategy.discard_plan(plan=plan, by=house.lead, at=timezone.now())
    for act in (strategy.discard_plan, strategy.adopt_plan):
        with pytest.raises(Refusal, match="no proposal any more"):
            act(plan=plan, by=house.lead, at=timezone.now())


def test_a_plan_is_drawn_by_the_strategy_in_force_and_of_something(house: House) -> None:
    old, new = a_policy(house), a_policy(house)
    with pytest.raises(Refusal, match="newer version"):
        a_proposal(house, old)
    with pytest.raises(Refusal, match="nothing to sample"):
        a_proposal(house, new)


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_a_unit_is_added_with_its_reason_once_at_a_stage(house: House) -> None:
    cell = a_cell(house)
    unit = an_enrolment(house, "ocr-d20", candidate=house.other_candidate)
    said = {"plan": cell.plan, "enrolment": unit, "by": house.verifier, "at": timezone.now()}
    with pytest.raises(Refusal, match="Say why"):
        strategy.add_cell(stage=SampleStage.INTERIM, reason="", **said)  # type: ignore[arg-type]
    added = strategy.add_cell(stage=SampleStage.INTERIM, reason="Asked for.", **said)  # type: ignore[arg-type]
    assert (added.how, added.reasons) == (PlannedHow.ADDED, ["Asked for."])
    with pytest.raises(Refusal, match="has this unit at this stage already"):
        strategy.add_cell(stage=SampleStage.INTERIM, reason="Again.", **said)  # type: ignore[arg-type]


def test_a_signed_off_unit_is_not_planned_for_an_interim_sample(house: House) -> None:
    plan, unit = a_cell(house).plan, signed_off(an_enrolment(house, "ocr-d20"))
    with pytest.raises(Refusal, match="signed off"):
        strategy.add_cell(
            plan=plan, enrolment=unit, stage=SampleStage.INTERIM, reason="X.", by=house.verifier, at=timezone.now()
        )


def test_a_proposal_and_another_bodys_plan_take_nothing(house: House) -> None:
    an_enrolment(house)
    proposal = a_proposal(house)
    foreign = an_enrolment(house, "sqa-h12e04")
    said = {"stage": SampleStage.INTERIM, "reason": "X.", "by": house.verifier, "at": timezone.now()}
    with pytest.raises(Refusal, match="adopt it before"):
        strategy.add_cell(plan=proposal, enrolment=foreign, **said)  # type: ignore[arg-type]
    strategy.adopt_plan(plan=proposal, by=house.lead, at=timezone.now())
    with pytest.raises(Refusal, match="another centre or awarding body"):
        strategy.add_cell(plan=proposal, enrolment=foreign, **said)  # type: ignore[arg-type]


def test_a_unit_leaves_the_plan_with_a_reason_before_it_is_sampled_only(house: House) -> None:
    cell = a_cell(house)
    unit = cell.enrolment
    sample = verification.plan_sample(enrolment=unit, reason="Planned.", by=house.verifier, at=timezone.now())
    said = {"cell": cell, "reason": "Left the company.", "by": house.verifier, "at": timezone.now()}
    assert sample.cell == cell
    with pytest.raises(Refusal, match="has begun"):
        strategy.remove_cell(**said)  # type: ignore[arg-type]
    verification.drop_sample(sample=sample, reason="Left.", by=house.verifier, at=timezone.now())
    removed = strategy.remove_cell(**said)  # type: ignore[arg-type]
    assert removed.removal_reason == "Left the company."
    with pytest.raises(Refusal, match="already"):
        strategy.remove_cell(**said)  # type: ignore[arg-type]


def test_who_assesses_a_unit_does_not_say_whether_it_is_sampled(house: House) -> None:
    cell = a_cell(house)
    assert cell.enrolment.status == UnitStatus.COLLECTING
    assert targets(cell.enrolment)
    with pytest.raises(Refusal):
        strategy.remove_cell(cell=cell, reason="Trust me.", by=house.assessor, at=timezone.now())
