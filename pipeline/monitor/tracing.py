"""Sends traces of a run as OpenTelemetry spans to whoever collects them, where its standard variables say so.

A saving is a span with a child for each camera and each stage, a batch that a box sends is one too. They tell
how much and how long: camera ids, counts and seconds, and no address, no path and nothing of a person.
"""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipeline.telemetry import SavingTrace, SendingTrace, Traces
from pipeline.telemetry.lines import tell
from tracking.detectors.extras import require
from tracking.errors import UsageError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""Variables of OpenTelemetry that name the collector; the first that is set counts."""
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
PROTOCOL = "http/protobuf"
PREFIX = "fietsflow."
NS = 1_000_000_000
"""Nanoseconds of a second: the times of spans."""


@contextmanager
def traced(traces: Traces) -> Iterator[Traces]:
    """Send what is told until the block ends, and what is left then; nothing where nobody collects.

    Args:
        traces: Of the run, or of whoever sends.

    Yields:
        The same.

    Raises:
        UsageError: A collector is named, but OpenTelemetry is not installed, or its variables ask for what
            is not there.
    """
    if not is_asked_for(os.environ):
        yield traces
        return
    provider = _provider()
    spans = Spans(provider.get_tracer("fietsflow"))
    traces.listen(spans.take)
    try:
        yield traces
    finally:
        traces.close()
        provider.shutdown()


def is_asked_for(variables: Mapping[str, str]) -> bool:
    """Whether the standard variables name a collector, and none of them switches traces off.

    Raises:
        UsageError: The collector's address or the way to speak with it cannot be used.
    """
    name = next((one for one in ENDPOINTS if variables.get(one, "").strip()), None)
    off = variables.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    if name is None or off or variables.get("OTEL_TRACES_EXPORTER", "").strip().lower() == "none":
        return False
    if not _is_web_address(variables[name]):
        raise UsageError(f"{name}: give the address of a collector, such as http://127.0.0.1:4318")
    for one in PROTOCOLS:
        if variables.get(one, "").strip() not in ("", PROTOCOL):
            raise UsageError(f"{one}: only {PROTOCOL} is spoken here; set it to that, or leave it out")
    return True


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text.strip())
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


class Spans:
    """Makes spans of what a run tells.

    Args:
        tracer: Takes them.
    """

    def __init__(self, tracer: "Tracer") -> None:
        self._tracer = tracer

    def take(self, told: SavingTrace | SendingTrace) -> None:
        """Make the spans of a saving or of a batch; all have their times already."""
        if isinstance(told, SavingTrace):
            self._save(told)
        else:
            facts = {"sightings": told.sightings, "outcome": told.outcome}
            self._span("send", told.start, told.end, facts)

    def _save(self, told: SavingTrace) -> None:
        total = {
            "frames": sum(one.frames for one in told.cameras),
            "looks": sum(one.looks for one in told.cameras),
            "sightings": sum(one.sightings for one in told.cameras),
        }
        context = self._span("save", told.start, told.end, total)
        for one in told.cameras:
            facts = {
                "camera": one.camera, "frames": one.frames, "looks": one.looks, "sightings": one.sightings,
            }  # fmt: skip
            self._span("camera", told.start, told.end, facts, context)
        for stage, seconds in told.stages.items():
            if seconds > 0:
                # Threads work side by side, so a stage may have taken longer than the saving lasted: all end
                # with it, and none of them in the future.
                self._span(stage.value, told.end - seconds, told.end, {"seconds": seconds}, context)

    def _span(self, name: str, start: float, end: float, facts: Mapping[str, Any], parent: Any = None) -> Any:
        """Make one span; returns the context of its children."""
        from opentelemetry.context import Context
        from opentelemetry.trace import set_span_in_context

        attributes = {PREFIX + key: value for key, value in facts.items()}
        context = Context() if parent is None else parent
        span = self._tracer.start_span(name, context, attributes=attributes, start_time=int(start * NS))
        span.end(int(end * NS))
        return set_span_in_context(span, Context())


def _provider() -> "TracerProvider":
    """What sends spans in a thread of its own; drops them where the collector cannot keep up.

    Raises:
        UsageError: OpenTelemetry is not installed.
    """
    require("opentelemetry.sdk.trace", "traces", "OTEL_EXPORTER_OTLP_ENDPOINT")
    exporting = require(
        "opentelemetry.exporter.otlp.proto.http.trace_exporter", "traces", "OTEL_EXPORTER_OTLP_ENDPOINT"
    )
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # What else it would tell of the process has paths and options in it.
    resource = Resource({"service.name": "fietsflow"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    # It would tell every failure, with the address.
    logging.getLogger("opentelemetry").addHandler(logging.NullHandler())
    logging.getLogger("opentelemetry").propagate = False
    provider.add_span_processor(BatchSpanProcessor(_told_once(exporting.OTLPSpanExporter())))
    return provider


def _told_once(exporter: "SpanExporter") -> "SpanExporter":
    """The same, that says once when it fails, and once when it works again."""
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class Telling(SpanExporter):
        """Says so."""

        fails = False

        def export(self, spans: "Sequence[ReadableSpan]") -> SpanExportResult:
            result = exporter.export(spans)
            if (result is not SpanExportResult.SUCCESS) != self.fails:
                self.fails = not self.fails
                tell(
                    FAILS if self.fails else WORKS, event="traces", level="warning" if self.fails else "info"
                )
            return result

        def shutdown(self) -> None:
            exporter.shutdown()

    return Telling()


FAILS = "traces: the collector does not take them; they are left out, and counting goes on"
WORKS = "traces: the collector takes them again"
