"""Every main page, the write verbs, documents, exports and search: at one centre, and at the same among a hundred.

    python -m bench.kept            makes both installations, once
    python -m bench.hundred         measures both in one run

Reads DATABASE_URL and NVQ_BENCH_DIRECTORY as bench.kept does. Writes bench/results/hundred-postgresql.md and
explain-postgresql.md when all was measured, and exits with 1 where a page is past its bound, something is slower among
a hundred centres, or a query reads a large table through.
"""

import argparse
import gc
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial

from bench.installation import HERE, furnished

# isort: split
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from assessments.models import Evidence, Mapping
from bench import heaviest
from bench.addresses import pages
from bench.centre import staffed_of
from bench.kept import FIRST, MANY, ONE, moved_into, say
from bench.measuring import Asked, Browser, fetch, timed
from bench.pages import FLAT, measured_on
from bench.subjects import subjects
from bench.undone import acts, documents, exports
from portfolio.compiled import OFTEN
from portfolio.models import Centre, User

RESULTS = HERE / "results"
SLOW, SLOW_ROUNDS = 0.4, 3
"""What takes longer than so many seconds is asked for so many times."""
VERY_SLOW = 5.0
"""And from here on once, which is the first time."""
NOISE = 0.15
"""Bare pages within which two measurements are the same."""


@dataclass
class Row:
    """What it cost in each installation, in bare pages, and how many queries."""

    asked: Asked
    ratios: list[float] = field(default_factory=list)
    queries: list[int | None] = field(default_factory=list)

    def faults(self) -> Iterator[str]:
        if self.asked.most and max(self.ratios) > self.asked.most:
            yield f"{max(self.ratios):.1f} bare pages, at most {self.asked.most}"
        if self.ratios[-1] > self.ratios[0] * FLAT + NOISE:
            yield "slower among a hundred centres"
        if self.queries[0] != self.queries[-1]:
            yield f"{self.queries[0]} queries, then {self.queries[-1]}"


class Hundred:
    """Both installations, measured one after the other."""

    def __init__(self, only: Sequence[str], without: Sequence[str], rounds: int) -> None:
        self.only, self.rounds = [word.lower() for word in only], rounds
        self.without = [word.lower() for word in without]
        self.application = WSGIHandler()
        self.browsers: dict[int, Browser] = {}
        self.rows: dict[tuple[str, str], Row] = {}
        self.bare: list[float] = []
        self.sizes: list[str] = []
        self.watch = heaviest.Watch()

    def browser(self, user: User) -> Browser:
        return self.browsers.setdefault(user.pk, Browser(self.application, user))

    def everything(self) -> list[Asked]:
        found = subjects(staffed_of(Centre.objects.get(name=FIRST)), drawn=False)
        listed = [
            Asked(
                page.name,
                "Page",
                partial(fetch, self.browser(page.who), page.address),
                page.most,
                partial(self.browser(page.who).queries, page.address),
                page.measured or bool(self.only),
            )
            for page in pages(found)
        ]
        listed += [*acts(found), *documents(found), *exports(found, self.browser)]
        if self.only:
            listed = [one for one in listed if any(word in one.name.lower() for word in self.only)]
        return [one for one in listed if not any(word in one.name.lower() for word in self.without)]

    def measure(self, *, watched: bool) -> None:
        """All of it in the installation at hand, warm; where it is watched, each statement is noted."""
        self.browsers.clear()
        everything = self.everything()
        listed = [one for one in everything if one.measured]
        with self.watch.on() if watched else nullcontext():
            firsts = [self.first(one) for one in listed]
        if watched:
            self.watch_often(everything, {one.name for one, first in zip(listed, firsts, strict=True) if first >= SLOW})
        bare = partial(self.browser(staffed_of(Centre.objects.get(name=FIRST)).assessor).get, "/bare/")
        bare()
        gc.collect()
        gc.freeze()
        quick = [one for one, first in zip(listed, firsts, strict=True) if first < SLOW]
        yardstick, *times = timed([bare, *(one.ask for one in quick)], self.rounds)
        taken = dict(zip([(one.kind, one.name) for one in quick], times, strict=True))
        for one, first in zip(listed, firsts, strict=True):
            key = (one.kind, one.name)
            if key not in taken:
                taken[key] = first if first >= VERY_SLOW else timed([one.ask], SLOW_ROUNDS)[0]
            row = self.rows.setdefault(key, Row(one))
            row.ratios.append(taken[key] / yardstick)
            row.queries.append(one.queries() if one.queries else None)
        self.bare.append(yardstick)
        items, mappings = Evidence.objects.count(), Mapping.objects.count()
        self.sizes.append(f"{Centre.objects.count()} centre(s), {items:,} items, {mappings:,} mappings")

    def watch_often(self, everything: Sequence[Asked], slow: Collection[str]) -> None:
        """Each as it is asked often, when PostgreSQL has prepared what it asks."""
        for one in everything:
            if one.name not in slow:
                for _ in range(OFTEN):
                    one.ask()
        with self.watch.on():
            for one in everything:
                if one.name not in slow:
                    self.watch.place = one.name
                    one.ask()

    def first(self, one: Asked) -> float:
        self.watch.place = one.name
        begun = time.perf_counter()
        one.ask()
        seconds = time.perf_counter() - begun
        if seconds > 1:
            say(f"{one.name} took {seconds:.1f} s the first time.")
        return seconds


def table(rows: Sequence[Row]) -> list[str]:
    """The rows as Markdown, a table for each kind."""
    lines = []
    for kind in dict.fromkeys(row.asked.kind for row in rows):
        lines += [
            "",
            f"| {kind} | At most | One centre | A hundred | Growth | Queries | |",
            "|---|--:|--:|--:|--:|--:|---|",
        ]
        for row in (row for row in rows if row.asked.kind == kind):
            first, last = row.ratios[0], row.ratios[-1]
            cells = [row.asked.name, row.asked.most or "", f"{first:.2f}", f"{last:.2f}", f"{last / first:.2f}"]
            lines.append(f"| {' | '.join(map(str, cells))} | {row.queries[-1] or ''} | {'; '.join(row.faults())} |")
    return lines


def head(hundred: Hundred) -> list[str]:
    return [
        "# One centre, and the same among a hundred, in bare Django pages",
        "",
        f"{measured_on()} Written by `python -m bench.hundred`; what it means: bench/README.md.",
        "",
        f"Medians of {hundred.rounds} rounds in turn with the bare page, of {SLOW_ROUNDS} where one takes {SLOW} s or "
        f"more, of one from {VERY_SLOW:.0f} s on. First {hundred.sizes[0]}, where a bare page took "
        f"{hundred.bare[0] * 1000:.1f} ms; then {hundred.sizes[-1]}, where it took {hundred.bare[-1] * 1000:.1f} ms.",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--only", nargs="+", default=[], help="what has one of these in its name")
    parser.add_argument("--without", nargs="+", default=[], help="but not what has one of these")
    options = parser.parse_args()
    hundred = Hundred(options.only, options.without, options.rounds)
    with furnished():
        for name in (ONE, MANY):
            with moved_into(name):
                hundred.measure(watched=name == MANY)
                say(f"{name} is measured.")
                if name == MANY:
                    exports = frozenset(name for kind, name in hundred.rows if kind == "Export")
                    faults, files = heaviest.of_files(heaviest.without_index(hundred.watch), exports)
                    by = f"{measured_on()} Written by `python -m bench.hundred`."
                    plans = heaviest.told(hundred.watch, faults, files, by)
        rows = list(hundred.rows.values())
        measured = [*head(hundred), *table(rows)]
        connection.close()
    print("\n".join(measured))
    for query, tables in faults:
        print(f"Reads through {', '.join(tables)}: {heaviest.places(query)}: {query.sql[:400]}", file=sys.stderr)
    if not options.only and not options.without:
        (RESULTS / "hundred-postgresql.md").write_text("\n".join(measured) + "\n")
        (RESULTS / "explain-postgresql.md").write_text("\n".join(plans) + "\n")
    return int(bool(faults) or any(fault for row in rows for fault in row.faults()))


if __name__ == "__main__":
    sys.exit(main())
