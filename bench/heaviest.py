"""Which queries cost the most, and how PostgreSQL answers them: `EXPLAIN (ANALYZE, BUFFERS)`, and whether by an index.

Every statement of everything measured is noted with its time. Each SELECT among them is also explained without being
run, and a scan of a whole large table is a fault wherever it is found: the ten heaviest are shown, all are looked at.
"""

import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction

from portfolio.compiled import Question

MOST_SHOWN = 10
LARGE = 20_000
"""Rows from which on a table is too large to be read through for one page."""
MANY = re.compile(r"(?:%s, )+%s")
SCAN = re.compile(r"Seq Scan on (\w+)")
WALK = re.compile(r"Index(?: Only)? Scan(?: Backward)? using (\w+) on (\w+)")


@dataclass
class Query:
    """A statement, and what it cost wherever it was asked."""

    sql: str
    params: Any = None
    slowest: float = 0
    seconds: float = 0
    asked: int = 0
    places: list[str] = field(default_factory=list)

    def add(self, seconds: float, sql: str, params: Any, place: str) -> None:
        self.seconds, self.asked = self.seconds + seconds, self.asked + 1
        if place not in self.places:
            self.places.append(place)
        if seconds >= self.slowest:
            self.slowest, self.sql, self.params = seconds, sql, params


Fault = tuple[Query, list[str]]
"""A query, and the large tables that it reads through."""


class Watch:
    """Notes every statement while it is on, by the statement without what was asked for."""

    def __init__(self) -> None:
        self.found: dict[str, Query] = {}
        self.place = ""

    @contextmanager
    def on(self) -> Iterator[None]:
        """Cursors that fetch bit by bit are switched off, so that a statement's time is all of its time; and prepared
        statements, so that its words are known."""
        before = connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS", False)
        connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = True
        try:
            with connection.execute_wrapper(self.note), patch.object(Question, "prepared", False):
                yield
        finally:
            connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = before

    def note(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        answer = execute(sql, params, many, context)
        if not many and sql.startswith(("SELECT", "(SELECT", "WITH")):
            seconds, shape = time.perf_counter() - begun, MANY.sub("%s, …", sql)
            self.found.setdefault(shape, Query(sql)).add(seconds, sql, params, self.place)
        return answer

    def heaviest(self, most: int = MOST_SHOWN) -> list[Query]:
        return sorted(self.found.values(), key=lambda query: query.seconds, reverse=True)[:most]


def explained(query: Query, options: str = "ANALYZE, BUFFERS") -> list[str]:
    """The plan in PostgreSQL's words. Locks it takes are given back."""
    head = f"EXPLAIN ({options}) " if options else "EXPLAIN "
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(head + query.sql, query.params)
            lines = [row[0] for row in cursor.fetchall()]
        transaction.set_rollback(True)
    return lines


def large_tables() -> dict[str, int]:
    """Tables with too many rows to be read through, and how many they have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [LARGE]
        )
        return dict(cursor.fetchall())


def partial_indexes() -> set[str]:
    """Indexes of some rows alone: to go along one is to read those."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL")
        return {name for (name,) in cursor.fetchall()}


def read_through(plan: list[str], large: dict[str, int], partial: Collection[str] = ()) -> list[str]:
    """Large tables that a plan reads through from end to end: row by row, or along a whole index with a filter alone.

    `partial` indexes are none of these.
    """
    found = [match[1] for line in plan if (match := SCAN.search(line))]
    for line, following in pairwise(plan):
        if (match := WALK.search(line)) and following.lstrip().startswith("Filter: ") and match[1] not in partial:
            found.append(match[2])
    return sorted({table for table in found if table in large})


def without_index(watch: Watch) -> list[Fault]:
    """Queries whose plan reads a large table through, with the tables; heaviest first."""
    large, partial, found = large_tables(), partial_indexes(), []
    for query in watch.heaviest(len(watch.found)):
        if tables := read_through(explained(query, ""), large, partial):
            found.append((query, tables))
    return found


def told(watch: Watch, faults: list[Fault], head: str) -> list[str]:
    """What is kept in bench/results; `faults` as `without_index` finds them."""
    large, partial = large_tables(), partial_indexes()
    lines = [f"# The {MOST_SHOWN} heaviest queries at a hundred centres", "", head, ""]
    lines += [
        f"{len(watch.found):,} different questions were asked. Tables of {LARGE:,} rows or more that any of them reads "
        f"through: {'none.' if not faults else ''}",
        "",
    ]
    for query, tables in faults:
        lines.append(f"- {', '.join(tables)}: {query.slowest * 1000:.1f} ms, {places(query)}")
    for number, query in enumerate(watch.heaviest(), start=1):
        plan = explained(query)
        tables = read_through(plan, large, partial)
        lines += [
            "",
            f"## {number}. {places(query)}",
            "",
            f"Asked {query.asked} times, {query.seconds * 1000:.0f} ms in all, {query.slowest * 1000:.1f} ms at most. "
            + (f"**Reads through {', '.join(tables)}.**" if tables else "By indexes."),
            "",
            "```sql",
            shortened(query.sql),
            "```",
            "",
            "```",
            *(shortened(line, 240) for line in plan),
            "```",
        ]
    return lines


def places(query: Query, most: int = 3) -> str:
    more = len(query.places) - most
    return ", ".join(query.places[:most]) + (f" and {more} more" if more > 0 else "")


def shortened(text: str, most: int = 2400) -> str:
    """Long lists of numbers add nothing."""
    text = re.sub(r"((?:\d+,\s*){6})(?:\d+,\s*)+", r"\1… ", MANY.sub("%s, …", text))
    return text if len(text) <= most else text[:most] + " …"
