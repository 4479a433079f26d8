"""Server time of each main page as a ratio to a bare Django page, at two sizes of a centre, in one run.

    python -m bench.pages                 30 and 300 candidates, each with 4 units of 12 items; queries at 3 too
    python -m bench.pages --sizes 10 --rounds 5 --only Queue --profile

Works in a database of its own. Prints a table, writes bench/results/pages.md when all pages were measured, and exits
with 1 where a page is past its bound.
"""

import argparse
import cProfile
import gc
import os
import platform
import pstats
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from bench.installation import HERE, settle, standing

# isort: split
import django
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.utils import timezone

from assessments.actions.due import tell_due
from bench.addresses import Page, pages
from bench.centre import Staffed, open_centre
from bench.loading import fill
from bench.measuring import Browser, called, timed
from bench.subjects import subjects
from portfolio.models import User

MOST_REQUESTS, MOST_BYTES = 10, 150_000
FLAT = 1.35
"""A page is flat while the larger centre costs it less than this much more; a busy machine alone makes a tenth."""
RESULTS = HERE / "results" / "pages.md"
TITLE = "Server time of each main page, in bare Django pages"


@dataclass(frozen=True)
class Cost:
    """What a page cost at one size."""

    ratio: float
    queries: int
    bytes: int
    requests: int
    first_visit: int


@dataclass
class Row:
    """A page, how many queries it took in the smallest centre, and what it cost at every size so far."""

    page: Page
    counted: int
    costs: list[Cost] = field(default_factory=list)

    def faults(self) -> Iterator[str]:
        """Where the page is past a bound."""
        smaller, larger = self.costs[0], self.costs[-1]
        most = max(cost.ratio for cost in self.costs)
        if most > self.page.most:
            yield f"{most:.1f} bare pages, at most {self.page.most}"
        if larger.queries > self.page.queries:
            yield f"{larger.queries} queries, at most {self.page.queries}"
        if len(found := {self.counted, *(cost.queries for cost in self.costs)}) > 1:
            yield f"{in_words(map(str, sorted(found)))} queries in centres of different sizes"
        if larger.ratio > smaller.ratio * FLAT:
            yield "slower in the larger centre"
        if larger.requests > MOST_REQUESTS or larger.first_visit > MOST_BYTES:
            yield f"{larger.requests} requests and {larger.first_visit / 1000:.0f} KB for a first visit"


class Bench:
    """The application with a centre in it that grows, and somebody signed in for each page."""

    def __init__(self, only: Sequence[str], rounds: int, *, calls: bool = False) -> None:
        self.application, self.only, self.rounds = WSGIHandler(), [word.lower() for word in only], rounds
        self.calls = calls
        self.now = timezone.now()
        self.staffed: Staffed = open_centre("Measured Centre", self.now)
        self.filled = 0
        self.browsers: dict[int, Browser] = {}
        self.rows: dict[str, Row] = {}
        self.bare: list[float] = []
        self.last: list[Page] = []

    def grow(self, size: int) -> None:
        """Fill the centre up to so many candidates."""
        begun = time.perf_counter()
        fill(self.staffed, range(self.filled + 1, size + 1), self.now)
        tell_due(self.now)
        settle()
        print(f"{size - self.filled} candidates loaded in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
        self.filled = size

    def browser(self, user: User) -> Browser:
        return self.browsers.setdefault(user.pk, Browser(self.application, user))

    def chosen(self) -> list[Page]:
        """The main pages, or those asked for."""
        found = pages(subjects(self.staffed))
        if not self.only:
            return [page for page in found if page.measured]
        return [page for page in found if any(word in page.name.lower() for word in self.only)]

    def count(self) -> None:
        """How many queries every chosen page takes, at the size the centre has now."""
        for page in self.chosen():
            browser = self.browser(page.who)
            browser.get(page.address)
            self.rows[page.name] = Row(page, browser.queries(page.address))

    def measure(self) -> None:
        """Every chosen page and the bare one, at the size the centre has now."""
        chosen = self.last = self.chosen()
        asks = [partial(self.browser(self.staffed.assessor).get, "/bare/")]
        asks += [partial(self.browser(page.who).get, page.address) for page in chosen]
        for page, ask in zip(chosen, asks[1:], strict=True):
            if not (answer := ask()).status.startswith("200"):
                raise SystemExit(f"{page.name} at {page.address} answers {answer.status}.")
        gc.collect()
        gc.freeze()
        bare, *times = called(asks) if self.calls else timed(asks, self.rounds)
        self.bare.append(bare)
        for page, seconds in zip(chosen, times, strict=True):
            self.rows[page.name].costs.append(self.cost(page, seconds / bare))

    def cost(self, page: Page, ratio: float) -> Cost:
        browser = self.browser(page.who)
        requests, weight = browser.first_visit(page.address)
        size = len(browser.get(page.address).body)
        return Cost(ratio, browser.queries(page.address), size, requests, weight)

    def profile(self) -> None:
        """Where the time of the pages measured last goes."""
        for page in self.last:
            browser, profiler = self.browser(page.who), cProfile.Profile()
            profiler.enable()
            for _ in range(10):
                browser.get(page.address)
            profiler.disable()
            print(f"\n{page.name}")
            pstats.Stats(profiler).sort_stats("tottime").print_stats(22)
            pstats.Stats(profiler).sort_stats("cumtime").print_stats(rf"{HERE.parent}/(?!.venv)", 40)


def table(rows: Sequence[Row], sizes: Sequence[int]) -> list[str]:
    """The rows as a Markdown table."""
    heads = [f"{size:,} candidates" for size in sizes]
    lines = [
        f"| Page | At most | {' | '.join(heads)} | Queries | KB | First visit | |",
        f"|---|--:|{'--:|' * len(sizes)}--:|--:|--:|---|",
    ]
    for row in rows:
        ratios = " | ".join(f"{cost.ratio:.2f}" for cost in row.costs)
        last = row.costs[-1]
        visit = f"{last.requests} requests, {last.first_visit / 1000:.0f} KB"
        faults = "; ".join(row.faults())
        lines.append(
            f"| {row.page.name} | {row.page.most} | {ratios} | {last.queries} | {last.bytes / 1000:.0f} | {visit} "
            f"| {faults} |"
        )
    return lines


def measured_on() -> str:
    """When and on what, as a sentence."""
    database = f"SQLite {sqlite3.sqlite_version}"
    if connection.vendor == "postgresql":
        database = f"PostgreSQL {connection.pg_version // 10000}"  # type: ignore[attr-defined]
    return (
        f"{timezone.localdate():%-d %B %Y}, {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, Django {django.__version__}, {database}."
    )


def facts(bench: Bench, sizes: Sequence[int], title: str = TITLE, by: str = "bench.pages") -> list[str]:
    """What was measured on."""
    bare = in_words(f"{seconds * 1000:.1f} ms" for seconds in bench.bare)
    return [
        f"# {title}",
        "",
        f"{measured_on()} Written by `python -m {by}`; what it means: bench/README.md.",
        "",
        f"Medians of {bench.rounds} rounds, pages and bare page in turn. A bare page took {bare} at "
        f"{in_words(f'{size:,}' for size in sizes)} candidates.",
        "",
    ]


def in_words(parts: Iterable[str]) -> str:
    """The parts as a sentence names them."""
    *before, last = parts
    return f"{', '.join(before)} and {last}" if before else last


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[30, 300], help="candidates, smaller first")
    parser.add_argument("--counted", type=int, default=3, help="candidates at which only queries are counted, before")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--only", nargs="+", default=[], help="pages whose name holds one of these")
    parser.add_argument("--calls", action="store_true", help="count function calls: the same on a busy machine")
    parser.add_argument("--profile", action="store_true", help="print where the time of these pages goes")
    return parser.parse_args()


def main() -> int:
    options = asked()
    with standing():
        bench = Bench(options.only, options.rounds, calls=options.calls)
        bench.grow(options.counted)
        bench.count()
        for size in options.sizes:
            bench.grow(size)
            bench.measure()
        rows = list(bench.rows.values())
        head = [] if options.calls else facts(bench, options.sizes)
        head += [f"Queries were counted at {options.counted} candidates as well.", ""]
        told = [*head, *table(rows, options.sizes)]
        print("\n".join(told))
        if options.profile:
            bench.profile()
    if not (options.only or options.calls):
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text("\n".join(told) + "\n")
    return 1 if any(fault for row in rows for fault in row.faults()) else 0


if __name__ == "__main__":
    sys.exit(main())
