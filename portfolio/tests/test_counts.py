"""Tries are counted in the database: each once, whoever asks at the same moment, and from whichever machine."""

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
import pytest_django
from allauth.core import ratelimit
from django.core.cache import caches
from django.db import connection, connections
from django.test import Client, RequestFactory
from django.utils import timezone

from portfolio import counts, signing
from portfolio.counts import Counts
from portfolio.models import User
from portfolio.testing import a_candidate, a_centre, with_password

pytestmark = pytest.mark.django_db
EVERYBODY = 8
AGES_AGO = -60


@pytest.fixture
def kept() -> Counts:
    return Counts(counts.TABLE, {})


@pytest.fixture
def counted_there(settings: pytest_django.Settings) -> None:
    """The product counts where an installation does, not in memory as tests do."""
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "portfolio.counts.Counts", "LOCATION": counts.TABLE}}


def together(act: Callable[[], object]) -> list[object]:
    """What the act gives to each of several threads that do it at the same moment."""
    ready, found = threading.Barrier(EVERYBODY), list[object]()

    def run() -> None:
        try:
            connection.ensure_connection()
            ready.wait(20)
            found.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(EVERYBODY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_it_is_a_cache_as_django_knows_one(kept: Counts) -> None:
    kept.set("a", [1.5, True, None], 60)
    kept.set("b", "words", None)
    assert kept.get_many(["a", "b", "c"]) == {"a": [1.5, True, None], "b": "words"}
    assert not kept.add("a", 2, 60)
    kept.set("a", 2, 60)
    assert (kept.get("a"), kept.incr("a"), kept.incr("a", 5), kept.get("a")) == (2, 3, 8, 8)
    assert "a" in kept
    assert kept.touch("a", AGES_AGO)
    assert (kept.get("a"), kept.get("a", "none"), kept.touch("a", 60)) == (None, "none", False)
    with pytest.raises(ValueError, match="Nothing is counted"):
        kept.incr("a")
    assert kept.add("a", 1, 60)
    assert (kept.delete("a"), kept.delete("a")) == (True, False)
    kept.delete_many(["b", "c"])
    assert kept.get_many(["a", "b"]) == kept.get_many([]) == {}
    kept.set("d", 1, 60)
    kept.clear()
    assert kept.get("d") is None


def test_nothing_is_kept_that_could_become_more_than_data(kept: Counts) -> None:
    with pytest.raises(TypeError):
        kept.set("a", datetime.date(2026, 1, 1), 60)


def test_what_has_run_out_is_forgotten_by_the_sweep(kept: Counts) -> None:
    kept.set("old", 1, AGES_AGO)
    kept.set("new", 1, 60)
    assert counts.sweep(timezone.now()) == 1
    assert kept.get("new") == 1


def test_a_flood_has_nothing_forgotten(kept: Counts) -> None:
    kept.set("mine", 1, 60)
    for number in range(400):
        kept.add(f"flood-{number}", number, 60)
    assert kept.get("mine") == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("before", [None, AGES_AGO])
def test_of_many_who_take_a_try_at_once_one_gets_it(kept: Counts, before: int | None) -> None:
    """Whether nobody took it before, or it has just been given back."""
    if before is not None:
        kept.set("try", 1, before)
    assert sorted(map(bool, together(lambda: kept.add("try", 1, 60)))) == [False] * (EVERYBODY - 1) + [True]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_count_at_once_each_counts(kept: Counts) -> None:
    kept.set("count", 0, 60)
    together(lambda: kept.incr("count"))
    assert kept.get("count") == EVERYBODY


@pytest.mark.django_db(transaction=True)
def test_guesses_made_at_once_do_not_outrun_the_tries_to_sign(counted_there: None) -> None:
    person = with_password(a_candidate(a_centre()).user)
    answers = together(lambda: signing.password_refusals(User.objects.get(pk=person.pk), "a guess"))
    assert sum("not right" in str(answer) for answer in answers) == signing.TRIES
    assert sum("Too many wrong passwords" in str(answer) for answer in answers) == EVERYBODY - signing.TRIES


def test_the_limits_of_the_entrance_are_counted_there_too(counted_there: None, kept: Counts) -> None:
    def asks(client: Any) -> int:
        return int(client.post("/accounts/password/reset/", {"email": "somebody@example.org"}).status_code)

    assert [asks(Client()) for _ in range(6)] == [302] * 5 + [429]
    request = RequestFactory().post("/")
    assert ratelimit.consume(request, action="code", key="somebody")
    assert isinstance(caches["default"], Counts)
