"""Whole awards, registrations and claims for tests, born through the real verbs."""

import datetime

from django.utils import timezone

from assessments.actions import award as awards
from assessments.actions import batches, registration
from assessments.models import AwardClaim, Certificate, ClaimBatch, Enrolment, Registration
from assessments.testing import House, an_enrolment, verified
from portfolio.models import CandidateRecord
from units.models import AwardingBody, Qualification
from units.testing import an_award


def the_award(house: House) -> Qualification:
    """The centre's award: CC26, and two of CC32, D20 and CC16 (whose credits are unknown); 11 credits."""
    own = Qualification.objects.published().filter(centre=house.centre)
    return own.first() or an_award(house.centre, house.administrator)


def a_registration(
    house: House, *, candidate: CandidateRecord | None = None, registered_on: datetime.date | None = None
) -> Registration:
    """The candidate registered for the award, today when no day is given."""
    return registration.register(
        candidate=candidate or house.candidate,
        qualification=the_award(house),
        number="R-1",
        registered_on=registered_on or timezone.localdate(),
        by=house.administrator,
        at=timezone.now(),
    )


ENOUGH = ("ocr-cc26", "ocr-cc32", "ocr-d20")
"""Units that make the award."""


def a_batch(
    house: House, *units: Enrolment, awards: tuple[Registration, ...] = (), reference: str = "2026/1"
) -> ClaimBatch:
    """These claimed at once, on the external verifier's word."""
    return batches.claim_batch(
        centre=house.centre,
        awarding_body=AwardingBody.objects.get(code="ocr"),
        reference=reference,
        authorisation="EV 1",
        units=[row.pk for row in units],
        awards=[row.pk for row in awards],
        by=house.administrator,
        at=timezone.now(),
    )


def complete(house: House, candidate: CandidateRecord | None = None) -> Registration:
    """A registration whose units are all verified."""
    row = a_registration(house, candidate=candidate)
    for key in ENOUGH:
        verified(an_enrolment(house, key, candidate=candidate))
    return row


def an_award_claim(house: House, candidate: CandidateRecord | None = None) -> AwardClaim:
    """A whole award claimed whose units were claimed one by one before."""
    row = complete(house, candidate)
    for unit in Enrolment.objects.filter(candidate=candidate or house.candidate):
        awards.claim(enrolment=unit, authorisation="EV 1", by=house.administrator, at=timezone.now())
    return a_batch(house, awards=(row,)).awards.get()


def an_award_certificate(house: House, candidate: CandidateRecord | None = None) -> Certificate:
    """Its certificate."""
    return batches.certificate_award(
        claim=an_award_claim(house, candidate),
        number="A 1",
        issued_on=timezone.localdate(),
        by=house.administrator,
        at=timezone.now(),
    )
