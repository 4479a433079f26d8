"""Two people at one item at the same moment, many times over, on the database that DATABASE_URL names or SQLite.

    python -m bench.races                  200 rounds of each race
    python -m bench.races --rounds 20

Works in a database of its own. Prints a table, writes bench/results/races-<database>.md, and exits with 1 where
something was lost or decided twice.
"""

import argparse
import os
import platform
import sqlite3
import sys
import time

from bench.installation import HERE, standing

# isort: split
from django.db import connection
from django.test.utils import override_settings

from assessments.testing import a_house, an_enrolment
from bench.racing import RACES, Tally, run

RESULTS = HERE / "results"


def line(tally: Tally, seconds: float) -> str:
    ends = "; ".join(f"{', '.join(end)}: {count}" for end, count in tally.ends.most_common())
    return f"| {tally.race} | {tally.rounds} | {ends} | {len(tally.faults)} | {seconds:.0f} |"


def database() -> str:
    if connection.vendor == "postgresql":
        return f"PostgreSQL {connection.pg_version // 10000}"  # type: ignore[attr-defined]
    return f"SQLite {sqlite3.sqlite_version}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    hurried = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with hurried, standing():
        house = a_house()
        unit = an_enrolment(house)
        rows, faults = [], []
        for race in RACES:
            begun = time.perf_counter()
            tally = run(race, house, unit, rounds)
            rows.append(line(tally, time.perf_counter() - begun))
            faults += [f"{race}, {fault}" for fault in tally.faults]
        told = [
            f"# Two people at one item, on {database()}",
            "",
            f"Real threads, {rounds} rounds of each, {platform.machine()} with {os.cpu_count()} cores. Written by "
            "`python -m bench.races`; what it means: bench/README.md.",
            "",
            "| Race | Rounds | How the two ended | Lost or doubled | Seconds |",
            "|---|--:|---|--:|--:|",
            *rows,
        ]
        vendor = connection.vendor
    print("\n".join([*told, *faults]))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"races-{vendor}.md").write_text("\n".join(told) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
