"""Sampling, actions, verifying, sending back, reopening."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from assessments.actions import evidence as items
from assessments.actions import judgement, safekeeping, verification
from assessments.enums import HeldAt, SampleOutcome, SampleStage, SignedAs, UnitStatus
from assessments.models import Action, Enrolment, EvidenceVersion, Sample, SignOff
from assessments.queries.judgement import signatures_in_force
from assessments.queries.verification import unit_facts
from assessments.testing import (
    House,
    a_draft,
    all_well,
    an_enrolment,
    declared,
    described,
    handed_in,
    met,
    sampled,
    signed_off,
    targets,
    verified,
)
from assessments.tests.refusing import refusals
from portfolio.models import User
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.localdate() - datetime.timedelta(1)
NO_SAMPLE = "You have not agreed a sample of this unit yet: choose it for sampling first."


@pytest.fixture
def unit(house: House) -> Enrolment:
    return signed_off(an_enrolment(house))


def plan(unit: Enrolment, by: User | None = None) -> Sample:
    return verification.plan_sample(enrolment=unit, reason="New assessor.", by=by or unit.verifier, at=timezone.now())


def close(sample: Sample, **otherwise: Any) -> Sample:
    values: dict[str, Any] = {
        "checks": all_well(),
        "criteria": [targets(sample.enrolment)[0].criterion_id],
        "feedback": "",
        "wanted": "",
        "due_on": None,
        "by": sample.enrolment.verifier,
        "at": timezone.now(),
    }
    return verification.close_sample(sample=sample, **{**values, **otherwise})


def with_action(sample: Sample) -> Action:
    close(sample, feedback="One call only.", wanted="Hear another call.", due_on=timezone.localdate())
    return sample.actions.get()


def answer(action: Action, by: User) -> Action:
    return verification.answer_action(action=action, answer="Heard one.", by=by, at=timezone.now())


def close_action(action: Action, by: User) -> Action:
    return verification.close_action(action=action, by=by, at=timezone.now())


def verify(unit: Enrolment) -> Enrolment:
    return verification.verify(enrolment=unit, by=unit.verifier, at=timezone.now())


def send_back(unit: Enrolment, **otherwise: Any) -> Enrolment:
    values: dict[str, Any] = {
        "finding": "1.1 rests on one call.",
        "wanted": "Hear another call.",
        "due_on": timezone.localdate(),
        "criteria": [],
        "by": unit.verifier,
        "at": timezone.now(),
    }
    return verification.send_back(enrolment=unit, **{**values, **otherwise})


def sign_again(unit: Enrolment) -> Enrolment:
    unit = judgement.declare(enrolment=unit, by=unit.candidate_user, at=timezone.now())
    return judgement.sign_off(enrolment=unit, comments="", by=unit.assessor, at=timezone.now())


# --- samples ---------------------------------------------------------------------------------------------------------


def test_a_sample_is_interim_while_a_unit_is_assessed_and_summative_once_signed_off(
    house: House, unit: Enrolment
) -> None:
    early = an_enrolment(house, "ocr-cc32")
    assert plan(early).stage == SampleStage.INTERIM
    assert plan(unit).stage == SampleStage.SUMMATIVE
    assert refusals(lambda: plan(unit)) == ["This unit has an open sample already: close it first."]


def test_a_unit_in_other_hands_is_not_sampled(house: House) -> None:
    unit = signed_off(an_enrolment(house, assessor=house.trainee))
    assert refusals(lambda: plan(unit)) == ["The unit is “Awaiting countersignature”: there is nothing to sample now."]


def test_a_sample_dropped_keeps_its_reason_and_makes_room_for_another(unit: Enrolment) -> None:
    sample = verification.drop_sample(sample=plan(unit), reason="Ill.", by=unit.verifier, at=timezone.now())
    assert sample.drop_reason == "Ill."
    assert refusals(lambda: close(sample)) == ["This sample is not open any more."]
    plan(unit)


def test_what_was_looked_at_is_ticked(house: House, unit: Enrolment) -> None:
    sample = plan(unit)
    foreign = targets(an_enrolment(house, "ocr-cc32"))[0].criterion_id
    for criteria in ([], [foreign]):
        assert refusals(lambda criteria=criteria: close(sample, criteria=criteria)) == [  # type: ignore[misc]
            "Tick the criteria you sampled."
        ]
    close(sample)
    assert sample.criteria.count() == 1
    assert refusals(lambda: close(sample)) == ["This sample is not open any more."]
    assert sample.outcome == SampleOutcome.AGREED


def test_an_action_says_what_was_found_what_is_wanted_and_by_when(unit: Enrolment) -> None:
    sample = plan(unit)
    assert refusals(lambda: close(sample, wanted="Hear another call.", due_on=YESTERDAY)) == [
        "Tell the assessor what you found.",
        "Give the action a day it is due, today or later.",
    ]
    assert not sample.criteria.exists()
    action = with_action(sample)
    assert (action.owner, action.raised_by, action.due_on) == (unit.assessor, unit.verifier, timezone.localdate())


def test_whoever_closes_a_sample_is_its_verifier(house: House, unit: Enrolment) -> None:
    sample = plan(unit)
    Enrolment.objects.filter(pk=unit.pk).update(verifier=house.other_verifier)
    assert refusals(lambda: close(sample, by=house.verifier)) == ["Only the unit's internal verifier can do this."]
    sample = close(sample, by=house.other_verifier)
    assert (sample.verifier, sample.planned_by) == (house.other_verifier, house.verifier)


def test_nobody_samples_where_they_judged(house: House, unit: Enrolment) -> None:
    house.centre.grants.create(user=house.assessor, role="internal_verifier", starts_on=timezone.localdate())
    Enrolment.objects.filter(pk=unit.pk).update(assessor=house.other_assessor, verifier=house.assessor)
    unit.refresh_from_db()
    decided = "You have judged evidence in this unit, so somebody else must"
    assert refusals(lambda: plan(unit)) == [f"{decided} verify it."]
    assert f"{decided} verify it." in refusals(lambda: verify(unit))
    assert f"{decided} verify it." in refusals(lambda: send_back(unit))


# --- actions ---------------------------------------------------------------------------------------------------------


def test_an_action_is_answered_by_its_owner_and_closed_by_the_verifier(house: House, unit: Enrolment) -> None:
    action = with_action(plan(unit))
    assert refusals(lambda: close_action(action, house.verifier)) == ["The assessor has not answered this action yet."]
    assert refusals(lambda: verify(unit)) == ["An action is still open: Hear another call."]
    answer(action, house.assessor)
    action = close_action(action, house.verifier)
    assert (action.closed_by, action.answer) == (house.verifier, "Heard one.")
    assert refusals(lambda: answer(action, house.assessor)) == ["This action is closed already."]
    assert refusals(lambda: close_action(action, house.verifier)) == ["This action is closed already."]
    assert verify(unit).status == UnitStatus.VERIFIED


def test_whoever_assesses_the_unit_since_may_answer(house: House, unit: Enrolment) -> None:
    action = with_action(plan(unit))
    Enrolment.objects.filter(pk=unit.pk).update(assessor=house.other_assessor)
    assert answer(action, house.other_assessor).answer == "Heard one."
    assert refusals(lambda: answer(action, house.trainee)) == [
        "Only the person an action was given to, or the unit's assessor, can answer it."
    ]


# --- verifying -------------------------------------------------------------------------------------------------------


def test_a_unit_is_verified_on_a_sample_agreed(unit: Enrolment) -> None:
    assert refusals(lambda: verify(unit)) == [NO_SAMPLE]
    sample = plan(unit)
    assert refusals(lambda: verify(unit)) == ["A sample of this unit is still open."]
    close(sample)
    unit = verify(unit)
    assert unit.verified_by == unit.verifier
    assert signatures_in_force(unit.pk)[SignedAs.VERIFIER].signature.signer == unit.verifier


def test_sqa_units_are_verified_without_a_sample(house: House) -> None:
    unit = signed_off(an_enrolment(house, "sqa-h12e04"))
    assert verify(unit).status == UnitStatus.VERIFIED
    assert not unit.samples.exists()


def test_a_later_sample_leaves_the_verifiers_signature_fresh(unit: Enrolment) -> None:
    close(plan(unit))
    unit = verify(unit)
    close(plan(unit))
    assert unit_facts(unit).stale == ()


def test_a_stale_unit_is_not_verified_but_sent_back(house: House, unit: Enrolment) -> None:
    close(plan(unit))
    file = EvidenceVersion.objects.get().files.get()
    safekeeping.quarantine(file=file, reason="Names.", by=house.administrator, at=timezone.now())
    (sentence,) = refusals(lambda: verify(unit))
    assert sentence.startswith("Something changed after the candidate and the assessor signed")
    assert send_back(unit).status == UnitStatus.COLLECTING


# --- sending back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reach", [declared, signed_off, verified])
def test_sending_back_voids_every_signature_and_asks_for_something(house: House, reach: Any) -> None:
    unit = reach(an_enrolment(house))
    signed = SignOff.objects.filter(enrolment=unit).count()
    unit = send_back(unit)
    assert (unit.status, unit.declared_at, unit.verified_by) == (UnitStatus.COLLECTING, None, None)
    assert signatures_in_force(unit.pk) == {}
    assert SignOff.objects.filter(enrolment=unit, signature__void__isnull=False).count() == signed
    action = unit.actions.get()
    assert (action.finding, action.wanted) == ("1.1 rests on one call.", "Hear another call.")


def test_why_signatures_were_voided_tells_nobody_what_the_verifier_said_to_the_assessor(unit: Enrolment) -> None:
    """It is printed on the candidate's forms."""
    voids = SignOff.objects.filter(enrolment=send_back(unit)).values_list("signature__void__reason", flat=True)
    assert set(voids) == {verification.SENT_BACK}


def test_an_open_sample_is_closed_by_it_as_not_agreed(unit: Enrolment) -> None:
    sample = plan(unit)
    elsewhere = "A sample of this unit is open: send the unit back from the page of the sample."
    assert refusals(lambda: send_back(unit)) == [elsewhere]
    assert refusals(lambda: send_back(unit, checks=all_well())) == ["Tick the criteria you sampled."]
    unit = send_back(unit, criteria=[targets(unit)[0].criterion_id], checks=all_well())
    sample.refresh_from_db()
    assert (sample.outcome, sample.feedback) == (SampleOutcome.NOT_AGREED, "1.1 rests on one call.")


def test_a_sample_that_was_not_agreed_is_no_ground_to_verify_on(unit: Enrolment) -> None:
    plan(unit)
    unit = sign_again(send_back(unit, criteria=[targets(unit)[0].criterion_id], checks=all_well()))
    action = unit.actions.get()
    answer(action, unit.assessor)
    close_action(action, unit.verifier)
    assert refusals(lambda: verify(unit)) == [NO_SAMPLE]


def test_sending_back_needs_its_words(unit: Enrolment) -> None:
    assert refusals(lambda: send_back(unit, finding=" ", wanted="", due_on=None)) == [
        "Tell the assessor what you found.",
        "Say what the assessor is to do.",
        "Give the action a day it is due, today or later.",
    ]


# --- leaving unsampled, reopening ------------------------------------------------------------------------------------


def test_a_signed_off_unit_is_left_unsampled_with_a_reason_where_the_body_allows_it(
    house: House, unit: Enrolment
) -> None:
    def leave(unit: Enrolment) -> object:
        return verification.leave_unsampled(enrolment=unit, reason="Low risk.", by=unit.verifier, at=timezone.now())

    leave(unit)
    assert unit_facts(unit).left_unsampled
    sqa = signed_off(an_enrolment(house, "sqa-h12e04"))
    assert refusals(lambda: leave(sqa)) == ["The awarding body wants the internal verifier's signature on every unit."]
    early = an_enrolment(house, "ocr-cc32")
    assert refusals(lambda: leave(early)) == [
        "The unit is “Collecting evidence”: only a signed-off unit can be left unsampled."
    ]


def test_a_reason_from_before_the_unit_was_signed_again_counts_no_more(unit: Enrolment) -> None:
    verification.leave_unsampled(enrolment=unit, reason="Low risk.", by=unit.verifier, at=timezone.now())
    assert not unit_facts(sign_again(send_back(unit))).left_unsampled


@pytest.mark.parametrize("reach", [signed_off, sampled, verified])
def test_a_signed_unit_is_opened_again_with_its_signatures_voided(house: House, reach: Any) -> None:
    unit = reach(an_enrolment(house))
    unit = verification.reopen(enrolment=unit, reason="New evidence.", by=house.lead, at=timezone.now())
    assert (unit.status, signatures_in_force(unit.pk)) == (UnitStatus.COLLECTING, {})
    handed_in(unit, "1.1")


def test_a_unit_being_collected_is_not_reopened(house: House) -> None:
    unit = met(an_enrolment(house))
    act = lambda: verification.reopen(enrolment=unit, reason="Why.", by=house.lead, at=timezone.now())  # noqa: E731
    [sentence] = refusals(act)
    assert sentence == "The unit is “Collecting evidence”. To reopen this unit, it must be “Signed off” or “Verified”."


def test_a_verifier_agrees_to_what_is_held_elsewhere_once_they_have_seen_it(house: House) -> None:
    unit = an_enrolment(house)
    words = replace(described(), held=HeldAt.LOCATION, location="Personnel office, Leith")
    elsewhere = a_draft(unit, "1.1", words=words)
    items.submit(version=elsewhere, by=house.candidate.user, at=timezone.now())
    handed_in(unit, "1.2")
    sample = plan(unit)
    first, second = (target.criterion_id for target in targets(unit, "1.1", "1.2"))
    with pytest.raises(Refusal, match="Confirm that you have seen the evidence at Personnel office, Leith"):
        close(sample, criteria=[first, second])
    assert close(sample, criteria=[first, second], seen_at_location=True).seen_at_location


def test_only_what_was_sampled_need_be_seen(house: House) -> None:
    unit = an_enrolment(house)
    words = replace(described(), held=HeldAt.LOCATION, location="Personnel office, Leith")
    items.submit(version=a_draft(unit, "1.1", words=words), by=house.candidate.user, at=timezone.now())
    handed_in(unit, "1.2")
    [second] = (target.criterion_id for target in targets(unit, "1.2"))
    assert not close(plan(unit), criteria=[second]).seen_at_location
