"""The log: lines for machines that lead from an answer to all that was said about it, and tell of no person."""

import errno
import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import pytest_django
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django_tasks_db.models import DBTaskResult

from portfolio import logs, metrics
from portfolio.access import open_to_all
from portfolio.harness import AskingClient
from portfolio.tests import a_job

QUOTED = "duplicate key\nDETAIL:  Key (email)=(cara@example.org) already exists, row (7, Cara Candidate).\nHINT: none"


@open_to_all
def breaks(request: HttpRequest, token: str) -> HttpResponse:
    raise IntegrityError(QUOTED)


@open_to_all
def warns(request: HttpRequest) -> HttpResponse:
    logging.getLogger("smtp").warning("Refused: %s", {"cara.candidate@example.org": (550, b"no such person")})
    return HttpResponse("warned")


@open_to_all
def asks(request: HttpRequest) -> HttpResponse:
    a_job.fail.enqueue()
    return HttpResponse("asked for")


@open_to_all
def finds_no_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection to server at 10.0.0.5 failed")


@open_to_all
def finds_no_room(request: HttpRequest) -> HttpResponse:
    raise OSError(errno.ENOSPC, "No space left on device")


urlpatterns = [
    path("breaks/<str:token>/", breaks, name="breaks"),
    path("warns/", warns, name="warns"),
    path("asks/", asks, name="asks"),
    path("no-database/", finds_no_database),
    path("no-room/", finds_no_room),
    path("", include("portfolio.urls")),
]
handler500 = "portfolio.views.faults.server_error"
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What a server would have written."""
    handler = logging.StreamHandler(StringIO())
    handler.addFilter(logs.SaidOf())
    handler.setFormatter(logs.JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler.stream
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def lines(written: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_an_answer_carries_the_number_under_which_the_log_tells_of_it(written: StringIO, visitor: Client) -> None:
    page = visitor.get("/warns/")
    assert len(page["X-Request-ID"]) == 32
    warned, answered = lines(written)
    assert warned["request_id"] == answered["request_id"] == page["X-Request-ID"]
    assert (answered["message"], answered["route"], answered["status"]) == ("Answered", "warns", 200)
    assert {"time", "level", "logger", "method", "ms"} <= set(answered)
    assert logs.current_request() == ""


@pytest.mark.parametrize(
    ("given", "taken"), [("edge-7f3a9c21", True), ("short", False), ("a" * 65, False), ("x y\tz{}<>", False)]
)
def test_the_proxys_number_is_taken_where_it_is_one(visitor: Client, given: str, taken: bool) -> None:
    assert (visitor.get("/warns/", headers={"x-request-id": given})["X-Request-ID"] == given) is taken


def test_a_fault_tells_the_person_the_number_and_the_log_no_person(written: StringIO, visitor: Client) -> None:
    page = visitor.get("/breaks/a-secret-token/?email=cara@example.org&name=Cara")
    assert page.status_code == 500
    assert page["X-Request-ID"] in page.content.decode()
    told = [line for line in lines(written) if "exc_info" in line]
    assert [line["request_id"] for line in told] == [page["X-Request-ID"]]
    assert "IntegrityError" in told[0]["exc_info"]
    assert told[0]["message"] == "Internal Server Error: breaks"
    for personal in ("cara@", "Cara", "secret-token", "email="):
        assert personal not in written.getvalue()


def test_what_a_library_says_loses_its_addresses(written: StringIO, visitor: Client) -> None:
    visitor.get("/warns/")
    assert "'[e-mail]': (550" in lines(written)[0]["message"]


def test_an_address_that_is_none_of_ours_is_not_repeated(written: StringIO, visitor: Client) -> None:
    visitor.get("/cara-candidate/")
    assert {line["message"] for line in lines(written)} == {"Not Found: no address of ours", "Answered"}


def test_who_watches_fills_no_log(written: StringIO, visitor: Client) -> None:
    visitor.get("/healthz")
    assert lines(written) == []


@pytest.mark.django_db(transaction=True)
def test_a_job_is_logged_with_the_request_that_asked_for_it(
    written: StringIO, visitor: Client, settings: pytest_django.Settings
) -> None:
    settings.TASKS = {"default": settings.TASKS["default"] | {"BACKEND": "portfolio.queueing.Queue"}}
    page = visitor.get("/asks/")
    assert DBTaskResult.objects.get().args_kwargs["request"] == page["X-Request-ID"]
    written.truncate(0)
    written.seek(0)
    a_job.work()
    (failed,) = [line for line in lines(written) if "exc_info" in line]
    assert failed["request_id"] == page["X-Request-ID"]
    assert failed["job"].startswith("fail ")


@pytest.mark.parametrize(("address", "says"), [("/no-database/", "cannot be reached"), ("/no-room/", "no room")])
def test_what_passes_is_said_to_pass(client: AskingClient, address: str, says: str) -> None:
    client.raise_request_exception = False
    counted = metrics.database_errors._value.get()
    page = client.get(address)
    assert (page.status_code, page["Retry-After"]) == (503, "60")
    text = page.content.decode()
    assert says in text
    assert page["X-Request-ID"] in text
    assert metrics.database_errors._value.get() - counted == (address == "/no-database/")


def test_a_script_is_told_so_in_a_line(client: AskingClient) -> None:
    client.raise_request_exception = False
    page = client.get("/no-room/", headers={"accept": "application/json"})
    assert (page.status_code, page["Content-Type"]) == (503, "text/plain")
    assert page.content.decode().startswith("There is no room on the server")
