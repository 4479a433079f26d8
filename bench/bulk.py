"""Forms made in bulk: on one core and on all in one run, the memory at three sizes, and the same asked for again.

    python -m bench.bulk                                100 and 1,000 forms
    python -m bench.bulk --sizes 100 1000 10000         ten thousand too: half an hour on two quiet cores

Each size has a process and a database of its own. The first forms are made in turns, a slice of the worker's on one
core (NVQ_PDF_PROCESSES=1) and one on all, as a machine is as busy for the one as for the other; the rest on all. Then
all are put together as one PDF, and the same units are asked for once more. Memory is the most that the worker held at
the end of any slice beyond what the loading left it, and the most of the largest of its processes, without what they
map of files. Prints a table, writes bench/results/bulk.md, and exits with 1 where a bound is passed.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from unittest.mock import patch

from bench.installation import HERE, standing

# isort: split
from django.conf import settings
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from assessments.documents import issuing
from assessments.form_enums import FormsStatus, FormState, GatheredAs
from assessments.models import FormBatch
from bench.authentication import NO_WORKER, pressed, units
from bench.authentication import Taken as Pressed
from bench.centre import Staffed, open_centre
from bench.measuring import own_memory
from portfolio import composing, manuscripts, pdf
from portfolio.models import Document

LEAST_GAIN = 1.6
"""Of the rate on one core, on two."""
MOST_GROWTH = 64
"""MiB more at the largest size than at the smallest."""
SLICE = 10
TURNS = 3  # slices on one core, with one on all after each
RESULTS = HERE / "results" / "bulk.md"
CORES = len(os.sched_getaffinity(0))


@dataclass
class Made:
    """What one size took."""

    forms: int
    pages_on_one: int = 0
    seconds_on_one: float = 0
    pages_on_all: int = 0
    seconds_on_all: float = 0
    gathering: float = 0
    megabytes: float = 0
    before: int = 0
    worker: int = 0
    worker_gathering: int = 0
    process: int = 0
    again: float = 0
    rendered_again: int = 0

    @property
    def one(self) -> float:
        return self.pages_on_one / self.seconds_on_one

    @property
    def all(self) -> float:
        return self.pages_on_all / self.seconds_on_all


def ready(batch: FormBatch) -> int:
    return batch.rows.filter(state=FormState.MADE).count()


def a_slice(batch: FormBatch, processes: int, made: Made) -> tuple[int, float]:
    """Forms made in one slice of the worker's, and the seconds on the wall."""
    before, begun = ready(batch), time.perf_counter()
    with override_settings(PDF_PROCESSES=processes):
        issuing.make(batch.pk)
    taken = time.perf_counter() - begun
    if room := composing.kept.room:
        made.process = max([made.process, *(own_memory(one.process.pid) for one in room.compositors)])
    made.worker = max(made.worker, own_memory(os.getpid()) - made.before)
    batch.refresh_from_db()
    if batch.problem:
        raise SystemExit(batch.problem)
    return ready(batch) - before, taken


def make_all(batch: FormBatch, made: Made) -> None:
    """All forms of the batch: in turns first, then on all cores. What is put together at the end is not among them."""
    issuing.SECONDS, composing.IDLE = SLICE, 4 * SLICE
    with patch("assessments.documents.issuing.gathered", return_value=False):
        with composing.room_for(composing.FEWEST) as room:  # warmed before anything is timed
            sheet = manuscripts.manuscript("documents/sheet.html", {}, variant=pdf.DRAFT)
            for one in [room.typeset(sheet)] * room.places:
                one.exception()
        for turn in range(2 * TURNS * made.forms):
            if batch.status != FormsStatus.MAKING:
                break
            if turn % 2 == 0 and turn < 2 * TURNS:
                forms, seconds = a_slice(batch, 1, made)
                made.pages_on_one, made.seconds_on_one = made.pages_on_one + forms, made.seconds_on_one + seconds
            else:
                forms, seconds = a_slice(batch, CORES, made)
                made.pages_on_all, made.seconds_on_all = made.pages_on_all + forms, made.seconds_on_all + seconds


def put_together(batch: FormBatch, made: Made) -> None:
    begun = time.perf_counter()
    issuing.gather_again(batch, GatheredAs.PDF)
    issuing.make(batch.pk)
    made.gathering, made.worker_gathering = time.perf_counter() - begun, own_memory(os.getpid()) - made.before
    batch.refresh_from_db()
    with issuing.opened(batch) as file:
        made.megabytes = file.seek(0, os.SEEK_END) / 1_000_000


def ask_again(staffed: Staffed, chosen: list[int], made: Made) -> None:
    """The same units in a new batch."""
    before = set(Document.objects.filter(issued=True).values_list("pk", "finished_at"))
    begun, batch = time.perf_counter(), pressed(staffed, chosen, Pressed())
    while batch.status == FormsStatus.MAKING:
        a_slice(batch, CORES, made)
    made.again = time.perf_counter() - begun
    made.rendered_again = len(set(Document.objects.filter(issued=True).values_list("pk", "finished_at")) - before)


def measured(forms: int) -> Made:
    made = Made(forms)
    staffed = open_centre("Measured Centre", timezone.now())
    chosen = units(staffed, forms)
    batch = pressed(staffed, chosen, Pressed())
    made.before = own_memory(os.getpid())
    make_all(batch, made)
    if ready(batch) != forms:
        raise SystemExit(f"{forms - ready(batch)} forms are missing.")
    put_together(batch, made)
    ask_again(staffed, chosen, made)
    return made


# --- telling ---------------------------------------------------------------------------------------------------------


def faults(found: Sequence[Made]) -> list[str]:
    """Where a bound is passed. A hundred forms are too few to tell a rate."""
    wrong, last = [], found[-1]
    if CORES >= 2 and last.forms >= 500 and last.all / last.one < LEAST_GAIN:
        wrong.append(f"{last.all / last.one:.2f} times the rate of one core")
    for name in ("worker", "worker_gathering", "process"):
        if (growth := getattr(last, name) - getattr(found[0], name)) > MOST_GROWTH:
            wrong.append(f"{growth} MiB more at {last.forms:,} forms ({name.replace('_', ', ')})")
    wrong += [f"{one.rendered_again} rendered again" for one in found if one.rendered_again]
    return wrong


def report(found: Sequence[Made], wrong: list[str]) -> str:
    lines = [
        "# Forms made in bulk",
        "",
        f"{timezone.localdate():%-d %B %Y}, {CORES} cores, {platform.machine()}, {connection.vendor}, "
        f"{manuscripts.render_version().split(', templates')[0]}; seconds on the wall, MiB of memory. Printed by "
        "`python -m bench.bulk`, which says what is measured.",
        "",
        "| forms | a second: one core | all | times | worker: more | a process | put together | worker then |"
        " MB | asked again | rendered again |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {one.forms:,} | {one.one:.1f} | {one.all:.1f} | {one.all / one.one:.2f} | {one.worker} | {one.process} | "
        f"{one.gathering:.1f} s | {one.worker_gathering} | {one.megabytes:.1f} | {one.again:.1f} s | "
        f"{one.rendered_again} |"
        for one in found
    ]
    bounds = (
        f"{LEAST_GAIN} times one core on two, {MOST_GROWTH} MiB from the smallest to the largest, none rendered again"
    )
    lines += ["", f"Bounds: {bounds}. {'; '.join(wrong) if wrong else 'Held'}."]
    return "\n".join(lines) + "\n"


def in_a_process_of_its_own(forms: int) -> Made:
    command = [sys.executable, "-m", "bench.bulk", "--one", str(forms)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, cwd=settings.BASE_DIR).stdout
    return Made(**json.loads(told.splitlines()[-1]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        with standing(), override_settings(TASKS=NO_WORKER):
            print(json.dumps(asdict(measured(asked.one))))
        return 0
    found = [in_a_process_of_its_own(forms) for forms in sorted(asked.sizes)]
    wrong = faults(found)
    told = report(found, wrong)
    RESULTS.write_text(told)
    print(told)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
