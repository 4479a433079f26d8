"""What the database refuses whoever asks: SQL past the models, and what every wall of a kind has to say to it."""

import re
import uuid
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction

from portfolio import walls


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def refused(sql: str, sentence: str) -> None:
    with pytest.raises(IntegrityError, match=sentence):
        run(sql)


def update(table: str, change: str, pk: int) -> str:
    return f"UPDATE assessments_{table} SET {change} WHERE id = {pk}"  # noqa: S608


def unmoved(rows: SimpleNamespace, table: str, row: str, change: str, sentence: str) -> None:
    """A row of a scene stands against the change, which names others of them: it is refused."""
    refused(update(table, change.format(**vars(rows)), getattr(rows, row)), sentence)


def copy(table: str, pk: int, **changes: str) -> str:
    """SQL that adds a row like one that stands, with some columns otherwise."""
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, f"assessments_{table}")
    columns = [column.name for column in described if column.name not in ("id", "mailbox")]
    own = {"key": f"'{uuid.uuid4().hex}'"}  # one row alone may have it
    values = [(own | changes).get(column, f'"{column}"') for column in columns]
    assert set(changes) <= set(columns)
    listed = ", ".join(f'"{column}"' for column in columns)
    chosen = ", ".join(values)
    return f"INSERT INTO assessments_{table} ({listed}) SELECT {chosen} FROM assessments_{table} WHERE id = {pk}"  # noqa: S608


# --- whole tables, with a row or more in them -------------------------------------------------------------------------


def stands_for_good(table: str, change: str) -> None:
    refused(f"UPDATE assessments_{table} SET {change}", "stand for good")  # noqa: S608
    refused(f"DELETE FROM assessments_{table}", "stand for good")  # noqa: S608


def never_deleted(table: str) -> None:
    refused(f"DELETE FROM assessments_{table}", "are never deleted")  # noqa: S608


def never_emptied(table: str) -> None:
    """Only PostgreSQL can empty a table at one stroke; the wall is listed for both."""
    (wall,) = (
        wall for wall in walls.registered() if (wall.table, wall.event) == (f"assessments_{table}", walls.TRUNCATE)
    )
    if connection.vendor == "postgresql":
        connection.check_constraints()
        refused(f"TRUNCATE assessments_{table} CASCADE", re.escape(wall.message))
