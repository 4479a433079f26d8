"""What goes to an OpenTelemetry collector: a span for each request, by its route, and for each SQL statement in it.

Loaded by tracing.py alone, with the packages of requirements-tracing.txt. Spans tell of nobody: paths, queries, and who
asked from where with what stay here, SQL goes without its values, and faults go as the log says them.
"""

import os
from collections.abc import Sequence

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.psycopg2 import Psycopg2Instrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from portfolio.logs import without_people

STAYS_HERE = frozenset(
    {
        *(
            "http.url",
            "http.target",
            "http.user_agent",
            "http.client_ip",
            "net.peer.ip",
            "net.peer.name",
            "net.peer.port",
        ),
        *("url.full", "url.path", "url.query", "user_agent.original", "client.address", "client.port"),
        *("network.peer.address", "network.peer.port"),
    }
)


def send() -> None:
    """From now on. Where to, and how many of them, say the OTEL_* variables."""
    name = os.environ.get("OTEL_SERVICE_NAME", "nvq-portfolio")
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(WithoutPeople(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument()
    Psycopg2Instrumentor().instrument(skip_dep_check=True)  # ours is psycopg2-binary


class WithoutPeople(SpanExporter):  # type: ignore[misc]  # the packages are optional
    """Hands spans on without what tells of somebody."""

    def __init__(self, onward: SpanExporter) -> None:
        self.onward = onward

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self.onward.export([cleaned(span) for span in spans])

    def shutdown(self) -> None:
        self.onward.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        flushed: bool = self.onward.force_flush(timeout_millis)
        return flushed


def cleaned(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={name: value for name, value in (span.attributes or {}).items() if name not in STAYS_HERE},
        events=[Event(event.name, told(event), event.timestamp) for event in span.events],
        links=span.links,
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=Status(span.status.status_code, without_people(span.status.description or "") or None),
        start_time=span.start_time,
        end_time=span.end_time,
    )


def told(event: Event) -> dict[str, object]:
    """What an event says, e.g. of an exception."""
    said = event.attributes or {}
    return {name: without_people(value) if isinstance(value, str) else value for name, value in said.items()}
