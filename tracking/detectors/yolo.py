"""Ultralytics weights (.pt), computed by torch; an optional extra because of their AGPL licence.

Only the network itself is used. Pictures are prepared and answers read by the same code as for exported
models, so both runtimes agree, and nothing of ultralytics prints, downloads or keeps settings.
"""

from importlib import import_module
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np

from tracking.arrays import FloatArray
from tracking.detectors.extras import require_torch, require_ultralytics
from tracking.detectors.network import NetworkFacts
from tracking.errors import WeightsError

_MODULE_ROOTS = ("torch.nn.modules.", "ultralytics.nn.")
_VALUE_MODULES = ("ultralytics.utils", "ultralytics.utils.loss", "ultralytics.utils.tal")
_PURPOSE = "the yolo detector"


class YoloNetwork:
    """A detection network out of an ultralytics checkpoint.

    Such a checkpoint is a pickle of whole objects. It is loaded with ``weights_only=True`` and a list of
    permitted classes: layers of torch and ultralytics, nothing else; a file that names any other code is
    refused before any of it runs.

    Args:
        path: The .pt file.
        device: ``cpu`` or ``cuda``.
        threads: Threads of torch; None leaves torch's own choice.

    Raises:
        UsageError: ultralytics or torch is not installed.
        WeightsError: The file is missing, damaged, or no detection model.
        DeviceError: CUDA was asked for and is not there.
    """

    def __init__(self, path: Path, device: str = "cpu", threads: int | None = None) -> None:
        if not path.is_file() or path.stat().st_size == 0:
            raise WeightsError(f"{path}: no such file, or an empty one; give the path of a .pt checkpoint")
        self._torch = require_torch(device, threads, _PURPOSE)
        require_ultralytics(_PURPOSE)
        model = _load_model(self._torch, path)
        head = type(model.model[-1]).__name__
        if head not in ("Detect", "v10Detect"):
            raise WeightsError(f"{path}: a checkpoint with a {head} head is no detection model")
        self.name = f"yolo:{path.stem}"
        self._device, self.provider = device, f"PyTorch {device}"
        self._model = model.float().eval().fuse().to(device)
        names = model.names
        self.facts = NetworkFacts(
            stride=max(32, int(model.stride.max())),
            class_names=tuple(str(names[key]) for key in sorted(names)),
        )

    def __call__(self, blob: FloatArray) -> FloatArray:
        """Compute the raw answer; see `Network`."""
        with self._torch.inference_mode():
            answer = self._model(self._torch.from_numpy(blob).to(self._device))
        first = answer[0] if isinstance(answer, (list, tuple)) else answer
        return np.asarray(first.float().cpu().numpy(), np.float32)


def _load_model(torch: Any, path: Path) -> Any:
    """Unpickle the network without running foreign code."""
    try:
        needed = torch.serialization.get_unsafe_globals_in_checkpoint(path)
        permitted = [(_permitted_class(path, name), name) for name in needed]
        with torch.serialization.safe_globals(permitted):
            checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except (UnpicklingError, ValueError, RuntimeError, EOFError, AttributeError) as error:
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        raise WeightsError(f"{path}: not a readable ultralytics checkpoint ({first_line[:160]})") from error
    model = (checkpoint.get("ema") or checkpoint.get("model")) if isinstance(checkpoint, dict) else None
    if not isinstance(model, torch.nn.Module) or not hasattr(model, "names"):
        raise WeightsError(f"{path}: the file holds no ultralytics model")
    return model


def _permitted_class(path: Path, name: str) -> type:
    """Resolve a class that a checkpoint names, if it is one of those that a network consists of."""
    from pathlib import PosixPath

    from torch.nn import Module

    if name in ("pathlib.PosixPath", "pathlib.WindowsPath"):
        return PosixPath
    module, _, attribute = name.rpartition(".")
    if module.startswith(_MODULE_ROOTS) or module in _VALUE_MODULES:
        try:
            found = getattr(import_module(module), attribute, None)
        except ImportError:
            found = None
        if isinstance(found, type) and (issubclass(found, Module) or found.__module__ in _VALUE_MODULES):
            return found
    raise WeightsError(
        f"{path}: the checkpoint needs {name}, which is no layer of the installed ultralytics; "
        "it was made by another version, or it carries foreign code"
    )
