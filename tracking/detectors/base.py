"""What every detector promises."""

from collections.abc import Sequence
from typing import Protocol

from tracking.arrays import Image
from tracking.values import Detections


class Detector(Protocol):
    """Finds objects in frames.

    Attributes:
        name: For logs and the summary, for example ``onnx:yolov8n_int8``.
        stateful: True when the answer depends on earlier frames of the same camera
            (background subtraction); such a detector is built once per camera and
            gets every frame in order.
    """

    name: str
    stateful: bool

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """Find objects in a batch of frames.

        Args:
            images: (H, W, 3) uint8 BGR, consecutive frames of one camera.

        Returns:
            One `Detections` for each image, boxes in that image's pixels.
        """
        ...
