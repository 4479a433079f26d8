"""Which queries cost the most, and how PostgreSQL answers them: `EXPLAIN (ANALYZE, BUFFERS)`, and whether by an index.

Every statement of everything measured is noted with its time, but for those that add given rows. Each is also
explained without being run, and a scan of a whole large table is a fault wherever it is found: the ten heaviest are
shown, all are looked at. What is prepared has the one plan that it has for everybody.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.db import connection, transaction

MOST_SHOWN = 10
LARGE = 20_000
"""Rows from which on a table is too large to be read through for one page."""
MANY = re.compile(r"(?:%s, )+%s")
SCAN = re.compile(r"Seq Scan on (\w+)")
WALK = re.compile(r"Index(?: Only)? Scan(?: Backward)? using (\w+) on (\w+)")


@dataclass
class Query:
    """A statement, and what it cost wherever it was asked. `words`: what was prepared where it only calls for that."""

    sql: str
    words: str
    params: Any = None
    slowest: float = 0
    seconds: float = 0
    asked: int = 0
    places: list[str] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        return self.words.startswith(CHANGING)

    def add(self, seconds: float, sql: str, params: Any, place: str) -> None:
        self.seconds, self.asked = self.seconds + seconds, self.asked + 1
        if place not in self.places:
            self.places.append(place)
        if seconds >= self.slowest:
            self.slowest, self.sql, self.params = seconds, sql, params


CHANGING = ("UPDATE", "DELETE")
ASKING = ("SELECT", "(SELECT", "WITH", *CHANGING)
PREPARED = re.compile(r'PREPARE "[^"]+"(?: \([^)]*\))? AS ')
CALLED = re.compile(r'EXECUTE "([^"]+)"')

Fault = tuple[Query, list[str]]
"""A query, and the large tables that it reads through."""


class Watch:
    """Notes every statement while it is on, by the statement without what was asked for."""

    def __init__(self) -> None:
        self.found: dict[str, Query] = {}
        self.prepared: dict[str, str] = {}
        self.place = ""

    @contextmanager
    def on(self) -> Iterator[None]:
        """Cursors that fetch bit by bit are switched off, so that a statement's time is all of its time."""
        before = connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS", False)
        connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = True
        try:
            with connection.execute_wrapper(self.note):
                yield
        finally:
            connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = before

    def note(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        answer = execute(sql, params, many, context)
        seconds = time.perf_counter() - begun
        words = self.words_of(sql)
        if not many and words.startswith(ASKING):
            shape = MANY.sub("%s, …", words)
            self.found.setdefault(shape, Query(sql, words)).add(seconds, sql, params, self.place)
        return answer

    def words_of(self, sql: str) -> str:
        """The statement itself, also where it was prepared before."""
        called = CALLED.match(sql)
        if not called:
            return sql
        if called[1] not in self.prepared:
            assert connection.connection is not None
            with connection.connection.cursor() as cursor:
                cursor.execute("SELECT statement FROM pg_prepared_statements WHERE name = %s", called.groups())
                self.prepared[called[1]] = PREPARED.sub("", cursor.fetchone()[0])
        return self.prepared[called[1]]

    def heaviest(self, most: int = MOST_SHOWN) -> list[Query]:
        return sorted(self.found.values(), key=lambda query: query.seconds, reverse=True)[:most]


def explained(query: Query, options: str = "ANALYZE, BUFFERS") -> list[str]:
    """The plan in PostgreSQL's words; what changes rows is not done again. Locks it takes are given back."""
    head = f"EXPLAIN ({options}) " if options and not query.changes else "EXPLAIN "
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


def of_files(found: list[Fault], exports: frozenset[str]) -> tuple[list[Fault], list[Fault]]:
    """Those of pages and acts, and those that only files of all that a centre has ask, in a worker or bit by bit."""
    apart: tuple[list[Fault], list[Fault]] = [], []
    for fault in found:
        apart[exports.issuperset(fault[0].places)].append(fault)
    return apart


def told(watch: Watch, faults: list[Fault], files: list[Fault], head: str) -> list[str]:
    """What is kept in bench/results; `faults` of pages and acts and those of `files` as `of_files` parts them."""
    large, partial = large_tables(), partial_indexes()
    lines = [f"# The {MOST_SHOWN} heaviest queries at a hundred centres", "", head, ""]
    lines += [
        f"{len(watch.found):,} different questions were asked. Tables of {LARGE:,} rows or more that any page or act "
        f"reads through: {'none.' if not faults else ''}",
        "",
        *(f"- {', '.join(tables)}: {query.slowest * 1000:.1f} ms, {places(query)}" for query, tables in faults),
    ]
    if files:
        lines += ["Files of all that a centre has read through, as of so many rows that is cheaper:", ""]
        count = Counter((", ".join(tables), places(query)) for query, tables in files)
        lines += [f"- {tables}: {place}, in {number} questions" for (tables, place), number in count.items()]
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
            shortened(query.words),
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
