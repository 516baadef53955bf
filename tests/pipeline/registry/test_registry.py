"""Names become verified files, against a real HTTP server."""

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from pipeline.commands.models import models_app
from pipeline.registry import (
    ModelEntry,
    fetch_model,
    find_model,
    known_models,
    resolve_detector,
    resolve_weights,
)
from pipeline.registry.cache import cache_folder
from pipeline.registry.entries import shipped_models
from tracking.detectors import DetectorSettings
from tracking.errors import UsageError, WeightsError

CONTENT = bytes(range(256)) * 4000
SUM = hashlib.sha256(CONTENT).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    requests = 0

    def do_GET(self) -> None:
        type(self).requests += 1
        if self.path == "/moved/net.onnx":
            self.send_response(302)
            self.send_header("Location", "/net.onnx")
            self.end_headers()
            return
        if self.path not in ("/net.onnx", "/half.onnx"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT if self.path == "/net.onnx" else CONTENT[: len(CONTENT) // 2])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    _Handler.requests = 0
    running = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIETSFLOW_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


def entry(url: str, **values: object) -> ModelEntry:
    fields = {"name": "net", "task": "detector", "runtime": "onnx", "licence": "MIT", "url": url}
    return ModelEntry.model_validate(fields | values)


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*")) if folder.is_dir() else []


@pytest.mark.parametrize("known", [{"sha256": SUM}, {"sha256_prefix": SUM[:8]}], ids=["full sum", "prefix"])
@pytest.mark.parametrize("path", ["/net.onnx", "/moved/net.onnx"])
def test_a_model_is_fetched_once(server: str, cache: Path, known: dict[str, str], path: str) -> None:
    steps: list[tuple[int, int | None]] = []
    model = entry(server + path, **known)
    fetched = fetch_model(model, progress=lambda done, total: steps.append((done, total)))
    assert fetched.read_bytes() == CONTENT
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    asked = _Handler.requests
    assert fetch_model(model) == fetched
    assert _Handler.requests == asked, "a cached model was fetched again"
    assert left_over(cache) == ["net.json", "net.onnx"]


def test_a_damaged_file_in_the_cache_is_fetched_anew(server: str, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "net.onnx").write_bytes(CONTENT[:-1])
    assert fetch_model(entry(f"{server}/net.onnx", sha256=SUM)).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "known", "message"),
    [
        ("/net.onnx", {"sha256": "0" * 64}, "is not the model.*nothing was kept"),
        ("/net.onnx", {"sha256_prefix": "0" * 8}, "is not the model.*nothing was kept"),
        ("/half.onnx", {"sha256": SUM}, "connection ended after 512000 of 1024000 bytes"),
        ("/none.onnx", {"sha256": SUM}, "404.*leave --detector out"),
    ],
    ids=["wrong sum", "wrong prefix", "half a file", "404"],
)
def test_what_is_not_the_model_is_not_kept(
    server: str, cache: Path, path: str, known: dict[str, str], message: str
) -> None:
    with pytest.raises(WeightsError, match=message):
        fetch_model(entry(server + path, **known))
    assert left_over(cache) == []


def test_offline_the_message_says_where_to_put_the_file(cache: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(WeightsError, match="Connection refused") as caught:
        fetch_model(entry(f"http://127.0.0.1:{port}/net.onnx", sha256=SUM))
    assert f"put the file at {cache / 'net.onnx'}" in str(caught.value)
    assert left_over(cache) == []


def test_weights_without_their_checksum_are_refused_until_it_is_given(server: str, cache: Path) -> None:
    model = entry(f"{server}/net.onnx")
    with pytest.raises(WeightsError, match=r"without their checksum are refused.*--sha256"):
        fetch_model(model)
    assert _Handler.requests == 0
    fetch_model(model, sha256=SUM.upper())
    assert json.loads((cache / "net.json").read_text())["sha256"] == SUM
    assert fetch_model(model) == cache / "net.onnx", "the recorded sum counts from now on"


@pytest.mark.parametrize(("given", "message"), [("abc", "64 hexadecimal"), ("0" * 64, "known to have")])
def test_a_sum_that_cannot_be_right_is_a_usage_error(given: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        fetch_model(entry("http://127.0.0.1/net.onnx", sha256=SUM), sha256=given)


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (json.dumps({"sha256": "0" * 64}), f"its SHA-256 is {SUM}"),
        (json.dumps({"name": "x"}), "sha256"),
        ("{", "not JSON"),
        (json.dumps({"sha256": SUM, "threshold": 0.5}), None),
        (None, None),
    ],
    ids=["mismatch", "no sum", "no JSON", "right", "no card"],
)
def test_a_local_file_must_agree_with_its_card(tmp_path: Path, card: str | None, message: str | None) -> None:
    weights = tmp_path / "own.onnx"
    weights.write_bytes(CONTENT)
    if card is not None:
        weights.with_suffix(".json").write_text(card)
    if message is None:
        assert resolve_weights(str(weights), "detector") == weights
    else:
        with pytest.raises(WeightsError, match=message):
            resolve_weights(str(weights), "detector")


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("yolo99", UsageError, "'yolo99' is no model; right would be.*yolo11n"),
        ("folder/none.onnx", WeightsError, "no such file"),
        ("none.onnx", WeightsError, "no such file"),
        ("face_detection_yunet", UsageError, "task face, not detector"),
    ],
)
def test_a_name_that_stands_for_nothing_is_one_clear_sentence(name: str, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        resolve_detector(DetectorSettings(name=name))


def test_an_empty_local_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.onnx").touch()
    with pytest.raises(WeightsError, match=r"empty \(0 bytes\)"):
        resolve_detector(DetectorSettings(name=str(tmp_path / "own.onnx")))


@pytest.mark.parametrize(
    ("name", "weights", "kind", "file"),
    [
        ("yolo11n", None, "yolo", "yolo11n.pt"),
        ("yolo11n.pt", None, "yolo", "yolo11n.pt"),
        ("yolo", None, "yolo", "yolo11n.pt"),
        ("yolox_nano", None, "onnx", "yolox_nano.onnx"),
        ("onnx", "yolox_nano", "onnx", "yolox_nano.onnx"),
        ("fasterrcnn_resnet50_fpn", None, "faster_rcnn", "fasterrcnn_resnet50_fpn_coco-258fb6c6.pth"),
    ],
)
def test_a_name_becomes_a_kind_and_a_file(
    monkeypatch: pytest.MonkeyPatch, cache: Path, name: str, weights: str | None, kind: str, file: str
) -> None:
    monkeypatch.setattr(
        "pipeline.registry.resolve.fetch_model", lambda model, progress: cache / model.file_name
    )
    resolved = resolve_detector(DetectorSettings(name=name, weights=weights))
    assert (resolved.name, resolved.weights) == (kind, cache / file)


def test_motion_needs_no_weights() -> None:
    settings = DetectorSettings(name="motion")
    assert resolve_detector(settings) == settings


def test_every_listed_model_has_a_sum_a_licence_and_a_name_of_its_own() -> None:
    names = [model.name for model in known_models()]
    assert len(set(names)) == len(names)
    for model in known_models():
        assert model.sha256 or model.sha256_prefix, f"{model.name} could never be fetched"
        assert model.licence.strip(), f"nobody knows on what terms {model.name} may be used"
        assert find_model(model.file_name) == model


def test_models_in_the_package_are_found_by_their_cards(tmp_path: Path) -> None:
    (tmp_path / "small.onnx").write_bytes(CONTENT)
    card = {"name": "small", "task": "encoder", "licence": "Apache-2.0", "sha256": SUM, "metric": "cosine"}
    (tmp_path / "small.json").write_text(json.dumps(card))
    (model,) = shipped_models(tmp_path)
    assert (model.name, model.task, model.size) == ("small", "encoder", len(CONTENT))
    assert fetch_model(model) == tmp_path / "small.onnx"
    (tmp_path / "small.onnx").unlink()
    with pytest.raises(WeightsError, match="missing"):
        list(shipped_models(tmp_path))


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [("FIETSFLOW_CACHE", "/a", "/a/models"), ("XDG_CACHE_HOME", "/b", "/b/fietsflow/models")],
)
def test_the_cache_is_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: str
) -> None:
    monkeypatch.delenv("FIETSFLOW_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv(variable, value)
    assert cache_folder() == Path(expected)


def _run(*arguments: str) -> tuple[int, str]:
    application = typer.Typer()
    application.add_typer(models_app, name="models")
    result = CliRunner().invoke(application, ["models", *arguments])
    return result.exit_code, result.output


def test_the_list_as_json_tells_licence_and_place(cache: Path) -> None:
    code, output = _run("list", "--format", "json")
    rows = {row["name"]: row for row in json.loads(output)}
    assert code == 0
    assert rows["yolo11n"]["licence"] == "AGPL-3.0"
    assert rows["yolo11n"]["where"] == "to fetch"


def test_verify_tells_good_from_damaged_files(tmp_path: Path, cache: Path) -> None:
    good, bad = tmp_path / "good.onnx", tmp_path / "bad.onnx"
    for path in (good, bad):
        path.write_bytes(CONTENT)
        path.with_suffix(".json").write_text(json.dumps({"sha256": SUM}))
    bad.write_bytes(CONTENT[1:])
    assert _run("verify", str(good))[0] == 0
    code, output = _run("verify", str(good), str(bad), "--format", "json")
    assert code == 1
    assert [row["result"] == "ok" for row in json.loads(output)] == [True, False]
    cache.mkdir(parents=True)
    (cache / "yolo11n.pt").write_bytes(CONTENT)
    code, output = _run("verify", "--format", "json")
    assert code == 1
    assert [row["name"] for row in json.loads(output) if row["result"] != "ok"] == ["yolo11n"]
