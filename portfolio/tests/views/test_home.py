"""The front door."""

import datetime

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from portfolio.enums import Role
from portfolio.models import RoleGrant, User
from portfolio.testing import a_candidate, a_centre, a_staff_member, an_administrator
from portfolio.views.home import Section, home

pytestmark = pytest.mark.django_db

SECTIONS = {
    Role.CANDIDATE: Section("account_change_password", "My portfolio", "Your units."),
    Role.ASSESSOR: Section("nowhere:at_all", "Assessing", "Your queue."),
    Role.INTERNAL_VERIFIER: Section("account_signup", "Verifying", "Your samples."),
    Role.LEAD_VERIFIER: Section("account_signup", "Verifying", "Your samples."),
}


def test_somebody_who_is_not_signed_in_is_sent_to_sign_in(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/accounts/login/?next=/"


def test_an_administrator_lands_on_people(client: Client) -> None:
    client.force_login(an_administrator(a_centre()))
    assert client.get("/").headers["Location"] == "/people/"


def land(user: User) -> str:
    """Where the front door leads the person: an address, or the page's text."""
    request = RequestFactory().get("/")
    request.user = user
    answer = home(request, sections=SECTIONS)
    return answer.headers.get("Location") or answer.content.decode()  # type: ignore[attr-defined]


def test_one_section_is_gone_to_straight_away_however_many_roles_lead_there() -> None:
    centre = a_centre()
    assert land(a_candidate(centre).user) == "/accounts/password/change/"
    verifier = a_staff_member(centre, "Vic Verifier", Role.INTERNAL_VERIFIER, Role.LEAD_VERIFIER)
    assert land(verifier.user) == "/accounts/signup/"


def test_several_sections_are_listed() -> None:
    centre = a_centre()
    a_candidate(centre, "Ann Lee")
    shown = land(a_staff_member(a_centre("Southgate Centre"), "Ann Lee", Role.ASSESSOR, Role.LEAD_VERIFIER).user)
    assert shown.count("<h2>") == 3
    assert '<a href="/accounts/password/change/">My portfolio</a>' in shown


def test_a_section_without_a_page_is_named_all_the_same() -> None:
    shown = land(a_staff_member(a_centre(), "Ann Lee", Role.ASSESSOR).user)
    assert "<h2>Assessing</h2>" in shown


def test_somebody_without_a_role_today_is_told_so() -> None:
    user = a_candidate(a_centre()).user
    RoleGrant.objects.filter(user=user).update(starts_on=timezone.localdate() + datetime.timedelta(days=1))
    assert "You hold no role today" in land(user)
