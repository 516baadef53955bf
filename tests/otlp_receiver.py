"""A collector of OpenTelemetry on loopback: takes spans over HTTP, as real ones do, and keeps them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What came.

    Attributes:
        url: Where it listens.
        status: What it answers.
        bodies: Of the requests, as they came over the wire.
        headers: Of the last request.
    """

    url: str
    status: int = 200
    bodies: list[bytes] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def requests(self) -> list[Any]:
        """The requests, decoded."""
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        return [ExportTraceServiceRequest.FromString(body) for body in self.bodies]

    @property
    def spans(self) -> list[Any]:
        """All spans, in the order in which they came."""
        resources = [one for request in self.requests for one in request.resource_spans]
        return [span for one in resources for scope in one.scope_spans for span in scope.spans]


def facts(span: Any) -> dict[str, Any]:
    """The attributes of a span, or of what sends it."""
    return {one.key: getattr(one.value, str(one.value.WhichOneof("value"))) for one in span.attributes}


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.headers = {key.lower(): value for key, value in self.headers.items()}
            if self.path == "/v1/traces" and receiver.status == 200:
                receiver.bodies.append(body)
            self.send_response(receiver.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
