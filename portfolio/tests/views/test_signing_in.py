"""Signing in, being locked out, choosing another password: allauth and axes together."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import pytest_django
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from portfolio import counts
from portfolio.models import OutgoingMessage, RoleGrant, User
from portfolio.passwords import OwnWordsValidator
from portfolio.testing import PASSWORD, a_candidate, a_centre, an_administrator, with_password

pytestmark = pytest.mark.django_db


@pytest.fixture
def cara() -> User:
    return with_password(a_candidate(a_centre()).user)


def sign_in(client: Client, email: str, password: str, ip: str = "192.0.2.1") -> "object":
    return client.post("/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=ip)


def text_of(answer: object) -> str:
    """What the page says, without what differs between any two answers."""
    body = answer.content.decode().split("<main")[1]  # type: ignore[attr-defined]
    return re.sub(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>', "", body)


def test_it_signs_in_however_the_address_is_typed(client: Client, cara: User) -> None:
    answer = sign_in(client, " Cara.CANDIDATE@example.org", PASSWORD)
    assert answer.headers["Location"] == "/"  # type: ignore[attr-defined]
    assert client.session["_auth_user_id"] == str(cara.pk)


def test_it_does_not_tell_whether_an_address_is_known(client: Client, cara: User) -> None:
    known = text_of(sign_in(client, cara.email, "wrong"))
    unknown = text_of(sign_in(client, "nobody@example.org", "wrong"))
    assert known.replace(cara.email, "X") == unknown.replace("nobody@example.org", "X")
    uninvited = a_candidate(a_centre("Southgate Centre"), "Not Yet").user.email
    assert text_of(sign_in(client, uninvited, "wrong")).replace(uninvited, "X") == known.replace(cara.email, "X")


@pytest.mark.parametrize("email", ["cara.candidate@example.org", "nobody@example.org"])
def test_ten_wrong_tries_lock_the_address_out_known_or_not(client: Client, cara: User, email: str) -> None:
    for number in range(9):
        assert sign_in(client, email if number % 2 else email.upper(), "wrong").status_code == 200  # type: ignore[attr-defined]
    tenth = sign_in(client, email, "wrong")
    assert tenth.status_code == 429  # type: ignore[attr-defined]
    assert "Too many wrong passwords" in text_of(tenth)
    assert sign_in(client, email, PASSWORD).status_code == 429  # type: ignore[attr-defined]
    assert "_auth_user_id" not in client.session


def test_a_lock_out_shuts_out_neither_the_same_person_elsewhere_nor_others_here(client: Client, cara: User) -> None:
    other = with_password(a_candidate(a_centre("Southgate Centre"), "Olga Other").user)
    for _ in range(10):
        sign_in(client, cara.email, "wrong")
    assert sign_in(Client(), cara.email, PASSWORD, ip="192.0.2.2").status_code == 302  # type: ignore[attr-defined]
    assert sign_in(Client(), other.email, PASSWORD).status_code == 302  # type: ignore[attr-defined]


def test_a_right_password_forgets_the_wrong_tries_before_it(client: Client, cara: User) -> None:
    for _ in range(3):
        for _ in range(6):
            sign_in(client, cara.email, "wrong")
        assert sign_in(Client(), cara.email, PASSWORD).status_code == 302  # type: ignore[attr-defined]


def test_somebody_shut_out_or_not_yet_in_cannot_sign_in(client: Client, cara: User) -> None:
    User.objects.filter(pk=cara.pk).update(is_active=False)
    sign_in(client, cara.email, PASSWORD)
    assert "_auth_user_id" not in client.session


def test_signing_out_takes_a_post(client: Client, cara: User) -> None:
    client.force_login(cara)
    client.get("/accounts/logout/")
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once_and_ends_a_lock_out(
    client: Client, cara: User
) -> None:
    for _ in range(10):
        sign_in(client, cara.email, "wrong")
    answer = client.post("/accounts/password/reset/", {"email": cara.email}, follow=True)
    assert "Look in your e-mail" in answer.content.decode()
    [letter] = mail.outbox[-1:]
    assert letter.to == [cara.email]
    assert letter.subject == "Choose a new password for NVQ Portfolio"
    [link] = re.findall(rf"{settings.SITE_URL}(/\S+)", str(letter.body))
    form = client.get(link, follow=True)
    chosen = "quite another long password"
    action = form.redirect_chain[-1][0]
    done = client.post(action, {"password1": chosen, "password2": chosen}, follow=True)
    assert done.status_code == 200
    assert sign_in(Client(), cara.email, chosen).status_code == 302  # type: ignore[attr-defined]
    cara.refresh_from_db()
    assert cara.check_password(chosen)
    again = Client().get(link, follow=True)
    assert "password1" not in again.content.decode()


def test_asking_for_a_new_password_does_not_tell_whether_an_address_is_known(client: Client, cara: User) -> None:
    answers = [
        client.post("/accounts/password/reset/", {"email": email}, follow=True)
        for email in (cara.email, "nobody@example.org")
    ]
    assert text_of(answers[0]) == text_of(answers[1])
    letter = OutgoingMessage.objects.order_by("-id")[0]
    assert letter.to == "nobody@example.org"
    assert "Nobody signs in" in letter.body


@pytest.mark.parametrize(
    "weak", ["Portfolio2026!", "NorthgateCentre1", "nvq-portfolio-77", "Welcome Assessor 1", "localhost12345"]
)
def test_a_password_of_the_words_of_this_site_and_of_ones_centre_is_refused(cara: User, weak: str) -> None:
    with pytest.raises(ValidationError, match="little more than words of this site or of your centre"):
        OwnWordsValidator().validate(weak, cara)


def test_other_words_beside_them_are_fine(cara: User) -> None:
    for password in ("portfolio of paper boats", "nine Northgate geese", PASSWORD):
        OwnWordsValidator().validate(password, cara)


def test_a_password_is_changed_with_the_old_one(client: Client, cara: User) -> None:
    client.force_login(cara)
    page = reverse("account_change_password")
    assert client.get(page).status_code == 200
    chosen = "quite another long password"
    client.post(page, {"oldpassword": "wrong", "password1": chosen, "password2": chosen})
    cara.refresh_from_db()
    assert cara.check_password(PASSWORD)
    client.post(page, {"oldpassword": PASSWORD, "password1": chosen, "password2": chosen})
    cara.refresh_from_db()
    assert cara.check_password(chosen)


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
    ],
)
def test_the_way_in_and_out_is_open_to_all(client: Client, name: str) -> None:
    assert client.get(reverse(name), follow=True).status_code == 200


def test_changing_a_password_is_for_who_is_signed_in(client: Client) -> None:
    assert client.get(reverse("account_change_password")).status_code == 302


def test_the_sign_in_page_leads_back_to_where_somebody_was_going(client: Client) -> None:
    admin = with_password(an_administrator(a_centre()))
    asked = client.get("/people/")
    answer = client.post(asked.headers["Location"], {"login": admin.email, "password": PASSWORD, "next": "/people/"})
    assert answer.headers["Location"] == "/people/"


def test_the_fields_of_the_entrance_are_called_as_everywhere(client: Client, cara: User) -> None:
    assert "E-mail address" in text_of(client.get("/accounts/login/"))
    assert "E-mail address" in text_of(client.get(reverse("account_reset_password")))
    client.force_login(cara)
    page = text_of(client.get(reverse("account_change_password")))
    assert "The same password again" in page
    assert "placeholder" not in page


@pytest.mark.parametrize("weak", ["password1234", "qwertyuiop123", "cara.candidate1", "short", "123456789012"])
def test_a_weak_or_well_known_password_is_refused_with_a_sentence(client: Client, cara: User, weak: str) -> None:
    client.force_login(cara)
    page = reverse("account_change_password")
    answer = client.post(page, {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
    assert re.search("too common|too similar|too short|entirely numeric", text_of(answer))
    cara.refresh_from_db()
    assert cara.check_password(PASSWORD)


# --- where something cannot be asked ---------------------------------------------------------------------------------


@contextmanager
def nothing_known_of(table: str) -> Iterator[None]:
    """The database says nothing of that table."""

    def silent(execute: Any, sql: str, *asked: Any) -> Any:
        if table in sql:
            raise OperationalError("no answer")
        return execute(sql, *asked)

    with connection.execute_wrapper(silent):
        yield


@pytest.mark.parametrize("table", [counts.TABLE, "axes_accessattempt"])
def test_where_tries_cannot_be_counted_nobody_gets_in(table: str, cara: User, settings: pytest_django.Settings) -> None:
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "portfolio.counts.Counts", "LOCATION": counts.TABLE}}
    client = Client(raise_request_exception=False)
    with nothing_known_of(table):
        assert sign_in(client, cara.email, PASSWORD).status_code == 503  # type: ignore[attr-defined]
    assert client.get("/news/").status_code == 302
    sign_in(client, cara.email, PASSWORD)
    assert client.get("/news/").status_code == 200


@pytest.mark.parametrize("table", [RoleGrant._meta.db_table, "django_session"])
def test_where_it_cannot_be_asked_who_may_look_nothing_is_shown(table: str) -> None:
    centre = a_centre()
    client = Client(raise_request_exception=False)
    client.force_login(an_administrator(centre))
    page = reverse("portfolio:centre_settings", args=[centre.slug])
    with nothing_known_of(table):
        answer = client.get(page)
    assert (answer.status_code, centre.name in answer.content.decode()) == (503, False)
    assert client.get(page).status_code == 200
