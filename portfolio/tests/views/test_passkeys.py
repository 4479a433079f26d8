"""What the server does with passkeys, but for what a device signs: that is in test_second_factor_in_browser.py."""

from typing import Any

import pytest
import pytest_django
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from portfolio.enums import Role
from portfolio.harness import AskingClient
from portfolio.models import AuditEvent, User
from portfolio.testing import PASSWORD, a_centre, an_administrator, with_password
from portfolio.tests.codes import with_app

pytestmark = pytest.mark.django_db


def just_signed_in(client: AskingClient) -> User:
    alma = with_password(an_administrator(a_centre()))
    client.post("/accounts/login/", {"login": alma.email, "password": PASSWORD})
    return alma


@pytest.fixture
def alma(client: AskingClient) -> User:
    """Somebody who has just signed in, and has a passkey that no device can answer for."""
    alma = just_signed_in(client)
    Authenticator.objects.create(user=alma, type="webauthn", data={"name": "My telephone", "credential": {}})
    return alma


def removing(user: User) -> str:
    return reverse("mfa_remove_webauthn", args=[Authenticator.objects.get(user=user, type="webauthn").pk])


def test_the_only_factor_of_a_role_that_asks_for_one_stays(
    client: AskingClient, alma: User, settings: pytest_django.Settings
) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({Role.ADMINISTRATOR})
    assert "this is your only one" in client.get(removing(alma)).content.decode()
    answer = client.post(removing(alma))
    assert answer.status_code == 409
    assert Authenticator.objects.filter(user=alma).exists()
    with_app(alma)
    assert client.post(removing(alma)).status_code == 302
    assert not Authenticator.objects.filter(user=alma, type="webauthn").exists()


def test_its_removal_is_one_line_of_the_book_and_one_letter(client: AskingClient, alma: User) -> None:
    letters = len(mail.outbox)
    client.post(removing(alma))
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.actor, line.detail.details) == ("remove second factor", alma, {"kind": "webauthn"})
    assert len(mail.outbox) == letters + 1
    assert "was removed, a passkey" in str(mail.outbox[-1].body)


def test_nobody_removes_anothers(client: AskingClient, alma: User) -> None:
    other = with_password(an_administrator(a_centre("Southgate Centre"), "Olga Other"))
    page = removing(alma)
    client.post("/accounts/logout/")
    client.post("/accounts/login/", {"login": other.email, "password": PASSWORD})
    assert client.post(page).status_code == 404
    assert Authenticator.objects.filter(user=alma).exists()


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{}",
        "[]",
        "7",
        '{"id": [], "rawId": 7, "type": "public-key", "response": "x"}',
        '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "eA", "attestationObject": '
        '"eA"}}',
        '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": '
        '"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUA"}}',
        '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
        '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "eA", "authenticatorData": '
        '"eA", "signature": "eA", "userHandle": "MQ"}}',
    ],
)
@pytest.mark.parametrize("name", ["mfa_login_webauthn", "mfa_add_webauthn"])
def test_whatever_else_a_script_sends_signs_nobody_in_and_adds_nothing(
    client: AskingClient, name: str, said: str
) -> None:
    just_signed_in(client)
    if name == "mfa_login_webauthn":
        client.post("/accounts/logout/")
    client.get(reverse(name), headers={"accept": "application/json"})
    answer: Any = client.post(reverse(name), {"credential": said, "name": "x"})
    assert answer.status_code in (200, 302)
    assert not Authenticator.objects.exists()
    assert ("_auth_user_id" in client.session) == (name == "mfa_add_webauthn")


def test_the_entrance_asks_any_passkey_to_answer_and_to_know_its_owner(client: AskingClient) -> None:
    asked = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    assert asked["request_options"]["publicKey"]["userVerification"] == "required"
    assert not asked["request_options"]["publicKey"]["allowCredentials"]


def test_one_calls_ones_own_passkey_something_else(client: AskingClient, alma: User) -> None:
    passkey = Authenticator.objects.get(user=alma, type="webauthn")
    address = reverse("mfa_edit_webauthn", args=[passkey.pk])
    assert "My telephone" in client.get(address).content.decode()
    assert client.post(address, {"name": "  "}).status_code == 409
    letters = len(mail.outbox)
    assert client.post(address, {"name": "Work telephone"}).status_code == 302
    assert "Passkey: Work telephone" in client.get(reverse("mfa_index")).content.decode()
    line = AuditEvent.objects.latest("pk")
    assert (line.verb, line.actor) == ("rename passkey", alma)
    assert line.detail.details == {"before": "My telephone", "now": "Work telephone"}
    assert len(mail.outbox) == letters, "it signs nobody in who could not before"
    passkey.refresh_from_db()
    assert passkey.data["credential"] == {}
    stranger = with_password(an_administrator(a_centre("Harbour College"), "Bo Other"))
    client.logout()
    client.post("/accounts/login/", {"login": stranger.email, "password": PASSWORD})
    assert client.get(address).status_code == 404
