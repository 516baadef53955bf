"""What detectors report, and what they ask of the library that computes them."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from pipeline.cameras.detectors import DetectorShelf
from tests.pipeline.every_key.bench import Bench
from tracking.arrays import Image
from tracking.detectors import Detector, build
from tracking.values import Detections, ObjectClass

SIDE = 64
ANSWER = (
    # left, top, right, bottom, score of person and bicycle
    (4, 4, 24, 44, 0.9, 0.0),
    (6, 6, 26, 46, 0.6, 0.0),
    (30, 20, 60, 50, 0.0, 0.8),
    (40, 2, 50, 12, 0.07, 0.0),
)


def write_detector(path: Path, names: str | None = "{0: 'person', 1: 'bicycle'}") -> Path:
    """A YOLO model of 64×64 pictures, any batch, that sees the same boxes in each; brighter is surer."""
    import onnx

    rows = np.array(ANSWER, np.float32)
    centre = (rows[:, :2] + rows[:, 2:4]) / 2
    answer = np.concatenate([centre, rows[:, 2:4] - rows[:, :2], rows[:, 4:]], axis=1)
    padded = np.zeros((84, answer.shape[1]), np.float32)
    padded[: len(answer)] = answer
    node, info = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [
            node("ReduceMean", ["images", "axes"], ["mean"], keepdims=0),
            node("Unsqueeze", ["mean", "inner"], ["column"]),
            node("Mul", ["column", "nothing"], ["zeros"]),
            node("Add", ["zeros", "answer"], ["output0"]),
        ],
        "known",
        [info("images", onnx.TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [info("output0", onnx.TensorProto.FLOAT, ["n", *padded.T.shape])],
        [
            onnx.numpy_helper.from_array(value, name)
            for name, value in {
                "axes": np.array([1, 2, 3], np.int64),
                "inner": np.array([1, 2], np.int64),
                "nothing": np.zeros((1, 1, 1), np.float32),
                "answer": padded.T[None],
            }.items()
        ],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=9)
    told = {"imgsz": f"[{SIDE}, {SIDE}]"} | ({} if names is None else {"names": names})
    for key, value in told.items():
        model.metadata_props.add(key=key, value=value)
    onnx.save(model, path)
    return path


def boxes(bench: Bench) -> object:
    """What the configured detector sees in a dull picture, and its name."""
    for name in ("one.onnx", "two.onnx"):
        write_detector(bench.folder / name)
    write_detector(bench.folder / "unnamed.onnx", None)
    detector = DetectorShelf().take(bench.load().detector)
    return detector.name, [_told(found) for found in detector.detect([_grey(), _grey()])]


def pictures_per_call(bench: Bench) -> object:
    """How many pictures the model is given at a time."""
    write_detector(bench.folder / "one.onnx")
    detector = DetectorShelf().take(bench.load().detector)
    sizes: list[tuple[int, ...]] = []
    network = detector._network  # type: ignore[attr-defined]

    def spy(blob: np.ndarray) -> np.ndarray:
        sizes.append(blob.shape)
        return np.asarray(network(blob))

    spy.facts = network.facts  # type: ignore[attr-defined]
    bench.patch.setattr(detector, "_network", spy)
    detector.detect([_grey()] * 9)
    return sizes


def sessions(bench: Bench) -> object:
    """What ONNX Runtime is asked for: threads and providers, on a machine that has all of them."""
    write_detector(bench.folder / "one.onnx")
    asked: list[object] = []
    real = onnxruntime.InferenceSession
    everything = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]

    class Session(real):  # type: ignore[misc, valid-type]
        def __init__(self, path: str, options: Any, providers: Sequence[Any]) -> None:
            asked.append((options.intra_op_num_threads, providers))
            super().__init__(path, options, providers=["CPUExecutionProvider"])

        def get_providers(self) -> list[str]:
            return everything

    bench.patch.setattr(onnxruntime, "InferenceSession", Session)
    bench.patch.setattr(onnxruntime, "get_available_providers", lambda: everything)
    bench.patch.setattr(onnxruntime, "preload_dlls", lambda: None, raising=False)
    DetectorShelf().take(bench.load().detector)
    return asked


class Eyes:
    """Sees a small person on a bicycle in every picture, and a doubtful cyclist; notes what it was shown."""

    name = "eyes"
    stateful = False

    def __init__(self) -> None:
        self.shown: list[tuple[int, ...]] = []

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        self.shown += [image.shape for image in images]
        return [self._one(*image.shape[:2]) for image in images]

    def _one(self, height: int, width: int) -> Detections:
        people = (
            (0.4, 0.05, 0.3, ObjectClass.PERSON),
            (0.4, 0.03, 0.3, ObjectClass.BICYCLE),
            (0.7, 0.05, 0.15, ObjectClass.CYCLIST),
        )
        table = np.array(
            [
                (x * width, 40, x * width + 16, 40 + tall * width, score, kind)
                for x, tall, score, kind in people
            ]
        )
        return Detections(
            table[:, :4].astype(np.float32), table[:, 4].astype(np.float32), table[:, 5].astype(np.int64)
        )


def looks(bench: Bench) -> object:
    """The pictures, whole and in part, that a detector is shown, and what becomes of its answers."""
    write_detector(bench.folder / "one.onnx")
    eyes = Eyes()

    def instead(*_: object) -> Detector:
        return eyes

    bench.patch.setattr(build, "_build", instead)
    detector = DetectorShelf().take(bench.load().detector)
    found = detector.detect([np.zeros((360, 640, 3), np.uint8)])
    return eyes.shown, [_told(one) for one in found]


def motion(bench: Bench) -> object:
    """What moves in a film of a block, its shadow, a speck, and a change of the light."""
    return [_told(found) for found in DetectorShelf().take(bench.load().detector).detect(_film())]


@cache
def _film() -> list[Image]:
    """Its pictures, which nobody can write to."""
    dice = np.random.default_rng(3)
    ground = dice.integers(70, 150, (18, 32, 3)).astype(np.uint8).repeat(20, 0).repeat(20, 1)
    images = []
    for index in range(60):
        image = ground.astype(np.float32)
        left = 20 + 8 * index
        image[200:250, left : left + 20] = (40, 200, 230)
        image[256:262, left : left + 20] = (40, 200, 230)
        image[262:275, left : left + 40] *= 0.6
        image[100 : 100 + 14, 600 - left : 606 - left] += 14
        image *= 1.5 if index >= 45 else 1.0
        images.append(np.clip(image + dice.normal(0, 1.6, image.shape), 0, 255).astype(np.uint8))
        images[-1].flags.writeable = False
    return images


def _grey() -> Image:
    return np.full((SIDE, SIDE, 3), 60, np.uint8)


def _told(found: Detections) -> object:
    return np.round(found.xyxy, 1).tolist(), np.round(found.score, 3).tolist(), found.class_id.tolist()
