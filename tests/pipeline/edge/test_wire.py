"""What leaves a box is what the page says, and nothing else."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.command_line import pipeline
from tests.conftest import REPOSITORY


@dataclass
class Heard:
    """A server that writes down what it hears, and says that all was received."""

    address: str = ""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)


@pytest.fixture
def heard() -> Iterator[Heard]:
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.requests.append((self.path, dict(self.headers), body))
            status = heard.refusals.pop(0) if heard.refusals else 200
            answer = json.dumps({"received": json.loads(body)["last"]} if status == 200 else {}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    heard.address = f"http://127.0.0.1:{server.server_port}"
    yield heard
    server.shutdown()
    thread.join()
    server.server_close()


def documented() -> set[str]:
    page = (REPOSITORY / "docs" / "use" / "edge.md").read_text("utf-8")
    table = page[page.index("## Format 1") : page.index("No pixels, no file names")]
    return set(re.findall(r"^\| `([a-z_.]+)` \|", table, re.MULTILINE))


def fields_of(value: object, path: str = "") -> set[str]:
    if isinstance(value, list):
        return {name for one in value for name in fields_of(one, path)}
    if not isinstance(value, dict):
        return set()
    names = {f"{path}{key}" for key in value}
    return names.union(*(fields_of(inner, f"{path}{key}.") for key, inner in value.items()))


def test_only_the_documented_fields_leave_a_box(tmp_path: Path, heard: Heard) -> None:
    city = tmp_path / "secret-street"
    size = ("--cameras", "2", "--minutes", "0.5", "--riders-per-hour", "1500", "--workers", "1")
    assert pipeline("simulate", city, *size, "--detections-only").code == 0
    (tmp_path / "token").write_text("s3cret-token\n", encoding="utf-8")
    sink = ("--sink", heard.address, "--sink-token-file", tmp_path / "token")
    heard.refusals = [503]
    answer = pipeline("replay", city, "--database", tmp_path / "flows.db", *sink)
    assert answer.code == 0, answer.err
    assert "passages sent" in answer.err
    told = [json.loads(body) for _, _, body in heard.requests]
    assert any(one["embedding"] for batch in told for one in batch["sightings"])
    assert any(batch["watched"] for batch in told)
    assert {name for batch in told for name in fields_of(batch)} <= documented()
    for path, headers, body in heard.requests:
        assert path == "/v1/batches"
        assert headers.pop("Authorization") == "Bearer s3cret-token"
        assert set(headers) <= {
            "Host", "Accept", "Accept-Encoding", "Connection", "User-Agent", "Content-Length", "Content-Type",
        }  # fmt: skip
        said = json.dumps(headers) + body.decode()
        for secret in ("secret-street", str(tmp_path), ".npz", ".mp4", "s3cret"):
            assert secret not in said


def test_the_page_names_every_field() -> None:
    from pipeline.edge.wire import Batch

    def names(model: object, path: str = "") -> set[str]:
        found = set()
        for name, about in model.model_fields.items():  # type: ignore[attr-defined]
            found.add(path + name)
            inner = getattr(about.annotation, "__args__", (None,))[0]
            if hasattr(inner, "model_fields"):
                found |= names(inner, f"{path}{name}.")
        return found

    assert names(Batch) == documented()
