"""A verb is done whole or not at all: broken off at the last row it writes, it leaves every table as it was."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import pytest_django
from django.db import OperationalError, connection, transaction

from assessments.testing import House
from assessments.tests.acts import ACTS
from portfolio.tests.letter import wait_for_a_worker

WRITES = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "?(\w+)"?')
KEPT_BEFORE = {"portfolio_storedfile"}
"""A file comes in before the verb that takes it; where that is not done, `sweep_vault` removes it."""


@contextmanager
def writing(before_each: Callable[[str], None]) -> Iterator[None]:
    """Have each row's writing announced, by its table."""

    def announced(execute: Any, sql: str, *asked: Any) -> Any:
        if found := WRITES.match(sql):
            before_each(found[1])
        return execute(sql, *asked)

    with connection.execute_wrapper(announced):
        yield


def rows_of(tables: list[str]) -> dict[str, list[Any]]:
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(tables) - KEPT_BEFORE):
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608  # names of our tables
            found[table] = cursor.fetchall()
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ACTS)
def test_a_verb_that_breaks_off_at_its_last_row_has_changed_nothing(
    house: House, verb: str, settings: pytest_django.Settings
) -> None:
    wait_for_a_worker(settings)
    tables: list[str] = []
    with transaction.atomic():
        act = ACTS[verb](house)
        with writing(tables.append):
            act.do(act.by)
        transaction.set_rollback(True)
    last = len(tables)
    assert last > 1, "its own row, and its line in the book"

    def breaks_off(table: str) -> None:
        so_far.append(table)
        if len(so_far) == last:
            raise OperationalError("the line is cut")

    act, so_far = ACTS[verb](house), list[str]()
    with transaction.atomic():
        with pytest.raises(OperationalError, match="the line is cut"), writing(breaks_off):
            act.do(act.by)
        after = rows_of(tables)
        transaction.set_rollback(True)
    assert after == rows_of(tables)
