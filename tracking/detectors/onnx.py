"""Models in ONNX format, computed by ONNX Runtime on the CPU, with CUDA or with TensorRT."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from tracking.arrays import FloatArray
from tracking.detectors.classes import names_from_metadata
from tracking.detectors.network import NetworkFacts, frame_sizes, packed
from tracking.errors import DeviceError, WeightsError
from tracking.onnx_memory import spare_memory

CPU, CUDA, TENSORRT = "CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"

LOAD_ERRORS = (
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoModel,
    ort_errors.NoSuchFile,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
    UnicodeDecodeError,  # Of a name in the file that is no text.
)
"""What ONNX Runtime raises for a file that it cannot load."""

DETR_OUTPUTS = ("labels", "boxes", "scores")
"""What exports of RT-DETR, D-FINE and DEIM answer with."""

_FLOAT_TYPES: dict[str, type[np.float32] | type[np.float16]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
}


def choose_providers(device: str, tensorrt: bool = False) -> list[Any]:
    """List the execution providers to ask for.

    Args:
        device: ``cpu`` or ``cuda``.
        tensorrt: Ask for TensorRT before CUDA.

    Raises:
        DeviceError: ONNX Runtime was built without what was asked for.
    """
    if device == "cpu":
        return [CPU]
    preload = getattr(onnxruntime, "preload_dlls", None)
    available = onnxruntime.get_available_providers()
    wanted = [TENSORRT, CUDA] if tensorrt else [CUDA]
    for provider in wanted:
        if provider not in available:
            raise DeviceError(
                f"device cuda was asked for, but this ONNX Runtime has no {provider} (only "
                f"{', '.join(available)}); install onnxruntime-gpu in place of onnxruntime, or set device cpu"
            )
    if preload is not None:
        preload()
    # The default search times algorithms afresh in each process and so changes results between runs.
    options = {CUDA: {"cudnn_conv_algo_search": "HEURISTIC"}}
    return [(provider, options.get(provider, {})) for provider in wanted] + [CPU]


def open_session(
    path: Path,
    device: str = "cpu",
    tensorrt: bool = False,
    threads: int | None = None,
    *,
    optimised: bool = True,
) -> onnxruntime.InferenceSession:
    """Load a model and make sure that it runs where it was asked to.

    ONNX Runtime falls back to the CPU with no more than a log line where CUDA does not start, so the
    providers of the finished session are compared with those asked for.

    Args:
        path: An .onnx file.
        device: ``cpu`` or ``cuda``.
        tensorrt: Let TensorRT compile the model; needs ``cuda``.
        threads: Threads within an operator; None takes all cores.
        optimised: Make the graph fast; False where it is opened to be read, not computed.

    Raises:
        WeightsError: The file is missing, empty or no ONNX model.
        DeviceError: The device is not there.
    """
    providers = choose_providers(device, tensorrt)
    if not path.is_file():
        raise WeightsError(f"{path}: no such file; give the path of an .onnx model")
    if path.stat().st_size == 0:
        raise WeightsError(f"{path}: the file is empty (0 bytes); fetch the model again")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.use_deterministic_compute = True
    options.intra_op_num_threads = threads or 0
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    if device == "cpu":
        spare_memory(options)
    # Idle threads of the model would otherwise spin on the cores that decode and track.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=providers)
    except LOAD_ERRORS as error:
        if device != "cpu" and "CUDA" in str(error):
            raise DeviceError(
                f"device cuda was asked for, but CUDA did not start: {_first_line(error)}"
            ) from error
        raise WeightsError(f"{path}: not an ONNX model that can be loaded ({_first_line(error)})") from error
    missing = {TENSORRT if tensorrt else CUDA} - set(session.get_providers()) if device == "cuda" else set()
    if missing:
        raise DeviceError(
            f"device cuda was asked for, but ONNX Runtime fell back to {', '.join(session.get_providers())}; "
            "check the NVIDIA driver and the CUDA and cuDNN libraries, or set device cpu"
        )
    return session


class OnnxNetwork:
    """A model of any YOLO layout, or of the DETR family, in an .onnx file.

    Results do not depend on which frames share a batch: a dynamically quantised model (int8 with
    ``DynamicQuantizeLinear``) takes its scales from the whole batch, so it gets one frame at a time.

    Args:
        path: The model.
        device: ``cpu`` or ``cuda``.
        tensorrt: Let TensorRT compile it.
        threads: Threads within an operator; None takes all cores.

    Raises:
        WeightsError: The file is no detector with one picture input.
        DeviceError: The device is not there.
    """

    def __init__(
        self, path: Path, device: str = "cpu", tensorrt: bool = False, threads: int | None = None
    ) -> None:
        self.name = f"onnx:{path.stem}"
        self._session = open_session(path, device, tensorrt, threads)
        self.provider = str(self._session.get_providers()[0])
        told = read_onnx(path, self._session)
        self._input, self._dtype, self.facts = told.input, told.dtype, told.facts
        self._sizes, self._outputs = told.sizes, list(told.outputs)

    def __call__(self, blob: FloatArray) -> FloatArray:
        """Compute the raw answer; see `Network`."""
        given = {self._input: blob.astype(self._dtype, copy=False)}
        if self._sizes is not None:
            return packed(*self._session.run(self._outputs, given | {self._sizes: frame_sizes(blob)}))
        (answer,) = self._session.run(self._outputs, given)
        return np.asarray(answer, np.float32)


@dataclass(frozen=True, slots=True)
class OnnxFile:
    """What an .onnx file with a detector tells whoever computes it.

    Attributes:
        input: Name of the picture input.
        sizes: Name of the input that takes the frame's width and height; None where there is none.
        outputs: Names of what is read: one, or labels, boxes and scores.
        dtype: Of the picture's numbers.
        facts: See `NetworkFacts`.
    """

    input: str
    sizes: str | None
    outputs: tuple[str, ...]
    dtype: type[np.float32] | type[np.float16]
    facts: NetworkFacts


def read_onnx(path: Path, session: onnxruntime.InferenceSession) -> OnnxFile:
    """Read what a model file says about itself.

    Args:
        path: The file.
        session: It, opened.

    Raises:
        WeightsError: The file is no detector with one picture input.
    """
    try:
        inputs, metadata = session.get_inputs(), session.get_modelmeta().custom_metadata_map
        outputs = tuple(output.name for output in session.get_outputs())
    except UnicodeDecodeError as error:
        raise WeightsError(f"{path}: a name in the file is no text; fetch the model again") from error
    detr = len(inputs) == 2 and inputs[1].type == "tensor(int64)" and set(DETR_OUTPUTS) <= set(outputs)
    shape = inputs[0].shape if detr or len(inputs) == 1 else []
    if len(shape) != 4 or shape[1] != 3 or inputs[0].type not in _FLOAT_TYPES:
        described = ", ".join(f"{i.name} {i.shape} {i.type}" for i in inputs)
        raise WeightsError(
            f"{path}: a detector takes one input of batch × 3 × height × width floats (one of the DETR "
            f"family also sizes, and answers {', '.join(DETR_OUTPUTS)}), this model has {described}"
        )
    _require_detection(path, metadata)
    dynamic_int8 = b"DynamicQuantizeLinear" in path.read_bytes()
    facts = replace(_facts(shape, metadata, one_by_one=dynamic_int8), detr=detr)
    sizes = inputs[1].name if detr else None
    read = DETR_OUTPUTS if detr else outputs[:1]
    return OnnxFile(inputs[0].name, sizes, read, _FLOAT_TYPES[inputs[0].type], facts)


def _require_detection(path: Path, metadata: Mapping[str, str]) -> None:
    task = metadata.get("task", "detect")
    if task != "detect":
        raise WeightsError(f"{path}: the model was made for the task {task!r}; export one for 'detect'")


def _facts(shape: list[int | str | None], metadata: Mapping[str, str], one_by_one: bool) -> NetworkFacts:
    """Join what the graph fixes and what ultralytics' metadata tells."""
    batch, _, height, width = (side if isinstance(side, int) and side > 0 else None for side in shape)
    return NetworkFacts(
        size=(height, width) if height and width else None,
        usual_size=_pair(metadata.get("imgsz")),
        stride=int(metadata["stride"]) if metadata.get("stride", "").isdigit() else 32,
        fixed_batch=1 if one_by_one else batch,
        class_names=names_from_metadata(metadata.get("names")),
        end_to_end=True if _ends_in_boxes(metadata) else None,
        nms_iou=_share(metadata.get("iou")),
    )


def _ends_in_boxes(metadata: Mapping[str, str]) -> bool:
    return metadata.get("end2end") == "True" or "'nms': True" in metadata.get("args", "")


def _share(text: str | None) -> float | None:
    """Read a number above 0 and not above 1."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 < value <= 1 else None


def _pair(text: str | None) -> tuple[int, int] | None:
    """Read ``[640, 640]`` or ``640``."""
    try:
        value = ast.literal_eval(text or "")
    except (ValueError, SyntaxError):
        return None
    sides = value if isinstance(value, (list, tuple)) else (value, value)
    return (int(sides[0]), int(sides[1])) if len(sides) == 2 else None


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
