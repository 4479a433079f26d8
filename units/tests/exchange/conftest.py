"""A centre, and Alma who administers it."""

import pytest
from django.test import Client
from django.utils import timezone

from portfolio.enums import Role
from portfolio.models import Centre, RoleGrant, User
from units.models import AwardingBody, CentreApproval


def a_centre(name: str, slug: str) -> Centre:
    centre = Centre.objects.create(name=name, slug=slug, created_at=timezone.now())
    CentreApproval.objects.create(centre=centre, awarding_body=AwardingBody.objects.get(code="ocr"), centre_number="1")
    return centre


def holder(centre: Centre, role: Role, email: str) -> User:
    person = User.objects.create_user(email)
    RoleGrant.objects.create(user=person, centre=centre, role=role, starts_on=timezone.localdate())
    return person


def browser_of(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def centre() -> Centre:
    return a_centre("Northgate Training", "northgate")


@pytest.fixture
def alma(centre: Centre) -> User:
    """She administers the centre."""
    return holder(centre, Role.ADMINISTRATOR, "alma@example.org")
