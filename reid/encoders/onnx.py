"""Encoders exported as ONNX, run by ONNX Runtime."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from reid.encoders.card import checksum, load_card
from reid.encoders.preprocessing import choose_preprocessing, to_unit_rows
from reid.encoders.settings import EncoderSettings
from tracking.arrays import FloatArray, Image
from tracking.errors import DeviceError, WeightsError
from tracking.match_curve import MatchCurve

PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}


class OnnxEncoder:
    """An encoder network with one image input (N, 3, H, W) and one output (N, D).

    Attributes:
        model_id: Stem of the weights file and the first 8 digits of its SHA-256.
        dimension: Length D of the embedding.
        threshold: From the model card; None where it has none.
        calibration: From the model card; None where it has none.
    """

    model_id: str
    dimension: int
    threshold: float | None
    calibration: MatchCurve | None

    def __init__(self, weights: Path, settings: EncoderSettings) -> None:
        """Load the network.

        Args:
            weights: The .onnx file; a model card beside it is read.
            settings: Overrides of the card, batch size, device.

        Raises:
            WeightsError: If file or card are missing, damaged, or not an encoder.
            DeviceError: If the device is not available.
        """
        digest = checksum(weights)
        card = load_card(weights, digest)
        self._session = _open_session(weights, settings)
        self.provider = str(self._session.get_providers()[0])
        try:
            image, output = self._session.get_inputs()[0], self._session.get_outputs()[0]
        except UnicodeDecodeError as error:
            raise WeightsError(f"{weights}: a name in the file is no text; fetch the model again") from error
        self._input_name, self._output_name = image.name, output.name
        self._batch, self._static_batch = settings.crops_at_once, False
        if len(image.shape) != 4 or image.shape[1] not in (3, "channels", None) or len(output.shape) != 2:
            raise WeightsError(
                f"{weights}: input {image.shape} and output {output.shape} are not those of an encoder; "
                "expected (N, 3, H, W) and (N, D)"
            )
        if isinstance(image.shape[0], int):
            self._batch, self._static_batch = image.shape[0], True
        height, width = image.shape[2:]
        fixed = (height, width) if isinstance(height, int) and isinstance(width, int) else None
        preprocessing = choose_preprocessing(settings, card, fixed)
        if preprocessing is None or fixed not in (None, (preprocessing.height, preprocessing.width)):
            raise WeightsError(
                f"{weights}: encoder.input_size must be the network's (height, width), "
                f"{'which is ' + str(fixed) if fixed else 'which the file does not fix'}"
            )
        self._preprocessing = preprocessing
        self.model_id = f"{weights.stem}-{digest[:8]}"
        self.threshold = card.threshold if card else None
        self.calibration = card.calibration if card else None
        declared = output.shape[1]
        self.dimension = declared if isinstance(declared, int) else self._measure_dimension()

    def encode(self, crops: Sequence[Image]) -> FloatArray:
        """Embed crops.

        Args:
            crops: (h, w, 3) uint8 BGR, any size but empty.

        Returns:
            (N, D) float32, rows of unit norm; (0, D) for no crops.
        """
        parts = [np.zeros((0, self.dimension), np.float32)]
        for start in range(0, len(crops), self._batch):
            parts.append(self._run(crops[start : start + self._batch]))
        return to_unit_rows(np.concatenate(parts))

    def _run(self, crops: Sequence[Image]) -> FloatArray:
        batch = self._preprocessing.apply(crops)
        if self._static_batch and len(batch) < self._batch:
            missing = self._batch - len(batch)
            batch = np.concatenate([batch, np.zeros((missing, *batch.shape[1:]), np.float32)])
        (output,) = self._session.run([self._output_name], {self._input_name: batch})
        return np.asarray(output[: len(crops)], np.float32)

    def _measure_dimension(self) -> int:
        blank = np.zeros((self._preprocessing.height, self._preprocessing.width, 3), np.uint8)
        return int(self._run([blank]).shape[1])


def load_errors() -> tuple[type[Exception], ...]:
    """What ONNX Runtime raises for a file that is no network it can run."""
    from onnxruntime.capi import onnxruntime_pybind11_state as failures

    damaged = (failures.Fail, failures.InvalidArgument, failures.InvalidGraph, failures.InvalidProtobuf)
    # A name in the file that is no text is not noticed before it is read.
    return (*damaged, failures.NotImplemented, failures.RuntimeException, UnicodeDecodeError)


def _open_session(weights: Path, settings: EncoderSettings) -> Any:
    import onnxruntime

    provider = PROVIDERS[settings.device]
    available = onnxruntime.get_available_providers()
    if provider not in available:
        raise DeviceError(
            f"encoder.device: {settings.device} was asked for, but this ONNX Runtime offers only "
            f"{', '.join(available)}; install onnxruntime-gpu or set device: cpu"
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = settings.threads
    options.log_severity_level = 3
    if settings.device == "cpu":
        from tracking.onnx_memory import spare_memory

        spare_memory(options)
    # Idle threads of the model would otherwise spin on the cores that decode and look.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(str(weights), options, providers=[provider])
    except load_errors() as error:
        raise WeightsError(f"{weights} is no network that ONNX Runtime can run ({error})") from error
    # ONNX Runtime falls back to the CPU with no more than a warning.
    if provider not in session.get_providers():
        raise DeviceError(
            f"encoder.device: {settings.device} was asked for, but ONNX Runtime could not start it; "
            "check the CUDA and cuDNN libraries or set device: cpu"
        )
    return session
