"""Two hundred people at work at once, against the product as it is deployed, beside a bare Django page.

    python -m bench.kept                             the installation they work in, once
    python -m bench.load                             200 people for five minutes, then bare pages for two
    python -m bench.load --soak 30                   for half an hour: nothing may grow

Reads DATABASE_URL and NVQ_BENCH_DIRECTORY as bench.kept does. nginx, gunicorn and two workers run as bin/try-server
starts them (bench/deployed.py), on the hundred centres; what people do is in bench/journeys.py. They are signed in
before, as two hundred sign-ins a minute from one address would be refused. Each role looks at a page for as long as
--think says, half to one and a half times: people take ten times as long. Everything shares the cores of this machine.
Writes bench/results/load.md or soak.md, and exits with 1 where an answer was not the one expected or something grew.
"""

import argparse
import os
import resource
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from bench.installation import DIRECTORY, HERE, furnished

# isort: split
from django.conf import settings
from django.db import connection
from django.test import Client

from bench import journeys
from bench.centre import staffed_of
from bench.deployed import PROCESSES, Watch, served
from bench.journeys import JOURNEYS, Said, Somebody, Visitor, at_work
from bench.kept import MANY, moved_into, say
from bench.measuring import BACKEND, TOKEN
from bench.pages import measured_on
from bench.plan import Stage, stage_of
from portfolio import harness
from portfolio.models import CandidateRecord, Centre, User

RESULTS = HERE / "results"
PEOPLE = {"candidate": 120, "assessor": 50, "verifier": 15, "administrator": 15}
BUSY = [
    f"Candidate {number:04}" for number in range(1, 1000) if stage_of(number, 0) is stage_of(number, 1) is Stage.BUSY
]
"""Candidates who have just begun all their units."""
OF_A_SERVER = "__Host-"
"""What the cookies of a server are called before their names (portfolio/settings.py)."""
EVERY = 10
"""Seconds between two looks at the processes."""
GROWN, MIB = 1.10, 16
"""A process has grown that holds a tenth more, and so many MiB, in the last fifth than in the second."""


@dataclass
class Run:
    """What came of some minutes."""

    said: Said
    seconds: float
    generator: float
    server: float

    @property
    def times(self) -> list[float]:
        return [seconds for _, _, seconds in self.said.answers]


def people(wanted: dict[str, int], prefix: str = "") -> list[Somebody]:
    """Who works: each of another account, spread over the centres. Where a role has too few, more candidates."""
    centres = list(Centre.objects.filter(pk__in=CandidateRecord.objects.values("centre")).order_by("pk"))
    counts, found = dict(wanted), []
    for role in ("assessor", "verifier", "administrator"):
        there = centres[: counts[role]]
        counts["candidate"] += counts[role] - len(there)
        found += [signed_in(role, centre, getattr(staffed_of(centre), role), prefix) for centre in there]
    by_centre: dict[int, list[User]] = defaultdict(list)
    for row in CandidateRecord.objects.filter(legal_name__in=BUSY).select_related("user").order_by("pk"):
        by_centre[row.centre_id].append(row.user)
    turns = [(centre, users) for centre in centres for users in [by_centre[centre.pk]] if users]
    for number in range(counts["candidate"]):
        centre, users = turns[number % len(turns)]
        found.append(signed_in("candidate", centre, users[(number // len(turns)) % len(users)], prefix))
    return mixed(found)


def mixed(found: list[Somebody]) -> list[Somebody]:
    """One of each role in turn, as long as there are any."""
    by_role: dict[str, list[Somebody]] = defaultdict(list)
    for one in found:
        by_role[one.role].append(one)
    return [one for turn in zip_longest(*by_role.values()) for one in turn if one]


def signed_in(role: str, centre: Centre, user: User, prefix: str) -> Somebody:
    client = Client()
    client.force_login(user, backend=BACKEND)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {f"{prefix}{settings.SESSION_COOKIE_NAME}": session, f"{prefix}{settings.CSRF_COOKIE_NAME}": TOKEN}
    return Somebody(role, centre.slug, cookies, TOKEN)


def run(who: Sequence[Somebody], watch: Watch, seconds: float, think: float, only: journeys.Step | None = None) -> Run:
    """All of them for so long."""
    said, server = Said(), watch.server
    base, certificate = f"https://localhost:{server.https}", str(server.folder / "certificate.pem")
    visitors = [Visitor(one, base, certificate, think, seed, said) for seed, one in enumerate(who)]
    plan = {role: only or step for role, step in JOURNEYS.items()}
    over = threading.Event()

    def look() -> None:
        while not over.wait(EVERY):
            watch.look()
        connection.close()

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    begun, of_server, own = time.monotonic(), watch.processor(), own_time()
    at_work(visitors, plan, seconds)
    over.set()
    looking.join()
    return Run(said, time.monotonic() - begun, own_time() - own, watch.processor() - of_server)


def own_time() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# --- told ------------------------------------------------------------------------------------------------------------


def at_share(times: Sequence[float], share: float) -> float:
    """Milliseconds within which so many of a hundred answers came."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0


def row(name: str, times: Sequence[float], seconds: float) -> str:
    shares = " | ".join(f"{at_share(times, share):.0f}" for share in (0.5, 0.95, 0.99))
    return f"| {name} | {len(times):,} | {len(times) / seconds:.1f} | {shares} |"


HEADS = ["| | Answers | a second | p50 ms | p95 ms | p99 ms |", "|---|--:|--:|--:|--:|--:|"]


def head(title: str, who: Sequence[Somebody], think: float, by: str) -> list[str]:
    counts = Counter(one.role for one in who)
    roles = ", ".join(f"{count} {role}s" for role, count in counts.most_common())
    return [
        f"# {title}",
        "",
        f"{measured_on()} Written by `python -m {by}`; what it means: bench/README.md.",
        "",
        f"{len(who)} people ({roles}) of {Centre.objects.count()} centres, each {think:g} s at a page on average. "
        f"nginx with TLS, gunicorn with {PROCESSES} processes of four threads, two "
        f"workers, PostgreSQL and the people themselves shared {os.cpu_count()} cores.",
        "",
    ]


def processor(run: Run, what: str) -> str:
    share = 100 / run.seconds / (os.cpu_count() or 1)
    return (
        f"{what}: {run.seconds:.0f} s, {len(run.said.errors)} errors. Of the processors the people took "
        f"{run.generator * share:.0f} %, nginx, gunicorn and workers {run.server * share:.0f} %; PostgreSQL and all "
        "else shared the rest."
    )


def errors(run: Run) -> list[str]:
    """What went wrong, each kind once."""
    return [f"- {count} times: {what}" for what, count in Counter(run.said.errors).most_common(20)]


def load_told(who: Sequence[Somebody], think: float, work: Run, bare: Run) -> list[str]:
    by_name: dict[str, list[float]] = defaultdict(list)
    for _, name, seconds in work.said.answers:
        by_name[name].append(seconds)
    return [
        *head(f"{len(who)} people at work", who, think, "bench.load"),
        processor(work, "At work"),
        "",
        processor(bare, "The same people at nothing but the bare page"),
        "",
        *HEADS,
        row("**All answers**", work.times, work.seconds),
        row("**The bare page**", bare.times, bare.seconds),
        *(row(name, by_name[name], work.seconds) for name in sorted(by_name)),
        "",
        *errors(work),
        *errors(bare),
    ]


def fifths(found: Sequence[float]) -> tuple[float, float]:
    """The mean of the second fifth, when all is warm, and of the last."""
    size = max(1, len(found) // 5)
    return mean(found[size : 2 * size]), mean(found[-size:])


def mean(found: Sequence[float]) -> float:
    return sum(found) / len(found) if found else 0


def soak_told(who: Sequence[Somebody], think: float, work: Run, watch: Watch) -> tuple[list[str], bool]:
    """The table, and whether anything grew."""
    names = list(watch.samples[0].memory)
    series = {name: [sample.memory.get(name, 0.0) for sample in watch.samples] for name in names}
    rows, grown = [], False
    for name, found in series.items():
        early, late = fifths(found)
        more = late > early * GROWN and late > early + MIB
        grown = grown or more
        rows.append(
            f"| {name}, MiB | {found[0]:.0f} | {early:.0f} | {late:.0f} | {max(found):.0f} | {'grew' if more else ''} |"
        )
    counts: list[float] = [sample.connections for sample in watch.samples]
    early, late = fifths(counts)
    more = late > early + 1
    rows.append(
        f"| connections to PostgreSQL | {counts[0]:.0f} | {early:.1f} | {late:.1f} | {max(counts):.0f} "
        f"| {'grew' if more else ''} |"
    )
    lines = [
        *head(f"{work.seconds / 60:.0f} minutes at work", who, think, "bench.load --soak"),
        processor(work, "At work"),
        "",
        *HEADS,
        row("**All answers**", work.times, work.seconds),
        *(row(f"in the {word} fifth", times, work.seconds / 5) for word, times in by_fifth(work)),
        "",
        f"Looked at {len(watch.samples)} times. Memory is PSS: what processes share counts for each in part. Of "
        "PostgreSQL's sessions it is the mean of what each has for itself, prepared statements above all.",
        "",
        "| | At the start | Second fifth | Last fifth | At most | |",
        "|---|--:|--:|--:|--:|---|",
        *rows,
        "",
        *errors(work),
    ]
    return lines, grown or more


def by_fifth(work: Run) -> list[tuple[str, list[float]]]:
    begun, words = min(at for at, _, _ in work.said.answers), ("first", "second", "third", "fourth", "last")
    found: dict[str, list[float]] = {word: [] for word in words}
    for at, _, seconds in work.said.answers:
        found[words[min(4, int((at - begun) / work.seconds * 5))]].append(seconds)
    return list(found.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=sum(PEOPLE.values()))
    parser.add_argument("--think", type=float, default=4.0, help="seconds at a page, on average")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument(
        "--soak", type=float, default=0, metavar="MINUTES", help="instead of the bare page: look for growth"
    )
    parser.add_argument("--keep", action="store_true", help="write the results down though it was a short run")
    options = parser.parse_args()
    wanted = {role: max(1, round(count * options.people / sum(PEOPLE.values()))) for role, count in PEOPLE.items()}
    with furnished(), moved_into(MANY):
        who = people(wanted, OF_A_SERVER)
        given = {
            "DATABASE_URL": harness.database_url(),
            "NVQ_DATA_DIR": str(DIRECTORY),
            "SECRET_KEY": settings.SECRET_KEY,
        }
        with served(given) as server:
            watch = Watch(server)
            watch.look()
            connection.close()
            say("The server answers.")
            work = run(who, watch, (options.soak or options.minutes) * 60, options.think)
            if options.soak:
                told, grown = soak_told(who, options.think, work, watch)
                bare = None
            else:
                bare = run(who, watch, options.minutes * 24, options.think, journeys.bare)
                told, grown = load_told(who, options.think, work, bare), False
    print("\n".join(told))
    if options.keep or options.soak >= 30 or (not options.soak and options.minutes >= 5):
        (RESULTS / ("soak.md" if options.soak else "load.md")).write_text("\n".join(told).rstrip() + "\n")
    return int(grown or bool(work.said.errors) or bool(bare and bare.said.errors))


if __name__ == "__main__":
    sys.exit(main())
