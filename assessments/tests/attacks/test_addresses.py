"""Where a request says it comes from and goes to: addresses, hosts, and the page to go on to."""

import re
from typing import Any

import pytest
import pytest_django
from django.test import Client
from django.urls import reverse

from portfolio.models import OutgoingMessage, User
from portfolio.testing import PASSWORD, a_candidate, a_centre, with_password

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
EVIL = ("https://evil.example/", "//evil.example/", r"\\evil.example", "https:evil.example", "javascript:alert(1)")


@pytest.fixture
def cara() -> User:
    return with_password(a_candidate(a_centre()).user)


def tried(email: str, password: str, **meta: Any) -> int:
    return int(Client().post(LOGIN, {"login": email, "password": password}, **meta).status_code)


def lock_out(email: str, **meta: Any) -> None:
    assert [tried(email, "wrong", **meta) for _ in range(10)][-1] == 429


# --- where it comes from ---------------------------------------------------------------------------------------------


def test_no_header_of_a_stranger_counts_where_there_is_no_proxy(cara: User) -> None:
    for number in range(9):
        tried(cara.email, "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}", REMOTE_ADDR="192.0.2.1")
    assert tried(cara.email, "wrong", HTTP_X_FORWARDED_FOR="198.51.100.1", REMOTE_ADDR="192.0.2.1") == 429


def test_behind_a_proxy_what_a_stranger_writes_before_it_does_not_count(
    cara: User, settings: pytest_django.Settings
) -> None:
    """One proxy of ours: the last address is the one it saw."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(9):
        tried(cara.email, "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 192.0.2.1")
    assert tried(cara.email, "wrong", HTTP_X_FORWARDED_FOR="203.0.113.77, 192.0.2.1") == 429


def test_behind_a_proxy_nobody_is_locked_out_from_elsewhere(cara: User, settings: pytest_django.Settings) -> None:
    """Seen from the product everybody comes from the proxy: a stranger's wrong tries are not its people's."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    lock_out(cara.email, HTTP_X_FORWARDED_FOR="203.0.113.9", REMOTE_ADDR="")
    assert tried(cara.email, PASSWORD, HTTP_X_FORWARDED_FOR="192.0.2.1", REMOTE_ADDR="") == 302


def test_a_network_full_of_addresses_is_one_place(cara: User) -> None:
    for number in range(9):
        tried(cara.email, "wrong", REMOTE_ADDR=f"2001:db8:1:1::{number:x}")
    assert tried(cara.email, "wrong", REMOTE_ADDR="2001:db8:1:1:ffff::1") == 429
    assert tried(cara.email, PASSWORD, REMOTE_ADDR="2001:db8:1:2::1") == 302


def test_many_places_are_no_way_to_many_guesses(cara: User, settings: pytest_django.Settings) -> None:
    limits = settings.ACCOUNT_RATE_LIMITS
    assert limits["login_failed"] == "60/m/ip,300/h/key"
    settings.ACCOUNT_RATE_LIMITS = {**limits, "login_failed": "60/m/ip,12/h/key"}
    for number in range(12):
        assert tried(cara.email, "wrong", REMOTE_ADDR=f"203.0.113.{number}") == 200
    answer = Client().post(LOGIN, {"login": cara.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.1")
    assert "Too many wrong passwords" in answer.content.decode()
    assert reverse("account_reset_password") in answer.content.decode()


# --- where it goes ---------------------------------------------------------------------------------------------------


def test_the_link_to_a_new_password_leads_to_the_address_of_the_settings(
    cara: User, settings: pytest_django.Settings
) -> None:
    settings.ALLOWED_HOSTS = [".example.org"]
    settings.SITE_URL = "https://portfolio.example.org"
    answer = Client().post(
        reverse("account_reset_password"), {"email": cara.email}, headers={"host": "evil.example.org"}
    )
    assert answer.status_code == 302
    body = OutgoingMessage.objects.latest("pk").body
    assert re.findall(r"https?://[^/\s]+", body) == ["https://portfolio.example.org"]


@pytest.mark.parametrize("host", ["evil.example", "localhost:80@evil.example", "localhost\tevil.example"])
def test_a_host_that_is_not_ours_is_refused(host: str, settings: pytest_django.Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    for headers in ({"host": host}, {"host": "localhost", "x-forwarded-host": host}):
        answer: Any = Client().get(LOGIN, headers=headers)
        assert "evil.example" not in answer.content.decode()
        assert answer.status_code == (400 if headers["host"] == host else 200)


@pytest.mark.parametrize("address", EVIL)
def test_nobody_is_led_to_another_site(cara: User, address: str) -> None:
    browser = Client()
    answer = browser.post(LOGIN, {"login": cara.email, "password": PASSWORD, "next": address})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    for name in ("portfolio:read_news", "portfolio:discard_work"):
        answer = browser.post(reverse(name), {"next": address})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    answer = browser.get(LOGIN, {"next": address})
    assert answer.headers["Location"] == "/"
    answer = browser.post(reverse("account_logout"), {"next": address})
    assert answer.headers["Location"] == "/"


def test_the_way_back_from_a_refusal_leads_to_no_other_site(cara: User) -> None:
    """`Referer` is what a browser says of the page before."""
    browser = Client()
    browser.force_login(cara)
    for address in EVIL:
        answer = browser.get("/no-such-page/", headers={"referer": address})
        assert "evil.example" not in answer.content.decode()
        assert "alert(1)" not in answer.content.decode()
