"""The review's server, spoken to over a real connection."""

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.datasets.review import ReviewServer, open_session
from pipeline.datasets.review.server import TOKEN_HEADER
from reid.datasets import Part, read_part


class Visitor:
    """Speaks to one server."""

    def __init__(self, server: ReviewServer) -> None:
        self.server = server

    def ask(
        self, method: str, path: str, body: object = None, token: str | None = None, host: str | None = None
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection(*self.server.server_address[:2], timeout=10)
        headers = {} if token is None else {TOKEN_HEADER: token}
        if host is not None:
            headers["Host"] = host
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        try:
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            return response.status, response.read(), response.headers
        finally:
            connection.close()

    def state(self) -> dict[str, Any]:
        return json.loads(self.ask("GET", "/state")[1])

    def answer(self, key: str, verdict: str = "same") -> int:
        return self.ask("POST", "/answer", {"key": key, "verdict": verdict}, self.server.token)[0]


@pytest.fixture
def visitor(unreviewed: Path) -> Iterator[Visitor]:
    with ReviewServer(open_session(unreviewed)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield Visitor(server)
        server.shutdown()
        thread.join(timeout=5)


def test_only_this_machine_can_connect_by_default(visitor: Visitor) -> None:
    assert visitor.server.server_address[0] == "127.0.0.1"
    assert visitor.server.loopback


def test_a_whole_review_over_http(visitor: Visitor, unreviewed: Path) -> None:
    while question := visitor.state()["proposal"]:
        travel = question["travel_s"]
        assert 5 <= travel <= 40, "outside the travel-time window"
        assert visitor.answer(question["key"], "same" if abs(travel - 14) <= 1 else "different") == 200
    status, body, _ = visitor.ask("POST", "/write", {}, visitor.server.token)
    assert (status, json.loads(body)["written"]) == (200, True)
    assert read_part(unreviewed, Part.TEST).counts.linked == 1


def test_the_page_brings_everything_it_needs(visitor: Visitor) -> None:
    status, body, headers = visitor.ask("GET", "/")
    page = body.decode()
    assert status == 200
    assert "http://" not in page
    assert "https://" not in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_the_pictures_of_a_question_are_served(visitor: Visitor) -> None:
    sides = visitor.state()["proposal"]["sides"]
    assert [side["camera"] for side in sides] == ["North gate", "B"]
    for picture in sides[0]["pictures"] + sides[1]["pictures"]:
        status, body, headers = visitor.ask("GET", picture)
        assert (status, headers["Content-Type"]) == (200, "image/jpeg")
        assert body.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    "path",
    [
        "/pictures/../manifest.json",
        "/pictures/validation/../../manifest.json",
        "/pictures/%2e%2e/manifest.json",
        "/pictures/validation/%2e%2e%2f%2e%2e%2fmanifest.json",
        "/pictures//etc/passwd",
        "/pictures/%2fetc%2fpasswd",
        "/pictures/manifest.json",
        "/pictures/validation",
        "/pictures/",
        "/pictures/validation/..%5c..%5cmanifest.json",
        "/pictures/validation/%00.jpg",
        "/../manifest.json",
        "/manifest.json",
        "//etc/passwd",
        "/favicon.ico",
    ],
)
def test_nothing_but_pictures_of_the_set_is_served(visitor: Visitor, path: str) -> None:
    status, body, _ = visitor.ask("GET", path)
    assert status == 404, (path, body[:80])


@pytest.mark.parametrize("path", ["/answer", "/undo", "/write"])
@pytest.mark.parametrize("token", [None, "", "guessed", "ü"])
def test_nothing_changes_without_the_token_of_the_page(
    visitor: Visitor, unreviewed: Path, path: str, token: str | None
) -> None:
    question = visitor.state()["proposal"]
    secret = None if token is None else token.encode("latin-1").decode("latin-1")
    status, _, _ = visitor.ask("POST", path, {"key": question["key"], "verdict": "same"}, secret)
    assert status == 403
    assert visitor.state()["same"] == 0
    assert not (unreviewed / "review.json").exists()


@pytest.mark.parametrize("host", ["attacker.example", "attacker.example:80", "127.0.0.1.attacker.org", ""])
def test_a_foreign_name_for_this_machine_is_refused(visitor: Visitor, host: str) -> None:
    assert visitor.ask("GET", "/", host=host)[0] == 403
    assert visitor.ask("GET", "/state", host=host)[0] == 403
    assert visitor.ask("POST", "/undo", {}, visitor.server.token, host)[0] == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:80"])
def test_the_names_of_the_loopback_are_fine(visitor: Visitor, host: str) -> None:
    assert visitor.ask("GET", "/", host=host)[0] == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"same"', b'{"key": "1-4"}', b'{"verdict": "maybe"}', b"x" * 10_000, b"\xff"],
)
def test_an_answer_that_is_none_is_refused(visitor: Visitor, body: bytes) -> None:
    status, content, _ = visitor.ask("POST", "/answer", body, visitor.server.token)
    assert (status, json.loads(content)["error"]) == (400, "an answer is same or different")


def test_a_second_answer_to_the_same_question_is_refused(visitor: Visitor) -> None:
    key = visitor.state()["proposal"]["key"]
    assert visitor.answer(key) == 200
    assert visitor.answer(key) == 409
    assert visitor.answer("no-such") == 409
    assert visitor.state()["same"] == 1


def test_undo_brings_the_question_back(visitor: Visitor) -> None:
    before = visitor.state()
    visitor.answer(before["proposal"]["key"])
    assert visitor.ask("POST", "/undo", {}, visitor.server.token)[0] == 200
    assert visitor.state() == before


def test_unknown_actions_are_refused(visitor: Visitor) -> None:
    assert visitor.ask("POST", "/erase", {}, visitor.server.token)[0] == 404
    assert visitor.ask("DELETE", "/state")[0] == 501
