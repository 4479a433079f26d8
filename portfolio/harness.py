"""The test harness: stricter than production, and the one place that takes the walls down."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

from django.conf import LazySettings
from django.core.signals import setting_changed
from django.db import connection
from django.template.base import FilterExpression, Node
from django.test import Client, TransactionTestCase

from portfolio import walls

WRITES = re.compile(r'\s*(?:INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|CREATE|ALTER|DROP)\b(?:.*?"(\w+)")?', re.I | re.S)
A_GET_MAY_WRITE = {"portfolio_accessline", "django_session"}


def hurry(house: LazySettings) -> None:
    """Settings for every test: quick passwords, jobs done on the spot, no LibreOffice, templates that may not guess."""
    house.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    memory = "django.core.cache.backends.locmem.LocMemCache"
    house.CACHES = {name: {"BACKEND": memory, "LOCATION": name} for name in house.CACHES}
    house.TASKS = {"default": house.TASKS["default"] | {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    house.SOFFICE = ""
    house.PDF_PROCESSES = 1
    engine: dict[str, Any] = house.TEMPLATES[0]
    engine["OPTIONS"]["string_if_invalid"] = NotDefined(house.BASE_DIR)
    for name in ("PASSWORD_HASHERS", "CACHES", "TASKS", "TEMPLATES"):  # some may have been read already
        setting_changed.send(sender=LazySettings, setting=name, value=getattr(house, name), enter=True)


def database_url(name: str = "") -> str:
    """The database at hand, or another of the same server, as DATABASE_URL says it: for a process of its own."""
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{here['NAME']}"
    password, port = (f":{quote(str(here[key]), safe='')}" if here[key] else "" for key in ("PASSWORD", "PORT"))
    return f"postgres://{here['USER']}{password}@{quote(here['HOST'], safe='')}{port}/{name or here['NAME']}"


# --- walls -----------------------------------------------------------------------------------------------------------


@contextmanager
def walls_down() -> Iterator[None]:
    """For the moment in which every table is emptied, which the walls refuse."""
    walls.take_down()
    try:
        yield
    finally:
        if walls.missing():  # flushing runs post_migrate, which has built them unless it failed
            walls.build()


def take_walls_down_to_flush(patch: Any) -> None:
    """A transactional test ends by emptying every table: the walls are down for that moment only.

    `patch` is pytest's MonkeyPatch. Ordinary tests roll back, so they never take a wall down.
    """
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # the stubs leave it out

    def flush_without_walls(case: TransactionTestCase) -> None:
        with walls_down():
            flush(case)

    patch.setattr(TransactionTestCase, "_fixture_teardown", flush_without_walls)


# --- the test database ------------------------------------------------------------------------------------------------


def asks_for_the_database(item: Any) -> bool:
    """Whether a test, as pytest collects it, has a database made for it: by the mark, or by the fixture `db`."""
    return bool(item.get_closest_marker("django_db") or "db" in getattr(item, "fixturenames", ()))


def tells_of_the_database(item: Any) -> bool:
    """Whether a test asks for the database, and could find something else on another."""
    return asks_for_the_database(item) and not item.get_closest_marker("same_on_any_database")


def without_a_database(items: Iterable[Any]) -> list[str]:
    """Tests whose fixtures fill a database that they do not ask for.

    In a run of such tests alone pytest-django makes none, and they would fill, and empty, the database of the settings.
    """
    found = [item for item in items if "django_db_setup" in getattr(item, "fixturenames", ())]
    return [item.nodeid for item in found if not asks_for_the_database(item)]


def show_others_out() -> None:
    """End every other session in PostgreSQL's database; on SQLite there is nobody to show out.

    A test server's threads keep their connection for as long as their browser does, also after the server has stopped.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


# --- GET asks, POST acts ---------------------------------------------------------------------------------------------


class GetWroteError(AssertionError):
    """A GET changed something."""


def refuse_writes(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
    """Let a statement through unless it writes elsewhere than a GET may: access lines, and the session."""
    found = WRITES.match(sql)
    if found and found[1] not in A_GET_MAY_WRITE:
        raise GetWroteError(f"GET asks, POST acts; but this page wrote: {sql}")
    return execute(sql, *args)


@contextmanager
def only_select() -> Iterator[None]:
    """Whatever is done within may read the database, and fails the test when it writes."""
    with connection.execute_wrapper(refuse_writes):
        yield


class AskingClient(Client):
    """A browser for tests, whose GET and HEAD requests fail the test when the page writes."""

    def get(self, *args: Any, **kwargs: Any) -> Any:
        with only_select():
            return super().get(*args, **kwargs)

    def head(self, *args: Any, **kwargs: Any) -> Any:
        with only_select():
            return super().head(*args, **kwargs)


# --- templates -------------------------------------------------------------------------------------------------------


class NotDefinedError(AssertionError):
    """A template of ours names something its view does not give."""


class NotDefined(str):
    """`string_if_invalid`: fails where a template of ours names an undefined variable.

    Templates that libraries bring rely on undefined ones being empty, and may. Say `{% if x %}` for what may be absent.
    """

    ours: tuple[str, ...]

    def __new__(cls, house: Path) -> "NotDefined":
        made = super().__new__(cls, "%s")
        made.ours = tuple(f"{house / room}/" for room in ("templates", "portfolio", "units", "assessments"))
        return made

    def __mod__(self, variable: Any) -> str:
        origin = template_being_rendered(sys._getframe(1))
        if origin.startswith(self.ours):
            name = variable.var if isinstance(variable, FilterExpression) else variable
            raise NotDefinedError(f"{origin} names {name!s}, which is not defined there.")
        return ""

    def __html__(self) -> str:
        """Printed as it is, where a template names something that it cannot call: a method that wants arguments."""
        return self % "something it cannot call"


def template_being_rendered(frame: FrameType | None) -> str:
    """Path of the template whose node is being rendered in the nearest frame; empty when none is."""
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None) is not None:
            return str(node.origin.name)
        frame = frame.f_back
    return ""
