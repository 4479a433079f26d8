"""Traces for OpenTelemetry, where its own variables ask for them; without them nothing of it is loaded."""

import os
from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

WHERE = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
SENDER = "portfolio.traces.send"


def wanted(environment: Mapping[str, str]) -> str:
    """The variable that says where traces go; empty when none does, or another says not to."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true" or environment.get("OTEL_TRACES_EXPORTER") == "none":
        return ""
    return next((name for name in WHERE if environment.get(name)), "")


def start() -> None:
    """Send traces if they are wanted. Raises ImproperlyConfigured where the packages for it are missing."""
    variable = wanted(os.environ)
    if not variable:
        return
    try:
        send = import_string(SENDER)
    except ImportError as missing:
        raise ImproperlyConfigured(
            f"{variable} is set, but {missing.name or 'OpenTelemetry'} is not installed. Run .venv/bin/python -m pip "
            "install -r requirements-tracing.txt, or unset the variable."
        ) from missing
    send()
