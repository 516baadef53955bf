"""Faster R-CNN of torchvision, the detector family of the source thesis."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np

from tracking.arrays import Image
from tracking.detectors.classes import COCO_91_NUMBERS, COCO_NAMES, class_numbers
from tracking.detectors.extras import require, require_torch
from tracking.detectors.settings import DEFAULT_NMS_IOU, DetectorSettings
from tracking.errors import WeightsError
from tracking.values import Detections

_PURPOSE = "the faster_rcnn detector"
_ARCHITECTURES = (
    "fasterrcnn_resnet50_fpn_v2",
    "fasterrcnn_resnet50_fpn",
    "fasterrcnn_mobilenet_v3_large_fpn",
    "fasterrcnn_mobilenet_v3_large_320_fpn",
)
_CLASSES_KEY = "roi_heads.box_predictor.cls_score.weight"


class FasterRcnnDetector:
    """Two-stage detection with weights in the layout of torchvision.

    The architecture is the one whose parameters have the names and shapes found in the file. Weights are
    never random and never fetched behind one's back.

    Args:
        weights: A state dictionary (.pth).
        settings: Thresholds, classes, device, batch.

    Raises:
        UsageError: torch or torchvision is not installed.
        WeightsError: The file is missing, damaged, or belongs to another network.
        DeviceError: CUDA was asked for and is not there.
    """

    stateful = False

    def __init__(self, weights: Path, settings: DetectorSettings) -> None:
        if not weights.is_file() or weights.stat().st_size == 0:
            raise WeightsError(
                f"{weights}: no such file, or an empty one; give the path of a .pth state dictionary"
            )
        self._torch = require_torch(settings.device, settings.threads, _PURPOSE)
        require("torchvision", "torch", _PURPOSE)
        state = _read_state(self._torch, weights)
        self._settings = settings
        self._numbers = _class_numbers(weights, len(state[_CLASSES_KEY]), settings.class_names)
        self._model = _build(self._torch, weights, state, settings)
        self.name = f"faster_rcnn:{weights.stem}"

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """Find objects in a batch of frames; see `Detector`."""
        found: list[Detections] = []
        for start in range(0, len(images), self._settings.frames_per_call):
            pictures = [
                self._as_tensor(image) for image in images[start : start + self._settings.frames_per_call]
            ]
            with self._torch.inference_mode():
                found += [self._as_detections(answer) for answer in self._model(pictures)]
        return found

    def _as_tensor(self, image: Image) -> Any:
        """(3, H, W) float RGB of 0..1."""
        planes = np.ascontiguousarray(image[:, :, ::-1].transpose(2, 0, 1))
        return self._torch.from_numpy(planes).to(self._settings.device).float() / 255

    def _as_detections(self, answer: Mapping[str, Any]) -> Detections:
        class_id = self._numbers[answer["labels"].cpu().numpy()]
        kept = np.isin(class_id, list(self._settings.kept_numbers))
        boxes, score = answer["boxes"].cpu().numpy(), answer["scores"].cpu().numpy()
        return Detections(boxes.astype(np.float32)[kept], score.astype(np.float32)[kept], class_id[kept])


def _read_state(torch: Any, path: Path) -> Mapping[str, Any]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, ValueError, EOFError) as error:
        raise WeightsError(f"{path}: not a state dictionary that torch loads with weights_only") from error
    # Training scripts wrap it.
    state = state.get("model", state) if isinstance(state, dict) else {}
    if _CLASSES_KEY not in state:
        raise WeightsError(f"{path}: no Faster R-CNN of torchvision (it has no {_CLASSES_KEY})")
    return dict(state)


def _class_numbers(path: Path, outputs: int, names: tuple[str, ...] | None) -> Any:
    """(C,) class number of each output; output 0 is the background."""
    numbers = np.full(outputs, -1, np.int64)
    if names is not None and len(names) == outputs - 1:
        numbers[1:] = class_numbers(names)
    elif names is None and outputs == 91:
        numbers[list(COCO_91_NUMBERS)] = class_numbers(COCO_NAMES)
    else:
        told = "does not name them" if names is None else f"{len(names)} names are given"
        raise WeightsError(
            f"{path}: the model has {outputs - 1} classes and {told}; "
            "list them in order in detector.class_names"
        )
    return numbers


def _build(torch: Any, path: Path, state: Mapping[str, Any], settings: DetectorSettings) -> Any:
    """Find the architecture that the parameters belong to, and fill it."""
    from torchvision.models import detection

    # The two sizes of the mobile network share all parameters; only the file's name tells them apart.
    preferred = sorted(_ARCHITECTURES, key=lambda name: "320" in name, reverse="320" in path.stem)
    for name in preferred:
        options = {
            "weights": None,
            "weights_backbone": None,
            "num_classes": len(state[_CLASSES_KEY]),
            "box_score_thresh": settings.score_threshold,
            "box_nms_thresh": settings.nms_iou or DEFAULT_NMS_IOU,
            "box_detections_per_img": settings.max_detections,
        }
        with torch.device("meta"):
            shapes = {
                key: value.shape for key, value in getattr(detection, name)(**options).state_dict().items()
            }
        if not _belongs(state, shapes):
            continue
        model = getattr(detection, name)(**options)
        model.load_state_dict(state, strict=False)
        if not any(key.endswith("num_batches_tracked") for key in state):
            # Published weights of the first generation were trained with frozen statistics and eps 0.
            _set_batch_norm_eps(torch, model)
        return model.eval().to(settings.device)
    raise WeightsError(f"{path}: the parameters fit none of {', '.join(_ARCHITECTURES)}")


def _belongs(state: Mapping[str, Any], shapes: Mapping[str, Any]) -> bool:
    """Whether a file fills a network, apart from counters that frozen layers do not have."""
    missing = {key for key in shapes.keys() - state.keys() if not key.endswith("num_batches_tracked")}
    return not missing and all(shapes.get(key) == value.shape for key, value in state.items())


def _set_batch_norm_eps(torch: Any, model: Any) -> None:
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.eps = 0.0
