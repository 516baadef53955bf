"""Which runtime computes a detector fastest on this machine: tried once, then remembered."""

import json
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
from filelock import FileLock

from pipeline.registry.cache import cache_folder
from tracking.detectors import Detector, DetectorSettings, TilingSettings, build_detector
from tracking.errors import WeightsError
from tracking.files import sha256_of, whole_file

OnnxRuntime = Literal["onnx", "openvino"]

REMEMBERED = "runtimes.json"
"""In the cache folder: checksum of a model file → runtime chosen for it; without it, all is tried anew."""
_WORTH = 0.9
"""Share of ONNX Runtime's time that OpenVINO may take and still be chosen; what is nearer is noise."""
_PICTURE = (360, 640, 3)
_ROUNDS = 5


def choose_runtime(settings: DetectorSettings) -> DetectorSettings:
    """Put a runtime in the place of ``auto``.

    Args:
        settings: Of a detector whose file is found.

    Returns:
        The settings with a runtime that `build_detector` knows; None where the file allows one only.

    Raises:
        WeightsError: The file is no detector.
    """
    if settings.runtime != "auto":
        return settings
    path = _onnx_file(settings)
    if path is None or settings.device != "cpu" or find_spec("openvino") is None:
        return settings.model_copy(update={"runtime": None})
    return settings.model_copy(update={"runtime": _chosen(path)})


def _onnx_file(settings: DetectorSettings) -> Path | None:
    path = settings.weights or Path(settings.name)
    return path if path.suffix.lower() == ".onnx" else None


def _chosen(path: Path) -> OnnxRuntime:
    """What was chosen for a file, on this machine, now or before: a run that is taken up again keeps it."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{REMEMBERED}.lock"):
            chosen, digest = _remembered(folder / REMEMBERED), sha256_of(path)
            if chosen.get(digest) not in ("onnx", "openvino"):
                chosen[digest] = _faster(path)
                with whole_file(folder / REMEMBERED, durable=True) as part:
                    part.write_text(json.dumps(chosen, indent=2, sort_keys=True) + "\n", "utf-8")
            return "openvino" if chosen[digest] == "openvino" else "onnx"
    except OSError:
        # What cannot be remembered might come out differently next time, and change a run's result.
        return "onnx"


def _remembered(file: Path) -> dict[str, str]:
    try:
        read = json.loads(file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _faster(path: Path) -> OnnxRuntime:
    """Let both look at a picture in turns, on one core, and compare their processor time."""
    onnx = _detector(path, "onnx")
    try:
        openvino = _detector(path, "openvino")
    except WeightsError:
        return "onnx"
    picture = np.random.default_rng(0).integers(0, 255, _PICTURE, np.uint8)
    times = [(_seconds(onnx, picture), _seconds(openvino, picture)) for _ in range(_ROUNDS)]
    # The first round includes what is done once; others may be disturbed, so that the best one counts.
    one, other = np.min(times, axis=0)
    return "openvino" if other < _WORTH * one else "onnx"


def _detector(path: Path, runtime: OnnxRuntime) -> Detector:
    return build_detector(
        DetectorSettings(
            name="onnx", weights=path, runtime=runtime, threads=1, second_look=False, tiling=TilingSettings()
        )
    )


def _seconds(detector: Detector, picture: np.ndarray) -> float:
    begin = time.process_time()
    detector.detect([picture])
    return time.process_time() - begin
