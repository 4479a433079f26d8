"""Traces are sent only where OpenTelemetry's variables ask for them, and missing packages are said in a sentence."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portfolio import tracing

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
