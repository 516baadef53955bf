"""Models in ONNX format, computed by OpenVINO on the processor; an optional extra."""

import threading
from pathlib import Path

import numpy as np

from tracking.arrays import FloatArray
from tracking.detectors.extras import require_openvino
from tracking.detectors.network import frame_sizes, packed
from tracking.detectors.onnx import open_session, read_onnx
from tracking.errors import WeightsError
from tracking.processor import cores


class OpenVinoNetwork:
    """A detector in an .onnx file, as `tracking.detectors.onnx.OnnxNetwork`, computed by OpenVINO.

    Args:
        path: The model.
        threads: Threads of one call; None takes all cores.

    Raises:
        UsageError: openvino is not installed.
        WeightsError: The file is no detector with one picture input, or OpenVINO cannot compute it.
    """

    def __init__(self, path: Path, threads: int | None = None) -> None:
        openvino = require_openvino("detector.runtime: openvino")
        # OpenVINO forgets what the exporter wrote beside the graph; ONNX Runtime is there anyway.
        told = read_onnx(path, open_session(path, threads=1, optimised=False))
        self.name = f"openvino:{path.stem}"
        self._told, self.facts = told, told.facts
        try:
            self._compiled = openvino.Core().compile_model(path, "CPU", _properties(threads))
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1][:200]
            raise WeightsError(f"{path}: OpenVINO cannot compute this model ({reason})") from error
        self.provider = "OpenVINO CPU"
        # Cameras share the model, each in a thread of its own; a request belongs to one of them.
        self._own = threading.local()

    def __call__(self, blob: FloatArray) -> FloatArray:
        """Compute the raw answer; see `Network`."""
        request = getattr(self._own, "request", None)
        if request is None:
            request = self._own.request = self._compiled.create_infer_request()
        given = {self._told.input: blob.astype(self._told.dtype, copy=False)}
        if self._told.sizes is not None:
            request.infer(given | {self._told.sizes: frame_sizes(blob)})
            return packed(*(np.array(request.get_tensor(name).data) for name in self._told.outputs))
        request.infer(given)
        return np.array(request.get_output_tensor(0).data, np.float32)


def _properties(threads: int | None) -> dict[str, str | int | bool]:
    """Compute in the numbers of the file, on so many threads, wherever the system puts them."""
    there = cores()
    each = min(threads or there, there)
    return {
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": there // each * each,
        "NUM_STREAMS": there // each,
        "ENABLE_CPU_PINNING": False,
    }
