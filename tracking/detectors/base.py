"""What every detector promises."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from tracking.arrays import Image
from tracking.values import Detections, Part


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


@runtime_checkable
class SingleDetector(Detector, Protocol):
    """A detector that tells how many frames it looks at together."""

    @property
    def looks_singly(self) -> bool:
        """Whether it takes the frames of a batch one by one, so that several threads may share them."""
        ...


@runtime_checkable
class PartDetector(Detector, Protocol):
    """A detector that may look at parts of a frame, for a part of the price."""

    @property
    def any_size(self) -> bool:
        """Whether it takes pictures of any size, so that a small part costs little."""
        ...

    def detect_parts(self, image: Image, parts: Sequence[Part]) -> Detections:
        """Find objects in parts of a frame, as large in the model's eyes as in the whole of it.

        Args:
            image: (H, W, 3) uint8 BGR, the whole frame.
            parts: Left, top, right, bottom edge of each in pixels; they have no pixel in common.

        Returns:
            Boxes in pixels of the frame. What a part cuts off is left out.
        """
        ...


@runtime_checkable
class SizedDetector(PartDetector, Protocol):
    """A detector that tells how large a picture it takes."""

    @property
    def side(self) -> int:
        """Longer side of its input in pixels, where it takes any size."""
        ...
