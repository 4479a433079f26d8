"""Walls the database holds: triggers that refuse what no code of the house should ever try.

Each floor lists its walls in this form and registers the list in its AppConfig.ready(). After each migrate they are
all written anew from these lists, for SQLite and for PostgreSQL. A refused statement raises IntegrityError with the
wall's message.

UPDATE and DELETE walls look before the change, INSERT walls after it (so that NEW has its id). A SQLite table that
Django rebuilds loses its triggers, and one that another table's trigger looks into cannot be rebuilt at all, so on
SQLite the walls come down before migrations run. `INSERT OR REPLACE` meets them because of
`PRAGMA recursive_triggers` in settings.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

UPDATE, DELETE, INSERT, TRUNCATE = "UPDATE", "DELETE", "INSERT", "TRUNCATE"
EVENTS = (UPDATE, DELETE, INSERT, TRUNCATE)
LONGEST_NAME = 63  # PostgreSQL cuts longer ones
MARK = "/* wall */"  # in the text of every trigger of ours, and of no other

_about_to_be_built: ContextVar[bool] = ContextVar("_about_to_be_built", default=False)
_registered: dict[str, dict[str, "Wall"]] = {}


@dataclass(frozen=True)
class Wall:
    """One thing a table refuses.

    `name` is a sentence and names the trigger. `when` is SQL in terms of NEW and OLD, the same for both databases or
    one for each vendor (`{"sqlite": …, "postgresql": …}`); empty means always. `IS DISTINCT FROM` may be written for
    both. `may_change` names the only columns an UPDATE may alter; with `when` as well, only where that holds.
    """

    name: str
    table: str
    event: str
    message: str
    when: str | Mapping[str, str] = ""
    may_change: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.event not in EVENTS:
            raise ValueError(f"{self.name}: {self.event} is none of {', '.join(EVENTS)}.")
        if not self.name.isidentifier() or len(self.name) > LONGEST_NAME:
            raise ValueError(f"{self.name} cannot name a trigger: letters and _ only, {LONGEST_NAME} at most.")
        if self.may_change is not None and self.event != UPDATE:
            raise ValueError(f"{self.name}: only an UPDATE changes columns.")


def stands_for_good(table: str, noun: str, *, reloadable: bool = False) -> list[Wall]:
    """Rows that are added and read: UPDATE, DELETE and TRUNCATE are refused. `noun` is plural, e.g. `signatures`.

    With `reloadable` an UPDATE that alters nothing passes, so that the same fixture can be loaded again.
    """
    message = f"{noun.capitalize()} stand for good: they are added, never changed or deleted."
    name = noun.replace(" ", "_")
    return [
        Wall(f"{name}_never_change", table, UPDATE, message, may_change=() if reloadable else None),
        Wall(f"{name}_are_never_deleted", table, DELETE, message),
        Wall(f"{name}_are_never_emptied_out", table, TRUNCATE, message),
    ]


def never_deleted(table: str, noun: str) -> list[Wall]:
    """Rows that may change and never go: DELETE and TRUNCATE are refused."""
    message = f"{noun.capitalize()} are never deleted."
    name = noun.replace(" ", "_")
    return [
        Wall(f"{name}_are_never_deleted", table, DELETE, message),
        Wall(f"{name}_are_never_emptied_out", table, TRUNCATE, message),
    ]


def only_columns_may_change(table: str, columns: Iterable[str], noun: str) -> list[Wall]:
    """Rows whose other columns keep the values they were added with. Names columns (`stored_id`), not fields."""
    may_change = tuple(columns)
    listed = " and ".join(may_change)
    message = f"Of {noun} only {listed} may change."
    return [Wall(f"{noun.replace(' ', '_')}_keep_what_they_say", table, UPDATE, message, may_change=may_change)]


def refuses(table: str, event: str, when: str | Mapping[str, str], message: str, *, name: str) -> list[Wall]:
    """A wall of one's own: refuse the event where `when` holds. Subselects are allowed in it."""
    return [Wall(name, table, event, message, when)]


def register(app: str, walls: Iterable[Wall]) -> None:
    """Take up the walls of an app. Raises ValueError when two share a name."""
    listed = list(walls)
    others = {name for owner, named in _registered.items() if owner != app for name in named}
    names = [wall.name for wall in listed]
    twice = others.intersection(names) | {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"Two walls are named {', '.join(sorted(twice))}.")
    _registered[app] = {wall.name: wall for wall in listed}


def registered() -> list[Wall]:
    """Every wall of the house."""
    return [wall for named in _registered.values() for wall in named.values()]


def build(using: str = DEFAULT_DB_ALIAS) -> None:
    """Write every wall anew, and drop those no longer listed, at one stroke. Absent tables are passed over.

    Where all stand as listed nothing is done: on PostgreSQL it would lock every table while people are at work.
    """
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        wanted = _wanted(connection, cursor)
        if _all_stand(connection, cursor, wanted):
            return
        _drop_all(connection, cursor)
        for wall, body in wanted:
            for statement in _statements(connection, wall, body):
                cursor.execute(statement)


def take_down(using: str = DEFAULT_DB_ALIAS) -> None:
    """Drop every wall of ours: before SQLite migrations, and in tests round the flush of a transactional test."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        _drop_all(connection, cursor)


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """The walls are down within, for this transaction alone: nobody else ever sees the database without them.

    For one thing only: a record that comes in as it was, which no verb can write again. Must be within a transaction.
    On PostgreSQL writers of these tables wait until it ends, readers do not; on SQLite writers wait anyway.
    """
    connection = connections[using]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Walls are lifted within a transaction, or all would see it.")
    connection.check_constraints()
    _switch(connection, on=False)
    yield
    connection.check_constraints()
    _switch(connection, on=True)


def _switch(connection: BaseDatabaseWrapper, *, on: bool) -> None:
    if connection.vendor == "sqlite":
        build(connection.alias) if on else take_down(connection.alias)
        return
    with connection.cursor() as cursor:
        for wall, _ in _wanted(connection, cursor):
            word = "ENABLE" if on else "DISABLE"
            cursor.execute(f'ALTER TABLE "{wall.table}" {word} TRIGGER "{wall.name}"')


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Names of walls that do not stand, or stand otherwise than they are listed."""
    connection = connections[using]
    with connection.cursor() as cursor:
        standing = _standing(connection, cursor)
        wanted = _wanted(connection, cursor)
    sound = {wall.name for wall, body in wanted if body in standing.get(wall.name, "")}
    return [wall.name for wall in registered() if _applies(connection, wall) and wall.name not in sound]


# --- when they are written and looked for ----------------------------------------------------------------------------


def rebuild_after_migrate(using: str, **kwargs: Any) -> None:
    """Receiver of post_migrate."""
    build(using)


def take_down_before_migrations(using: str, plan: list[Any], **kwargs: Any) -> None:
    """Receiver of pre_migrate: SQLite rebuilds tables, and cannot with walls that look into them."""
    if plan and connections[using].vendor == "sqlite":
        take_down(using)


@contextmanager
def about_to_be_built() -> Iterator[None]:
    """Within this the system check is content: `migrate` checks the database before it builds the walls."""
    token = _about_to_be_built.set(True)
    try:
        yield
    finally:
        _about_to_be_built.reset(token)


def check_walls(*, databases: Iterable[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """System check, run where a database is named: `manage.py check --database default`."""
    if _about_to_be_built.get():
        return []
    return [
        Error(
            f"The wall {name} does not stand in the database {using!r} as it is listed.",
            hint="Run `manage.py migrate`: it writes all walls anew.",
            id="portfolio.E001",
        )
        for using in databases or []
        for name in missing(using)
    ]


# --- SQL -------------------------------------------------------------------------------------------------------------


def _applies(connection: BaseDatabaseWrapper, wall: Wall) -> bool:
    """SQLite has no TRUNCATE, so no wall against it."""
    return wall.event != TRUNCATE or connection.vendor == "postgresql"


def _wanted(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> list[tuple[Wall, str]]:
    """The walls this database can hold, with the text of each as the database will give it back."""
    tables = set(connection.introspection.table_names(cursor))
    body = _sqlite_trigger if connection.vendor == "sqlite" else _postgresql_body
    return [
        (wall, body(wall, _condition(connection, cursor, wall)))
        for wall in registered()
        if wall.table in tables and _applies(connection, wall)
    ]


def _condition(connection: BaseDatabaseWrapper, cursor: CursorWrapper, wall: Wall) -> str:
    """The wall's condition in the database's own words; empty for always."""
    when = wall.when if isinstance(wall.when, str) else wall.when[connection.vendor]
    if wall.may_change is not None:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(wall.table)} LIMIT 0")  # noqa: S608  # a listed table
        columns = sorted({column[0] for column in cursor.description} - set(wall.may_change))
        changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)
        when = f"({changed}) AND ({when})" if when else changed
    if connection.vendor == "sqlite":  # which learnt these words only in 3.39
        when = when.replace("IS NOT DISTINCT FROM", "IS").replace("IS DISTINCT FROM", "IS NOT")
    return when


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _sqlite_trigger(wall: Wall, condition: str) -> str:
    timing = "AFTER" if wall.event == INSERT else "BEFORE"
    when = f"WHEN ({condition}) " if condition else ""
    return (
        f'CREATE TRIGGER "{wall.name}" {timing} {wall.event} ON "{wall.table}" FOR EACH ROW {when}'
        f"BEGIN SELECT RAISE(ABORT, {_quoted(wall.message)}) {MARK}; END"
    )


def _postgresql_body(wall: Wall, condition: str) -> str:
    refusal = f"RAISE EXCEPTION USING MESSAGE = {_quoted(wall.message)}, ERRCODE = 'integrity_constraint_violation';"
    if condition:
        refusal = f"IF ({condition}) THEN {refusal} END IF;"
    answer = {DELETE: "OLD", UPDATE: "NEW"}.get(wall.event, "NULL")
    return f"{MARK} BEGIN {refusal} RETURN {answer}; END"


def _statements(connection: BaseDatabaseWrapper, wall: Wall, body: str) -> list[str]:
    if connection.vendor == "sqlite":
        return [body]
    timing = "AFTER" if wall.event == INSERT else "BEFORE"
    each = "STATEMENT" if wall.event == TRUNCATE else "ROW"
    return [
        f'CREATE FUNCTION "{wall.name}"() RETURNS trigger LANGUAGE plpgsql AS $wall$ {body} $wall$',
        f'CREATE TRIGGER "{wall.name}" {timing} {wall.event} ON "{wall.table}" '
        f'FOR EACH {each} EXECUTE FUNCTION "{wall.name}"()',
    ]


STANDING_SQL = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND instr(sql, %s) > 0",
    "postgresql": """
        SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND strpos(p.prosrc, %s) > 0
          AND p.pronamespace = current_schema()::regnamespace
    """,
}
OURS_SQL = {
    "sqlite": STANDING_SQL["sqlite"],
    "postgresql": """
        SELECT proname, prosrc FROM pg_proc
        WHERE strpos(prosrc, %s) > 0 AND prorettype = 'trigger'::regtype
          AND pronamespace = current_schema()::regnamespace
    """,
}


def _standing(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> dict[str, str]:
    """Name and text of each wall that stands and is not disabled."""
    cursor.execute(STANDING_SQL[connection.vendor], [MARK])
    return dict(cursor.fetchall())


def _all_stand(connection: BaseDatabaseWrapper, cursor: CursorWrapper, wanted: list[tuple[Wall, str]]) -> bool:
    """Whether these walls stand, and no other of ours."""
    standing = _standing(connection, cursor)
    cursor.execute(OURS_SQL[connection.vendor], [MARK])
    ours = {name for name, _ in cursor.fetchall()}
    return ours == {wall.name for wall, _ in wanted} and all(
        body in standing.get(wall.name, "") for wall, body in wanted
    )


def _drop_all(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> None:
    cursor.execute(OURS_SQL[connection.vendor], [MARK])
    for name, _ in cursor.fetchall():
        if connection.vendor == "sqlite":
            cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute(f'DROP FUNCTION "{name}"() CASCADE')
