"""A second factor: set up, asked for at every way in, counted, moved, removed, and told of."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from portfolio import audit
from portfolio.harness import AskingClient
from portfolio.models import AuditChain, AuditEvent, User
from portfolio.queries import recovery_codes_of
from portfolio.testing import PASSWORD, a_candidate, a_centre, an_administrator, with_password
from portfolio.tests.codes import code_of, with_app

pytestmark = pytest.mark.django_db

CODE = "/accounts/code/"


@pytest.fixture
def cara() -> User:
    return with_password(a_candidate(a_centre()).user)


def sign_in(client: Client, user: User) -> Any:
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def verbs() -> list[str]:
    return [event.verb for event in AuditEvent.objects.filter(chain__centre=None).order_by("pk")]


@pytest.fixture
def signed_in(client: AskingClient, cara: User) -> AskingClient:
    """Somebody who has just typed their password."""
    sign_in(client, cara)
    return client


def shown_secret(page: Any) -> str:
    return str(re.findall(r'class="digest">([A-Z2-7]+)<', page.content.decode())[0])


def test_an_app_is_set_up_with_its_code_and_brings_recovery_codes(signed_in: AskingClient, cara: User) -> None:
    page = signed_in.get(reverse("mfa_activate_totp"))
    assert "data:image/svg+xml" in page.content.decode()
    secret = shown_secret(page)
    refused = signed_in.post(reverse("mfa_activate_totp"), {"code": code_of(secret, 7)})
    assert "This code is not right" in refused.content.decode()
    assert verbs() == []
    answer = signed_in.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    page = signed_in.get(answer.headers["Location"])
    codes = recovery_codes_of(cara)
    assert codes
    assert len(codes) == 10
    assert all(code in page.content.decode() for code in codes)
    assert signed_in.get(reverse("mfa_download_recovery_codes")).content.decode().count("\n") >= 12
    assert "10 of them are not used yet" in signed_in.get(reverse("mfa_index")).content.decode()


def test_its_change_is_one_line_of_the_book_and_one_letter(signed_in: AskingClient, cara: User) -> None:
    secret = shown_secret(signed_in.get(reverse("mfa_activate_totp")))
    signed_in.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    signed_in.post(reverse("mfa_generate_recovery_codes"))
    other = shown_secret(signed_in.get(reverse("mfa_move_totp")))
    assert other != secret
    signed_in.post(reverse("mfa_move_totp"), {"code": code_of(other)})
    signed_in.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()
    assert verbs() == ["add second factor", "make recovery codes", "move second factor", "remove second factor"]
    lines = AuditEvent.objects.filter(chain__centre=None)
    assert {(line.actor, line.subject_kind, line.subject_id) for line in lines} == {(cara, "user", cara.pk)}
    assert audit.verify(AuditChain.objects.get(centre=None)) is None
    letters = mail.outbox[-4:]
    assert [letter.to for letter in letters] == [[cara.email]] * 4
    told = ["was added, an authenticator app", "recovery codes were made", "moved to another device", "was removed"]
    assert all(words in str(letter.body) for words, letter in zip(told, letters, strict=True))


def test_secrets_lie_locked_up_and_outlive_a_new_key_that_keeps_the_old(cara: User) -> None:
    secret = with_app(cara)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    with override_settings(SECRET_KEY="another key " * 5, SECRET_KEY_FALLBACKS=[]):
        client = Client()
        sign_in(client, cara)
        refused = client.post(CODE, {"code": code_of(secret)})
        assert "Ask an administrator of your centre" in refused.content.decode()
        assert not is_in(client)
    old = "the secret key before"
    with override_settings(SECRET_KEY=old):
        Authenticator.objects.all().delete()
        secret = with_app(cara)
    with override_settings(SECRET_KEY="a new one", SECRET_KEY_FALLBACKS=[old]):
        sign_in(client, cara)
        client.post(CODE, {"code": code_of(secret)})
        assert is_in(client)


def test_a_password_alone_does_not_sign_in(client: AskingClient, cara: User) -> None:
    secret = with_app(cara)
    assert sign_in(client, cara).headers["Location"] == CODE
    assert not is_in(client)
    assert client.get(reverse("mfa_index")).status_code == 302
    assert "Your second factor" in client.get(CODE).content.decode()
    assert client.post(CODE, {"code": "000000"}).status_code == 200
    assert not is_in(client)
    assert client.post(CODE, {"code": code_of(secret)}).headers["Location"] == "/"
    assert is_in(client)


def test_whoever_has_no_code_goes_back_to_the_entrance(client: AskingClient, cara: User) -> None:
    with_app(cara)
    sign_in(client, cara)
    client.post("/accounts/logout/", {"next": "/accounts/login/"})
    assert client.get("/accounts/login/").status_code == 200


def test_the_code_page_opens_nothing_without_the_password(client: AskingClient, cara: User) -> None:
    secret = with_app(cara)
    assert client.get(CODE).status_code == 302
    client.post(CODE, {"code": code_of(secret)})
    assert not is_in(client)


def test_a_code_works_once_also_within_the_minute_it_is_good_for(client: AskingClient, cara: User) -> None:
    secret = with_app(cara)
    code = code_of(secret)
    sign_in(client, cara)
    client.post(CODE, {"code": code})
    other = Client()
    sign_in(other, cara)
    cache.delete(f"allauth.mfa.totp.used?user={cara.pk}&code={code}")  # which forgets it after half a minute
    other.post(CODE, {"code": code})
    assert not is_in(other)


def test_a_recovery_code_works_once(client: AskingClient, cara: User) -> None:
    with_app(cara)
    codes = recovery_codes_of(cara)
    assert codes
    sign_in(client, cara)
    client.post(CODE, {"code": codes[0]})
    assert is_in(client)
    cache.clear()
    other = Client()
    sign_in(other, cara)
    other.post(CODE, {"code": codes[0]})
    assert not is_in(other)
    assert recovery_codes_of(cara) == codes[1:]


def test_five_wrong_codes_shut_the_person_out_for_a_while_from_wherever(cara: User) -> None:
    secret = with_app(cara)
    for number in range(5):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        sign_in(client, cara)
        assert "not right" in client.post(CODE, {"code": "12345"}).content.decode()
    client = Client()
    sign_in(client, cara)
    assert "Too many wrong codes" in client.post(CODE, {"code": code_of(secret)}).content.decode()
    assert not is_in(client)
    other = with_password(a_candidate(a_centre("Southgate Centre"), "Olga Other").user)
    others = with_app(other)
    client = Client()
    sign_in(client, other)
    client.post(CODE, {"code": code_of(others)})
    assert is_in(client)


def test_a_right_code_forgets_the_wrong_ones_before_it(cara: User) -> None:
    with_app(cara)
    codes = recovery_codes_of(cara)
    assert codes
    for round_ in range(3):
        for _ in range(4):
            client = Client()
            sign_in(client, cara)
            client.post(CODE, {"code": "12345"})
        client.post(CODE, {"code": codes[round_]})
        assert is_in(client)


def test_passwords_are_not_counted_with_codes(client: AskingClient, cara: User) -> None:
    for _ in range(9):
        client.post("/accounts/login/", {"login": cara.email, "password": "wrong"})
    assert sign_in(client, cara).headers["Location"] == "/"


def test_what_changes_the_sign_in_asks_once_more_who_it_is(client: AskingClient, cara: User) -> None:
    with_app(cara)
    client.force_login(cara)
    for name in ("mfa_deactivate_totp", "mfa_move_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"):
        answer = client.get(reverse(name))
        assert answer.headers["Location"].startswith(reverse("account_reauthenticate")), name
    assert "Give a code instead" in client.get(answer.headers["Location"]).content.decode()
    assert "not right" in client.post(answer.headers["Location"], {"password": "wrong"}).content.decode()
    client.post(answer.headers["Location"], {"password": PASSWORD})
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200


def test_a_password_forgotten_does_not_go_round_the_second_factor(client: AskingClient, cara: User) -> None:
    with_app(cara)
    client.post("/accounts/password/reset/", {"email": cara.email})
    [link] = re.findall(rf"{settings.SITE_URL}(/\S+)", str(mail.outbox[-1].body))
    form = client.get(link, follow=True)
    chosen = "quite another long password"
    client.post(form.redirect_chain[-1][0], {"password1": chosen, "password2": chosen})
    assert "was chosen anew by a link" in str(mail.outbox[-1].body)
    assert mail.outbox[-1].to == [cara.email]
    client.post("/accounts/login/", {"login": cara.email, "password": chosen})
    assert not is_in(client)


def test_the_pages_of_second_factors_are_for_who_is_signed_in(client: AskingClient) -> None:
    an_administrator(a_centre())
    for name in ("mfa_index", "mfa_activate_totp", "mfa_move_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes"):
        assert client.get(reverse(name)).headers["Location"].startswith("/accounts/login/"), name
