"""Five thousand people from a table, two hundred of whom cannot be taken: checked, taken, and sent once more.

python -m bench.people [--rows 5000] [--faulty 200]
"""

import argparse
import io
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.installation import HERE, settle, standing

# isort: split
import xlsxwriter
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from bench.measuring import clock, high_water
from portfolio import actions, importing
from portfolio.enums import ImportStatus, Role, RowState
from portfolio.models import AuditChain, CandidateRecord, Centre, PeopleImport, StaffRecord, User
from portfolio.numbers import uln_refusals

MOST_GROWTH = 96
"""MiB that a worker may need more for a table of any size than it held before."""
EVERY = 100  # so many rows between two of staff
HEADS = ["E-mail", "Full name", "Roles", "ULN", "Own reference", "Place of work", "Registered on"]
FAULTS = (
    {"E-mail": "not an address"},
    {"ULN": "9999999999"},
    {"Registered on": "31/02/2026"},
    {"Roles": "driver"},
    {"Full name": ""},
)
NO_WORKER = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


@dataclass(frozen=True)
class Step:
    """One thing that was done, and what it took."""

    name: str
    seconds: float
    queries: int
    peak: int


def learner_number(number: int) -> str:
    """A ULN that can be right, another for each number; empty where these digits can have none."""
    base = f"{100_000_000 + number}"
    return next((base + digit for digit in "0123456789" if not uln_refusals(base + digit)), "")


def people(rows: int, faulty: int) -> list[dict[str, str]]:
    """Everybody in the table, every so many of them with something that cannot be right."""
    found = []
    spoiled = {round(place * rows / faulty) for place in range(faulty)}
    for number in range(rows):
        staff = number % EVERY == 1
        row = {
            "E-mail": f"person.{number}@example.org",
            "Full name": f"Person Number {number}",
            "Roles": "Assessor; IV" if staff else "",
            "ULN": "" if staff else learner_number(number),
            "Own reference": "" if staff else f"{number:05}",
            "Place of work": "" if staff else f"Site {number % 40}",
            "Registered on": "" if staff else "2026-09-14",
        }
        if number in spoiled:
            row |= FAULTS[len([one for one in spoiled if one < number]) % len(FAULTS)]
        found.append(row)
    return found


def workbook(rows: list[dict[str, str]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("People")
        for place, cells in enumerate([dict(zip(HEADS, HEADS, strict=True)), *rows]):
            for column, head in enumerate(HEADS):
                sheet.write_string(place, column, cells[head])
    return file.getvalue()


def measured(name: str, act: Callable[[], object]) -> Step:
    """Do it, counting queries; the most memory this process has held so far."""
    queries = 0

    def count(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*args)

    now = clock()
    begun = now()
    with connection.execute_wrapper(count):
        act()
    return Step(name, now() - begun, queries, high_water(os.getpid()))


def sent(centre: Centre, content: bytes, by: User) -> PeopleImport:
    return importing.begin(centre=centre, content=content, name="people.xlsx", by=by, at=timezone.now())


def counts(table: PeopleImport) -> dict[str, int]:
    return {state.value: found for state in RowState if (found := table.rows.filter(state=state).count())}


def run(rows: int, faulty: int) -> tuple[list[Step], int, list[str]]:
    """The steps, the memory held before them, and what was not as it should be."""
    centre = actions.open_centre(name="Measured", slug="measured", by=None, at=timezone.now())
    by = actions.invite_staff(
        centre=centre, email="alma@example.org", name="Alma", roles=[Role.ADMINISTRATOR], by=None, at=timezone.now()
    ).user
    content = workbook(people(rows, faulty))
    idle, tables, steps, wrong = high_water(os.getpid()), [], [], []
    steps.append(measured("sent (the request)", lambda: tables.append(sent(centre, content, by))))
    steps.append(measured("checked (a worker)", lambda: importing.read(tables[0].pk)))
    if (found := counts(tables[0])) != {"new": rows - faulty, "bad": faulty}:
        wrong.append(f"checked: {found}")
    taken_before = AuditChain.objects.get(centre=centre).length
    steps.append(
        measured(
            "taken (pressed)",
            lambda: importing.take(
                people_import=PeopleImport.objects.get(pk=tables[0].pk), send=True, by=by, at=timezone.now()
            ),
        )
    )
    steps.append(measured("taken (a worker)", lambda: importing.take_all(tables[0].pk)))
    settle()
    if (found := counts(tables[0])) != {"taken": rows - faulty, "bad": faulty}:
        wrong.append(f"taken: {found}")
    here = CandidateRecord.objects.count() + StaffRecord.objects.count() - 1
    if here != rows - faulty:
        wrong.append(f"{here} records")
    if (lines := AuditChain.objects.get(centre=centre).length - taken_before) != rows - faulty + 1:
        wrong.append(f"{lines} audit lines")
    steps.append(measured("sent once more", lambda: tables.append(sent(centre, content, by))))
    steps.append(measured("checked once more", lambda: importing.read(tables[1].pk)))
    if (found := counts(tables[1])) != {"same": rows - faulty, "bad": faulty}:
        wrong.append(f"once more: {found}")
    if PeopleImport.objects.get(pk=tables[0].pk).status != ImportStatus.TAKEN:
        wrong.append("the first table is not taken")
    if (growth := steps[-1].peak - idle) > MOST_GROWTH:
        wrong.append(f"{growth} MiB more memory")
    return steps, idle, wrong


def report(steps: list[Step], idle: int, rows: int, faulty: int, wrong: list[str]) -> str:
    watch = "the processor" if connection.vendor == "sqlite" else "the wall"
    lines = [
        "# People from a table",
        "",
        f"{rows:,} rows of a workbook, {faulty} of them faulty, on {platform.machine()} with {os.cpu_count()} cores, "
        f"{connection.vendor}; seconds of {watch}. Printed by `python -m bench.people`.",
        "",
        "| step | seconds | queries | queries a row | most memory so far |",
        "|---|---|---|---|---|",
        *(
            f"| {step.name} | {step.seconds:.1f} | {step.queries:,} | {step.queries / rows:.2f} | {step.peak} MiB |"
            for step in steps
        ),
        "",
        f"Before the first step the process held {idle} MiB. Each person is taken by the verb that the page uses, with",
        "an audit line, a letter and a job to send it; all lines have one `act_id`. Once more, it changes nothing.",
        "",
        f"Bounds: every row accounted for, and {MOST_GROWTH} MiB. " + ("; ".join(wrong) if wrong else "Held."),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--faulty", type=int, default=200)
    asked = parser.parse_args()
    with standing(), override_settings(TASKS=NO_WORKER):
        steps, idle, wrong = run(asked.rows, asked.faulty)
    told = report(steps, idle, asked.rows, asked.faulty, wrong)
    (HERE / "results" / "people.md").write_text(told)
    print(told)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
