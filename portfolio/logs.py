"""What the log says: one JSON object a line on a server, each with the request or the job that it is about.

No personal data: addresses are named as urls.py names them, because a path may hold a secret or a person; e-mail
addresses and the values that PostgreSQL quotes from a row are taken out of whatever a library says.
"""

import logging
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

SANE = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
NO_ROUTE = "no address of ours"
EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)*")
"""With no more before the sign than an address has: else a long word is looked through from each of its letters on."""
ROW = re.compile(r"(DETAIL|CONTEXT): .*")

_request: ContextVar[str] = ContextVar("request", default="")
_job: ContextVar[str] = ContextVar("job", default="")

Failure = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def number_of(request: HttpRequest) -> str:
    """The number that the proxy gave the request, or a new one where that is none or no number; kept on the request."""
    given = request.headers.get("X-Request-ID", "")
    number = given if SANE.fullmatch(given) else uuid.uuid4().hex
    request.number = number  # type: ignore[attr-defined]
    return number


def route_of(request: HttpRequest) -> str:
    """What urls.py calls the address that was asked for."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else NO_ROUTE


def current_request() -> str:
    """The number of the request at hand, or of the one that asked for the job at hand; empty for none."""
    return _request.get()


@contextmanager
def of_request(number: str) -> Iterator[None]:
    """What is said within is about that request."""
    token = _request.set(number)
    try:
        yield
    finally:
        _request.reset(token)


def job_begins(*, task_result: Any, **kwargs: Any) -> None:
    """A worker begins a job: what it says is about that, and about the request that asked for it (queueing.py).

    A job that is done on the spot has no row, and is part of its request.
    """
    if (row := getattr(task_result, "db_result", None)) is not None:
        _job.set(f"{task_result.task.name} {task_result.id}")
        _request.set(row.args_kwargs.get("request", ""))


def job_ends(*, task_result: Any, **kwargs: Any) -> None:
    if getattr(task_result, "db_result", None) is not None:
        _job.set("")
        _request.set("")


def without_people(text: str) -> str:
    """The text without e-mail addresses and without the rows that PostgreSQL quotes."""
    return EMAIL.sub("[e-mail]", ROW.sub(r"\1: [left out]", text))


class SaidOf(logging.Filter):
    """Puts the request and the job on the record, and the route in place of a path."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        record.request_id = getattr(request, "number", "") or _request.get()
        record.job = _job.get()
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            route = route_of(request)
            record.args = tuple(route if argument == request.path else argument for argument in record.args)
        return True


class JsonLines(JsonFormatter):
    """One JSON object a line: time, level, logger, message, request, job, and what else was said."""

    def __init__(self) -> None:
        super().__init__(
            ["levelname", "name", "message", "request_id", "job"],
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="time",
            reserved_attrs=[*RESERVED_ATTRS, "request", "server_time"],
            json_ensure_ascii=False,
        )

    def format(self, record: logging.LogRecord) -> str:
        return EMAIL.sub("[e-mail]", super().format(record))

    def formatException(self, ei: Failure) -> str:  # logging's own name
        return without_people(str(super().formatException(ei)))


class Plain(logging.Formatter):
    """A line for people, on a machine of their own."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
