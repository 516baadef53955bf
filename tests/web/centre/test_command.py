"""``pipeline centre`` and ``pipeline send`` as they are typed, over TLS, and when they are killed."""

import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import Queue

import pytest

from pipeline.centre import Centre
from pipeline.edge import SinkAddress
from tests.command_line import pipeline
from tests.pipeline.centre.houses import House
from tests.pipeline.centre.results import results
from tests.pipeline.centre.riders import SITE, Riding, blank, count_alone, ridden, touch
from web.centre.application import create_app
from web.centre.boxes import BoxTokens, add_box
from web.centre.server import run_centre
from web.listening import Listening

NEEDS_OPENSSL = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl makes the certificate of the test"
)
MAIN = "import sys; from pipeline.commands import main; main()"


def refused(*arguments: object) -> str:
    answer = pipeline("centre", *arguments)
    assert (answer.code, len(answer.err.splitlines())) == (2, 1), answer
    return answer.err


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "boxes.json"
    pipeline("centre", "--token-file", file, "--new-token", "one", "--site", "street", "--camera", "A")
    return file


def test_a_token_is_bound_to_cameras_that_no_other_has(tmp_path: Path, token_file: Path) -> None:
    new = ("--token-file", token_file, "--new-token")
    assert "has a box named 'one'" in refused(*new, "one", "--site", "street", "--camera", "B")
    assert "box 'one' speaks of that camera" in refused(*new, "two", "--site", "street", "--camera", "A")
    assert "--camera CAMERA" in refused(*new, "two", "--site", "street")
    answer = pipeline("centre", *new, "two", "--site", "street", "--camera", "B")
    assert answer.code == 0
    assert answer.out.strip() not in token_file.read_text(encoding="utf-8")
    assert token_file.stat().st_mode & 0o077 == 0


def test_where_others_can_connect_it_needs_a_certificate(tmp_path: Path, token_file: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(SITE, encoding="utf-8")
    asked = ("--cameras", site, "--token-file", token_file, "--database", tmp_path / "flows.db")
    assert "without encryption" in refused(*asked, "--host", "0.0.0.0")
    assert "belong together" in refused(*asked, "--cert", tmp_path / "cert.pem")
    broken = ("--cert", site, "--key", site, "--set", "encoder.name=colour_stripes")
    assert "PEM files that belong together" in refused(*asked, *broken)
    assert "--token-file" in refused("--cameras", site)
    assert "site file" in refused("--token-file", token_file)


class Process:
    """A centre as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "centre.log"
        arguments = [
            *("centre", "--cameras", str(folder / "site.yaml"), "--database", str(folder / "centre.db")),
            *("--token-file", str(folder / "boxes.json"), "--port", "0"),
            *("--cert", str(folder / "cert.pem"), "--key", str(folder / "key.pem")),
            # Made-up looks, of no encoder: a threshold of its own lets them be compared.
            *("--set", "encoder.name=colour_stripes", "--set", "matching.threshold=0.6"),
        ]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-c", MAIN, *arguments], stdout=log, stderr=subprocess.STDOUT
            )
        self.address = self._address()

    def _address(self) -> str:
        for _ in range(600):
            words = self.log.read_text().split()
            if found := [word for word in words if word.startswith("https://")]:
                return found[0]
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def stop(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        self.process.wait(60)


@NEEDS_OPENSSL
def test_a_box_sends_over_tls_to_a_centre_that_it_can_check(tmp_path: Path) -> None:
    certify(tmp_path)
    file, box = tmp_path / "boxes.json", Riding("one", "B", tmp_path, ridden(1))
    while not box.done:
        box.count()
    (tmp_path / "one.token").write_text(add_box(file, box.box), encoding="utf-8")
    house = House(blank(tmp_path / "centre.db"))
    app, told = create_app(Centre([house.site]), BoxTokens(file)), Queue[str]()
    certificate = tmp_path / "cert.pem", tmp_path / "key.pem"
    listening = Listening("127.0.0.1", 0, told.put)
    threading.Thread(target=run_centre, args=(app, listening, certificate), daemon=True).start()
    address = told.get(timeout=60)
    assert address.startswith("https://")
    send(tmp_path, box, address)
    own, found = results(f"sqlite:///{box.database}"), results(house.url)
    assert found["sightings"] == own["sightings"] != []
    sink = ("--sink", address, "--sink-token-file", tmp_path / "one.token", "--sink-wait", 0)
    untrusting = pipeline("send", box.database, *sink, "--site", "street")
    assert untrusting.code == 0
    touch(box.store)
    untrusting = pipeline("send", box.database, *sink, "--site", "street")
    assert "certificate" in untrusting.err.lower()


@pytest.mark.long
@NEEDS_OPENSSL
def test_a_killed_centre_goes_on_where_it_was(tmp_path: Path) -> None:
    certify(tmp_path)
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    url, steps = blank(tmp_path / "centre.db"), ridden(1)
    boxes = [Riding(name, cameras, tmp_path, steps) for name, cameras in (("one", "AC"), ("two", "B"))]
    for box in boxes:
        cameras = [word for camera in sorted(box.box.cameras) for word in ("--camera", camera)]
        asked = ("--token-file", tmp_path / "boxes.json", "--new-token", box.box.name, "--site", "street")
        (tmp_path / f"{box.box.name}.token").write_text(pipeline("centre", *asked, *cameras).out)
        box.count()
        box.count()
    centre = Process(tmp_path)
    for box in boxes:
        send(tmp_path, box, centre.address)
    centre.stop(signal.SIGKILL)
    for box in boxes:
        while not box.done:
            box.count()
    centre = Process(tmp_path)
    for box in boxes:
        send(tmp_path, box, centre.address)
    centre.stop(signal.SIGTERM)
    assert results(url) == results(count_alone(tmp_path, steps))


def send(folder: Path, box: Riding, address: str) -> None:
    name = box.box.name
    sink = ("--sink", address, "--sink-token-file", folder / f"{name}.token", "--site", "street")
    answer = pipeline("send", box.database, *sink, "--sink-certificates", folder / "cert.pem")
    assert answer.code == 0, answer.err
    assert "left" not in answer.err, answer.err


def certify(folder: Path) -> None:
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1")
    made = ("-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2")
    key = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    subprocess.run(["openssl", "req", *key, *made, *subject], check=True, capture_output=True)


def test_a_centre_that_cannot_be_trusted_hears_nothing(tmp_path: Path) -> None:
    """Its certificate is not among those that the box trusts."""
    (tmp_path / "cert.pem").write_text("no certificate", encoding="utf-8")
    box = Riding("one", "A", tmp_path, ridden(1))
    (tmp_path / "token").write_text("t", encoding="utf-8")
    sink = ("--sink", "https://127.0.0.1:9", "--sink-token-file", tmp_path / "token")
    answer = pipeline("send", box.database, *sink, "--sink-certificates", tmp_path / "cert.pem")
    assert (answer.code, len(answer.err.splitlines())) == (2, 1)
    assert "no certificates in PEM" in answer.err
    assert SinkAddress.parse("https://127.0.0.1:9").certificates is None
