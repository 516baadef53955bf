"""Encoders exported by torch.export (.pt2), run by PyTorch."""

import zipfile
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


class TorchEncoder:
    """An exported PyTorch network with one image input (N, 3, H, W) and one output (N, D).

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
            weights: The .pt2 file, exported with a dynamic batch; a model card beside it is read.
            settings: Overrides of the card, batch size, device.

        Raises:
            WeightsError: If file or card are missing, damaged, or not an encoder.
            DeviceError: If PyTorch or the device is not available.
        """
        torch = _import_torch()
        digest = checksum(weights)
        card = load_card(weights, digest)
        preprocessing = choose_preprocessing(settings, card, None)
        if preprocessing is None:
            raise WeightsError(
                f"{weights}: an exported PyTorch network needs encoder.input_size "
                "(height, width) or put a model card beside it"
            )
        if settings.device == "cuda" and not torch.cuda.is_available():
            raise DeviceError(
                "encoder.device: cuda was asked for, but PyTorch finds no CUDA device; "
                "install a CUDA build of PyTorch or set device: cpu"
            )
        if settings.threads and settings.device == "cpu":
            torch.set_num_threads(settings.threads)
        self._torch = torch
        self._preprocessing, self._batch, self._device = (
            preprocessing,
            settings.crops_at_once,
            settings.device,
        )
        self._network = _load_network(torch, weights, settings.device)
        self.provider = f"PyTorch {settings.device}"
        self.model_id = f"{weights.stem}-{digest[:8]}"
        self.threshold = card.threshold if card else None
        self.calibration = card.calibration if card else None
        self.dimension = self._measure_dimension(weights)

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
        batch = self._torch.from_numpy(self._preprocessing.apply(crops)).to(self._device)
        with self._torch.inference_mode():
            return np.asarray(self._network(batch).float().cpu().numpy(), np.float32)

    def _measure_dimension(self, weights: Path) -> int:
        blank = np.zeros((self._preprocessing.height, self._preprocessing.width, 3), np.uint8)
        try:
            shape = self._run([blank]).shape
        except (RuntimeError, AttributeError) as error:
            raise WeightsError(f"{weights}: the network does not turn an image into an embedding") from error
        if len(shape) != 2:
            raise WeightsError(f"{weights}: its output has shape {shape}; expected (N, D)")
        return int(shape[1])


def _import_torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise DeviceError(
            "encoder.runtime: torch was asked for, but PyTorch is not installed; "
            "run `pip install fietsflow[torch]` or set runtime: onnx"
        ) from error
    return torch


def _load_network(torch: Any, weights: Path, device: str) -> Any:
    advice = "export it with torch.export.save"
    if not zipfile.is_zipfile(weights):
        raise WeightsError(f"{weights} is no exported PyTorch network; {advice}")
    try:
        program = torch.export.load(str(weights))
    except (RuntimeError, ValueError, AssertionError, zipfile.BadZipFile) as error:
        raise WeightsError(f"{weights} is no exported PyTorch network; {advice}") from error
    if device != "cpu":
        from torch.export.passes import move_to_device_pass

        program = move_to_device_pass(program, device)
    return program.module()
