"""Serves ``/metrics``, ``/healthz`` and ``/readyz`` of a run, in a thread of its own."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6
from typing import NamedTuple

from pipeline.monitor.alarms import AlarmReader
from pipeline.monitor.health import Verdict, health_of, readiness_of
from pipeline.monitor.probe import DatabaseProbe
from pipeline.telemetry.clock import StageClock
from tracking.errors import UsageError

PATIENCE_S = 10
"""A client that says nothing for so long is left."""
_OPTION = "--metrics-address"


class Answer(NamedTuple):
    """What a path answers: status, type of content, content."""

    status: int
    kind: str
    body: bytes


class MetricsServer(ThreadingHTTPServer):
    """Answers the paths that it is given.

    Args:
        host: Name or address; an IPv6 address without brackets.
        port: 0 for any free one.
        answers: Path → what it answers now.

    Raises:
        UsageError: The address cannot be listened at.
    """

    daemon_threads = True

    def __init__(self, host: str, port: int, answers: Mapping[str, Callable[[], Answer]]) -> None:
        if ":" in host:
            self.address_family = AF_INET6
        self.answers = answers
        try:
            super().__init__((host, port), _Handler)
        except (OSError, OverflowError) as error:
            raise UsageError(
                f"{_OPTION} {host}:{port} cannot be listened at ({getattr(error, 'strerror', error)}); "
                "give a free one, such as 127.0.0.1:9464"
            ) from error

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.server_address[:2]
        name = f"[{host!s}]" if ":" in str(host) else str(host)
        return f"http://{name}:{port}"


class _Handler(BaseHTTPRequestHandler):
    timeout = PATIENCE_S
    server: MetricsServer

    def do_GET(self) -> None:
        answer = self.server.answers.get(self.path.partition("?")[0])
        self._send(Answer(404, "text/plain", b"not found\n") if answer is None else answer())

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: whoever scrapes does so every few seconds."""

    def version_string(self) -> str:
        return "fietsflow"

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)


def parse_address(text: str) -> tuple[str, int]:
    """Read ``HOST:PORT``, with brackets around an IPv6 address.

    Raises:
        UsageError: It is something else.
    """
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    bracketed = host != bare
    if not colon or not bare or not port.isascii() or not port.isdigit() or (":" in bare) != bracketed:
        raise UsageError(f"{_OPTION}: '{text}' is no address; give HOST:PORT, such as 127.0.0.1:9464")
    return bare, int(port)


@contextmanager
def served(address: str | None, clock: StageClock, database: str) -> Iterator[str | None]:
    """Serve the metrics of a run until the block ends.

    Args:
        address: ``HOST:PORT``; None serves nothing.
        clock: Of the run.
        database: Address of its database.

    Yields:
        Where they are; None where nothing is served.

    Raises:
        UsageError: The address cannot be used.
    """
    if address is None:
        yield None
        return
    answers = _answers(clock, DatabaseProbe(database), AlarmReader(database))
    server = MetricsServer(*parse_address(address), answers)
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answers(clock: StageClock, probe: DatabaseProbe, alarms: AlarmReader) -> dict[str, Callable[[], Answer]]:
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

    from pipeline.monitor.metrics import Reading, RunCollector

    def read() -> Reading:
        run, database = clock.board.read(), probe.look()
        return Reading(run, database, clock.seconds, alarms.look(run, database))

    registry = CollectorRegistry()
    registry.register(RunCollector(read))
    return {
        "/metrics": lambda: Answer(200, CONTENT_TYPE_LATEST, generate_latest(registry)),
        "/healthz": lambda: _told(health_of(clock.board.read())),
        "/readyz": lambda: _told(readiness_of(clock.board.read(), probe.look())),
    }


def _told(verdict: Verdict) -> Answer:
    status = 200 if verdict.good else 503
    return Answer(status, "application/json", json.dumps(verdict.body).encode() + b"\n")
