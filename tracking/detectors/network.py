"""What a runtime offers to the detector of exported models."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tracking.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What a model file says about itself.

    Attributes:
        size: Height and width of the input where they are fixed.
        usual_size: Height and width it was trained or exported with, where told.
        stride: Coarsest stride; sides of a free input are multiples of it.
        fixed_batch: Pictures per call where fixed; None where any number goes.
        class_names: Names of the classes in order, where told.
        end_to_end: True where suppression is done inside; None where not told.
        nms_iou: Overlap above which two of its boxes are one object's, where told.
        detr: Whether it answers with labels, boxes and scores, as the family of DETR does.
    """

    size: tuple[int, int] | None = None
    usual_size: tuple[int, int] | None = None
    stride: int = 32
    fixed_batch: int | None = None
    class_names: tuple[str, ...] | None = None
    end_to_end: bool | None = None
    nms_iou: float | None = None
    detr: bool = False


class Network(Protocol):
    """A loaded model of one runtime.

    Attributes:
        name: Runtime and file stem, for example ``onnx:yolov8n_int8``.
        facts: What the file says about itself.
        provider: What really computes it, in the words of the runtime.
    """

    name: str
    facts: NetworkFacts
    provider: str

    def __call__(self, blob: FloatArray) -> FloatArray:
        """Compute the raw answer.

        Args:
            blob: (B, 3, h, w) float32, as the model was trained on.

        Returns:
            (B, A, C) float32, layout as in `tracking.detectors.heads`.
        """
        ...


def packed(labels: IntArray, boxes: FloatArray, scores: FloatArray) -> FloatArray:
    """Three outputs of a model of the DETR family as one answer, the clearest boxes first.

    Args:
        labels: (B, N).
        boxes: (B, N, 4) corners in input pixels.
        scores: (B, N).

    Returns:
        (B, N, 6) float32: corners, score, class.
    """
    answer = np.concatenate([boxes, scores[..., None], labels[..., None]], axis=2).astype(np.float32)
    order = np.argsort(-answer[..., 4], axis=1, kind="stable")
    return np.asarray(np.take_along_axis(answer, order[..., None], axis=1))


def frame_sizes(blob: FloatArray) -> IntArray:
    """(B, 2) width and height of each picture, which models of the DETR family scale their boxes by."""
    return np.tile(np.array(blob.shape[:1:-1], np.int64), (len(blob), 1))
