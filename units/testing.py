"""What tests of this floor and of the one above stand on: the standard, loaded and published."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from units.actions import publish_standard

# What publishing writes: it is done again, as the walls take these rows in no other way.
PUBLISHED = ("units_unitpublication", "portfolio_audit")


@dataclass(frozen=True)
class Kept:
    """The rows of a table, as they were."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def put_back(self) -> None:
        quoted = ", ".join(connection.ops.quote_name(column) for column in self.columns)
        places = ", ".join(["%s"] * len(self.columns))
        with connection.cursor() as cursor:
            into = f"INSERT INTO {connection.ops.quote_name(self.table)} ({quoted}) VALUES ({places})"  # noqa: S608  # our tables
            cursor.executemany(into, self.rows)


def all_rows() -> Iterator[Kept]:
    """Every table that has any."""
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")  # noqa: S608  # our tables
            if rows := cursor.fetchall():
                yield Kept(table, tuple(column[0] for column in cursor.description), rows)


@pytest.fixture(scope="session")
def standard_once_loaded() -> list[Kept]:
    """The rows that the first module to want the standard has loaded: those after it put them back, which is quick."""
    return []


@pytest.fixture(scope="module")
def standard(
    standard_once_loaded: list[Kept], django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The five units in use. Loaded once for a module's tests, which roll back to it; not for transactional tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        if standard_once_loaded:
            for kept in standard_once_loaded:
                kept.put_back()
            publish_standard(at=timezone.now())
        else:
            before = {kept.table: kept for kept in all_rows()}
            call_command("load_standard", verbosity=0)
            found = [kept for kept in all_rows() if not kept.table.startswith(PUBLISHED)]
            if changed := [kept.table for kept in found if before.get(kept.table, kept) != kept]:
                raise RuntimeError(f"Only tables that were empty can be put back, not {', '.join(changed)}.")
            standard_once_loaded += [kept for kept in found if kept.table not in before]
        connection.check_constraints()  # as a commit would
        yield
        transaction.set_rollback(True)
