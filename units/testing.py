"""What tests of this floor and of the one above stand on: the standard, loaded and published; and a qualification."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from portfolio.models import Centre, User
from units.actions import (
    Particulars,
    WrittenGroup,
    arrange,
    publish_qualification,
    publish_standard,
    write_qualification,
)
from units.enums import GroupKind
from units.for_good import forget
from units.models import AwardingBody, Qualification, Unit

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
    forget()
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


# --- a qualification of a centre's; its rules are ours, no awarding body's -------------------------------------------


def ids(*keys: str) -> list[int]:
    """Ids of units by their keys, in this order."""
    found = dict(Unit.objects.filter(key__in=keys).values_list("key", "pk"))
    return [found[key] for key in keys]


def a_draft(centre: Centre, by: User, title: str = "Award in running a contact centre") -> Qualification:
    """CC26 is mandatory; two of CC32, D20 and CC16, of which CC16's credits are unknown; 11 credits in all."""
    draft = write_qualification(
        centre=centre,
        awarding_body=AwardingBody.objects.get(code="ocr"),
        particulars=Particulars(title, level=4, minimum_credits=11),
        by=by,
        at=timezone.now(),
    )
    return arrange(
        qualification=draft,
        groups=[
            WrittenGroup("Core", GroupKind.MANDATORY, ids("ocr-cc26")),
            WrittenGroup("Options", GroupKind.OPTIONAL, ids("ocr-cc32", "ocr-d20", "ocr-cc16"), minimum_units=2),
        ],
        barred=[],
        by=by,
        at=timezone.now(),
    )


def an_award(centre: Centre, by: User, title: str = "Award in running a contact centre") -> Qualification:
    """The same, published."""
    draft = a_draft(centre, by, title)
    publish_qualification(qualification=draft, by=by, at=timezone.now())
    return draft
