"""An assessor's queue and caseload at three sizes of a centre: as many queries for 3,000 candidates as for 30.

    python -m bench.desk
    python -m bench.desk --sizes 30 300 --rounds 5

One assessor holds nearly all units of the centre. Works in a database of its own, writes
bench/results/desk-<database>.md, and exits with 1 where a page is past its bound.
"""

import argparse
import sys

from bench.installation import HERE, standing

# isort: split
from django.db import connection

from bench.pages import Bench, facts, table

PAGES = ("Queue", "Caseload", "Enrolments", "Time to feedback")
TITLE = "The assessor's queue and caseload, and the centre's enrolments, in bare Django pages"
RESULTS = HERE / "results"


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
        told = [*facts(bench, options.sizes, TITLE, "bench.desk"), *table(rows, options.sizes)]
        vendor = connection.vendor
        print("\n".join(told))
        if options.profile:
            bench.profile()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"desk-{vendor}.md").write_text("\n".join(told) + "\n")
    return 1 if any(fault for row in rows for fault in row.faults()) else 0


if __name__ == "__main__":
    sys.exit(main())
