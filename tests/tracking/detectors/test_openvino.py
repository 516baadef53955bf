"""Models computed by OpenVINO: the same answers, on the threads it is given, and not a word to anybody."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from tracking.detectors import Detector, DetectorSettings, build_detector
from tracking.errors import UsageError, WeightsError

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "pipeline" / "registry" / "shipped" / "cyclist_detector.onnx"

TALKATIVE = """
import sys, threading
told = {"socket.connect", "socket.getaddrinfo", "socket.sendto", "os.fork", "subprocess.Popen"}
deeds = []
sys.addaudithook(lambda event, details: deeds.append(event) if event in told else None)
import numpy as np
from tracking.detectors import DetectorSettings, build_detector
settings = DetectorSettings(name=sys.argv[1], runtime="openvino", threads=1, second_look=False)
build_detector(settings).detect([np.zeros((64, 64, 3), np.uint8)])
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        thread.join(5)
print(deeds, [name for name in sys.modules if name.startswith("openvino_telemetry.")])
"""


def _picture(height: int = 90, width: int = 160) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 255, (height, width, 3), np.uint8)


def _build(path: Path, **values: object) -> Detector:
    settings = {"name": str(path), "score_threshold": 0.001, "threads": 1, "input_size": 160} | values
    return build_detector(DetectorSettings.model_validate(settings))


def test_without_the_extra_it_is_one_clear_sentence(make_model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    path = make_model(np.zeros((84, 84), np.float32))
    with pytest.raises(UsageError, match=r'openvino.*pip install "fietsflow\[openvino\]"'):
        build_detector(DetectorSettings(name=str(path), runtime="openvino"))


def test_it_does_not_compute_on_a_graphics_card(make_model) -> None:
    path = make_model(np.zeros((84, 84), np.float32))
    with pytest.raises(UsageError, match="openvino computes on the processor, not on cuda"):
        build_detector(DetectorSettings(name=str(path), runtime="openvino", device="cuda"))


def test_both_runtimes_see_the_same() -> None:
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    onnx, openvino = _build(SHIPPED, runtime="onnx"), _build(SHIPPED, runtime="openvino")
    assert openvino.name == "openvino:cyclist_detector"
    for size in ((90, 160), (64, 160), (160, 90)):
        mine, other = (detector.detect([_picture(*size)])[0] for detector in (onnx, openvino))
        assert len(mine) == len(other), size
        assert len(mine) > 0
        np.testing.assert_allclose(other.score, mine.score, atol=1e-4)
        np.testing.assert_allclose(other.xyxy, mine.xyxy, atol=0.02)
        np.testing.assert_array_equal(other.class_id, mine.class_id)


def test_cameras_that_look_at_once_get_their_own_answers() -> None:
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    detector = _build(SHIPPED, runtime="openvino")
    pictures = [np.roll(_picture(), 16 * number, axis=1) for number in range(3)]
    alone = [detector.detect([picture])[0] for picture in pictures]
    told: dict[int, list[object]] = {}

    def look(number: int) -> None:
        told[number] = [detector.detect([pictures[number]])[0] for _ in range(8)]

    threads = [threading.Thread(target=look, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, wanted in enumerate(alone):
        for found in told[number]:
            np.testing.assert_array_equal(found.xyxy, wanted.xyxy)
            np.testing.assert_array_equal(found.score, wanted.score)


def test_a_file_that_is_no_model_is_one_clear_sentence(tmp_path: Path) -> None:
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    path = tmp_path / "weights.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(WeightsError, match="not an ONNX model") as caught:
        _build(path, runtime="openvino")
    assert str(path) in str(caught.value)


def test_it_tells_nobody_that_it_is_used(tmp_path: Path) -> None:
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    # Its makers' statistics keep still on machines that look like those of a continuous integration.
    keep = {"PATH", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV"}
    environment = {key: value for key, value in os.environ.items() if key in keep}
    done = subprocess.run(
        [sys.executable, "-c", TALKATIVE, str(SHIPPED)],
        env=environment | {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[] []", done.stdout
    assert list(tmp_path.iterdir()) == [], "it left something in the home folder"
