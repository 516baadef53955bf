"""The centre as it is delivered: its command, over TLS, asked by its own health check."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.command_line import pipeline
from tests.deployment.compose import COMPOSE, SERVICES, UNITS, words_of_service, words_of_unit
from tests.pipeline.test_run import SITE
from tests.web.centre.test_command import MAIN, NEEDS_OPENSSL, certify

CENTRE = SERVICES["centre"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What an operator puts there, by the names of the files that a container sees."""
    certify(tmp_path)
    (tmp_path / "cert.pem").rename(tmp_path / "centre_certificate")
    (tmp_path / "key.pem").rename(tmp_path / "centre_key")
    new = ("--new-token", "one", "--site", "test", "--camera", "A")
    assert pipeline("centre", "--token-file", tmp_path / "centre_boxes", *new).code == 0
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "database_address").write_text(f"sqlite:///{tmp_path / 'flows.db'}\n")
    return tmp_path


@contextmanager
def listening(words: list[str], folder: Path) -> Iterator[str]:
    """The address at which a centre answers; it is ended as containers and units are."""
    environment = {**os.environ, "FIETSFLOW_DATABASE": f"@{folder / 'database_address'}"}
    log = folder / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", MAIN, *words],
            cwd=folder,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield address_in(log, process)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()


def address_in(log: Path, process: "subprocess.Popen[bytes]") -> str:
    for _ in range(600):
        if found := re.search(r"https://127\.0\.0\.1:\d+", log.read_text()):
            return found.group()
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def here(words: list[str], secrets: str, folder: Path) -> list[str]:
    """The words, with files of this folder, at a free port of this machine."""
    places = {"0.0.0.0": "127.0.0.1", "8400": "0"}
    return [places.get(word, word.replace(secrets, str(folder))) for word in words]


def ask(address: str) -> None:
    [flag, script] = CENTRE["healthcheck"]["test"][2:]
    assert flag == "-c"
    asked = script.replace("https://127.0.0.1:8400", address)
    assert asked != script
    exec(compile(asked, "healthcheck", "exec"), {})


@NEEDS_OPENSSL
def test_the_service_listens_over_tls_and_its_health_check_tells(folder: Path) -> None:
    words = here(words_of_service("centre"), "/run/secrets", folder)
    assert "--plain-http" not in words
    with listening(words, folder) as address:
        ask(address)
    with pytest.raises(OSError, match="refused"):
        ask(address)
    assert (folder / "flows.db").is_file(), "the database is named by FIETSFLOW_DATABASE"


def test_every_file_that_the_service_names_is_a_secret_of_it() -> None:
    named = {word.removeprefix("/run/secrets/") for word in words_of_service("centre") if "/secrets/" in word}
    assert named | {"database_address"} == set(CENTRE["secrets"]) <= set(COMPOSE["secrets"])


@NEEDS_OPENSSL
def test_the_unit_listens_over_tls(folder: Path) -> None:
    for loaded in ("boxes", "certificate", "key"):
        (folder / f"centre_{loaded}").rename(folder / loaded)
    [centre] = [path for path in UNITS if path.name == "fietsflow-centre@.service"]
    words = here(words_of_unit(centre), "${CREDENTIALS_DIRECTORY}", folder)
    words = [word.replace("/etc/fietsflow/%i.yaml", "site.yaml") for word in words]
    with listening(words, folder) as address:
        ask(address)
