"""What a page's door reads of a person serves the whole request, and nothing longer."""

import datetime

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from portfolio.access import with_standing
from portfolio.enums import Role
from portfolio.models import Centre, User, centres_of
from portfolio.testing import a_centre, a_staff_member, an_administrator

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    """Somebody who assesses at one centre and administers another."""
    a_staff_member(a_centre("Harbour College"), "Asha Admin", Role.ASSESSOR)
    return an_administrator(a_centre("Northgate Centre"), "Asha Admin")


def through_the_door(user: User) -> User:
    request = RequestFactory().get("/")
    request.user = user
    with_standing(request)
    return user


def test_it_answers_as_the_database_would(user: User) -> None:
    asked = {role: set(Centre.objects.filter(pk__in=centres_of(user, role))) for role in Role}
    read = {role: set(Centre.objects.filter(pk__in=centres_of(through_the_door(user), role))) for role in Role}
    assert read == asked
    assert [centre.name for centre in read[Role.ADMINISTRATOR]] == ["Northgate Centre"]


def test_another_day_is_asked_of_the_database(user: User) -> None:
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    through_the_door(user)
    assert list(centres_of(user, Role.ASSESSOR, day=yesterday)) == []
    assert len(list(centres_of(user, Role.ASSESSOR))) == 1


def test_nobody_else_gets_what_was_read(user: User) -> None:
    through_the_door(user)
    assert User.objects.get(pk=user.pk).roles_read is None


def test_a_request_to_a_host_of_somebody_elses_is_refused_on_a_page(client: Client) -> None:
    answer = client.get("/accounts/login/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "<h1>" in answer.content.decode()
