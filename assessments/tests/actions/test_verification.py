"""It lets a verifier sample, ask, send back and verify, and never anybody who judged in the unit."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from assessments.actions import enrolment as enrolments
from assessments.actions import verification
from assessments.enums import AllocatedAs, SampleOutcome, SampleStage, UnitStatus
from assessments.models import Action, Enrolment, Sample
from assessments.testing import House, an_enrolment, handed_in, met, sampled, signed_off, targets, verified
from portfolio.models import SignatureVoid
from portfolio.refusal import Refusal

pytestmark = pytest.mark.django_db


def planned(unit: Enrolment) -> Sample:
    return verification.plan_sample(enrolment=unit, reason="A new assessor.", by=unit.verifier, at=timezone.now())


def close(sample: Sample, **more: Any) -> Sample:
    unit = sample.enrolment
    asked: dict[str, Any] = {
        "criteria": [targets(unit)[0].criterion_id],
        "feedback": "",
        "wanted": "",
        "due_on": None,
        "by": unit.verifier,
        "at": timezone.now(),
    }
    return verification.close_sample(sample=sample, **{**asked, **more})


def test_a_sample_is_interim_while_collecting_and_summative_once_signed_off(house: House) -> None:
    assert planned(an_enrolment(house)).stage == SampleStage.INTERIM
    assert planned(signed_off(an_enrolment(house, "ocr-cc32"))).stage == SampleStage.SUMMATIVE


def test_a_unit_has_one_open_sample_with_its_reason(house: House) -> None:
    unit = an_enrolment(house)
    with pytest.raises(Refusal, match="Say why you sample this unit"):
        verification.plan_sample(enrolment=unit, reason=" ", by=unit.verifier, at=timezone.now())
    sample = planned(unit)
    with pytest.raises(Refusal, match="open sample already"):
        planned(unit)
    verification.drop_sample(sample=sample, reason="The candidate is away.", by=unit.verifier, at=timezone.now())
    planned(unit)


def test_a_sample_is_closed_with_the_criteria_looked_at(house: House) -> None:
    sample = planned(an_enrolment(house))
    with pytest.raises(Refusal, match="Tick the criteria you sampled"):
        close(sample, criteria=[])
    assert close(sample).outcome == SampleOutcome.AGREED
    with pytest.raises(Refusal, match="not open any more"):
        close(sample)


def test_an_action_has_its_finding_and_its_day(house: House) -> None:
    sample = planned(an_enrolment(house))
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    with pytest.raises(Refusal, match="Tell the assessor what you found"):
        close(sample, wanted="Add the minute.")
    with pytest.raises(Refusal, match="a day it is due"):
        close(sample, feedback="No minute given.", wanted="Add the minute.", due_on=yesterday)
    assert not Action.objects.exists()


def test_an_action_is_answered_by_its_owner_and_closed_only_by_the_verifier(house: House) -> None:
    unit = an_enrolment(house)
    close(planned(unit), feedback="No minute given.", wanted="Add the minute.", due_on=timezone.localdate())
    action = Action.objects.get()
    with pytest.raises(Refusal, match="only after the assessor has answered it"):
        verification.close_action(action=action, by=house.verifier, at=timezone.now())
    with pytest.raises(Refusal, match="Only the person an action was given to"):
        verification.answer_action(action=action, answer="Done.", by=house.other_assessor, at=timezone.now())
    verification.answer_action(action=action, answer="Done.", by=house.assessor, at=timezone.now())
    for user in (house.assessor, house.other_verifier, house.administrator):
        with pytest.raises(Refusal):
            verification.close_action(action=action, by=user, at=timezone.now())
    assert verification.close_action(action=action, by=house.verifier, at=timezone.now()).closed_at


def test_an_open_action_keeps_a_unit_from_being_verified(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    close(planned(unit), feedback="No minute given.", wanted="Add the minute.", due_on=timezone.localdate())
    with pytest.raises(Refusal, match="An action is still open: Add the minute"):
        verification.verify(enrolment=unit, by=house.verifier, at=timezone.now())


def test_a_unit_is_verified_after_a_sample_unless_the_body_wants_the_verifier_always(house: House) -> None:
    with pytest.raises(Refusal, match="choose it for sampling first"):
        verification.verify(enrolment=signed_off(an_enrolment(house)), by=house.verifier, at=timezone.now())
    unit = verification.verify(
        enrolment=signed_off(an_enrolment(house, "sqa-h12e04")), by=house.verifier, at=timezone.now()
    )
    assert unit.status == UnitStatus.VERIFIED


def test_a_unit_sent_back_loses_its_signatures_visibly_and_gains_an_action(house: House) -> None:
    unit = verified(an_enrolment(house))
    unit = verification.send_back(
        enrolment=unit,
        finding="1.1 rests on one call.",
        wanted="Ask for a second.",
        due_on=timezone.localdate(),
        criteria=[],
        by=house.verifier,
        at=timezone.now(),
    )
    assert (unit.status, unit.verified_by, unit.assessor_signed_by) == (UnitStatus.COLLECTING, None, None)
    assert SignatureVoid.objects.count() == 5
    assert Action.objects.get().owner == house.assessor


def test_nobody_verifies_where_they_judged_even_after_the_allocation_changed(house: House) -> None:
    unit = met(an_enrolment(house, assessor=house.other_assessor))
    enrolments.allocate(
        enrolment=unit,
        part=AllocatedAs.ASSESSOR,
        user=house.assessor,
        reason="On leave.",
        by=house.administrator,
        at=timezone.now(),
    )
    Enrolment.objects.filter(pk=unit.pk).update(verifier=house.other_assessor)
    unit.refresh_from_db()
    with pytest.raises(Refusal):
        planned(unit)


def test_a_reason_is_on_record_where_a_unit_is_left_unsampled(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    note = verification.leave_unsampled(
        enrolment=unit, reason="Three of this assessor's were agreed.", by=house.verifier, at=timezone.now()
    )
    assert note.reason == "Three of this assessor's were agreed."
    always = signed_off(an_enrolment(house, "sqa-h12e04", candidate=house.other_candidate))
    with pytest.raises(Refusal, match="wants the internal verifier's signature on every unit"):
        verification.leave_unsampled(enrolment=always, reason="No time.", by=house.verifier, at=timezone.now())


def test_a_signed_unit_is_reopened_by_the_lead_verifier_or_an_administrator_with_a_reason(house: House) -> None:
    unit = sampled(an_enrolment(house))
    for user in (house.verifier, house.assessor):
        with pytest.raises(Refusal, match="Only the centre's lead verifier or a centre administrator"):
            verification.reopen(enrolment=unit, reason="A complaint.", by=user, at=timezone.now())
    with pytest.raises(Refusal, match="Say why the unit is reopened"):
        verification.reopen(enrolment=unit, reason="", by=house.lead, at=timezone.now())
    unit = verification.reopen(enrolment=unit, reason="A complaint.", by=house.lead, at=timezone.now())
    assert unit.status == UnitStatus.COLLECTING
    handed_in(unit, "1.1")
