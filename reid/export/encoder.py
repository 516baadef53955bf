"""A network of the laboratory as an encoder, without exporting it first."""

from collections.abc import Sequence

import numpy as np
import torch

from reid.batches.transforms import CropTransform
from reid.encoders.preprocessing import to_unit_rows
from reid.training.trained import LoadedModel
from tracking.arrays import FloatArray, Image
from tracking.match_curve import MatchCurve

_AT_ONCE = 64


class LaboratoryEncoder:
    """Embeds crops as the exported network will; crops are taken as they are, blurred or not.

    Attributes:
        model_id: Name of the network.
        dimension: Length D of the embedding.
        threshold: None; calibration finds it.
        calibration: None; calibration finds it.
    """

    model_id: str
    dimension: int
    threshold: float | None = None
    calibration: MatchCurve | None = None

    def __init__(self, model: LoadedModel, device: str = "cpu") -> None:
        """Take over a trained network.

        Args:
            model: Network and what is known about it.
            device: Where it runs.
        """
        self._network = model.network.eval().to(device)
        unblurred = model.about.transforms.model_copy(update={"blur": None})
        self._transform, self._device = CropTransform(unblurred, training=False), device
        self.model_id = model.about.model.name
        height, width = model.about.transforms.size
        self.dimension = int(self._embed(torch.zeros(1, 3, height, width)).shape[1])

    def encode(self, crops: Sequence[Image]) -> FloatArray:
        """Embed crops.

        Args:
            crops: (h, w, 3) uint8 BGR, any size but empty.

        Returns:
            (N, D) float32, rows of unit norm; (0, D) for no crops.
        """
        parts, rng = [np.zeros((0, self.dimension), np.float32)], np.random.default_rng(0)
        for start in range(0, len(crops), _AT_ONCE):
            images = [self._transform(crop, rng) for crop in crops[start : start + _AT_ONCE]]
            parts.append(self._embed(torch.stack(images)))
        return to_unit_rows(np.concatenate(parts))

    def _embed(self, images: torch.Tensor) -> FloatArray:
        with torch.inference_mode():
            return np.asarray(self._network.embed(images.to(self._device)).float().cpu().numpy(), np.float32)
