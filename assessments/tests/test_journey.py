"""A candidate's unit from an empty portfolio to a certificate, and back."""

import datetime

import pytest
from django.utils import timezone

from assessments.actions import award, judgement, verification
from assessments.enums import ClaimBasis, Layer, SignedAs, UnitStatus
from assessments.progress import progress_of
from assessments.queries.judgement import signatures_in_force
from assessments.queries.verification import unit_facts
from assessments.testing import House, an_enrolment, signed_off, verified
from portfolio import audit
from portfolio.models import AuditChain, AuditEvent

pytestmark = pytest.mark.django_db


def now() -> datetime.datetime:
    return timezone.now()


@pytest.mark.parametrize("key", ["ocr-cc26", "sqa-h12e04", "ocr-d20"])
def test_a_qualified_assessors_candidate_reaches_the_certificate(house: House, key: str) -> None:
    unit = verified(an_enrolment(house, key))
    assert set(signatures_in_force(unit.pk)) == set(SignedAs) - {SignedAs.COUNTERSIGNER}
    claim = award.claim(enrolment=unit, authorisation="EV report 12", by=house.administrator, at=now())
    assert (claim.basis, claim.reference) == (ClaimBasis.AUTHORISED, "EV report 12")
    award.certificate(enrolment=unit, number="C 1", issued_on=timezone.localdate(), by=house.administrator, at=now())
    unit.refresh_from_db()
    assert unit.status == UnitStatus.CERTIFICATED
    found = unit_facts(unit).layers
    assert set(found.values()) == {Layer.CONFIRMED}
    assert progress_of(found).complete
    assert audit.verify(AuditChain.objects.get(centre=house.centre)) is None


def test_a_trainees_unit_counts_once_it_is_countersigned(house: House) -> None:
    unit = signed_off(an_enrolment(house, assessor=house.trainee))
    assert unit.status == UnitStatus.AWAITING_COUNTERSIGNATURE
    assert {state.layer for state in unit_facts(unit).criteria} == {Layer.CLAIMED}
    unit = judgement.countersign(enrolment=unit, by=house.assessor, at=now())
    assert (unit.status, unit.countersigned_by) == (UnitStatus.SIGNED_OFF, house.assessor)
    assert {state.layer for state in unit_facts(unit).criteria} == {Layer.CONFIRMED}
    assert not unit_facts(unit).stale


def test_a_unit_sent_back_goes_through_once_more(house: House) -> None:
    unit = verified(an_enrolment(house))
    unit = verification.send_back(
        enrolment=unit,
        finding="1.1 rests on one call.",
        wanted="Ask for a second call.",
        due_on=timezone.localdate(),
        criteria=[],
        by=house.verifier,
        at=now(),
    )
    assert unit.status == UnitStatus.COLLECTING
    assert signatures_in_force(unit.pk) == {}
    unit = judgement.declare(enrolment=unit, by=house.candidate.user, at=now())
    unit = judgement.sign_off(enrolment=unit, comments="Second call heard.", by=house.assessor, at=now())
    action = unit.actions.get()
    verification.answer_action(action=action, answer="Heard a second call.", by=house.assessor, at=now())
    verification.close_action(action=action, by=house.verifier, at=now())
    unit = verification.verify(enrolment=unit, by=house.verifier, at=now())
    assert unit.status == UnitStatus.VERIFIED


def test_each_act_of_the_journey_writes_its_line(house: House) -> None:
    begun = AuditEvent.objects.count()
    verified(an_enrolment(house))
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))[begun:]
    assert verbs == [
        "enrol",
        "add_evidence",
        "submit",
        "review",
        "declare",
        "sign_off",
        "plan_sample",
        "close_sample",
        "verify",
    ]
