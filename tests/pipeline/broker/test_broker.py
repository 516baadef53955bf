"""Counts over a real broker."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("amqtt", reason="the extra dev is not installed")
pytest.importorskip("paho.mqtt", reason="the extra mqtt is not installed")

from flows.database import FlowStore
from pipeline.broker import BrokerAddress, BrokerLine, Counts, Publisher, publishing
from pipeline.broker.address import Login
from tests.command_line import pipeline
from tests.mqtt_broker import LoopbackBroker, broking, dashboard
from tests.pipeline.broker.street import Street

A, B = "fietsflow/street/counts/A/left", "fietsflow/street/counts/B/any"
STATUS = "fietsflow/street/status"


class Program:
    """The publisher, in a thread that looks into the database all the time."""

    def __init__(self, street: Street, broker: LoopbackBroker, **how: Any) -> None:
        self.said: list[str] = []
        counts = Counts(street.store.database)
        address = BrokerAddress("127.0.0.1", broker.port, "certificates" in how, how.get("certificates"))
        self.line = BrokerLine(address, how.get("login"), counts.status)
        self._publisher = Publisher(counts, self, self.said.append)
        self._taken: list[tuple[str, str]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.line.start()
        self._thread.start()

    @property
    def connections(self) -> int:
        return self.line.connections

    @property
    def trouble(self) -> str:
        return self.line.trouble

    def send(self, topic: str, payload: str) -> bool:
        taken = self.line.send(topic, payload)
        self._taken += [(topic, payload)] if taken else []
        return taken

    def ends(self, topic: str) -> list[str]:
        """Ends of the intervals that the broker took, without repetitions."""
        told = [json.loads(payload)["interval_end"][11:16] for one, payload in self._taken if one == topic]
        return list(dict.fromkeys(told))

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            self._publisher.step()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(30)
        self.line.close()


@pytest.fixture
def programs() -> Iterator[list[Program]]:
    """Whoever is in it is ended."""
    running: list[Program] = []
    yield running
    for one in running:
        one.close()


def test_a_dashboard_shows_each_quarter_and_who_comes_later_the_newest(
    store: FlowStore, tmp_path: Path, programs: list[Program]
) -> None:
    street = Street(store)
    with broking(tmp_path) as broker, dashboard(broker.port) as shown:
        programs.append(Program(street, broker))
        shown.wait(lambda: shown.shown.get(STATUS) == {"format": 1, "state": "online"})
        street.come(910, ("A", 10), ("A", 20))
        shown.wait(lambda: A in shown.shown and B in shown.shown)
        assert shown.shown[A] == {
            "format": 1, "site": "street", "camera": "A", "direction": "left",
            "interval_start": "2019-10-02T07:00:00Z", "interval_end": "2019-10-02T07:15:00Z",
            "cyclists": 2, "coverage": 1.0,
        }  # fmt: skip
        street.come(1810, ("A", 1000))
        shown.wait(lambda: shown.shown[A]["cyclists"] == 1)
        with dashboard(broker.port) as late:
            late.wait(lambda: {A, B, STATUS} <= late.shown.keys())
            assert late.shown[A]["interval_end"] == "2019-10-02T07:30:00Z"
        programs.pop().close()
        shown.wait(lambda: shown.shown[STATUS]["state"] == "offline")
        assert {topic for topic, _ in shown.heard if not topic.startswith("$SYS")} == {A, B, STATUS}


def test_a_broker_that_goes_and_comes_back_is_told_what_it_missed(
    store: FlowStore, tmp_path: Path, programs: list[Program]
) -> None:
    street = Street(store)
    with broking(tmp_path) as broker:
        programs.append(Program(street, broker))
        program = programs[0]
        assert program.line.wait(30)
        street.come(910, ("A", 10))
        with dashboard(broker.port) as shown:
            shown.wait(lambda: A in shown.shown)
        broker.stop()
        street.come(2710, ("A", 1000))
        with dashboard(broker.port) as shown:
            broker.start()
            shown.wait(lambda: shown.shown.get(A, {}).get("interval_end") == "2019-10-02T07:45:00Z")
        shown.wait(lambda: "broker: it answers again" in program.said)
        assert program.ends(A) == ["07:15", "07:30", "07:45"]
        assert any("is lost" in line or "acknowledge" in line for line in program.said)


def test_user_and_password_are_asked_for_and_are_never_said(
    store: FlowStore, tmp_path: Path, programs: list[Program]
) -> None:
    street = Street(store)
    street.come(910, ("A", 10))
    with broking(tmp_path, users={"city": "s3cret", "board": "other"}) as broker:
        wrong = Program(street, broker, login=Login("city", "wr0ng"))
        programs.append(wrong)
        with dashboard(broker.port, ("board", "other")) as shown:
            shown.wait(lambda: any("--login-file" in line for line in wrong.said))
            assert not wrong.line.wait(0)
            programs.append(Program(street, broker, login=Login("city", "s3cret")))
            shown.wait(lambda: A in shown.shown)
    said = "\n".join(line for one in programs for line in one.said)
    assert "s3cret" not in said
    assert "wr0ng" not in said


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate of the test")
def test_it_is_spoken_to_over_tls_by_a_certificate_that_is_trusted(
    store: FlowStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "PATIENCE_S", 5.0)
    Street(store).come(910, ("A", 10))
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ("-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         *made, "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    with broking(tmp_path, certificate=(certificate, key)) as broker:
        asked = ("mqtt", tmp_path / "flows.db", "--broker", f"mqtts://127.0.0.1:{broker.port}", "--once")
        untrusting = pipeline(*asked)
        assert untrusting.code == 1
        assert "cannot be reached, or its certificate is not trusted" in untrusting.err
        monkeypatch.setattr(publishing, "PATIENCE_S", 60.0)
        answer = pipeline(*asked, "--certificates", certificate)
        assert answer.code == 0, answer.err
        assert answer.err.endswith("broker: 2 counts published\n")
        broken = pipeline(*asked, "--certificates", tmp_path / "flows.db")
        assert (broken.code, "in PEM" in broken.err) == (2, True)


def test_only_what_the_page_names_leaves_the_machine(store: FlowStore, tmp_path: Path) -> None:
    from tests.conftest import REPOSITORY

    page = (REPOSITORY / "docs" / "use" / "mqtt.md").read_text("utf-8")
    street = Street(store)
    street.come(910, ("A", 10), ("B", 15))
    with broking(tmp_path) as broker, dashboard(broker.port) as shown:
        asked = ("mqtt", tmp_path / "flows.db", "--broker", f"mqtt://127.0.0.1:{broker.port}", "--once")
        assert pipeline(*asked).code == 0
        shown.wait(lambda: shown.shown.get(STATUS, {}).get("state") == "offline")
        told = [one for one in shown.heard if not one[0].startswith("$SYS")]
    assert {topic.rsplit("/", 2)[0] for topic, _ in told} == {"fietsflow/street/counts", "fietsflow"}
    assert all(f"| `{name}` |" in page for _, one in told for name in one)
    everything = repr(told)
    for secret in (street.run, str(tmp_path), "stripes", "journey", "embedding"):
        assert secret not in everything
