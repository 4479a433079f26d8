"""It names everybody before a unit starts, and lets it pause and end without losing anything."""

import datetime

import pytest
from django.utils import timezone

from assessments.actions import enrolment as enrolments
from assessments.enums import AllocatedAs, UnitStatus
from assessments.models import Enrolment
from assessments.testing import House, a_unit, an_enrolment, declared, handed_in, signed_off
from portfolio.models import User
from portfolio.refusal import Refusal
from units.models import CentreApproval

pytestmark = pytest.mark.django_db


def enrol(house: House, **more: User | datetime.date | None) -> Enrolment:
    asked = {
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
    return enrolments.enrol(**{**asked, **more})  # type: ignore[arg-type]


def test_only_an_administrator_of_the_centre_enrols(house: House, other_house: House) -> None:
    for user in (house.assessor, house.verifier, house.candidate.user, other_house.administrator):
        with pytest.raises(Refusal, match="Only an administrator"):
            enrol(house, by=user)


def test_three_parts_are_three_people_and_none_is_the_candidate(house: House) -> None:
    with pytest.raises(Refusal, match="three different people"):
        enrol(house, assessor=house.trainee, countersigner=house.trainee)
    with pytest.raises(Refusal, match="their own unit"):
        enrol(house, assessor=house.candidate.user)


def test_everybody_named_holds_the_role_at_this_centre(house: House, other_house: House) -> None:
    for part, user in [("assessor", other_house.assessor), ("verifier", house.assessor)]:
        with pytest.raises(Refusal, match=r"does not hold the role|three different people"):
            enrol(house, **{part: user})


def test_an_unqualified_assessor_has_a_qualified_countersigner(house: House) -> None:
    with pytest.raises(Refusal, match="name a qualified countersigner"):
        enrol(house, assessor=house.trainee)
    with pytest.raises(Refusal, match="cannot countersign"):
        enrol(house, countersigner=house.trainee)


def test_a_unit_is_taken_once_and_only_from_a_body_that_approved_the_centre(house: House) -> None:
    enrol(house)
    with pytest.raises(Refusal, match="is enrolled on CC26 already"):
        enrol(house)
    CentreApproval.objects.filter(awarding_body__code="ocr").delete()
    with pytest.raises(Refusal, match="no approval by OCR on record"):
        enrol(house, candidate=house.other_candidate)  # type: ignore[arg-type]


def test_the_target_is_after_the_start(house: House) -> None:
    with pytest.raises(Refusal, match="cannot be before the start"):
        enrol(house, target_on=timezone.localdate() - datetime.timedelta(days=1))


def test_a_suspended_unit_stands_still_and_goes_on_where_it_stood(house: House) -> None:
    unit = declared(an_enrolment(house))
    with pytest.raises(Refusal, match="Say why the unit is suspended"):
        enrolments.suspend(enrolment=unit, reason="", by=house.administrator, at=timezone.now())
    unit = enrolments.suspend(enrolment=unit, reason="Leave.", by=house.administrator, at=timezone.now())
    assert (unit.status, unit.kept_status) == (UnitStatus.SUSPENDED, UnitStatus.DECLARED)
    with pytest.raises(Refusal):
        handed_in(unit, "1.1")
    unit = enrolments.resume(enrolment=unit, by=house.administrator, at=timezone.now())
    assert (unit.status, unit.kept_status) == (UnitStatus.DECLARED, "")


def test_a_candidate_leaves_a_unit_and_may_take_it_again(house: House) -> None:
    unit = enrol(house)
    unit = enrolments.withdraw(enrolment=unit, reason="New job.", by=unit.candidate_user, at=timezone.now())
    assert (unit.status, unit.ended_at is not None) == (UnitStatus.WITHDRAWN, True)
    enrol(house)


def test_an_allocation_is_changed_with_a_reason_by_the_office(house: House) -> None:
    unit = an_enrolment(house)
    act = {"enrolment": unit, "part": AllocatedAs.VERIFIER, "by": house.administrator, "at": timezone.now()}
    with pytest.raises(Refusal, match="Say why the allocation changes"):
        enrolments.allocate(user=house.other_verifier, reason="", **act)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="always has an assessor and a verifier"):
        enrolments.allocate(user=None, reason="Left.", **act)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="holds this part already"):
        enrolments.allocate(user=house.verifier, reason="Left.", **act)  # type: ignore[arg-type]
    enrolments.allocate(user=house.other_verifier, reason="Left.", **act)  # type: ignore[arg-type]
    history = [(row.user, row.to_at is None) for row in unit.allocations.filter(part="verifier")]
    assert history == [(house.verifier, False), (house.other_verifier, True)]


def test_whoever_signed_a_unit_does_not_become_its_verifier(house: House) -> None:
    unit = signed_off(an_enrolment(house))
    with pytest.raises(Refusal):
        enrolments.allocate(
            enrolment=unit,
            part=AllocatedAs.VERIFIER,
            user=house.assessor,
            reason="Swap.",
            by=house.administrator,
            at=timezone.now(),
        )
