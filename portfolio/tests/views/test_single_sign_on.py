"""Single sign-on: only for whom a centre invited, by an address the provider has verified, and past no other check."""

from collections.abc import Iterator
from typing import Any

import pytest
import pytest_django
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail
from django.test import Client

from portfolio.models import AuditEvent, User
from portfolio.testing import a_candidate, a_centre, with_password
from portfolio.tests.codes import code_of, with_app
from portfolio.tests.provider import CLIENT, SECRET, Provider, a_provider

pytestmark = pytest.mark.django_db

START = "/accounts/oidc/"


@pytest.fixture
def provider(settings: pytest_django.Settings) -> Iterator[Provider]:
    with a_provider() as provider:
        app = {
            "provider_id": settings.OIDC_ID,
            "name": "Harbour College",
            "client_id": CLIENT,
            "secret": SECRET,
            "settings": {"server_url": provider.issuer, "oauth_pkce_enabled": True, "scope": ["openid", "email"]},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        settings.OIDC_ISSUER, settings.OIDC_NAME = provider.issuer, "Harbour College"
        provider.claims = {"sub": "c-7", "email": "Cara.Candidate@example.org", "email_verified": True}
        yield provider


@pytest.fixture
def cara() -> User:
    return with_password(a_candidate(a_centre()).user)


def comes(client: Client, provider: Provider, query: str = "") -> Any:
    """A browser that goes to the provider, signs in there, and comes back."""
    return client.get(provider.lets_in(client.get(START + query).headers["Location"]))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_somebody_invited_is_signed_in_and_told_of_the_new_way_once(provider: Provider, cara: User) -> None:
    client = Client()
    assert "Sign in with Harbour College" in client.get("/accounts/login/").content.decode()
    assert comes(client, provider, "?next=/news/").headers["Location"] == "/news/"
    assert client.session["_auth_user_id"] == str(cara.pk)
    assert "signed in through Harbour College for the first time" in str(mail.outbox[-1].body)
    letters = len(mail.outbox)
    comes(Client(), provider)
    assert len(mail.outbox) == letters
    assert AuditEvent.objects.filter(verb="add single sign-on", actor=cara, chain__centre=None).count() == 1
    [account] = SocialAccount.objects.all()
    assert (account.user, account.uid, account.extra_data) == (cara, "c-7", {})
    cara.refresh_from_db()
    assert cara.has_usable_password()


def test_its_button_keeps_the_page_that_was_wanted_when_a_password_was_wrong(provider: Provider, cara: User) -> None:
    client, wrong = Client(), {"login": cara.email, "password": "not hers", "next": "/news/?page=2"}
    for page in (client.get("/accounts/login/?next=/news/%3Fpage%3D2"), client.post("/accounts/login/", wrong)):
        assert 'href="/accounts/oidc/?next=/news/%3Fpage%3D2"' in page.content.decode()


def test_from_then_on_the_provider_s_name_counts_and_not_the_address(provider: Provider, cara: User) -> None:
    comes(Client(), provider)
    provider.claims |= {"email": "cara.married@example.org"}
    client = Client()
    comes(client, provider)
    assert client.session["_auth_user_id"] == str(cara.pk)
    provider.claims = {"sub": "c-8", "email": cara.email, "email_verified": True}  # the address was given to another
    client = Client()
    assert "Somebody else has signed in here" in comes(client, provider).content.decode()
    assert not is_in(client)


def test_it_does_not_go_round_a_second_factor(provider: Provider, cara: User) -> None:
    secret = with_app(cara)
    client = Client()
    assert comes(client, provider).headers["Location"] == "/accounts/code/"
    assert not is_in(client)
    client.post("/accounts/code/", {"code": code_of(secret)})
    assert is_in(client)


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"email": "nobody@example.org"}, "Nobody here signs in with the address nobody@example.org"),
        ({"email_verified": False}, "which e-mail address of yours it has verified"),
        ({"email_verified": "true, says the attacker"}, "which e-mail address of yours it has verified"),
        ({"email": ""}, "which e-mail address of yours it has verified"),
    ],
)
def test_nobody_else_gets_in_and_no_account_is_made(
    provider: Provider, cara: User, claims: dict[str, Any], sentence: str
) -> None:
    provider.claims |= claims
    client, people = Client(), User.objects.count()
    answer = comes(client, provider)
    assert answer.status_code == 403
    assert sentence in answer.content.decode()
    assert not is_in(client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (people, 0)


def test_an_invitation_is_taken_up_first_as_one_signs_with_a_password(provider: Provider) -> None:
    a_candidate(a_centre())
    client = Client()
    assert "Take up your invitation first" in comes(client, provider).content.decode()
    assert not is_in(client)


def test_a_closed_account_stays_closed(provider: Provider, cara: User) -> None:
    User.objects.filter(pk=cara.pk).update(is_active=False)
    client = Client()
    comes(client, provider)
    assert not is_in(client)


@pytest.mark.parametrize(
    "token", [{"iss": "https://elsewhere.example"}, {"aud": "another client"}, {"exp": 1}, {"sub": "another"}]
)
def test_a_token_for_others_or_too_old_or_of_another_person_is_refused(
    provider: Provider, cara: User, token: dict[str, Any]
) -> None:
    provider.token = token
    client = Client()
    answer = comes(client, provider)
    assert answer.status_code == 403
    assert "no answer that can be relied on" in answer.content.decode()
    assert not is_in(client)


def test_a_token_with_another_signature_is_refused(provider: Provider, cara: User) -> None:
    provider.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    client = Client()
    assert comes(client, provider).status_code == 403
    assert not is_in(client)


def test_an_answer_is_good_once_and_only_in_the_browser_that_set_out(provider: Provider, cara: User) -> None:
    client, other = Client(), Client()
    back = provider.lets_in(client.get(START).headers["Location"])
    assert other.get(back).status_code == 403
    assert not is_in(other)
    client.get(back)
    client.post("/accounts/logout/")
    assert client.get(back).status_code == 403
    assert not is_in(client)


def test_it_links_nothing_to_whoever_is_signed_in(provider: Provider, cara: User) -> None:
    other = with_password(a_candidate(a_centre("Southgate Centre"), "Olga Other").user)
    client = Client()
    client.force_login(other)
    comes(client, provider, "?process=connect")
    assert SocialAccount.objects.get().user == cara
    assert client.session["_auth_user_id"] == str(cara.pk)


def test_its_person_ends_it_and_is_told(provider: Provider, cara: User) -> None:
    client = Client()
    comes(client, provider)
    assert "Sign in with Harbour College" in client.get("/accounts/security/").content.decode()
    client.post("/accounts/oidc/end/")
    assert not SocialAccount.objects.exists()
    assert "signed in as you through Harbour College any more" in str(mail.outbox[-1].body)
    assert AuditEvent.objects.latest("pk").verb == "remove single sign-on"
    assert "Sign in with Harbour College" not in client.get("/accounts/security/").content.decode()
    client.post("/accounts/oidc/end/")
    assert AuditEvent.objects.filter(verb="remove single sign-on").count() == 1


def test_whoever_gives_up_there_and_whom_it_does_not_answer_read_a_sentence(
    provider: Provider, settings: pytest_django.Settings
) -> None:
    client = Client()
    state = client.get(START).headers["Location"].split("state=")[1].split("&")[0]
    assert client.get(f"{START}callback/?error=access_denied&state={state}").status_code == 403
    assert client.get(f"{START}callback/").status_code == 403
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://localhost:1"
    assert "no answer that can be relied on" in client.get(START).content.decode()


def test_without_the_setting_there_is_no_such_way(client: Client) -> None:
    assert client.get(START).status_code == 404
    assert "oidc" not in client.get("/accounts/login/").content.decode()
