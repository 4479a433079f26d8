"""A small OpenTelemetry collector: takes what is sent to it by OTLP over HTTP, in a thread of the tests."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


def is_here() -> bool:
    """Whether what sends to it can be found: it is among the developer's packages."""
    return importlib.util.find_spec("opentelemetry") is not None


class Collector(ThreadingHTTPServer):
    """Keeps what came, as it came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Takes)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.came: list[tuple[str, bytes]] = []

    def spans(self) -> list[Any]:
        """Each span that came, as the protocol has it."""
        from opentelemetry.proto.collector.trace.v1 import trace_service_pb2  # noqa: PLC0415  # may not be installed

        asked = [trace_service_pb2.ExportTraceServiceRequest.FromString(body) for _, body in self.came]
        scopes = [scope for one in asked for resource in one.resource_spans for scope in resource.scope_spans]
        return [span for scope in scopes for span in scope.spans]


class Takes(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((self.path, body))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *said: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[Collector]:
    """One that listens, and stops at the end."""
    with Collector() as collector:
        thread = Thread(target=collector.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield collector
        finally:
            collector.shutdown()
            thread.join()


def said(span: Any) -> dict[str, str]:
    """What a span says of itself, by name."""
    return {one.key: one.value.string_value for one in span.attributes}
