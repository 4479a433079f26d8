"""Taking a unit, who works on it, pausing and leaving it."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from assessments.actions import allocation, judgement, verification
from assessments.actions import enrolment as actions
from assessments.enums import AllocatedAs, UnitStatus
from assessments.models import Enrolment
from assessments.testing import House, a_unit, an_enrolment, declared, handed_in, met, sampled, signed_off, verified
from assessments.tests.refusing import refusals
from portfolio.models import User
from units.models import CentreApproval, Unit

pytestmark = pytest.mark.django_db


def enrol(house: House, **otherwise: Any) -> Enrolment:
    values: dict[str, Any] = {
        "candidate": house.candidate,
        "unit": a_unit(),
        "assessor": house.assessor,
        "verifier": house.verifier,
        "countersigner": None,
        "started_on": timezone.localdate(),
        "target_on": None,
        "by": house.administrator,
        "at": timezone.now(),
    }
    return actions.enrol(**{**values, **otherwise})


def allocate(unit: Enrolment, part: AllocatedAs, user: User | None, house: House) -> Enrolment:
    return allocation.allocate(
        enrolment=unit, part=part, user=user, reason="Long leave.", by=house.administrator, at=timezone.now()
    )


def test_everybody_is_named_before_a_unit_starts(house: House) -> None:
    unit = enrol(house, assessor=house.trainee, countersigner=house.assessor)
    parts = dict(unit.allocations.values_list("part", "user"))
    assert parts == {"assessor": house.trainee.pk, "countersigner": house.assessor.pk, "verifier": house.verifier.pk}
    assert (unit.status, unit.candidate_user) == (UnitStatus.COLLECTING, house.candidate.user)


def test_who_cannot_work_together_is_refused(house: House, other_house: House) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"assessor": house.candidate.user}, "Nobody can be assessor, countersigner or verifier of their own unit."),
        (
            {"countersigner": house.assessor},
            "Assessor, countersigner and verifier must be three different people.",
        ),
        (
            {"assessor": house.verifier},
            "Vera Northgate does not hold the role of assessor at Northgate Centre: grant it first.",
        ),
        (
            {"verifier": other_house.verifier},
            "vera.harbour@example.org does not hold the role of internal verifier at Northgate Centre: grant it first.",
        ),
        (
            {"countersigner": house.trainee},
            "Tomasz Northgate holds no assessor's award, so cannot countersign.",
        ),
        (
            {"assessor": house.trainee},
            "Tomasz Northgate holds no assessor's award yet: name a qualified countersigner.",
        ),
        ({"target_on": datetime.date(2020, 1, 1)}, "The target date cannot be before the start."),
    ]
    for values, sentence in cases:
        assert sentence in refusals(lambda values=values: enrol(house, **values))  # type: ignore[misc]
    assert not Enrolment.objects.exists()


def test_a_lead_verifier_may_verify(house: House) -> None:
    assert enrol(house, verifier=house.lead).verifier == house.lead


def test_a_unit_is_published_approved_and_taken_once(house: House) -> None:
    body = a_unit().awarding_body
    unpublished = Unit.objects.create(key="new", awarding_body=body, style="qcf", short_code="New")
    assert refusals(lambda: enrol(house, unit=unpublished)) == ["New is not published yet."]
    enrol(house)
    assert refusals(lambda: enrol(house)) == ["Cara Northgate is enrolled on CC26 already."]
    CentreApproval.objects.filter(centre=house.centre, awarding_body=body).delete()
    assert refusals(lambda: enrol(house, unit=a_unit("ocr-cc32"))) == [
        "Northgate Centre has no approval by OCR on record: record it first."
    ]


def test_a_unit_that_was_left_can_be_taken_again(house: House) -> None:
    first = enrol(house)
    actions.withdraw(enrolment=first, reason="New job.", by=house.candidate.user, at=timezone.now())
    assert enrol(house).pk != first.pk


# --- allocation ------------------------------------------------------------------------------------------------------


def test_the_history_keeps_who_held_a_part(house: House) -> None:
    unit = allocate(enrol(house), AllocatedAs.ASSESSOR, house.other_assessor, house)
    assert unit.assessor == house.other_assessor
    rows = unit.allocations.filter(part=AllocatedAs.ASSESSOR)
    assert [(row.user, row.to_at is None, row.reason) for row in rows] == [
        (house.assessor, False, ""),
        (house.other_assessor, True, "Long leave."),
    ]


def test_a_part_is_not_given_to_whom_it_cannot_be(house: House) -> None:
    unit = enrol(house)
    assert refusals(lambda: allocate(unit, AllocatedAs.ASSESSOR, house.assessor, house)) == [
        "Asha Northgate holds this part already."
    ]
    assert refusals(lambda: allocate(unit, AllocatedAs.VERIFIER, None, house)) == [
        "A unit always has an assessor and a verifier."
    ]
    assert refusals(lambda: allocate(unit, AllocatedAs.VERIFIER, house.assessor, house))[0] == (
        "Assessor, countersigner and verifier must be three different people."
    )


def test_whoever_judged_never_verifies_and_whoever_sampled_never_judges(house: House) -> None:
    house_roles = house.centre.grants
    for user, role in ((house.assessor, "internal_verifier"), (house.verifier, "assessor")):
        house_roles.create(user=user, role=role, starts_on=timezone.localdate())
    unit = sampled(enrol(house))
    allocate(unit, AllocatedAs.ASSESSOR, house.other_assessor, house)
    assert refusals(lambda: allocate(unit, AllocatedAs.VERIFIER, house.assessor, house)) == [
        "Asha Northgate has judged in this unit, so somebody else must verify it."
    ]
    allocate(unit, AllocatedAs.VERIFIER, house.other_verifier, house)
    assert "Vera Northgate has sampled or verified this unit, so somebody else must judge it." in refusals(
        lambda: allocate(unit, AllocatedAs.ASSESSOR, house.verifier, house)
    )


def test_a_sample_that_was_dropped_keeps_nobody_from_judging(house: House) -> None:
    house.centre.grants.create(user=house.verifier, role="assessor", starts_on=timezone.localdate())
    unit = enrol(house)
    by_verifier = {"by": house.verifier, "at": timezone.now()}
    sample = verification.plan_sample(enrolment=unit, reason="New.", **by_verifier)  # type: ignore[arg-type]
    verification.drop_sample(sample=sample, reason="Ill.", **by_verifier)  # type: ignore[arg-type]
    allocate(unit, AllocatedAs.VERIFIER, house.other_verifier, house)
    with pytest.raises(Exception, match="holds no assessor's award yet"):
        allocate(unit, AllocatedAs.ASSESSOR, house.verifier, house)
    unit = allocate(unit, AllocatedAs.COUNTERSIGNER, house.other_assessor, house)
    unit = allocate(unit, AllocatedAs.ASSESSOR, house.verifier, house)
    assert met(unit).decisions.exists()


def test_a_unit_that_waits_for_its_countersigner_keeps_one(house: House) -> None:
    unit = signed_off(enrol(house, assessor=house.trainee, countersigner=house.assessor))
    assert "The unit waits for its countersigner: name another one." in refusals(
        lambda: allocate(unit, AllocatedAs.COUNTERSIGNER, None, house)
    )
    unit = allocate(unit, AllocatedAs.COUNTERSIGNER, house.other_assessor, house)
    unit = judgement.countersign(enrolment=unit, by=house.other_assessor, at=timezone.now())
    assert unit.status == UnitStatus.SIGNED_OFF


# --- pausing and leaving ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [an_enrolment, "declared", "awaiting", "signed_off", "verified"])
def test_a_suspended_unit_goes_on_where_it_stood(house: House, stage: Any) -> None:
    stages = {"declared": declared, "signed_off": signed_off, "verified": verified, "awaiting": signed_off}
    unit = an_enrolment(house, assessor=house.trainee if stage == "awaiting" else None)
    unit = stages[stage](unit) if stage in stages else unit
    before = unit.status
    unit = actions.suspend(enrolment=unit, reason="Illness.", by=house.administrator, at=timezone.now())
    assert (unit.status, unit.kept_status) == (UnitStatus.SUSPENDED, before)
    unit = actions.resume(enrolment=unit, by=house.administrator, at=timezone.now())
    assert (unit.status, unit.kept_status, unit.suspended_at) == (before, "", None)


def test_a_unit_is_left_with_everything_recorded_and_nothing_waiting(house: House) -> None:
    unit = an_enrolment(house)
    handed_in(unit, "1.1")
    unit = actions.withdraw(enrolment=unit, reason="New job.", by=house.candidate.user, at=timezone.now())
    assert unit.ended_at
    assert unit.mappings.count() == 1
    assert not unit.mappings.exclude(waiting_since=None).exists()
    assert refusals(lambda: actions.resume(enrolment=unit, by=house.administrator, at=timezone.now())) == [
        "The unit is “Withdrawn”. To resume this unit, it must be “Suspended”."
    ]


def test_a_suspended_unit_can_be_left(house: House) -> None:
    unit = actions.suspend(
        enrolment=verified(an_enrolment(house)), reason="Illness.", by=house.administrator, at=timezone.now()
    )
    unit = actions.withdraw(enrolment=unit, reason="New job.", by=house.candidate.user, at=timezone.now())
    assert (unit.status, unit.kept_status) == (UnitStatus.WITHDRAWN, "")
