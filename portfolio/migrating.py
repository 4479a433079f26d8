"""How migrations are written and run: new tables whole and all at once, and one migration at a time.

Django makes a table at a time, and adds what leads from one to the other at the end, one by one. For each it draws up
every model anew, and SQLite makes the whole table again: an empty database took 24 seconds where it now takes eight.

People go on working with the version before while a migration runs, and for as long as it takes to start the next one
everywhere. `breaks_the_version_before` says which operations that version could trip over.
"""

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterModelTable,
    AlterUniqueTogether,
    CreateModel,
    DeleteModel,
    RemoveField,
    RenameField,
    RenameModel,
)
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.optimizer import MigrationOptimizer
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

NUMBER = 7_305_182
"""What PostgreSQL calls the lock of whoever migrates: any number that nobody else uses."""
LOCK_TIMEOUT = "15s"
TAKES_AWAY = (RemoveField, RenameField, DeleteModel, RenameModel, AlterModelTable)
ASKS_MORE = (AlterField, AlterUniqueTogether, AddConstraint)


def model_of(operation: Operation) -> str:
    """The model that an operation makes or adds to; empty for any other operation."""
    if isinstance(operation, CreateModel):
        return operation.name_lower
    return operation.model_name_lower if isinstance(operation, AddField | AddConstraint | AddIndex) else ""


def with_their_tables(operations: Sequence[Operation], app_label: str) -> list[Operation]:
    """The same, each constraint and index behind its model's last field: in the model, where nothing stands between."""
    placed: list[Operation] = []
    for operation in operations:
        here = len(placed)
        if isinstance(operation, AddConstraint | AddIndex):
            of_its_model = [at for at, other in enumerate(placed, 1) if model_of(other) == operation.model_name_lower]
            here = of_its_model[-1] if of_its_model else here
        placed.insert(here, operation)
    return MigrationOptimizer().optimize(placed, app_label)


class CreateTables(Operation):
    """Models with all that their migration adds to them, whose tables are made whole from what they come to in the end.

    `operations` make models, and add fields, constraints and indexes to these models alone.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args: ClassVar[list[str]] = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    @property
    def created(self) -> list[CreateModel]:
        return [operation for operation in self.operations if isinstance(operation, CreateModel)]

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        vars(state).pop("apps", None)  # drawn up when it is next looked at, not after each
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.created:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self.created):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {len(self.created)} models at once"


def at_once(operations: Sequence[Operation]) -> list[Operation]:
    """The same, operations in a row that together make several models as one."""
    placed: list[Operation] = []
    for operation in operations:
        row = _row_that_ends_with(placed[-1]) if placed else []
        made = {model_of(other) for other in row if isinstance(other, CreateModel)}
        if row and (isinstance(operation, CreateModel) or model_of(operation) in made):
            placed[-1] = CreateTables(operations=[*row, operation])
        else:
            placed.append(operation)
    return placed


def _row_that_ends_with(operation: Operation) -> Sequence[Operation]:
    if isinstance(operation, CreateTables):
        return operation.operations
    return [operation] if isinstance(operation, CreateModel) else []


class Autodetector(MigrationAutodetector):
    def _optimize_migrations(self) -> None:
        super()._optimize_migrations()  # type: ignore[misc]  # the stubs leave it out
        for app_label, migrations in self.migrations.items():  # type: ignore[attr-defined]
            for migration in migrations:
                migration.operations = at_once(with_their_tables(migration.operations, app_label))


def breaks_the_version_before(operation: Operation) -> str:
    """Why the version before may fail once this was done; empty when it cannot notice."""
    what = operation.describe()
    if isinstance(operation, TAKES_AWAY):
        return f"{what}: the version before still reads and writes it."
    if isinstance(operation, AddField):
        field = operation.field
        if not (field.null or field.many_to_many or field.db_default is not NOT_PROVIDED):
            return f"{what}: the version before has no value for it: let it be empty, or give it a db_default."
    if isinstance(operation, ASKS_MORE):
        return f"{what}: the version before may write what this refuses."
    return ""


@contextmanager
def one_at_a_time(connection: BaseDatabaseWrapper, waiting: Callable[[], None]) -> Iterator[None]:
    """Within this nobody else migrates the same database; whoever comes second waits, after `waiting` has said so.

    On PostgreSQL no statement waits for a table for longer than some seconds either: all others would queue behind it.
    """
    hold = _held_by_postgresql if connection.vendor == "postgresql" else _held_by_a_file
    with hold(connection, waiting):
        yield


@contextmanager
def _held_by_postgresql(connection: BaseDatabaseWrapper, waiting: Callable[[], None]) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [NUMBER])
        if not cursor.fetchone()[0]:
            waiting()
            cursor.execute("SELECT pg_advisory_lock(%s)", [NUMBER])
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
    try:
        yield
    finally:
        # A connection that was lost meanwhile has given both back.
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [NUMBER])


@contextmanager
def _held_by_a_file(connection: BaseDatabaseWrapper, waiting: Callable[[], None]) -> Iterator[None]:
    place = Path(connection.settings_dict["NAME"])
    with place.with_name(f"{place.name}.migrating").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
