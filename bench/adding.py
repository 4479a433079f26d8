"""One file of a megabyte for three criteria, from the candidate's home: requests, and server time in bare pages.

What a browser sends, request by request, through the whole application; the clicks are counted by a browser's test
(assessments/tests/browser/test_adding_in_browser.py). The centre has thirty candidates; this one has just begun four
units, so the form is the longest there is.

    python -m bench.adding [--rounds 15]
"""

import argparse
import base64
import os
import platform
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.installation import HERE, settle, standing

# isort: split
import django
from django.core.handlers.wsgi import WSGIHandler
from django.urls import reverse
from django.utils import timezone

from bench.centre import open_centre
from bench.loading import fill
from bench.measuring import Answer, Browser, clock
from bench.plan import UNITS
from portfolio.models import CandidateRecord

CANDIDATES, CRITERIA = 30, 3
SIZE = 1_000_000
MOST_REQUESTS, MOST_BARE_PAGES = 6, 20
RESULTS = HERE / "results" / "adding.md"


@dataclass(frozen=True)
class Step:
    """A request, and how it is answered when all is well."""

    what: str
    status: str
    ask: Callable[[], Answer]


class Adding:
    """One candidate adding evidence, again and again: each time another file."""

    def __init__(self, browser: Browser, record: CandidateRecord) -> None:
        self.browser, self.record = browser, record
        self.file, self.upload, self.item = b"", "", ""

    def steps(self) -> list[Step]:
        """The requests in their order, static files aside: a browser has those."""
        return [
            Step("the candidate's home", "200", lambda: self.browser.get(reverse("assessments:candidate_home"))),
            Step("the form", "200", lambda: self.browser.get(reverse("assessments:add_evidence"))),
            Step("the file is announced", "201", self.announce),
            Step("the file", "204", self.send),
            Step("the form is sent", "302", self.save),
            Step("the item", "200", lambda: self.browser.get(self.item)),
        ]

    def announce(self) -> Answer:
        self.file = b"Call log.\n" + base64.b64encode(os.urandom(SIZE * 3 // 4))
        name = base64.b64encode(b"log.txt").decode()
        address = reverse("portfolio:uploads", args=[self.record.centre.slug])
        answer = self.browser.ask(
            "POST",
            address,
            HTTP_TUS_RESUMABLE="1.0.0",
            HTTP_UPLOAD_LENGTH=str(len(self.file)),
            HTTP_UPLOAD_METADATA=f"filename {name}",
        )
        self.upload = answer.location
        return answer

    def send(self) -> Answer:
        tus = {"HTTP_TUS_RESUMABLE": "1.0.0", "HTTP_UPLOAD_OFFSET": "0"}
        return self.browser.ask("PATCH", self.upload, self.file, CONTENT_TYPE="application/offset+octet-stream", **tus)

    def save(self) -> Answer:
        unit = self.record.enrolments.get(unit__key=UNITS[0])
        chosen = unit.unit.criteria.values_list("pk", flat=True)[:CRITERIA]
        typed = {
            "title": "Call log",
            "description": "I logged the calls of a week.",
            "activity_on": timezone.localdate().isoformat(),
            "kind": "work_product",
            "setting": "paid_work",
            "held": "here",
            "others_data": "none",
            "upload": self.upload.rstrip("/").rsplit("/", 1)[1],
            "criteria": [f"{unit.pk}:{pk}" for pk in chosen],
            "then": "draft",
        }
        body = urlencode(typed, doseq=True).encode()
        kind = "application/x-www-form-urlencoded"
        answer = self.browser.ask("POST", reverse("assessments:add_evidence"), body, CONTENT_TYPE=kind)
        self.item = answer.location
        return answer


def measured(adding: Adding, rounds: int) -> tuple[list[tuple[str, float]], float]:
    """Median seconds of each request, and of a bare page asked for before each round."""
    now = clock()
    bare: list[float] = []
    taken: dict[str, list[float]] = {}
    for turn in range(rounds + 1):
        for step in [Step("bare", "200", lambda: adding.browser.get("/bare/")), *adding.steps()]:
            begun = now()
            answer = step.ask()
            seconds = now() - begun
            if not answer.status.startswith(step.status):
                raise SystemExit(f"{step.what} was answered {answer.status}.")
            if turn:  # the first warms up what is kept in memory
                (bare if step.what == "bare" else taken.setdefault(step.what, [])).append(seconds)
    return [(what, statistics.median(found)) for what, found in taken.items()], statistics.median(bare)


def table(rows: list[tuple[str, float]], bare: float, rounds: int) -> str:
    lines = [
        "# Adding a file of 1 MB for three criteria, in bare Django pages",
        "",
        f"{timezone.localdate():%-d %B %Y}, {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, Django {django.__version__}, {CANDIDATES} candidates. "
        "Written by `python -m bench.adding`; what it means: bench/README.md.",
        "",
        f"Medians of {rounds} rounds. A bare page took {bare * 1000:.1f} ms.",
        "",
        "| Request | bare pages |",
        "|---|--:|",
        *(f"| {what} | {seconds / bare:.2f} |" for what, seconds in rows),
        f"| **{len(rows)} requests in all**, at most {MOST_REQUESTS} | **{total(rows) / bare:.2f}**, "
        f"at most {MOST_BARE_PAGES} |",
    ]
    return "\n".join([*lines, ""])


def total(rows: list[tuple[str, float]]) -> float:
    return sum(seconds for _, seconds in rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with standing():
        now = timezone.now()
        staffed = open_centre("Measured Centre", now)
        fill(staffed, range(1, CANDIDATES + 1), now)
        settle()
        record = CandidateRecord.objects.filter(centre=staffed.centre).order_by("legal_name")[0]
        rows, bare = measured(Adding(Browser(WSGIHandler(), record.user), record), rounds)
    printed = table(rows, bare, rounds)
    RESULTS.write_text(printed)
    print(printed)
    return int(len(rows) > MOST_REQUESTS or total(rows) / bare > MOST_BARE_PAGES)


if __name__ == "__main__":
    sys.exit(main())
