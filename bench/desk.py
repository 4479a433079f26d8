"""An assessor's queue and caseload at three sizes of a centre: as many queries for 3,000 candidates as for 30.

    python -m bench.desk
    python -m bench.desk --sizes 30 300 --rounds 5

One assessor holds nearly all units of the centre. Works in a database of its own, writes
bench/results/desk-<database>.md, and exits with 1 where a page takes more queries in a larger centre, or too many.
"""

import argparse
import sys
from collections.abc import Sequence

from bench.installation import HERE, standing

# isort: split
from django.db import connection

from bench.pages import Bench, Row, facts

PAGES = ("Queue", "Caseload", "Enrolments")
TITLE = "The assessor's queue and caseload, and the centre's enrolments"
RESULTS = HERE / "results"


def fault(row: Row) -> str:
    """What does not hold of a page; empty where all does."""
    queries = [cost.queries for cost in row.costs]
    if len(set(queries)) > 1:
        return "more queries in a larger centre"
    return f"at most {row.page.queries} queries" if queries[0] > row.page.queries else ""


def table(rows: Sequence[Row], sizes: Sequence[int], bare: Sequence[float]) -> list[str]:
    """Queries and milliseconds of each page at each size."""
    heads = [f"{size:,}: queries | ms" for size in sizes]
    lines = [f"| Page | {' | '.join(heads)} | |", f"|---|{'--:|--:|' * len(sizes)}---|"]
    for row in rows:
        cells = [
            f"{cost.queries} | {cost.ratio * seconds * 1000:.0f}" for cost, seconds in zip(row.costs, bare, strict=True)
        ]
        lines.append(f"| {row.page.name} | {' | '.join(cells)} | {fault(row)} |")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[30, 300, 3000], help="candidates, smaller first")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--profile", action="store_true", help="print where the time of the pages goes")
    options = parser.parse_args()
    with standing():
        bench = Bench(PAGES, options.rounds)
        for size in options.sizes:
            bench.grow(size)
            bench.measure()
        rows = list(bench.rows.values())
        told = [*facts(bench, options.sizes, TITLE, "bench.desk"), *table(rows, options.sizes, bench.bare)]
        vendor = connection.vendor
        print("\n".join(told))
        if options.profile:
            bench.profile()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"desk-{vendor}.md").write_text("\n".join(told) + "\n")
    return 1 if any(fault(row) for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
