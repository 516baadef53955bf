"""Addresses that a box may send to."""

from pathlib import Path

import pytest

from pipeline.edge import SinkAddress
from pipeline.edge.sink import read_token
from tests.command_line import pipeline
from tracking.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://centre.example.org", "https://centre.example.org/v1/batches"),
        ("https://centre.example.org:8400/flows/", "https://centre.example.org:8400/flows/v1/batches"),
        ("http://127.0.0.1:8400", "http://127.0.0.1:8400/v1/batches"),
        ("http://localhost", "http://localhost/v1/batches"),
        ("https://[2001:db8::1]:8400", "https://[2001:db8::1]:8400/v1/batches"),
    ],
)
def test_an_address_leads_to_where_batches_are_taken(typed: str, url: str) -> None:
    assert SinkAddress.parse(typed).url == url


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("centre.example.org", "no address"),
        ("ftp://centre.example.org", "no address"),
        ("https://", "no address"),
        ("https://[::1", "no address"),
        ("https://centre:port", "no address"),
        ("http://centre.example.org", "without encryption"),
        ("http://10.0.0.7:8400", "without encryption"),
        ("https://me:hunter2@centre.example.org", "no place for"),
        ("https://centre.example.org/?token=hunter2", "no place for"),
        ("https://centre.example.org/#hunter2", "no place for"),
    ],
)
def test_other_addresses_are_refused_without_repeating_their_secrets(typed: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence) as refused:
        SinkAddress.parse(typed)
    assert "hunter2" not in str(refused.value)


def test_plain_http_can_be_allowed() -> None:
    assert SinkAddress.parse("http://10.0.0.7", plain=True).url == "http://10.0.0.7/v1/batches"


@pytest.mark.parametrize("content", [None, b"", b"two words", b"\xff\xfe", b"a" * 600])
def test_a_file_without_a_token_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="--sink-token-file"):
        read_token(path)


def test_a_sink_needs_a_token_and_is_refused_before_anything_is_counted(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("site: s\ntimezone: UTC\ncameras: [{id: A, source: a.mp4}]\n", encoding="utf-8")
    answer = pipeline("run", "--cameras", site, "--sink", "https://centre.example.org")
    assert (answer.code, len(answer.err.splitlines())) == (2, 1)
    assert "--sink-token-file" in answer.err


def test_a_servers_database_is_no_outbox(tmp_path: Path, postgresql_url: str) -> None:
    (tmp_path / "token").write_text("t", encoding="utf-8")
    sink = ("--sink", "http://127.0.0.1:9", "--sink-token-file", tmp_path / "token", "--site", "s")
    answer = pipeline("send", postgresql_url, *sink)
    assert answer.code == 2
    assert "SQLite file" in answer.err
