"""The papers of sampling: the record of a sample, the plan, the strategy."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.actions import strategy, verification
from assessments.documents.verified import ask_sample, ask_sampling_plan, ask_strategy
from assessments.enums import CheckedFor, SampleStage, Verdict
from assessments.models import Sample, SamplingPlan, SamplingPolicy
from assessments.testing import House, all_well, an_enrolment, handed_in, judged, signed_off
from assessments.tests.acts_of_strategy import a_plan, a_policy, a_proposal
from assessments.tests.documents.reading import fonts_of, in_order, made, pages_of, text_of
from portfolio import press
from portfolio.models import User

pytestmark = pytest.mark.django_db


def today() -> str:
    return f"{timezone.localdate():%-d %B %Y}"


def a_sample(house: House, **otherwise: Any) -> Sample:
    """An interim sample of 1.1, in which the decision is found wanting."""
    unit = an_enrolment(house)
    judged(handed_in(unit, "1.1", "1.2"), unit)
    sample = verification.plan_sample(enrolment=unit, reason="New to the unit.", by=house.verifier, at=timezone.now())
    values: dict[str, Any] = {
        "checks": all_well(),
        "criteria": [unit.unit.criteria.get(number="1.1").pk],
        "feedback": "One call is thin.",
        "wanted": "Hear another call.",
        "due_on": timezone.localdate(),
        "by": house.verifier,
        "at": timezone.now(),
    }
    return verification.close_sample(sample=sample, **{**values, **otherwise})


def record(user: User, sample: Sample) -> bytes:
    return made(ask_sample(pk=sample.pk, by=user, at=timezone.now()))


def plan_text(user: User, plan: SamplingPlan) -> str:
    return text_of(made(ask_sampling_plan(pk=plan.pk, by=user, at=timezone.now())))


def strategy_text(user: User, policy: SamplingPolicy) -> str:
    return text_of(made(ask_strategy(pk=policy.pk, by=user, at=timezone.now())))


# --- a sample --------------------------------------------------------------------------------------------------------


def test_a_sampling_record_has_what_was_looked_at_found_and_asked_for(house: House) -> None:
    found = text_of(record(house.verifier, a_sample(house)))
    in_order(found, "Sampling record", "CC26", "Candidate Cara Northgate", "Assessor Asha Northgate")
    in_order(found, "Internal verifier Vera Northgate", "Interim", "New to the unit.", f"Chosen {today()}, Vera")
    in_order(found, "Outcome Agreed with action", "Criteria sampled", "1.1", "Evidence 1: Met.", "Asha Northgate")
    in_order(found, "Checks", CheckedFor.DECISION.label, "Yes", "Feedback to the assessor", "One call is thin.")
    in_order(found, "Actions", "Hear another call.", f"Due {today()}", "Open: it waits for an answer.")
    in_order(found, "Changes since it was sampled", "None that concerns this sample.")
    assert "1.2 " not in found.partition("Criteria sampled")[2].partition("Checks")[0]


def test_every_turn_of_an_action_is_told_with_who_and_when(house: House) -> None:
    sample = a_sample(house)
    action, now = sample.actions.get(), timezone.now()
    verification.answer_action(action=action, answer="Heard it.", by=house.assessor, at=now)
    verification.return_action(action=action, words="Which call?", due_on=None, by=house.verifier, at=now)
    verification.answer_action(action=action, answer="The one of Monday.", by=house.assessor, at=now)
    assert "Answered, and not closed yet." in text_of(record(house.verifier, sample))
    verification.close_action(action=action, by=house.verifier, at=now)
    found = text_of(record(house.verifier, sample))
    in_order(found, f"Answered {today()}, Asha Northgate: Heard it.", "Sent back", "Vera Northgate: Which call?")
    in_order(found, "The one of Monday.", f"Closed {today()}, Vera Northgate.")


def test_the_record_keeps_what_was_decided_then_and_tells_what_changed_since(house: House) -> None:
    sample = a_sample(house)
    judged(handed_in(sample.enrolment, "1.1"), sample.enrolment, Verdict.NOT_YET)
    found = text_of(record(house.verifier, sample))
    criteria = found.partition("Criteria sampled")[2].partition("Checks")[0]
    assert "Evidence 1: Met." in criteria
    assert "Evidence 2" not in criteria
    in_order(found, "Changes since it was sampled", "Evidence 2 was handed in", "Has not looked again yet")


def test_a_sample_dropped_says_why_and_an_open_one_has_no_record(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    sample = verification.plan_sample(enrolment=unit, reason="New.", by=house.verifier, at=timezone.now())
    with pytest.raises(Sample.DoesNotExist):
        ask_sample(pk=sample.pk, by=house.verifier, at=timezone.now())
    verification.drop_sample(sample=sample, reason="Chosen twice.", by=house.verifier, at=timezone.now())
    in_order(text_of(record(house.verifier, sample)), f"Dropped {today()}: Chosen twice.", "the sample was dropped")


def test_only_those_who_oversee_the_unit_may_ask_for_it_or_fetch_it(house: House, other_house: House) -> None:
    sample = a_sample(house)
    document = ask_sample(pk=sample.pk, by=house.verifier, at=timezone.now())
    for user in (house.verifier, house.lead, house.administrator):
        assert ask_sample(pk=sample.pk, by=user, at=timezone.now()) == document
        assert press.shown_by(document, user)
    kept_out = (house.assessor, house.candidate.user, house.other_verifier, other_house.verifier)
    for user in kept_out:
        assert press.shown_by(document, user) is None
        with pytest.raises(Sample.DoesNotExist):
            ask_sample(pk=sample.pk, by=user, at=timezone.now())


def test_the_sample_offers_its_record_to_them_alone(house: House, client: Client) -> None:
    sample = a_sample(house)
    page, press_it = (reverse(f"assessments:{name}", args=[sample.pk]) for name in ("sample", "sample_document"))
    for user, offered in ((house.verifier, True), (house.administrator, True), (house.assessor, False)):
        client.force_login(user)
        assert (press_it in client.get(page).content.decode()) is offered


def test_every_page_is_stamped_and_every_font_is_in_it(house: House) -> None:
    sample = a_sample(house)
    content = record(house.verifier, sample)
    pages = pages_of(content)
    for number, page in enumerate(pages, start=1):
        in_order(page, "Cara Northgate", f"Sample {sample.pk}")
        in_order(page, f"Sample {sample.pk} · {house.centre} · facts ", f"Page {number} of {len(pages)}")
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts_of(content))


# --- a plan ----------------------------------------------------------------------------------------------------------


def test_a_plan_has_each_unit_with_its_reasons_and_how_it_was_drawn(house: House) -> None:
    unit = an_enrolment(house)
    plan = a_plan(house)
    cell = plan.cells.get()
    found = plan_text(house.lead, plan)
    in_order(found, "Sampling plan", str(house.centre), f"Adopted {today()}, Lena Northgate", "Version 1.")
    in_order(found, "Not agreed with the external verifier yet", "Seed 1", "Way of drawing Version", plan.facts_digest)
    in_order(found, "Lower bound", f"smaller than {plan.bound} unit", "What cannot be satisfied")
    in_order(found, "To be sampled", unit.candidate.name, "CC26", cell.reasons[0][:30], "To be sampled")
    in_order(found, "Left out", "No unit of the period was left out.")


def test_a_plan_tells_how_far_it_is_and_what_was_left_out_or_taken_out(house: House) -> None:
    unit = an_enrolment(house)
    plan = a_plan(house)
    cell = plan.cells.get()
    late = an_enrolment(house, "ocr-cc32", candidate=house.other_candidate)
    strategy.add_cell(
        plan=plan, enrolment=late, stage=SampleStage.INTERIM, reason="Asked.", by=house.lead, at=timezone.now()
    )
    strategy.remove_cell(cell=cell, reason="On leave.", by=house.lead, at=timezone.now())
    found = plan_text(house.lead, plan)
    in_order(found, late.candidate.name, "CC32", "Interim sample", "Asked.", "To be sampled")
    in_order(found, unit.candidate.name, f"Taken out on {today()}: On leave.")


def test_a_proposal_says_that_it_is_one(house: House) -> None:
    an_enrolment(house)
    assert "A proposal: it changes nothing before it is adopted" in plan_text(house.verifier, a_proposal(house))


def test_a_plan_is_for_those_who_verify_at_the_centre(house: House, other_house: House) -> None:
    an_enrolment(house)
    document = ask_sampling_plan(pk=a_plan(house).pk, by=house.verifier, at=timezone.now())
    assert press.shown_by(document, house.other_verifier)
    for user in (house.assessor, house.candidate.user, house.administrator, other_house.verifier):
        assert press.shown_by(document, user) is None


# --- the strategy ----------------------------------------------------------------------------------------------------


def test_a_strategy_has_its_rules_its_agreement_the_risk_and_the_versions_before(house: House) -> None:
    a_policy(house)
    policy = a_policy(house, low_rate=30, remarks="Two new assessors.")
    assert "Not agreed with the external verifier yet" in strategy_text(house.lead, policy)
    strategy.agree_policy(
        policy=policy, agreed_with="Elin Vaughan", agreed_on=timezone.localdate(), by=house.lead, at=timezone.now()
    )
    found = strategy_text(house.lead, policy)
    in_order(found, "Sampling strategy", "OCR", f"Agreed with Elin Vaughan on {today()}", "Lena Northgate", "Rules")
    in_order(found, "30 % at low risk", "Why these rules", "Two new assessors.", "Risk", "Asha Northgate", "High")
    in_order(found, "Earlier versions", "1 ", today(), "Lena Northgate", "Not agreed with the external verifier yet")


def test_an_earlier_version_says_that_a_later_one_is_in_force(house: House) -> None:
    first = a_policy(house)
    assert "In force Yes" in strategy_text(house.lead, first)
    a_policy(house, low_rate=30)
    found = strategy_text(house.lead, first)
    in_order(found, "In force No: a later version is", "This is the first.")


def test_a_strategy_is_for_those_who_verify_at_the_centre(house: House, other_house: House) -> None:
    document = ask_strategy(pk=a_policy(house).pk, by=house.verifier, at=timezone.now())
    assert press.shown_by(document, house.other_verifier)
    for user in (house.assessor, house.candidate.user, house.administrator, other_house.verifier):
        assert press.shown_by(document, user) is None


def test_the_pages_offer_plan_and_strategy(house: House, client: Client) -> None:
    an_enrolment(house)
    plan = a_plan(house)
    client.force_login(house.verifier)
    page = client.get(reverse("assessments:sampling_plan", args=[plan.pk])).content.decode()
    assert reverse("assessments:sampling_plan_document", args=[plan.pk]) in page
    page = client.get(reverse("assessments:centre_strategy", args=[house.centre.slug])).content.decode()
    assert reverse("assessments:strategy_document", args=[plan.policy_id]) in page
