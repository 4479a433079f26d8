"""Questions that PostgreSQL plans once for each connection. On SQLite the same is asked and answered, without that."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from portfolio import compiled, prepared
from portfolio.compiled import KEPT, OFTEN, Question
from portfolio.models import Centre
from portfolio.testing import a_centre

ON_POSTGRESQL = connection.vendor == "postgresql"


@compiled.compiled
def centres_called(name: str, others: list[int]) -> QuerySet[Centre, Any]:
    return Centre.objects.filter(name=name).exclude(pk__in=others).order_by("pk").values_list("slug", flat=True)


@compiled.compiled
def all_centres() -> QuerySet[Centre, Any]:
    return Centre.objects.order_by("pk").values_list("slug", flat=True)


@pytest.fixture(autouse=True)
def as_in_production(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(Question, "checked", False)
    vars(connections["default"]).pop(KEPT, None)
    yield
    vars(connections["default"]).pop(KEPT, None)


def statements() -> list[str]:
    """What the connection has prepared of these questions."""
    if not ON_POSTGRESQL:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE %s", ["%centres%"])
        return [name for (name,) in cursor.fetchall()]


def asked(question: Any, *args: Any) -> tuple[str, list[Any]]:
    """The one statement with which it was asked, and the answer."""
    with CaptureQueriesContext(connection) as captured:
        answer = question(*args)
    (query,) = captured.captured_queries
    return query["sql"], answer


@pytest.mark.django_db
def test_what_is_asked_often_is_planned_once_and_filled_in_each_time() -> None:
    a_centre("Northgate Centre")
    south = a_centre("Southgate")
    before = len(statements())
    for time in range(1, OFTEN + 3):
        for name, slugs in (("Northgate Centre", ["northgate-centre"]), ("Southgate", []), ("50%_\\'; '' Cent", [])):
            sql, answer = asked(centres_called, name, [south.pk])
            assert answer == slugs
        assert sql.startswith("EXECUTE" if ON_POSTGRESQL else "SELECT"), time
    assert asked(all_centres)[1] == ["northgate-centre", "southgate"]
    assert len(statements()) == before + int(ON_POSTGRESQL)


@pytest.mark.django_db(transaction=True)
def test_where_the_connection_was_lost_it_is_prepared_anew() -> None:
    a_centre("Northgate Centre")
    for _ in range(OFTEN + 1):
        assert all_centres() == ["northgate-centre"]
    connection.close()
    sql, answer = asked(all_centres)
    assert answer == ["northgate-centre"]
    assert sql.startswith("EXECUTE" if ON_POSTGRESQL else "SELECT")


@pytest.mark.django_db(transaction=True)
def test_a_migration_meanwhile_does_not_stop_the_version_before() -> None:
    """A longer word is another type of answer, which PostgreSQL refuses to what was prepared before."""
    a_centre("Northgate Centre")
    long = Centre._meta.get_field("slug").max_length
    assert long
    for _ in range(OFTEN):
        all_centres()
    try:
        lengthen(long + 1)
        assert [all_centres() for _ in range(OFTEN)] == [["northgate-centre"]] * OFTEN
    finally:
        lengthen(long)


def lengthen(most: int) -> None:
    """Words on SQLite are of any length."""
    if ON_POSTGRESQL:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE portfolio_centre ALTER COLUMN slug TYPE varchar({most})")


@pytest.mark.django_db
def test_what_cannot_be_prepared_is_asked_as_before_and_the_transaction_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(prepared, "type_of", lambda value: "no_type_of_ours")
    a_centre("Northgate Centre")
    for _ in range(OFTEN + 2):
        sql, answer = asked(centres_called, "Northgate Centre", [0])
        assert answer == ["northgate-centre"]
    assert sql.startswith("SELECT")
    assert len([line for line in caplog.messages if "cannot be prepared" in line]) == int(ON_POSTGRESQL)


@pytest.mark.django_db
def test_what_is_not_asked_for_long_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "MOST_KEPT", 1)
    before = len(statements())
    for _ in range(2):
        for _ in range(OFTEN):
            all_centres()
        for _ in range(OFTEN):
            centres_called("Northgate Centre", [0])
        assert len(statements()) == before + int(ON_POSTGRESQL)
