"""Whole awards, registrations and claims for tests, born through the real verbs."""

import datetime

from django.utils import timezone

from assessments.actions import registration
from assessments.models import Registration
from assessments.testing import House
from portfolio.models import CandidateRecord
from units.models import Qualification
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
