"""From what a user typed to a verified weights file."""

from pathlib import Path

from pipeline.registry.checksums import verify_card
from pipeline.registry.download import Progress, fetch_model
from pipeline.registry.entries import ModelEntry, find_model, known_models
from pipeline.registry.runtimes import choose_runtime
from tracking.detectors.settings import DetectorSettings
from tracking.errors import UsageError, WeightsError
from tracking.model_card import Task

USUAL_WEIGHTS = {"onnx": "yolox_s", "yolo": "yolo11n", "faster_rcnn": "fasterrcnn_resnet50_fpn_v2"}
"""The model that stands for a kind of detector when none is named."""


def resolve_weights(name: str, task: Task, progress: Progress | None = None) -> Path:
    """Find the weights for a path or a name of the registry.

    A local file wins; then the cache, then the network. A local file with a card beside it must agree
    with it; one without a card is the user's own responsibility.

    Args:
        name: What the user typed.
        task: What the model is needed for.
        progress: Told how far a download is.

    Raises:
        UsageError: A name that stands for nothing, or for a model of another task.
        WeightsError: The weights are missing or not what their checksum says.
    """
    local = Path(name).expanduser()
    if local.is_file():
        if local.stat().st_size == 0:
            raise WeightsError(f"{local}: the file is empty (0 bytes); fetch the model again")
        verify_card(local)
        return local
    entry = find_model(local.name if local.parent == Path() else name)
    if entry is None:
        if local.suffix or local.parent != Path():
            raise WeightsError(f"{local}: no such file; give the path of a model, or a name: {_names(task)}")
        raise UsageError(f"{name!r} is no model; right would be a file or one of: {_names(task)}")
    if entry.task != task:
        raise UsageError(
            f"{name!r} is a model of the task {entry.task}, not {task}; take one of: {_names(task)}"
        )
    return fetch_model(entry, progress=progress)


def resolve_detector(settings: DetectorSettings, progress: Progress | None = None) -> DetectorSettings:
    """Put a verified file and a runtime into the settings of a detector, as `build_detector` wants them.

    Args:
        settings: ``name`` may be a kind of detector, a path, or a name of the registry; ``runtime`` may be
            ``auto``.
        progress: Told how far a download is.

    Raises:
        UsageError: See `resolve_weights`; or both a model and weights are named.
        WeightsError: See `resolve_weights`.
    """
    if settings.name == "motion":
        return settings
    return choose_runtime(_with_file(settings, progress))


def _with_file(settings: DetectorSettings, progress: Progress | None) -> DetectorSettings:
    if settings.name in USUAL_WEIGHTS:
        wanted = str(settings.weights or USUAL_WEIGHTS[settings.name])
        return settings.model_copy(update={"weights": resolve_weights(wanted, "detector", progress)})
    if settings.weights is not None:
        raise UsageError(
            f"detector: name {settings.name!r} and weights {settings.weights} both name a model; "
            "keep one of them"
        )
    path = resolve_weights(settings.name, "detector", progress)
    entry = find_model(settings.name)
    if entry is None or Path(settings.name).expanduser().is_file():
        return settings.model_copy(update={"name": str(path)})
    return settings.model_copy(update={"name": _kind(entry), "weights": path})


def _kind(entry: ModelEntry) -> str:
    if entry.runtime == "onnx":
        return "onnx"
    return "faster_rcnn" if entry.file_name.endswith(".pth") else "yolo"


def _names(task: Task) -> str:
    found = [entry.name for entry in known_models() if entry.task == task]
    return ", ".join((["motion"] if task == "detector" else []) + found) or "(none)"
