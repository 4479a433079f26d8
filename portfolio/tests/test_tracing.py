"""Traces are sent only where OpenTelemetry's variables ask for them, and missing packages are said in a sentence."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.urls import reverse

from portfolio import harness, tracing
from portfolio.testing import a_candidate, a_centre, an_administrator
from portfolio.tests import collector, objects
from portfolio.tests.processes import until

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
THERE = {ENDPOINT: "http://collector.example.org:4318"}


@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        ({}, ""),
        ({"OTEL_SERVICE_NAME": "portfolio"}, ""),
        (THERE, ENDPOINT),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318/v1/traces"}, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
        (THERE | {"OTEL_SDK_DISABLED": "true"}, ""),
        (THERE | {"OTEL_TRACES_EXPORTER": "none"}, ""),
    ],
)
def test_the_standard_variables_ask_for_them(environment: Mapping[str, str], variable: str) -> None:
    assert tracing.wanted(environment) == variable


def test_missing_packages_are_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, "http://collector.example.org:4318")
    monkeypatch.setattr(tracing, "SENDER", "no_such_package.send")
    with pytest.raises(ImproperlyConfigured, match=f"^{ENDPOINT} is set, but no_such_package is not installed. Run "):
        tracing.start()


def test_what_it_loads_is_in_the_optional_requirements() -> None:
    house = Path(settings.BASE_DIR)
    loaded = re.findall(r"^from (opentelemetry\.[\w.]+)", (house / "portfolio" / "traces.py").read_text(), re.M)
    wanted = (house / "requirements-tracing.txt").read_text()
    for package in ("sdk", "exporter-otlp-proto-http", "instrumentation-django", "instrumentation-psycopg2"):
        assert re.search(rf"^opentelemetry-{package}==", wanted, re.M)
        assert any(f"opentelemetry.{package.replace('-', '.')}" in name for name in loaded)
    assert "opentelemetry" not in (house / "requirements.txt").read_text()


# --- a server that sends ---------------------------------------------------------------------------------------------


@contextmanager
def a_server(sends_to: str) -> Iterator[int]:
    """The port of gunicorn with the product on the database of the test, asked to send its traces there."""
    port = objects.free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "portfolio.wsgi"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")} | {
        "DATABASE_URL": harness.database_url(),
        "NVQ_DATA_DIR": str(settings.DATA_DIR),
        "SECRET_KEY": settings.SECRET_KEY,  # whoever is signed in here is so there
        ENDPOINT: sends_to,
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    with subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            objects.listens(port)
            yield port
        finally:
            server.terminate()


@pytest.mark.traces
@pytest.mark.django_db(transaction=True)
def test_a_request_is_told_to_a_collector_by_its_route_and_of_nobody() -> None:
    centre = a_centre()
    person = an_administrator(centre)
    visitor = Client()
    visitor.force_login(person)
    session = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    a_candidate(centre, "Gwenllian Price")
    page = reverse("portfolio:people_file", args=[centre.slug, "csv"])
    asks = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}", "User-Agent": "quiet browser"}
    with collector.running() as listening, a_server(listening.address) as port:
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        line.request("GET", f"{page}?q=Gwenllian", headers=asks)
        with line.getresponse() as answer:
            assert (answer.status, b"Gwenllian" in answer.read()) == (200, True)
        line.close()
        until(lambda: any("centre" in span.name for span in listening.spans()))
    [told] = [span for span in listening.spans() if "centre" in span.name]
    assert told.name == "GET centre/<slug:slug>/people/file/<ending:ending>/"
    assert {path for path, _ in listening.came} == {"/v1/traces"}
    asked = [collector.said(span).get("db.statement", "") for span in listening.spans() if span.parent_span_id]
    if connection.vendor == "postgresql":
        assert [sql for sql in asked if "django_session" in sql]
    everything = b"".join(body for _, body in listening.came)
    for secret in (session, centre.slug, "Gwenllian", "quiet browser", person.email):
        assert secret.encode() not in everything, secret
