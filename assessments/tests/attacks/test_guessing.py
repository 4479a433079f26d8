"""Who has an account here is told neither by words nor by time."""

from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from portfolio.testing import a_candidate, a_centre, with_password

pytestmark = pytest.mark.django_db


def test_a_password_is_worked_out_whoever_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long of a sign-in is done as often for somebody unknown, or invited and not in yet."""
    known = with_password(a_candidate(a_centre()).user)
    invited = a_candidate(a_centre("Southgate Centre"), "Not Yet").user
    work_out, times = MD5PasswordHasher.encode, []

    def counted(hasher: Any, password: str, *args: Any, **kwargs: Any) -> str:
        times.append(password)
        return work_out(hasher, password, *args, **kwargs)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    often = {}
    for email in (known.email, invited.email, "nobody@example.org"):
        times.clear()
        answer = Client().post("/accounts/login/", {"login": email, "password": "a guess"})
        assert answer.status_code == 200
        often[email] = len(times)
    assert set(often.values()) == {1}, often
