"""Exported models in TorchScript format, the torch counterpart of an .onnx file."""

import json
import warnings
from pathlib import Path

import numpy as np

from tracking.arrays import FloatArray
from tracking.detectors.extras import require_torch
from tracking.detectors.network import NetworkFacts
from tracking.errors import WeightsError


class TorchScriptNetwork:
    """A YOLO model in a .torchscript file.

    Args:
        path: The model.
        device: ``cpu`` or ``cuda``.
        threads: Threads of torch; None leaves torch's own choice.

    Raises:
        UsageError: torch is not installed.
        WeightsError: The file is missing or no TorchScript.
        DeviceError: CUDA was asked for and is not there.
    """

    def __init__(self, path: Path, device: str = "cpu", threads: int | None = None) -> None:
        self._torch = require_torch(device, threads, "a .torchscript model")
        if not path.is_file() or path.stat().st_size == 0:
            raise WeightsError(
                f"{path}: no such file, or an empty one; give the path of a .torchscript model"
            )
        extra = {"config.txt": ""}
        try:
            with warnings.catch_warnings():
                # torch announces the end of TorchScript at every load; the user cannot act on it.
                warnings.simplefilter("ignore", FutureWarning)
                self._model = self._torch.jit.load(str(path), map_location=device, _extra_files=extra).eval()
        except (RuntimeError, ValueError) as error:
            raise WeightsError(f"{path}: not a TorchScript model that can be loaded") from error
        self.name = f"torch:{path.stem}"
        self._device, self.provider = device, f"PyTorch {device}"
        self.facts = _facts(extra["config.txt"])

    def __call__(self, blob: FloatArray) -> FloatArray:
        """Compute the raw answer; see `Network`."""
        with self._torch.inference_mode():
            answer = self._model(self._torch.from_numpy(blob).to(self._device))
        first = answer[0] if isinstance(answer, (list, tuple)) else answer
        return np.asarray(first.float().cpu().numpy(), np.float32)


def _facts(config: str | bytes) -> NetworkFacts:
    """Read what ultralytics writes beside the graph; a traced graph has one input size."""
    told = json.loads(config) if config else {}
    names = told.get("names")
    size = told.get("imgsz")
    return NetworkFacts(
        size=(int(size[0]), int(size[1])) if size else None,
        stride=int(told.get("stride", 32)),
        fixed_batch=int(told.get("batch", 1)),
        class_names=tuple(names[key] for key in sorted(names, key=int)) if names else None,
    )
