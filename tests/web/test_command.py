"""``pipeline serve`` as it is typed."""

import hashlib
import threading
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.command_line import pipeline
from web.access import Door, Tokens
from web.listening import Listening
from web.server import run_server


def refused(*arguments: object) -> str:
    answer = pipeline("serve", *arguments)
    assert answer.code == 2, answer
    assert answer.err.startswith("error: ")
    assert len(answer.err.splitlines()) == 1
    return answer.err


def test_what_others_can_reach_needs_a_decision(street: Path) -> None:
    said = refused("--database", street, "--host", "0.0.0.0")
    assert "--token-file" in said
    assert "--public" in said


def test_single_journeys_are_not_published(street: Path) -> None:
    assert "every single journey" in refused("--database", street, "--public", "--min-count", "1")


@pytest.mark.parametrize("text", [None, "", "[]", '{"tokens": [{"name": "x"}]}'])
def test_a_file_without_tokens_is_refused(street: Path, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "tokens.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    said = refused("--database", street, "--host", "0.0.0.0", "--token-file", file)
    assert str(file) in said
    assert "--new-token" in said


def test_a_token_is_made_and_shown_once(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    answer = pipeline("serve", "--token-file", file, "--new-token", "council", "--scope", "operation")
    assert answer.code == 0
    token = answer.out.strip()
    assert len(token) >= 32
    assert token not in file.read_text(encoding="utf-8")
    holder = Tokens(file).holder(token)
    assert holder is not None
    assert (holder.name, [*holder.scopes]) == ("council", ["operation"])
    assert "has a token named 'council'" in refused("--token-file", file, "--new-token", "council")
    assert "--token-file" in refused("--new-token", "council")


def test_a_database_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    assert "does not exist" in refused("--database", tmp_path / "none.db")
    answer = pipeline("serve", "--database", "postgresql://me:secret@127.0.0.1:9/flows")
    assert answer.code in (1, 2)
    assert "secret" not in answer.err


def test_a_port_that_is_taken_is_refused(street: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused("--database", street, "--port", taken.getsockname()[1])
    assert "give a free port" in said


def test_it_tells_its_address_and_leaves_the_database_as_it_is(street: Path) -> None:
    before = hashlib.sha256(street.read_bytes()).hexdigest()
    beside = {path.name for path in street.parent.iterdir()}
    addresses: list[str] = []
    told = threading.Event()

    def announce(address: str) -> None:
        addresses.append(address)
        told.set()

    # Nothing ends the server but the end of the tests.
    listening = Listening("127.0.0.1", 0, announce)
    arguments = (str(street), None, None, None, Door(), listening)
    threading.Thread(target=run_server, args=arguments, daemon=True).start()
    assert told.wait(10)
    with urlopen(f"{addresses[0]}network") as answer:
        assert "fietsflow" in answer.read().decode()
    with urlopen(f"{addresses[0]}api/v1/sites") as answer:
        assert answer.headers["Server"] is None
    assert hashlib.sha256(street.read_bytes()).hexdigest() == before
    # SQLite itself lays two files beside one that somebody reads.
    new = {path.name for path in street.parent.iterdir()} - beside
    assert new <= {"flows.db-shm", "flows.db-wal"}
