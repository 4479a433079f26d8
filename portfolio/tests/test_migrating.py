"""Migrations: quick on an empty database, one at a time, and nothing that the version before trips over.

`.ci/run` migrates an empty database twice at once, on SQLite and on PostgreSQL.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import pytest_django
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, models
from django.db.backends.utils import CursorWrapper
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    RemoveField,
    RenameField,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from portfolio import walls
from portfolio.management.commands.migrate import Command
from portfolio.migrating import CreateTables, at_once, breaks_the_version_before, one_at_a_time, with_their_tables

NAMED = models.CheckConstraint(condition=~models.Q(name=""), name="a_unit_has_a_name")
OWNED = models.CheckConstraint(condition=~models.Q(owner=None), name="a_unit_has_an_owner")
BY_NAME = models.Index(fields=["name"], name="by_name")


def a_model(name: str) -> CreateModel:
    return CreateModel(name, [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())])


def described(operations: Sequence[Operation]) -> list[str]:
    return [operation.describe() for operation in operations]


def test_constraints_and_indexes_go_into_the_new_table() -> None:
    last = a_model("Centre")
    made = with_their_tables(
        [a_model("Unit"), last, AddConstraint("unit", NAMED), AddIndex("unit", BY_NAME)], "portfolio"
    )
    assert described(made) == ["Create model Unit", "Create model Centre"]
    assert isinstance(made[0], CreateModel)
    assert (made[0].options["constraints"], made[0].options["indexes"]) == ([NAMED], [BY_NAME])


def test_a_constraint_waits_for_its_models_last_field() -> None:
    centre = a_model("Centre")
    centre.fields.append(("unit", models.ForeignKey("portfolio.unit", models.PROTECT)))
    owner = AddField("unit", "owner", models.ForeignKey("portfolio.centre", models.PROTECT))
    written = [a_model("Unit"), centre, owner, a_model("Body"), AddConstraint("unit", OWNED)]
    assert described(with_their_tables(written, "portfolio")) == [
        "Create model Unit",
        "Create model Centre",
        "Add field owner to unit",
        "Create constraint a_unit_has_an_owner on model unit",
        "Create model Body",
    ]


def test_what_is_added_to_a_table_that_stood_before_stays_where_it_was() -> None:
    added: list[Operation] = [AddConstraint("unit", NAMED), a_model("Centre"), AddIndex("unit", BY_NAME)]
    assert set(described(with_their_tables(added, "portfolio"))) == set(described(added))


def two_that_lead_to_each_other() -> list[Operation]:
    body = a_model("Body")
    body.fields.append(("post", models.ForeignKey("lodge.post", models.PROTECT)))
    holder = AddField("post", "body", models.ForeignKey("lodge.body", models.PROTECT, null=True))
    owned = models.CheckConstraint(condition=~models.Q(body=None), name="a_post_has_a_body")
    return [a_model("Post"), body, holder, AddConstraint("post", owned)]


def test_operations_in_a_row_that_make_models_are_one() -> None:
    alone, note = a_model("Unit"), AddField("centre", "note", models.TextField(null=True))
    made = at_once([alone, note, *two_that_lead_to_each_other()])
    assert described(made) == ["Create model Unit", "Add field note to centre", "Create 2 models at once"]
    assert isinstance(made[-1], CreateTables)
    assert described(made[-1].operations) == described(two_that_lead_to_each_other())
    assert not any(breaks_the_version_before(operation) for operation in made)


@pytest.mark.django_db(transaction=True)
def test_tables_made_at_once_are_those_made_one_by_one() -> None:
    def tables(operations: Sequence[Operation]) -> tuple[object, ...]:
        migration = type("Lodge", (Migration,), {"operations": operations})("0001_initial", "lodge")
        stood = set(connection.introspection.table_names())
        with connection.schema_editor() as editor:
            state = migration.apply(ProjectState(), editor)
        with connection.cursor() as cursor:
            made = {
                table: (
                    {(column.name, column.type_code, column.null_ok) for column in columns(cursor, table)},
                    sorted(constraints_of(cursor, table)),
                )
                for table in set(connection.introspection.table_names()) - stood
            }
        drawn = {name: set(model.fields) for name, model in state.models.items()}
        with connection.schema_editor() as editor:
            migration.unapply(ProjectState(), editor)
        assert set(connection.introspection.table_names()) == stood
        return made, drawn

    columns = connection.introspection.get_table_description

    def constraints_of(cursor: CursorWrapper, table: str) -> Iterator[str]:
        for name, constraint in connection.introspection.get_constraints(cursor, table).items():
            named = name if constraint["check"] else ""
            yield repr((named, *(constraint[what] for what in ("columns", "primary_key", "foreign_key", "index"))))

    one_by_one = two_that_lead_to_each_other()
    made, drawn = tables(one_by_one)
    assert (made, drawn) == tables(at_once(one_by_one))
    assert "a_post_has_a_body" in repr(made)
    assert "'lodge_body', 'id'" in repr(made)


@pytest.mark.parametrize("floor", ["portfolio", "units", "assessments"])
def test_makemigrations_of_the_house_wrote_the_first_migration(floor: str, settings: pytest_django.Settings) -> None:
    settings.MIGRATION_MODULES = {}  # tests make their tables without them
    assert apps.is_installed(floor)
    written = MigrationLoader(None, ignore_no_migrations=True).disk_migrations[floor, "0001_initial"].operations
    (made,) = written
    assert isinstance(made, CreateTables)
    assert described(with_their_tables(made.operations, floor)) == described(made.operations)


# --- while the version before runs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "breaks"),
    [
        (a_model("Unit"), False),
        (AddIndex("unit", BY_NAME), False),
        (AddField("unit", "note", models.TextField(null=True)), False),
        (AddField("unit", "note", models.TextField(db_default="")), False),
        (AddField("unit", "note", models.TextField(default="")), True),
        (AddConstraint("unit", NAMED), True),
        (AlterField("unit", "name", models.CharField(max_length=10)), True),
        (RemoveField("unit", "name"), True),
        (RenameField("unit", "name", "title"), True),
    ],
    ids=lambda value: value.describe() if isinstance(value, Operation) else None,
)
def test_what_the_version_before_trips_over_is_known(operation: Operation, breaks: bool) -> None:
    assert bool(breaks_the_version_before(operation)) is breaks


@pytest.mark.parametrize("floor", ["portfolio", "units", "assessments"])
def test_a_migration_that_may_break_the_version_before_says_why_it_may(
    floor: str, settings: pytest_django.Settings
) -> None:
    """`looked_at` on the Migration: why the version before does not notice, or which version must be gone first."""
    settings.MIGRATION_MODULES = {}
    written = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    later = {name: made for (app, name), made in written.items() if app == floor and not made.initial}
    for name, migration in later.items():
        broken = [why for operation in migration.operations if (why := breaks_the_version_before(operation))]
        assert not broken or getattr(migration, "looked_at", False), f"{floor} {name}: {broken}"


def while_somebody_migrates(second: Callable[[], object], waits: threading.Event, order: list[str]) -> None:
    """Have the second begin in the meantime: when it has said that it waits, "first" is noted, and it may go on."""

    def begin() -> None:
        second()
        connection.close()

    with one_at_a_time(connection, pytest.fail):
        thread = threading.Thread(target=begin)
        thread.start()
        assert waits.wait(20)
        order.append("first")
    thread.join(20)


@pytest.mark.django_db(transaction=True)
def test_whoever_migrates_second_waits() -> None:
    said, order = threading.Event(), list[str]()

    def second() -> None:
        with one_at_a_time(connection, said.set):
            order.append("second")

    while_somebody_migrates(second, said, order)
    assert order == ["first", "second"]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_checked_while_somebody_else_migrates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check asks the database, which may not answer before they are through."""
    waits, order = threading.Event(), list[str]()
    monkeypatch.setattr(Command, "wait", lambda command: waits.set())
    monkeypatch.setattr(Command, "check", lambda command, **kwargs: order.append("checked"))
    monkeypatch.setattr(Command.__bases__[0], "handle", lambda *args, **kwargs: None)
    while_somebody_migrates(lambda: call_command("migrate", skip_checks=False), waits, order)
    assert order == ["first", "checked"]


@pytest.mark.django_db
def test_a_table_in_use_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def in_use(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(Command.__bases__[0], "handle", in_use)  # pytest-django puts one of its own in Django's place
    with pytest.raises(CommandError, match="Run this again"):
        call_command("migrate")


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_changes_no_wall_locks_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    dropped: list[object] = []
    monkeypatch.setattr(walls, "_drop_all", lambda *args: dropped.append(args))
    walls.build()
    assert dropped == []
