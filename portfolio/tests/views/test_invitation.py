"""The page behind the link of an invitation."""

import pytest
from django.test import Client

from portfolio import actions
from portfolio.invitation import Invitation, link_to
from portfolio.models import Centre, User
from portfolio.testing import PASSWORD, a_candidate, a_centre

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre() -> Centre:
    return a_centre()


@pytest.fixture
def invited(centre: Centre) -> User:
    return a_candidate(centre).user


def page_for(user: User, centre: Centre) -> str:
    return link_to(Invitation(user, centre)).removeprefix("http://localhost:8000")


def test_it_says_who_invites_and_as_whom(client: Client, invited: User, centre: Centre) -> None:
    shown = client.get(page_for(invited, centre)).content.decode()
    assert "Northgate Centre has invited you" in shown
    assert invited.email in shown


def test_choosing_a_password_signs_in_once(client: Client, invited: User, centre: Centre) -> None:
    page = page_for(invited, centre)
    answer = client.post(page, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert answer.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(invited.pk)
    again = Client().get(page)
    assert again.status_code == 404
    assert "no longer opens" in again.content.decode()


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ("short", "short", "at least 12 characters"),
        (PASSWORD, PASSWORD + "x", "didn’t match"),
        ("cara.candidate", "cara.candidate", "too similar"),
        ("", "", "required"),
    ],
)
def test_a_poor_password_is_refused_with_the_reason(
    client: Client, invited: User, centre: Centre, first: str, second: str, sentence: str
) -> None:
    answer = client.post(page_for(invited, centre), {"new_password1": first, "new_password2": second})
    assert sentence in answer.content.decode()
    invited.refresh_from_db()
    assert not invited.has_usable_password()


def test_a_forged_link_opens_nothing(client: Client) -> None:
    answer = client.get("/invitation/forged/")
    assert answer.status_code == 404
    assert "send the invitation again" in answer.content.decode()


def test_the_link_of_either_centre_opens_until_one_has_been_used(client: Client, invited: User, centre: Centre) -> None:
    other = a_centre("Southgate Centre")
    a_candidate(other)
    first, second = page_for(invited, centre), page_for(invited, other)
    assert "Southgate Centre has invited you" in client.get(second).content.decode()
    client.post(second, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert client.get(first).status_code == 404


def test_a_person_who_was_shut_out_is_not_invited(client: Client, invited: User, centre: Centre) -> None:
    User.objects.filter(pk=invited.pk).update(is_active=False)
    assert client.get(page_for(invited, centre)).status_code == 404


def test_signing_up_says_that_a_centre_invites(client: Client) -> None:
    assert "Your centre invites you" in client.get("/accounts/signup/").content.decode()


def test_accepting_is_refused_when_somebody_was_quicker(
    client: Client, invited: User, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_for(invited, centre)
    accept = actions.accept_invitation

    def beaten(**facts: object) -> User:
        accept(**facts)  # type: ignore[arg-type]
        return accept(**facts)  # type: ignore[arg-type]

    monkeypatch.setattr("portfolio.views.invitation.accept_invitation", beaten)
    answer = client.post(page, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert "taken up already" in answer.content.decode()
