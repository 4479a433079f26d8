"""Asking the running application for pages as a web server does, and taking the time, the queries and the weight."""

import cProfile
import io
import re
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.models import User

TOKEN = "a" * 32
"""What a browser sends twice to show that it is our page that asks."""
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: str
    body: bytes
    content_type: str
    location: str = ""


class Browser:
    """Somebody signed in, whose requests go through the whole application, without a network between."""

    def __init__(self, application: WSGIHandler, user: User) -> None:
        client = Client()
        client.force_login(user, backend=BACKEND)
        self.application = application
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"

    def get(self, address: str) -> Answer:
        """One GET, with its body read to the end."""
        return self.ask("GET", address)

    def ask(self, method: str, address: str, body: bytes = b"", **headers: str) -> Answer:
        """One request, with what comes back read to the end. Headers are named as WSGI names them."""
        parts = urlsplit(address)
        environ: dict[str, Any] = {
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": self.cookie,
            "HTTP_ACCEPT_ENCODING": "gzip",
            "REQUEST_METHOD": method,
            "HTTP_X_CSRFTOKEN": TOKEN,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **headers,
        }
        setup_testing_defaults(environ)
        told: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            told.update(status=status, headers=dict(headers))
            return lambda data: None

        response = self.application(environ, start)
        said = b"".join(response)
        if hasattr(response, "close"):
            response.close()
        found = told["headers"]
        return Answer(told["status"], said, found.get("Content-Type", ""), found.get("Location", ""))

    def queries(self, address: str) -> int:
        """How many queries a page takes once everything that is kept in memory is warm."""
        fetch(self, address)
        with CaptureQueriesContext(connection) as captured:
            self.get(address)
        return len(captured)

    def first_visit(self, address: str) -> tuple[int, int]:
        """Requests and bytes of a first visit: the page, and everything a browser fetches with it unasked."""
        page = self.get(address)
        wanted, bodies = list(links(page.body.decode(), address)), [page.body]
        fetched = {address}
        while wanted:
            link = wanted.pop()
            if link in fetched:
                continue
            fetched.add(link)
            answer = self.get(link)
            bodies.append(answer.body)
        return len(fetched), sum(len(body) for body in bodies)


class Asks(Protocol):
    """Somebody signed in."""

    def get(self, address: str) -> Answer: ...


def fetch(browser: Asks, address: str) -> None:
    """A page or a file, which is there."""
    answer = browser.get(address)
    if not answer.status.startswith("200"):
        raise RuntimeError(f"{address} answers {answer.status}.")


FETCHED = re.compile(
    r"""<link\b[^>]*\brel="(?:stylesheet|icon|preload)"[^>]*>|<(?:script|img|audio|video|source|iframe|embed)\b[^>]*>"""
)
PLACE = re.compile(r"""\b(?:href|src)="([^"]+)\"""")


def links(html: str, address: str) -> Iterable[str]:
    """What the page makes a browser fetch at once: not what is fetched when it comes into view, or when played."""
    for tag in FETCHED.findall(html):
        if 'loading="lazy"' in tag or 'preload="none"' in tag:
            continue
        for place in PLACE.findall(tag):
            if not place.startswith("data:"):
                yield urljoin(address, place.replace("&amp;", "&"))


@dataclass(frozen=True)
class Asked:
    """One thing measured: a page with its bounds, or something else, which need only be flat."""

    name: str
    kind: str
    ask: Callable[[], object]
    most: int | None = None
    queries: Callable[[], int] | None = None
    measured: bool = True
    """Or only looked at: what it asks the database, and how."""


def clock() -> Callable[[], float]:
    """What server time is read from. SQLite works within this process, so its processor time is all there is, and
    nobody else on a busy machine is in it; for PostgreSQL one has to wait."""
    return time.process_time if connection.vendor == "sqlite" else time.perf_counter


def timed(asks: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Median seconds of each, asked in turn so that a busy machine is as busy for all of them."""
    now = clock()
    taken: list[list[float]] = [[] for _ in asks]
    for _ in range(rounds):
        for place, ask in enumerate(asks):
            begun = now()
            ask()
            taken[place].append(now() - begun)
    return [statistics.median(found) for found in taken]


def called(asks: Sequence[Callable[[], object]]) -> list[float]:
    """How many functions each calls: the same every time, however busy the machine is. What is kept is warm before."""
    counted = []
    for ask in asks:
        ask()
        profiler = cProfile.Profile()
        profiler.enable()
        ask()
        profiler.disable()
        counted.append(float(sum(entry.callcount for entry in profiler.getstats())))
    return counted


def high_water(pid: int) -> int:
    """The most memory the process has held, in MiB."""
    return memory(pid, "VmHWM")


def own_memory(pid: int) -> int:
    """MiB that a process holds for itself: not what it maps of the database's file, which SQLite reads through."""
    return memory(pid, "RssAnon")


def memory(pid: int, what: str) -> int:
    """MiB, by what the kernel calls it."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) // 1024
    return 0
