"""Counts of tries, in the database: so that every web machine counts together, and no two requests at once outrun it.

It is Django's cache for whatever counts: wrong codes, tries to sign, and allauth's limits. Each verb is one statement
of the database, and `add`, of which all else is made, gives a key to one of any number that ask for it at the same
moment. Django's own cache in the database may give it to several where one has run out, and its cache in files to
several at any time. Nothing is thrown out to make room: else whoever floods it would have their own tries forgotten.

Values are JSON, which is only data. What is counted within a transaction that is rolled back was not counted: count
before anything else is done.
"""

import datetime
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

TABLE = "portfolio_count"
FOREVER = datetime.timedelta(days=36_500)
SET = (
    "INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s) "
    "ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires"
)
ADD = SET + " WHERE {table}.expires < %s"
INCR = (
    "UPDATE {table} SET value = CAST(CAST(value AS bigint) + %s AS text) WHERE cache_key = %s AND expires >= %s "
    "RETURNING value"
)


class Counts(BaseCache):
    """Django's cache, kept in one table of the database."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.table = location

    def add(
        self,
        key: Any,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Keep it unless something is kept there already; whether it was kept. Of several at once one is told so."""
        return self._execute(ADD, [*self._row(key, value, timeout, version), self._moment()]) > 0

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self.get_many([key], version).get(key, default)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """What is kept under those of the keys that have not run out."""
        named = {self.make_and_validate_key(key, version=version): key for key in keys}
        if not named:
            return {}
        sql = f"SELECT cache_key, value FROM {{table}} WHERE expires >= %s AND cache_key IN ({marks(named)})"  # noqa: S608
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(sql.format(table=self.table), [self._moment(), *named])
            return {named[key]: json.loads(value) for key, value in cursor.fetchall()}

    def set(
        self,
        key: Any,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        self._execute(SET, self._row(key, value, timeout, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count on, and how far that is. Raises ValueError where nothing is counted."""
        named = self.make_and_validate_key(key, version=version)
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(INCR.format(table=self.table), [delta, named, self._moment()])
            row = cursor.fetchone()
        if row is None:
            raise ValueError(f"Nothing is counted under {key!r}.")
        return int(row[0])

    def touch(
        self,
        key: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        named, moment = self.make_and_validate_key(key, version=version), self._moment()
        sql = "UPDATE {table} SET expires = %s WHERE cache_key = %s AND expires >= %s"
        return self._execute(sql, [self._end(timeout), named, moment]) > 0

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._deleted([key], version) > 0

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        self._deleted(list(keys), version)

    def clear(self) -> None:
        self._execute("DELETE FROM {table}", [])

    # --- inside ------------------------------------------------------------------------------------------------------

    def _deleted(self, keys: Sequence[Any], version: int | None) -> int:
        named = [self.make_and_validate_key(key, version=version) for key in keys]
        return self._execute(f"DELETE FROM {{table}} WHERE cache_key IN ({marks(named)})", named) if named else 0  # noqa: S608

    def _row(self, key: Any, value: Any, timeout: float | None, version: int | None) -> list[Any]:
        return [self.make_and_validate_key(key, version=version), json.dumps(value), self._end(timeout)]

    def _execute(self, sql: str, values: Sequence[Any]) -> int:
        """How many rows it touched."""
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(sql.format(table=self.table), values)
            return int(cursor.rowcount)

    def _end(self, timeout: float | None) -> Any:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        lasts = FOREVER if seconds is None else datetime.timedelta(seconds=seconds)
        return self._moment(lasts)

    def _moment(self, later: datetime.timedelta = datetime.timedelta()) -> Any:
        return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(timezone.now() + later)


def marks(values: Iterable[Any]) -> str:
    """As many marks for values as there are values."""
    return ", ".join("%s" for _ in values)


def sweep(now: datetime.datetime) -> int:
    """Forget what has run out. How much that was."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE expires < %s", [connection.ops.adapt_datetimefield_value(now)])  # noqa: S608
        return int(cursor.rowcount)


def make_table_after_migrate(using: str, **kwargs: object) -> None:
    """Receiver of post_migrate: the table, where it is not there yet."""
    call_command("createcachetable", TABLE, database=using, verbosity=0)
