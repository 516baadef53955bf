"""Spans of OpenTelemetry, as a collector on loopback gets them."""

import base64
import json
import logging
import os
import random
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.configuration import load_configuration
from pipeline.monitor import tracing
from pipeline.monitor.tracing import is_asked_for, traced
from pipeline.runner.live import run_live
from pipeline.telemetry import CameraSaved, SendingTrace, Stage, StageClock, Traces
from tests.otlp_receiver import Receiver, facts, receiving
from tests.pipeline.runner.engines import fleets
from tests.tracking.test_addresses import MANY, SECRET, address_of_camera
from tracking.errors import UsageError

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
COUNTS = {"fietsflow.frames", "fietsflow.looks", "fietsflow.sightings"}
TOLD = {
    "save": COUNTS,
    "camera": {"fietsflow.camera", *COUNTS},
    "send": {"fietsflow.sightings", "fietsflow.outcome"},
    **{stage.value: {"fietsflow.seconds"} for stage in Stage},
}
"""Name of a span → all that it may tell."""


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variables of the machine that the tests run on."""
    for name in [one for one in os.environ if one.startswith("OTEL_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A collector that the standard variable names."""
    pytest.importorskip("opentelemetry.sdk", reason="the extra traces is not installed")
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra traces is not installed")
    with receiving() as one:
        monkeypatch.setenv(ENDPOINT, one.url)
        yield one


def check_what_is_told(receiver: Receiver, *hidden: str) -> None:
    """Nothing but counts, seconds, camera ids and single words."""
    for span in receiver.spans:
        assert set(facts(span)) == TOLD[span.name], span
    [told] = {json.dumps(facts(one.resource)) for r in receiver.requests for one in r.resource_spans}
    assert json.loads(told) == {"service.name": "fietsflow"}
    for text in hidden:
        assert not [body for body in receiver.bodies if text.encode() in body], text


def test_a_run_tells_of_every_saving_what_it_read_and_where_the_time_went(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleets.in_plain_colours(monkeypatch)
    site, told = fleets.film(tmp_path), tmp_path / "summary.json"

    answer = fleets.run(site, tmp_path / "flows.db", "--summary-json", told)

    assert answer.code == 0, answer.err
    summary, spans = json.loads(told.read_text()), receiver.spans
    savings = {span.span_id: span for span in spans if span.name == "save"}
    cameras = [span for span in spans if span.name == "camera"]
    assert len(savings) > 3
    assert {facts(one)["fietsflow.camera"] for one in cameras} == {"A", "B"}
    for key, of_camera in (("frames", "frames_read"), ("looks", "looks"), ("sightings", "cyclists")):
        total = sum(one[of_camera] for one in summary["cameras"])
        assert total > 0
        for some in (savings.values(), cameras):
            assert sum(facts(one)[f"fietsflow.{key}"] for one in some) == total, key
    seconds: defaultdict[str, float] = defaultdict(float)
    for span in spans:
        if span.name not in ("save", "camera"):
            seconds[span.name] += facts(span)["fietsflow.seconds"]
            length = (span.end_time_unix_nano - span.start_time_unix_nano) / tracing.NS
            assert length == pytest.approx(facts(span)["fietsflow.seconds"], abs=1e-5)
    # What preparing and listing took is not of a saving.
    assert seconds == pytest.approx(summary["stage_s"], abs=0.002)
    for span in spans:
        if span.name != "save":
            parent = savings[span.parent_span_id]
            assert parent.trace_id == span.trace_id
            assert span.end_time_unix_nano == parent.end_time_unix_nano
    check_what_is_told(receiver, str(tmp_path), "flows.db", "mp4", "sqlite")


def test_a_live_camera_with_a_password_is_told_by_its_name_alone(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site.yaml"
    address = f"http://admin:{SECRET}@127.0.0.1:9/{SECRET}?pwd={SECRET}"
    site.write_text(
        "site: test\ntimezone: UTC\nencoder: {name: colour_stripes}\ndetector: {name: motion}\n"
        f"cameras:\n  - {{id: A, source: '{address}'}}\nlinks: []\n"
    )
    configuration = load_configuration(site, {"database": str(tmp_path / "flows.db")})
    stop, clock, said = threading.Event(), StageClock(), list[str]()
    threading.Timer(1.5, stop.set).start()

    with traced(clock.traces):
        run_live(configuration, stop, clock=clock, say=said.append)

    assert [one for one in receiver.spans if one.name == "camera"]
    check_what_is_told(receiver, SECRET, "127.0.0.1", "admin")


def test_a_batch_of_a_box_is_a_span(receiver: Receiver) -> None:
    with traced(Traces()) as traces:
        traces.sent(SendingTrace(100.0, 100.5, 7, "received"))

    [span] = [one for one in receiver.spans if one.name == "send"]
    assert facts(span) == {"fietsflow.sightings": 7, "fietsflow.outcome": "received"}
    assert (span.start_time_unix_nano, span.end_time_unix_nano) == (100 * tracing.NS, 100.5 * tracing.NS)
    assert span.parent_span_id == b""


def test_a_collector_that_refuses_is_told_of_once_and_its_secrets_never(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    receiver.status = 400
    monkeypatch.setenv(ENDPOINT, receiver.url.replace("//", f"//admin:{SECRET}@"))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", f"x-key={SECRET}")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")

    records, handler = list[logging.LogRecord](), logging.Handler()
    monkeypatch.setattr(handler, "emit", records.append)
    monkeypatch.setattr(logging.getLogger("opentelemetry"), "propagate", True)
    monkeypatch.setattr(logging.root, "handlers", [*logging.root.handlers, handler])

    with traced(Traces()) as traces:
        for number in range(3):
            traces.sent(SendingTrace(number, number + 1, 1, "received"))

    said = capfd.readouterr()
    assert (said.out, said.err) == ("", tracing.FAILS + "\n")
    assert [one for one in records if one.name.startswith("opentelemetry")] == [], "it names the address"
    assert (
        base64.b64decode(receiver.headers["authorization"].removeprefix("Basic "))
        == b"admin:" + SECRET.encode()
    )
    assert receiver.bodies == []


def test_no_address_of_a_collector_is_said() -> None:
    dice, said = random.Random(5), dict[str, str]()
    for _ in range(MANY):
        address = address_of_camera(dice)
        try:
            assert is_asked_for({ENDPOINT: address})
        except UsageError as error:
            said[address] = str(error)
    assert len(said) > MANY / 2, "most are of streams"
    assert [address for address, sentence in said.items() if SECRET in sentence] == []


def test_spans_of_thousands_of_cameras_tell_no_address(receiver: Receiver) -> None:
    """Cameras of any address; the trace of one has no place for it."""
    dice = random.Random(6)
    with traced(Traces()) as traces:
        for number in range(1000):
            assert SECRET in address_of_camera(dice)
            traces.saved(CameraSaved(f"camera{number}", 1, 1, 0))
        traces.save_done()

    assert len([one for one in receiver.spans if one.name == "camera"]) == 1000
    check_what_is_told(receiver, SECRET)


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({}, False),
        ({ENDPOINT: ""}, False),
        ({ENDPOINT: "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://c/v1/traces"}, True),
        ({ENDPOINT: "http://c:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ({ENDPOINT: "http://c:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({ENDPOINT: "http://c:4318", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, True),
    ],
)
def test_the_standard_variables_switch_it_on_and_off(variables: dict[str, str], asked: bool) -> None:
    assert is_asked_for(variables) is asked


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({ENDPOINT: "127.0.0.1:4318"}, f"{ENDPOINT}: give the address of a collector"),
        ({ENDPOINT: "http://c:port"}, f"{ENDPOINT}: give the address of a collector"),
        (
            {ENDPOINT: "http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_PROTOCOL: only http/protobuf is spoken here",
        ),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_begins(
    variables: dict[str, str], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    told = fleets.run(fleets.film(tmp_path), tmp_path / "flows.db")

    assert told.code == 2
    assert told.err.startswith(f"error: {named}"), told.err
    assert not (tmp_path / "flows.db").exists()


def test_without_opentelemetry_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:4318")

    told = fleets.run(fleets.film(tmp_path), tmp_path / "flows.db")

    assert told.code == 2
    assert told.err.startswith(f"error: {ENDPOINT} needs the package opentelemetry.sdk.trace"), told.err
    assert 'pip install "fietsflow[traces]"' in told.err
    assert len(told.err.splitlines()) == 1


def test_where_nobody_collects_nothing_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "require", refuse)
    with traced(Traces()) as traces:
        traces.sent(SendingTrace(0.0, 1.0, 1, "received"))


def refuse(*_: Any) -> None:
    raise AssertionError("imported")
