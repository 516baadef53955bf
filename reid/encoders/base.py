"""What every encoder promises."""

from collections.abc import Sequence
from typing import Protocol

from tracking.arrays import FloatArray, Image
from tracking.match_curve import MatchCurve


class Encoder(Protocol):
    """Turns the crop of a cyclist into an embedding.

    Attributes:
        model_id: Name of the model and the head of its checksum, stored with every sighting.
        dimension: Length D of the embedding.
        threshold: Distance below which two averaged tracklets are the same rider, from the
            model card; None where the model was never calibrated.
        calibration: Distance to the probability of a right match, from the model card; None where
            it was never measured.
    """

    model_id: str
    dimension: int
    threshold: float | None
    calibration: MatchCurve | None

    def encode(self, crops: Sequence[Image]) -> FloatArray:
        """Embed crops.

        Args:
            crops: (h, w, 3) uint8 BGR, any size.

        Returns:
            (N, D) float32, rows of unit norm; (0, D) for no crops.
        """
        ...
