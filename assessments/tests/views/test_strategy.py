"""The page of a centre's sampling strategy."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.testing import House, an_enrolment
from assessments.tests.views.visitors import signed_in
from portfolio.actions import invite_staff
from portfolio.enums import Role
from portfolio.models import User
from units.models import Unit

pytestmark = pytest.mark.django_db


def namesake(house: House) -> tuple[User, Unit]:
    """A verifier and a unit whose rows have the same number, each in its own table."""
    verifiers = {user.pk: user for user in (house.verifier, house.other_verifier, house.lead)}
    taken = set(User.objects.values_list("pk", flat=True)) - set(verifiers)
    unit = Unit.objects.exclude(pk__in=taken).earliest("pk")
    if unit.pk in verifiers:
        return verifiers[unit.pk], unit
    user = User.objects.create(pk=unit.pk, email="namesake@example.org")
    roles = [Role.INTERNAL_VERIFIER]
    invite_staff(centre=house.centre, email=user.email, name="Nia Pugh", roles=roles, by=None, at=timezone.now())
    return user, unit


def test_a_unit_is_rated_by_whoever_has_its_number_too(house: House) -> None:
    user, unit = namesake(house)
    an_enrolment(house, unit.key)
    page = signed_in(user).get(reverse("assessments:centre_strategy", args=[house.centre.slug])).content.decode()
    assert reverse("assessments:rate_risk", args=[house.centre.slug, "unit", unit.pk]) in page
