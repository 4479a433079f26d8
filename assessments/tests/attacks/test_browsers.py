"""What browsers are told: cookies nobody else sets or reads, a policy that runs nothing, pages not kept."""

import os
import re
import subprocess
import sys
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.conf import settings as house
from django.test import Client
from django.urls import reverse

from portfolio.counts import TABLE
from portfolio.models import User
from portfolio.testing import PASSWORD, a_candidate, a_centre, with_password
from portfolio.tests.test_settings import SERVER

pytestmark = pytest.mark.django_db
OF_A_SERVER = ("SESSION_COOKIE", "CSRF_COOKIE")


@pytest.fixture
def cara() -> User:
    return with_password(a_candidate(a_centre()).user)


def said_as_a_server(tmp_path: Path, *names: str) -> list[str]:
    """What the settings of a server say."""
    run = subprocess.run(
        [sys.executable, "-c", f"import portfolio.settings as s; print(*(getattr(s, n) for n in {names}), sep='\\n')"],
        cwd=house.BASE_DIR,
        env={"PATH": os.environ["PATH"], "NVQ_DATA_DIR": str(tmp_path), **SERVER},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.split("\n")[:-1]


def test_cookies_of_a_server_are_of_its_host_alone(tmp_path: Path) -> None:
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "COOKIE_PREFIX")
    assert said_as_a_server(tmp_path, *names) == ["__Host-sessionid", "__Host-csrftoken", "__Host-"]
    flags = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_INCLUDE_SUBDOMAINS")
    assert said_as_a_server(tmp_path, *flags) == ["True"] * 4
    assert said_as_a_server(tmp_path, "DEBUG", "SECURE_HSTS_SECONDS") == ["False", "31536000"]


def test_a_server_counts_tries_where_all_machines_do(tmp_path: Path) -> None:
    [caches] = said_as_a_server(tmp_path, "CACHES")
    assert f"'default': {{'BACKEND': 'portfolio.counts.Counts', 'LOCATION': '{TABLE}'}}" in caches


def test_every_cookie_is_kept_from_scripts_and_other_sites(cara: User, settings: pytest_django.Settings) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    browser = Client(headers={"host": "localhost"})
    browser.get(reverse("account_login"), secure=True)
    browser.post(reverse("account_login"), {"login": cara.email, "password": PASSWORD}, secure=True)
    browser.post(reverse("portfolio:discard_work"), {}, secure=True)  # which says something on the next page
    assert set(browser.cookies) == {"sessionid", "csrftoken", "messages"}
    for morsel in browser.cookies.values():
        assert (morsel["secure"], morsel["httponly"], morsel["path"], morsel["domain"]) == (True, True, "/", "")
        assert morsel["samesite"] == "Lax"


def test_signing_in_takes_another_session_and_signing_out_ends_it(cara: User) -> None:
    """A session that somebody slipped into a browser beforehand is worth nothing afterwards."""
    browser = Client()
    browser.session["slipped"] = "in"
    browser.get(reverse("account_login"))
    session = browser.session
    session["slipped"] = "in"
    session.save()
    before = session.session_key or ""
    browser.cookies = SimpleCookie({house.SESSION_COOKIE_NAME: before})
    browser.post(reverse("account_login"), {"login": cara.email, "password": PASSWORD})
    after = browser.session.session_key or ""
    assert after
    assert after != before
    assert not is_in(before)
    assert is_in(after)
    browser.post(reverse("account_logout"))
    assert not is_in(after)


def is_in(session_key: str) -> bool:
    browser = Client()
    browser.cookies = SimpleCookie({house.SESSION_COOKIE_NAME: session_key})
    return browser.get(reverse("mfa_index")).status_code == 200


def test_no_page_is_kept_by_a_browser_or_a_proxy(cara: User) -> None:
    browser = Client()
    browser.force_login(cara)
    asked: list[Any] = [
        browser.get(address) for address in ("/portfolio/", "/news/", "/no-such-page/", "/accounts/login/")
    ]
    asked += [browser.post("/news/read/", {}), Client().get("/portfolio/"), browser.get("/check/")]
    for answer in asked:
        assert "no-store" in answer.headers["Cache-Control"], answer.request["PATH_INFO"]


def test_the_policy_runs_nothing_that_stands_in_a_page() -> None:
    directives = dict(
        re.findall(r"([a-z-]+) ([^;]+)", Client().get("/accounts/login/").headers["Content-Security-Policy"])
    )
    assert directives["default-src"] == directives["object-src"] == directives["base-uri"] == "'none'"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["form-action"] == "'self'"
    assert "unsafe" not in str(directives)


def test_every_answer_says_not_to_guess_nor_to_frame_nor_to_tell_others(cara: User) -> None:
    browser = Client()
    browser.force_login(cara)
    for answer in (browser.get("/portfolio/"), browser.get("/no-such-page/"), browser.get("/accounts/oidc/")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer.headers
