"""Two installations that stay in the databases of one PostgreSQL: a centre alone, and the same among a hundred.

    export DATABASE_URL=postgres://portfolio@/postgres NVQ_BENCH_DIRECTORY=/var/tmp/nvq-bench
    python -m bench.kept                       100 centres of 300 candidates, each with 4 units of 12 items
    python -m bench.kept --centres 3 --candidates 10 --items 5

`nvq_bench_one` is a centre loaded as bench/loading.py loads it. `nvq_bench_many` begins as its copy and has the other
centres beside it (bench/copying.py). Both have the same numbers for the same rows, and share the files in
NVQ_BENCH_DIRECTORY. Every centre was opened with the verbs, and so is what pages show beside its portfolios. What is
there by these names is dropped first; NVQ_BENCH_NAME gives them others. bench.hundred and bench.load measure them.
"""

import argparse
import datetime
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.installation import DIRECTORY, STAYS, furnished, settle

# isort: split
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from assessments.actions.due import tell_due
from assessments.models import Evidence, Mapping
from bench.centre import open_centre, staffed_of
from bench.copying import Template, copy
from bench.loading import fill
from bench.plan import ITEMS
from bench.subjects import subjects
from portfolio import audit, searching, walls
from portfolio.models import AuditChain, Centre, OutgoingMessage
from units.for_good import forget

NAME = os.environ.get("NVQ_BENCH_NAME", "nvq_bench")
ONE, MANY = f"{NAME}_one", f"{NAME}_many"
CENTRES, CANDIDATES = 100, 300
FIRST = "Measured Centre"


def say(sentence: str) -> None:
    print(f"{datetime.datetime.now(datetime.UTC):%H:%M:%S}  {sentence}", file=sys.stderr, flush=True)


@contextmanager
def moved_into(name: str) -> Iterator[None]:
    """Django works in this database of the same server; what it keeps in memory of another is forgotten."""
    if connection.vendor != "postgresql":
        raise SystemExit("Set DATABASE_URL to the PostgreSQL in which bench.kept made them, and NVQ_BENCH_DIRECTORY.")
    before = connection.settings_dict["NAME"]
    connection.close()
    forget()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        forget()
        connection.settings_dict["NAME"] = before


def make(name: str, like: str = "template0") -> None:
    """A database of this name, as another is. One that is there is dropped."""
    connection.close()
    with connection._nodb_cursor() as cursor:  # of no database: as tests make theirs
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')


def load_one(candidates: int, items: int, now: datetime.datetime) -> None:
    """The first centre, as bench.pages measures it."""
    call_command("migrate", verbosity=0)
    fill(open_centre(FIRST, now), range(1, candidates + 1), now, items)
    OutgoingMessage.objects.update(sent_at=now)  # that no worker sends the letters of three hundred invitations
    settle()


def live_in(centre: Centre) -> None:
    """What its pages show beside the portfolios, by the verbs: plans, policies, registrations, activities."""
    subjects(staffed_of(centre))


def load_others(centres: int, now: datetime.datetime) -> None:
    """So many centres in all: the first one's candidates in each further. Words are indexed in the end."""
    template = Template(staffed_of(Centre.objects.get(name=FIRST)))
    with connection.cursor() as cursor:
        for searched in searching.registered():
            cursor.execute(f'DROP INDEX IF EXISTS "{searched.name}"')
    there = set(Centre.objects.values_list("name", flat=True))
    for number in range(2, centres + 1):
        if (name := f"{FIRST} {number}") not in there:
            with transaction.atomic():
                copy(template, open_centre(name, now))
        if number % 10 == 0:
            say(f"{number} centres are there.")
    searching.build()
    OutgoingMessage.objects.update(sent_at=now)
    settle()


def verify() -> None:
    """Every wall stands and every book holds, or this ends."""
    if missing := walls.missing():
        raise SystemExit(f"These walls do not stand: {', '.join(missing)}.")
    for chain in AuditChain.objects.order_by("pk"):
        if broken := audit.verify(chain):
            raise SystemExit(f"{chain}: {broken}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--centres", type=int, default=CENTRES)
    parser.add_argument("--candidates", type=int, default=CANDIDATES)
    parser.add_argument("--items", type=int, default=ITEMS, help="of each unit")
    parser.add_argument("--lived-in", type=int, help="centres with everything their pages show; all by default")
    parser.add_argument("--go-on", action="store_true", help="with what a run that was broken off has left")
    options = parser.parse_args()
    if connection.vendor != "postgresql" or not STAYS:
        raise SystemExit("Set DATABASE_URL to a PostgreSQL of your own, and NVQ_BENCH_DIRECTORY.")
    begun, now = time.perf_counter(), timezone.now()
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    with furnished():
        if not options.go_on:
            make(ONE)
            with moved_into(ONE):
                load_one(options.candidates, options.items, now)
            say("The first centre is there.")
            make(MANY, ONE)
            with moved_into(ONE):
                live_in(Centre.objects.get())
                tell_due(now)
                settle()
        with moved_into(MANY):
            load_others(options.centres, now)
            say("Their candidates are there.")
            for centre in Centre.objects.order_by("pk")[: options.lived_in]:
                live_in(centre)
            told = tell_due(now)
            settle()
            say(f"What pages show beside is there, and {told:,} pieces of news of what falls due.")
            verify()
            counts = f"{Centre.objects.count()} centres, {Evidence.objects.count():,} items"
            say(f"{counts}, {Mapping.objects.count():,} mappings; every wall stands and every book holds.")
    say(f"It took {(time.perf_counter() - begun) / 60:.0f} minutes.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
