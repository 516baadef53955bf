"""From settings to a detector."""

from pathlib import Path

from tracking.detectors.base import Detector
from tracking.detectors.settings import DEFAULT_NMS_IOU, DetectorSettings
from tracking.errors import UsageError

_NAME_BY_SUFFIX = {".onnx": "onnx", ".pt": "yolo", ".pth": "faster_rcnn", ".torchscript": "torchscript"}
_RUNTIMES = {
    "onnx": ("onnx", "openvino"),
    "yolo": ("torch",),
    "torchscript": ("torch",),
    "faster_rcnn": ("torch",),
}
_NAMES = ("motion", "onnx", "yolo", "faster_rcnn")


def build_detector(settings: DetectorSettings) -> Detector:
    """Build the detector that the settings describe.

    Args:
        settings: ``name`` is a kind of detector or the path of a model file; names of the model
            registry are resolved to a file before they come here.

    Raises:
        UsageError: An unknown name, a missing extra, or settings that do not go together.
        WeightsError: Missing or damaged weights.
        DeviceError: The device is not there.
    """
    kind, weights = _kind_and_weights(settings)
    _require_runtime(kind, settings)
    if settings.tiling.enabled:
        from tracking.detectors.tiling import TiledDetector

        if kind == "motion":
            raise UsageError("detector.tiling: the motion detector sees the whole frame; switch tiling off")
        tiles = _build(kind, weights, settings)
        return TiledDetector(tiles, settings.tiling, settings.nms_iou or DEFAULT_NMS_IOU)
    detector = _build(kind, weights, settings)
    if settings.second_look and _worth_a_second_look(detector, settings):
        from tracking.detectors.second_look import SecondLookDetector

        return SecondLookDetector(detector, settings.closer_look, settings.max_detections)
    return detector


def _worth_a_second_look(detector: Detector, settings: DetectorSettings) -> bool:
    """Whether there may be somebody in doubt: small persons, whose bicycles show only from close by."""
    from tracking.detectors.exported import ExportedDetector

    if detector.stateful or settings.closer_look.whole_cyclists:
        return not detector.stateful
    return not isinstance(detector, ExportedDetector) or detector.sees_persons


def _kind_and_weights(settings: DetectorSettings) -> tuple[str, Path]:
    suffix = Path(settings.name).suffix.lower()
    if settings.name not in _NAMES and suffix in _NAME_BY_SUFFIX:
        if settings.weights is not None:
            raise UsageError("detector: give the model's path as name or as weights, not both")
        return _NAME_BY_SUFFIX[suffix], Path(settings.name)
    if settings.name not in _NAMES:
        raise UsageError(
            f"detector.name: {settings.name!r} is unknown; right would be {', '.join(_NAMES)}, a name of "
            "`pipeline models list`, or the path of an .onnx, .pt, .pth or .torchscript file"
        )
    if settings.name == "motion":
        return "motion", Path()
    if settings.weights is None:
        raise UsageError(f"detector.weights: {settings.name} needs the path of its weights")
    exported = _NAME_BY_SUFFIX.get(settings.weights.suffix.lower())
    return ("torchscript" if exported == "torchscript" else settings.name), settings.weights


def _require_runtime(kind: str, settings: DetectorSettings) -> None:
    runtimes = _RUNTIMES.get(kind, ())
    if settings.runtime is not None and runtimes and settings.runtime not in runtimes:
        raise UsageError(
            f"detector.runtime: a model of kind {kind} is computed by {' or '.join(runtimes)}, not by "
            f"{settings.runtime}; give a model of that runtime, or leave it out"
        )
    if settings.runtime == "openvino" and settings.device != "cpu":
        raise UsageError(
            f"detector.runtime: openvino computes on the processor, not on {settings.device}; "
            "set device cpu, or runtime onnx"
        )


def _build(kind: str, weights: Path, settings: DetectorSettings) -> Detector:
    """Import and build one kind; each drags in its own libraries only."""
    from tracking.detectors.exported import ExportedDetector

    match kind:
        case "motion":
            from tracking.detectors.motion import MotionDetector

            return MotionDetector(settings.motion, settings.score_threshold)
        case "onnx" if settings.runtime == "openvino":
            from tracking.detectors.openvino import OpenVinoNetwork

            return ExportedDetector(OpenVinoNetwork(weights, settings.threads), settings)
        case "onnx":
            from tracking.detectors.onnx import OnnxNetwork

            network = OnnxNetwork(weights, settings.device, settings.tensorrt, settings.threads)
            return ExportedDetector(network, settings)
        case "yolo":
            from tracking.detectors.yolo import YoloNetwork

            return ExportedDetector(YoloNetwork(weights, settings.device, settings.threads), settings)
        case "torchscript":
            from tracking.detectors.torchscript import TorchScriptNetwork

            return ExportedDetector(TorchScriptNetwork(weights, settings.device, settings.threads), settings)
        case _:
            from tracking.detectors.faster_rcnn import FasterRcnnDetector

            return FasterRcnnDetector(weights, settings)
