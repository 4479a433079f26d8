"""Sampling plans of twenty generated centres: every rule satisfied or named, size against the lower bound, time.

    python -m bench.sampling

Writes bench/results/sampling.md, with a digest of every plan: the same on every machine and database. Exits with 1
where a plan breaks a rule or is larger than 1.3 times its bound.
"""

import hashlib
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.installation import HERE, standing

# isort: split
from assessments.sampling import ALGORITHM, Cell, Drawn, Need, draw, needs_of
from bench.generated import a_centre_of, a_policy, ratings_for

SIZES = (
    (3, 1, 1, 1),
    (10, 2, 3, 1),
    (30, 4, 5, 2),
    (100, 8, 8, 3),
    (300, 12, 10, 4),
    (1000, 30, 15, 6),
    (2800, 60, 20, 9),
)
CENTRES = 20
MOST = 1.3
RESULTS = HERE / "results" / "sampling.md"


@dataclass(frozen=True)
class Row:
    """A centre, the plan drawn for it, and what is wrong with that."""

    cells: int
    needs: int
    drawn: Drawn
    seconds: float
    broken: int

    @property
    def ratio(self) -> float:
        return self.drawn.effort / self.drawn.bound if self.drawn.bound else 1.0

    @property
    def digest(self) -> str:
        told = "\n".join(f"{chosen.key} {chosen.stage}" for chosen in self.drawn.chosen)
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def measured(number: int) -> Row:
    candidates, assessors, units, sites = SIZES[number % len(SIZES)]
    cells = a_centre_of(number, candidates=candidates, assessors=assessors, units=units, sites=sites)
    policy, ratings = a_policy(number), ratings_for(cells, number)
    begun = time.perf_counter()
    drawn = draw(cells, policy, ratings, f"seed {number}")
    seconds = time.perf_counter() - begun
    facts = sorted(cells, key=lambda cell: cell.key)
    needs = needs_of(facts, policy, ratings)
    return Row(len(cells), len(needs), drawn, seconds, broken(facts, needs, drawn))


def broken(facts: Sequence[Cell], needs: Sequence[Need], drawn: Drawn) -> int:
    """How many needs the plan neither satisfies nor names as impossible."""
    chosen = {chosen.key for chosen in drawn.chosen}
    sampled = {place for place, cell in enumerate(facts) if cell.done or cell.key in chosen}
    return sum(
        1
        for need in needs
        if sum(1 for group in need.groups if sampled & set(group)) < need.wanted
        and need.impossible not in drawn.impossible
    )


def table(rows: Sequence[Row]) -> list[str]:
    return [
        "# Sampling plans of generated centres",
        "",
        f"Algorithm {ALGORITHM}, Python {platform.python_version()}. Written by `python -m bench.sampling`; what it "
        "means: bench/README.md.",
        "",
        "| Units | Rules | Broken | Named impossible | Chosen | Effort | Lower bound | Ratio | Seconds | Plan |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|",
        *(
            f"| {row.cells} | {row.needs} | {row.broken} | {len(row.drawn.impossible)} | {len(row.drawn.chosen)} "
            f"| {row.drawn.effort} | {row.drawn.bound} | {row.ratio:.3f} | {row.seconds:.2f} | `{row.digest}` |"
            for row in rows
        ),
    ]


def main() -> int:
    with standing():
        rows = [measured(number) for number in range(CENTRES)]
    told = table(rows)
    print("\n".join(told))
    RESULTS.write_text("\n".join(told) + "\n")
    return 1 if any(row.broken or row.ratio > MOST for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
