"""``runtime: auto``: tried once on this machine, remembered, and part of what a run is."""

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.cameras import DetectorShelf
from pipeline.registry import resolve_detector, runtimes
from tracking.detectors import DetectorSettings
from tracking.errors import WeightsError
from tracking.files import sha256_of

SHIPPED = Path(runtimes.__file__).parent / "shipped" / "cyclist_detector.onnx"


class _Takes:
    """A detector that needs so many seconds of the processor."""

    def __init__(self, clock: list[float], seconds: float) -> None:
        self._clock, self._seconds = clock, seconds

    def detect(self, images: list[np.ndarray]) -> list[object]:
        self._clock[0] += self._seconds
        return [None] * len(images)


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runtimes that were tried; ONNX Runtime takes 100 ms, OpenVINO 60 ms."""
    built: list[str] = []
    clock = [0.0]
    seconds = {"onnx": 0.1, "openvino": 0.06}

    def build(settings: DetectorSettings) -> _Takes:
        built.append(str(settings.runtime))
        return _Takes(clock, seconds[str(settings.runtime)])

    monkeypatch.setenv("FIETSFLOW_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(runtimes, "find_spec", lambda name: object())
    monkeypatch.setattr(runtimes, "build_detector", build)
    monkeypatch.setattr(runtimes.time, "process_time", lambda: clock[0])
    return built


def _chosen(**values: object) -> str | None:
    settings = DetectorSettings.model_validate({"runtime": "auto"} | values)
    return resolve_detector(settings).runtime


def test_the_faster_one_is_taken_and_remembered(tried: list[str], tmp_path: Path) -> None:
    assert _chosen() == "openvino"
    assert tried == ["onnx", "openvino"]
    assert _chosen() == "openvino"
    assert tried == ["onnx", "openvino"], "it was tried again"
    remembered = json.loads((tmp_path / "cache" / "models" / runtimes.REMEMBERED).read_text())
    assert remembered == {sha256_of(SHIPPED): "openvino"}


def test_what_was_remembered_decides_however_fast_the_machine_is_now(
    tried: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "cache" / "models"
    folder.mkdir(parents=True)
    (folder / runtimes.REMEMBERED).write_text(json.dumps({sha256_of(SHIPPED): "onnx"}))
    assert _chosen() == "onnx"
    assert tried == []


def test_a_hair_is_not_faster(tried: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes, "_WORTH", 0.5)
    assert _chosen() == "onnx"


@pytest.mark.parametrize("damaged", ["not json", "[]", '{"other": "onnx"}'])
def test_a_damaged_memory_is_made_anew(tried: list[str], tmp_path: Path, damaged: str) -> None:
    folder = tmp_path / "cache" / "models"
    folder.mkdir(parents=True)
    (folder / runtimes.REMEMBERED).write_text(damaged)
    assert _chosen() == "openvino"


def test_where_nothing_can_be_remembered_nothing_is_tried(
    tried: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FIETSFLOW_CACHE", str(tmp_path / "file"))
    assert _chosen() == "onnx"
    assert tried == []


def test_a_model_that_openvino_cannot_compute_stays_with_onnx_runtime(
    tried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(settings: DetectorSettings) -> object:
        if settings.runtime == "openvino":
            raise WeightsError("OpenVINO cannot compute this model")
        return _Takes([0.0], 0.1)

    monkeypatch.setattr(runtimes, "build_detector", refuse)
    assert _chosen() == "onnx"


@pytest.mark.parametrize(
    "values", [{"runtime": None}, {"device": "cuda"}, {"name": "motion"}], ids=["unasked", "cuda", "motion"]
)
def test_where_there_is_no_choice_nothing_is_tried(tried: list[str], values: dict[str, object]) -> None:
    assert _chosen(**values) in (None, "auto")
    assert tried == []


def test_without_openvino_nothing_is_tried(tried: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes, "find_spec", lambda name: None)
    assert _chosen() is None
    assert tried == []


def test_the_choice_is_part_of_what_a_run_is(tried: list[str]) -> None:
    assert DetectorShelf.chosen_runtime(DetectorSettings(runtime="auto")) == "openvino"
    assert DetectorShelf.chosen_runtime(DetectorSettings()) is None
    assert DetectorShelf.chosen_runtime(DetectorSettings(name="yolox_nano", runtime="auto")) is None
