"""The whole record of a centre into an archive and back: the memory each takes at three sizes, and that both agree.

    python -m bench.archive
    python -m bench.archive --sizes 30 120

Writes bench/results/archive.md. Exits with 1 where memory grows by more than a fifth of what the rows grew by, or where
the archive written after reading back is not the same.
"""

import argparse
import json
import os
import platform
import resource
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.installation import DIRECTORY, HERE, standing

# isort: split
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from assessments.archive.pages import add_pages
from bench.centre import open_centre
from bench.loading import fill
from bench.round_trip import digests
from portfolio import harness
from portfolio.archive.loading import load
from portfolio.archive.packing import pack
from portfolio.archive.selection import Selection
from portfolio.models import Centre
from units.for_good import forget

SIZES = (10, 40, 160)
RESULTS = HERE / "results" / "archive.md"
MIB = 1024


@dataclass(frozen=True)
class Cost:
    """What one piece of work took: seconds, and by how many KiB the process grew at most."""

    seconds: float
    grown: int


@dataclass(frozen=True)
class Row:
    candidates: int
    rows: int
    size: int
    written: Cost
    read: Cost
    same: bool


def alone(work: Callable[[], object]) -> Cost:
    """The cost of some work in a process of its own, so that what others used does not blur it."""
    connection.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            before, begun = resident(), time.perf_counter()
            work()
            told = {"seconds": time.perf_counter() - begun, "grown": peak() - before}
            os.write(writing, json.dumps(told).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    said = os.read(reading, 10_000)
    os.close(reading)
    if status:
        raise SystemExit("The work broke off; its traceback is above.")
    return Cost(**json.loads(said))


def resident() -> int:
    """KiB in memory now."""
    text = Path("/proc/self/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0])


def peak() -> int:
    """KiB in memory at most, so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measured(candidates: int) -> Row:
    """A centre of that size written, read back into the emptied installation, and written again."""
    empty()
    now = timezone.now()
    staffed = open_centre("Measured Centre", now)
    fill(staffed, range(1, candidates + 1), now)
    first, second = DIRECTORY / f"first-{candidates}.zip", DIRECTORY / f"second-{candidates}.zip"
    written = alone(lambda: pack(Selection(staffed.centre), first, at=now, adds=add_pages))
    before = digests(first)
    empty()
    read = alone(lambda: load(first, at=timezone.now()))
    pack(Selection(Centre.objects.get(slug=staffed.centre.slug)), second, at=timezone.now(), adds=add_pages)
    after = digests(second)
    with zipfile.ZipFile(first) as archive:
        name = next(name for name in archive.namelist() if name.endswith("record/index.json"))
        rows = sum(found["rows"] for found in json.loads(archive.read(name))["files"])
    row = Row(candidates, rows, first.stat().st_size, written, read, before == after)
    first.unlink()
    second.unlink()
    return row


def empty() -> None:
    """Another installation: nothing but the standard."""
    with harness.walls_down():
        call_command("flush", interactive=False, verbosity=0)
    forget()
    call_command("load_standard", verbosity=0)


def table(rows: Sequence[Row]) -> list[str]:
    where = f"{platform.machine()} with {os.cpu_count()} cores; {connection.vendor}"
    return [
        "# Archives",
        "",
        f"The whole record of a centre with its pages, on {where}. Written by `python -m bench.archive`; what it "
        "means: bench/README.md.",
        "",
        "| Candidates | Rows | Archive | Written in | Memory for it | Read back in | Memory for it | The same again |",
        "|--:|--:|--:|--:|--:|--:|--:|---|",
        *(
            f"| {row.candidates} | {row.rows:,} | {row.size / MIB / MIB:.1f} MiB | {row.written.seconds:.0f} s "
            f"| {row.written.grown / MIB:.0f} MiB | {row.read.seconds:.0f} s | {row.read.grown / MIB:.0f} MiB "
            f"| {'yes' if row.same else 'no'} |"
            for row in rows
        ),
    ]


def is_flat(rows: Sequence[Row]) -> bool:
    """Whether memory grew by at most a fifth of what the rows grew by."""
    least, most = rows[0], rows[-1]
    allowed = max(1.0, most.rows / least.rows / 5)
    pairs = ((least.written, most.written), (least.read, most.read))
    return all(large.grown <= max(small.grown, 32 * MIB) * allowed for small, large in pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    sizes = parser.parse_args().sizes
    with standing():
        rows = []
        for size in sizes:
            rows.append(measured(size))
            RESULTS.write_text("\n".join(table(rows)) + "\n")
    print("\n".join(table(rows)))
    return 0 if all(row.same for row in rows) and is_flat(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
