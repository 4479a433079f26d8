"""An assessor judges twelve items with 36 mappings in Chromium, from the queue and by keys alone.

    python -m bench.judging

Counts the keys, the requests and the time the server works on them, beside a bare Django page asked for over the same
line. Works in a database of its own, writes bench/results/judging.md, and exits with 1 where a mapping was left, where
judging one took more keys than it may, or where an item costs the server more than it may.
"""

import os
import platform
import shutil
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.installation import HERE, standing

# isort: split
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connection, connections
from django.test import Client
from django.test.utils import override_settings
from playwright.sync_api import Page, sync_playwright

from assessments.models import Decision, Enrolment, Mapping
from assessments.testing import a_house, an_enrolment, handed_in
from bench.measuring import BACKEND
from portfolio.models import User

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps an event loop in the thread
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
ITEMS, EACH = 12, 3
MOST_KEYS_TO_FIRST, MOST_KEYS_EACH = 3, 1
MOST_BARE = 20
"""Bare pages that an item may cost the server from opening it to the next: the page, keeping what is typed, saving."""
BARE_TURNS = 15
RESULTS = HERE / "results" / "judging.md"


@dataclass(frozen=True)
class Served:
    """A request, and the seconds a thread of the server worked on it."""

    method: str
    path: str
    seconds: float

    @property
    def kind(self) -> str:
        if self.path.startswith("/static/"):
            return "styles and scripts"
        if "/evidence-files/" in self.path:
            return "evidence shown"
        if self.path == "/assessing/":
            return "the queue"
        if self.path.startswith("/assessing/"):
            return "items opened" if self.method == "GET" else "readings saved"
        return "bare pages" if self.path == "/bare/" else "kept as it is typed, and the rest"


class Measured:
    """The application, which notes what it served."""

    def __init__(self) -> None:
        self.application, self.served = WSGIHandler(), list[Served]()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        clock = time.thread_time if connection.vendor == "sqlite" else time.perf_counter
        begun = clock()
        response = self.application(environ, start)
        body = [b"".join(response)]
        response.close()
        self.served.append(Served(environ["REQUEST_METHOD"], environ["PATH_INFO"], clock() - begun))
        return body


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """The table says it all."""


class Threads(ThreadedWSGIServer):
    """A thread for each request, which gives its connection back."""

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


@contextmanager
def serving(application: Measured) -> Any:
    """The application at a port of its own; its address."""
    server = Threads(("127.0.0.1", 0), Quiet, ipv6=False)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def hand_in_everything(unit: Enrolment) -> None:
    """Twelve items with three mappings each, over all the unit's criteria again and again."""
    numbers = list(unit.unit.criteria.values_list("number", flat=True))
    for turn in range(ITEMS):
        handed_in(unit, *(numbers[(turn * EACH + step) % len(numbers)] for step in range(EACH)))


class Hands:
    """The assessor's hands on the keys."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def open_the_first(self) -> None:
        """Tab by tab to the first item of the queue. Finding the link is no part of judging: only Enter counts."""
        while "/assessing/" not in (link := str(self.page.evaluate("document.activeElement.href ?? ''"))) or (
            not link.rstrip("/").rsplit("/", 1)[1].isdecimal()
        ):
            self.page.keyboard.press("Tab")
        self.press("Enter")
        self.page.wait_for_selector("[data-at-hand]")

    def judge_the_item(self) -> list[int]:
        """Each criterion met, the four rules, saved. Returns the keys each criterion took."""
        taken = []
        here = self.page.url
        for place in range(self.page.locator("[data-judge-item]").count()):
            before = self.keys
            self.press("1")
            if not self.page.locator("[data-judge-item] [value=met]").nth(place).is_checked():
                raise RuntimeError(f"Criterion {place + 1} of {here} was not judged by its key.")
            taken.append(self.keys - before)
        self.press("a")
        self.press("Control+Enter")
        self.page.wait_for_url(lambda address: address != here)
        self.page.wait_for_load_state()
        return taken


def judge_everything(page: Page, address: str) -> tuple[int, list[int]]:
    """All of the queue. Returns the keys in all, and those each criterion took; the first with those to open it."""
    page.goto(f"{address}/assessing/")
    hands = Hands(page)
    hands.open_the_first()
    opened, taken = hands.keys, list[int]()
    while page.locator("[data-judge-item]").count():
        taken += hands.judge_the_item()
    taken[0] += opened
    return hands.keys, taken


def session_of(user: User) -> str:
    visitor = Client()
    visitor.force_login(user, backend=BACKEND)
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


def table(application: Measured, keys: int, taken: list[int], seconds: float) -> list[str]:
    bare = statistics.median(row.seconds for row in application.served if row.kind == "bare pages")
    own = [row for row in application.served if row.kind != "bare pages"]
    lines = [
        "# Judging twelve items by keys",
        "",
        f"{ITEMS} items with {ITEMS * EACH} mappings, from the queue, in headless Chromium; {platform.machine()} with "
        f"{os.cpu_count()} cores, {connection.vendor}. Written by `python -m bench.judging`; what it means: "
        "bench/README.md.",
        "",
        f"{keys} keys in all: {taken[0]} to judge the first criterion from the queue on, {max(taken[1:])} at most for "
        f"each other one, and two for each item to confirm its four rules and save. {seconds:.0f} seconds. A bare page "
        f"takes the server {bare * 1000:.1f} ms.",
        "",
        "| Requests | | Server, ms | Bare pages |",
        "|---|--:|--:|--:|",
    ]
    for kind in dict.fromkeys(row.kind for row in own):
        found = [row.seconds for row in own if row.kind == kind]
        lines.append(f"| {kind} | {len(found)} | {sum(found) * 1000:.0f} | {sum(found) / bare:.1f} |")
    total = sum(row.seconds for row in own)
    lines.append(f"| all | {len(own)} | {total * 1000:.0f} | {total / bare:.1f} |")
    lines.append(
        f"| for each item | {len(own) / ITEMS:.1f} | {total / ITEMS * 1000:.0f} | {total / bare / ITEMS:.1f} |"
    )
    return lines


def main() -> int:
    hurried = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with hurried, standing():
        unit = an_enrolment(a_house(), "sqa-h12e04")
        hand_in_everything(unit)
        application = Measured()
        with serving(application) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            name, value = settings.SESSION_COOKIE_NAME, session_of(unit.assessor)
            context.add_cookies([{"name": name, "value": value, "url": address}])
            page = context.new_page()
            for _ in range(BARE_TURNS):
                page.goto(f"{address}/bare/")
            begun = time.perf_counter()
            keys, taken = judge_everything(page, address)
            seconds = time.perf_counter() - begun
            browser.close()
        left = Mapping.objects.exclude(waiting_since=None).count()
        decided = Decision.objects.count()
        told = table(application, keys, taken, seconds)
    print("\n".join(told))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(told) + "\n")
    per_item = float(told[-1].split("|")[-2])
    faults = [
        f"{left} mappings still wait" if left else "",
        f"{decided} decisions on {ITEMS * EACH} mappings" if decided != ITEMS * EACH else "",
        "too many keys" if taken[0] > MOST_KEYS_TO_FIRST or max(taken[1:]) > MOST_KEYS_EACH else "",
        f"an item costs {per_item} bare pages, at most {MOST_BARE}" if per_item > MOST_BARE else "",
    ]
    print("\n".join(fault for fault in faults if fault))
    return int(any(faults))


if __name__ == "__main__":
    sys.exit(main())
