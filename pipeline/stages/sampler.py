"""What keeps crops of the riders in view until their passages are over."""

from typing import Protocol

from tracking.arrays import FloatArray, IntArray
from tracking.values import Crop, Frame


class CropSampler(Protocol):
    """Chooses a few crops of every rider; only anonymised ones are kept."""

    def observe(self, local_ids: IntArray, boxes: FloatArray, frame: Frame) -> None:
        """Look at the riders of one frame.

        Args:
            local_ids: (N,) track numbers.
            boxes: (N, 4) xyxy pixels.
            frame: The frame; it is not kept.
        """
        ...

    def take(self, local_id: int) -> tuple[Crop, ...]:
        """The crops kept of a rider, in time order; none for a rider never seen well enough."""
        ...

    def drop(self, local_id: int) -> None:
        """Forget a rider; a number that is not known is nothing to forget."""
        ...
