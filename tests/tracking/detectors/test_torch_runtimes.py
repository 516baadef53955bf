"""Networks computed by torch: ultralytics checkpoints, TorchScript, Faster R-CNN."""

import os
import subprocess
import sys
from functools import partialmethod
from pathlib import Path

import numpy as np
import pytest

from tracking.detectors import DetectorSettings, build_detector
from tracking.detectors.extras import require, require_ultralytics
from tracking.errors import DeviceError, UsageError, WeightsError
from tracking.values import Detections

torch = pytest.importorskip("torch", reason="the extra torch is not installed")
SIZE = 160


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (90, 160, 3), np.uint8)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained network in three formats; its class scores are raised so that it finds something."""
    pytest.importorskip("ultralytics", reason="the extra yolo is not installed")
    pytest.importorskip("onnx", reason="the package onnx exports the test model")
    folder = tmp_path_factory.mktemp("exports")
    yolo = require_ultralytics("this test").YOLO("yolo11n.yaml")
    for branch in yolo.model.model[-1].cv3:
        branch[-1].bias.data[1] = 0.0
    yolo.model.names = {index: f"item {index}" for index in range(80)} | {1: "bicycle"}
    yolo.save(folder / "net.pt")
    model = require_ultralytics("this test").YOLO(folder / "net.pt")
    model.export(format="torchscript", imgsz=(96, SIZE), verbose=False)
    model.export(format="onnx", imgsz=(96, SIZE), simplify=False, verbose=False)
    return folder


def _detect(path: Path, picture: np.ndarray, **values: object) -> Detections:
    settings = {"name": str(path), "score_threshold": 0.3, "nms_iou": 0.5} | values
    return build_detector(DetectorSettings.model_validate(settings)).detect([picture])[0]


def test_the_runtimes_onnx_and_torch_agree(exports: Path, picture: np.ndarray) -> None:
    # Untrained scores nearly tie, so nothing is suppressed and boxes are compared as sets.
    everything = {"nms_iou": 1.0, "max_detections": 1000}
    onnx = _detect(exports / "net.onnx", picture, **everything)
    assert len(onnx) > 100
    for suffix, values in ((".torchscript", {}), (".pt", {"input_size": (96, SIZE)})):
        other = _detect(exports / f"net{suffix}", picture, **everything, **values)
        assert len(other) == len(onnx), suffix
        rows = [np.column_stack([d.xyxy, 100 * d.score]) for d in (onnx, other)]
        apart = np.abs(rows[0][:, None] - rows[1][None]).max(axis=2)
        worst = max(apart.min(axis=0).max(), apart.min(axis=1).max())
        assert worst < 0.05, f"{suffix}: boxes differ by up to {worst:.3f} pixels"


def test_building_a_yolo_detector_prints_nothing_and_leaves_the_home_folder_alone(
    exports: Path, tmp_path: Path
) -> None:
    code = (
        "import sys, numpy as np; from tracking.detectors import DetectorSettings, build_detector; "
        "build_detector(DetectorSettings(name=sys.argv[1])).detect([np.zeros((64, 64, 3), np.uint8)])"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("YOLO", "XDG"))}
    done = subprocess.run(
        [sys.executable, "-c", code, str(exports / "net.pt")],
        env=environment | {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout + done.stderr == ""
    left = [path.name for path in tmp_path.rglob("*") if "ltralytics" in path.name]
    assert left == []


class _Runs:
    """Pickles to a call of the operating system."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (self.command,)


@pytest.mark.parametrize("suffix", [".pt", ".pth"])
def test_a_checkpoint_that_carries_code_is_refused_before_it_runs(tmp_path: Path, suffix: str) -> None:
    if suffix == ".pt":
        pytest.importorskip("ultralytics", reason="the extra yolo is not installed")
    path, trace = tmp_path / f"evil{suffix}", tmp_path / "trace"
    torch.save({"model": _Runs(f"touch {trace}")}, path)
    with pytest.raises(WeightsError):
        build_detector(DetectorSettings(name=str(path)))
    assert not trace.exists()


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".torchscript"])
@pytest.mark.parametrize("content", [None, b"", b"only text"], ids=["missing", "empty", "text"])
def test_a_file_that_is_no_network_is_one_clear_sentence(
    tmp_path: Path, suffix: str, content: bytes | None
) -> None:
    if suffix == ".pt":
        pytest.importorskip("ultralytics", reason="the extra yolo is not installed")
    path = tmp_path / f"net{suffix}"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"net\.") as caught:
        build_detector(DetectorSettings(name=str(path)))
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
@pytest.mark.parametrize("suffix", [".pt", ".pth", ".torchscript"])
def test_cuda_that_is_not_there_is_an_error(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"net{suffix}"
    path.write_bytes(b"anything")
    with pytest.raises(DeviceError, match="no usable GPU"):
        build_detector(DetectorSettings(name=str(path), device="cuda"))


@pytest.mark.parametrize(("extra", "package"), [("yolo", "no_such_package"), ("torch", "no.such.package")])
def test_a_missing_extra_says_how_to_install_it(extra: str, package: str) -> None:
    with pytest.raises(UsageError, match=rf'pip install "fietsflow\[{extra}\]"'):
        require(package, extra, "the test")


@pytest.mark.parametrize(
    "architecture", ["fasterrcnn_mobilenet_v3_large_320_fpn", "fasterrcnn_resnet50_fpn_v2"]
)
def test_faster_rcnn_answers_as_torchvision_does(
    tmp_path: Path, picture: np.ndarray, architecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    detection = pytest.importorskip("torchvision.models.detection", reason="torchvision is not installed")
    # Untrained networks propose a thousand boxes, and look at all of them; a hundred tell as much.
    few = partialmethod(detection.FasterRCNN.__init__, min_size=320, rpn_post_nms_top_n_test=100)
    monkeypatch.setattr(detection.FasterRCNN, "__init__", few)
    torch.manual_seed(1)
    options = {"weights": None, "weights_backbone": None, "num_classes": 91, "box_score_thresh": 0.013}
    model = getattr(detection, architecture)(**options).eval()
    path = tmp_path / f"{architecture}-00000000.pth"
    torch.save(model.state_dict(), path)
    values = {"name": str(path), "score_threshold": 0.013, "nms_iou": 0.5, "max_detections": 100}
    found = build_detector(DetectorSettings.model_validate(values)).detect([picture])[0]
    with torch.inference_mode():
        tensor = torch.from_numpy(picture[:, :, ::-1].transpose(2, 0, 1).copy()) / 255
        theirs = model([tensor])[0]
    numbers = {1: 0, 2: 1, 3: 2, 4: 3, 6: 5, 8: 7}
    kept = [index for index, label in enumerate(theirs["labels"].tolist()) if label in numbers]
    np.testing.assert_allclose(found.xyxy, theirs["boxes"][kept].numpy(), atol=1e-3)
    np.testing.assert_allclose(found.score, theirs["scores"][kept].numpy(), atol=1e-5)
    assert found.class_id.tolist() == [numbers[int(theirs["labels"][index])] for index in kept]


def test_a_state_dictionary_of_another_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save({"layer.weight": torch.zeros(3)}, path)
    with pytest.raises(WeightsError, match="no Faster R-CNN"):
        build_detector(DetectorSettings(name=str(path)))
