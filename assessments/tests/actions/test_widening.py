"""A finding raises the risk and widens the plan on a verifier's press, or not, with a reason; a plan is handed over."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.actions import allocation, handover, strategy, widening
from assessments.enums import AllocatedAs, PlannedHow, RatedAs, RiskLevel
from assessments.models import Enrolment, PlanHandover, PlannedCell, RiskRating, Sample, SamplingPlan, Widening
from assessments.queries.strategy import risks_of
from assessments.queries.widening import Proposal, open_findings, proposal_for
from assessments.testing import LONG_AGO, House, a_unit, an_enrolment
from assessments.tests.acts_of_findings import a_finding
from assessments.tests.acts_of_strategy import a_plan, a_policy
from assessments.tests.refusing import refusals
from portfolio.actions import grant_role
from portfolio.enums import QualificationKind, Role
from portfolio.harness import AskingClient
from portfolio.models import AuditEvent, Notice
from portfolio.refusal import Refusal
from portfolio.testing import a_candidate, a_staff_member, qualified

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def rated_low(house: House) -> None:
    """The assessor and their unit at low risk."""
    for about, subject in ((RatedAs.ASSESSOR, {"assessor": house.assessor}), (RatedAs.UNIT, {"unit": a_unit()})):
        strategy.rate_risk(
            centre=house.centre, about=about, level=RiskLevel.LOW, comment="Known.", review_on=None,
            by=house.lead, at=timezone.now(), **subject,
        )  # fmt: skip


def a_small_plan(house: House, units: int = 10) -> SamplingPlan:
    """A fifth of an assessor's units and no more."""
    for number in range(units):
        an_enrolment(house, candidate=a_candidate(house.centre, f"Candidate {number}"))
    rated_low(house)
    policy = a_policy(house, every_candidate=False, candidates=0, interim=0)
    return a_plan(house, policy)


def proposed(plan: SamplingPlan, sample: Sample) -> Proposal:
    return proposal_for(plan, open_findings(plan).get(pk=sample.pk), TODAY())


def widen(house: House, plan: SamplingPlan, sample: Sample) -> Widening:
    seen = proposed(plan, sample).shown
    return widening.widen_plan(plan=plan, sample=sample, seen=seen, by=house.verifier, at=timezone.now())


def test_a_finding_raises_both_risks_one_step_and_adds_what_they_ask_for_with_its_reason(house: House) -> None:
    plan = a_small_plan(house)
    assert plan.cells.count() == 2
    sample = a_finding(house, plan)
    proposal = proposed(plan, sample)
    assert (proposal.assessor.level, proposal.unit.level) == (RiskLevel.MEDIUM, RiskLevel.MEDIUM)
    assert len(proposal.added) == 3, "half of eleven is six: one was sampled, two are planned"
    widened = widen(house, plan, sample)
    assert widened.added == 3
    cells = PlannedCell.objects.filter(plan=plan, how=PlannedHow.WIDENED)
    assert {cell.enrolment_id for cell in cells} == {each.enrolment_id for each in proposal.added}
    why = f"The interim sample of Cara Northgate, CC26, was not agreed on {TODAY():%-d %B %Y}."
    assert {cell.reasons[0] for cell in cells} == {why}
    now = {(line.about, line.name): line.level for line in risks_of(house.centre, TODAY())}
    assert now[RatedAs.ASSESSOR, "Asha Northgate"] == now[RatedAs.UNIT, "CC26"] == RiskLevel.MEDIUM
    assert RiskRating.objects.latest("pk").comment == why
    assert not open_findings(plan).exists()


def test_the_same_finding_asks_for_the_same_units_however_often_one_looks(house: House) -> None:
    plan = a_small_plan(house)
    sample = a_finding(house, plan)
    assert proposed(plan, sample).added == proposed(plan, sample).added


def test_where_the_facts_have_moved_on_the_press_adds_nothing_unseen(house: House) -> None:
    plan = a_small_plan(house)
    sample = a_finding(house, plan)
    with pytest.raises(Refusal, match="The facts have moved on"):
        widening.widen_plan(plan=plan, sample=sample, seen="medium,medium", by=house.verifier, at=timezone.now())
    assert not Widening.objects.exists()
    assert PlannedCell.objects.filter(plan=plan).count() == 2


def test_as_many_other_units_as_were_shown_are_not_the_same(house: House) -> None:
    plan = a_small_plan(house)
    sample = a_finding(house, plan)
    shown = proposed(plan, sample).shown
    levels, units = shown.split(",")[:2], shown.split(",")[2:]
    other = ",".join([*levels, *units[1:], "0:interim"])
    assert refusals(
        lambda: widening.widen_plan(plan=plan, sample=sample, seen=other, by=house.verifier, at=timezone.now())
    ) == [widening.MOVED]


def test_the_risk_of_whoever_decided_is_raised_though_the_unit_has_gone_to_somebody_else(house: House) -> None:
    plan = a_small_plan(house)
    sample = a_finding(house, plan)
    unit = sample.enrolment
    allocation.allocate(
        enrolment=unit, part=AllocatedAs.ASSESSOR, user=house.other_assessor, reason="Leave.", by=house.administrator,
        at=timezone.now(),
    )  # fmt: skip
    assert proposed(plan, sample).assessor.rated.name == "Asha Northgate"
    widen(house, plan, sample)
    assert RiskRating.objects.get(about=RatedAs.ASSESSOR, level=RiskLevel.MEDIUM).assessor == house.assessor


def test_nobody_says_what_follows_from_a_finding_in_what_they_decided_before(house: House) -> None:
    plan = a_small_plan(house, 3)
    sample = a_finding(house, plan)
    grant_role(
        centre=house.centre, user=house.assessor, role=Role.LEAD_VERIFIER, starts_on=TODAY(), by=house.administrator,
        at=timezone.now(),
    )  # fmt: skip
    allocation.allocate(
        enrolment=sample.enrolment, part=AllocatedAs.ASSESSOR, user=house.other_assessor, reason="Leave.",
        by=house.administrator, at=timezone.now(),
    )  # fmt: skip
    by, at = house.assessor, timezone.now()
    assert refusals(lambda: widening.keep_plan(plan=plan, sample=sample, reason="Fine.", by=by, at=at)) == [
        "Nobody says what follows from a finding in their own assessment: another verifier must."
    ]


def test_a_finding_is_dealt_with_once(house: House) -> None:
    plan = a_small_plan(house, 3)
    sample = a_finding(house, plan)
    widening.keep_plan(plan=plan, sample=sample, reason="A slip of the pen.", by=house.lead, at=timezone.now())
    dealt_with = ["Somebody has said already what follows from this finding."]
    by, at = house.lead, timezone.now()
    assert refusals(lambda: widening.keep_plan(plan=plan, sample=sample, reason="Again.", by=by, at=at)) == dealt_with
    assert refusals(lambda: widening.widen_plan(plan=plan, sample=sample, seen="", by=by, at=at)) == dealt_with
    assert not RiskRating.objects.filter(level=RiskLevel.MEDIUM).exists()


def test_a_plan_is_left_as_it_is_for_a_reason_only(house: House) -> None:
    plan = a_small_plan(house, 3)
    sample = a_finding(house, plan)
    assert refusals(
        lambda: widening.keep_plan(plan=plan, sample=sample, reason=" ", by=house.verifier, at=timezone.now())
    ) == ["Say why nothing follows from the finding."]


def test_a_sample_that_was_agreed_is_no_finding_and_high_risk_stays_high(house: House) -> None:
    an_enrolment(house, "ocr-cc32", candidate=house.other_candidate)
    plan = a_plan(house)
    sample = a_finding(house, plan, agreed=True)
    proposal = proposed(plan, sample)
    assert proposal.assessor.level == RiskLevel.HIGH
    assert not proposal.assessor.is_raised
    assert "was agreed with action" in proposal.why
    widened = widen(house, plan, sample)
    assert widened.assessor_rating is None


def test_the_page_shows_what_follows_and_both_ways_on(house: House) -> None:
    plan = a_small_plan(house)
    sample = a_finding(house, plan)
    browser, address = AskingClient(), f"/sampling-plans/{plan.pk}/widen/{sample.pk}/"
    browser.force_login(house.verifier)
    assert address in browser.get(f"/sampling-plans/{plan.pk}/").content.decode()
    with CaptureQueriesContext(connection) as captured:
        page = browser.get(address).content.decode()
    assert len(captured) <= 32
    assert "To be added to the plan: 3 units" in page
    assert "Low, to be raised to" in page
    refused = browser.post(address, {"reason": ""})
    assert refused.status_code == 409
    moved = browser.post(address, {"widen": "yes", "seen": "9"})
    assert moved.status_code == 409
    assert "The facts have moved on" in moved.content.decode()
    assert browser.post(address, {"widen": "yes", "seen": proposed(plan, sample).shown}).status_code == 302
    told = browser.get(f"/sampling-plans/{plan.pk}/").content.decode()
    assert "The assessor is at medium risk, the unit is at medium risk, 3 units added." in told
    assert browser.get(address).status_code == 404


# --- handing over ----------------------------------------------------------------------------------------------------


def hand_over(house: House, plan: SamplingPlan, reason: str = "On leave.") -> PlanHandover:
    return handover.hand_over_plan(
        plan=plan, giver=house.verifier, taker=house.other_verifier, reason=reason, by=house.lead, at=timezone.now()
    )


def test_what_a_plan_still_wants_goes_to_the_other_verifier_and_both_are_told(house: House) -> None:
    units = [an_enrolment(house), an_enrolment(house, candidate=house.other_candidate)]
    plan = a_plan(house)
    done = hand_over(house, plan)
    assert (done.moved, done.stayed) == (2, 0)
    assert set(Enrolment.objects.values_list("verifier", flat=True)) == {house.other_verifier.pk}
    lines = AuditEvent.objects.filter(verb="hand_over_plan")
    assert lines.count() == len(units)
    assert len(set(lines.values_list("act_id", flat=True))) == 1
    assert Notice.objects.filter(user=house.other_verifier).count() == len(units)
    assert Notice.objects.get(user=house.verifier, concerns=f"samplingplan {plan.pk}").sentence == (
        "Samples you were to take went to Viktor Northgate."
    )


def test_a_unit_that_the_other_cannot_verify_stays_and_says_why(house: House) -> None:
    both = a_staff_member(house.centre, "Bela Northgate", Role.ASSESSOR, Role.INTERNAL_VERIFIER)
    qualified(both, QualificationKind.TAQA, Role.ASSESSOR, LONG_AGO)
    stays = an_enrolment(house, assessor=both.user)
    goes = an_enrolment(house, candidate=house.other_candidate)
    plan, taker = a_plan(house), both.user
    browser = AskingClient()
    browser.force_login(house.lead)
    address = f"/sampling-plans/{plan.pk}/hand-over/"
    page = browser.get(f"{address}?giver={house.verifier.pk}&taker={taker.pk}").content.decode()
    assert "1 goes to Bela Northgate" in page
    assert "Cara Northgate, CC26: Assessor, countersigner and verifier must be three different people." in page
    answer = browser.post(address, {"giver": house.verifier.pk, "taker": taker.pk, "reason": ""})
    assert answer.status_code == 409
    answer = browser.post(address, {"giver": house.verifier.pk, "taker": taker.pk, "reason": "On leave."})
    assert answer.status_code == 302
    goes.refresh_from_db()
    stays.refresh_from_db()
    assert (goes.verifier, stays.verifier) == (taker, house.verifier)
    told = browser.get(f"/sampling-plans/{plan.pk}/").content.decode()
    assert "1 unit from Vera Northgate to Bela Northgate" in told
    assert "1 stayed, which Bela Northgate cannot verify." in told


def test_a_proposal_or_an_empty_plan_is_not_handed_over(house: House) -> None:
    an_enrolment(house)
    plan = a_plan(house)
    hand_over(house, plan)
    assert refusals(lambda: hand_over(house, plan)) == ["This verifier has nothing of the plan left to sample."]
