"""Truth and prediction side by side, frame by frame: the ground on which every metric stands."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from tracking.arrays import FloatArray, IntArray
from tracking.boxes import iou_matrix
from tracking.mot.boxes import IdentifiedBoxes

TINY = float(np.finfo(np.float64).eps)
"""A similarity this far below a threshold still reaches it."""


@dataclass(frozen=True, slots=True)
class FramePair:
    """One frame.

    Attributes:
        truth: (n,) true identities.
        predicted: (m,) predicted identities.
        iou: (n, m) intersection over union.
    """

    truth: IntArray
    predicted: IntArray
    iou: FloatArray


@dataclass(frozen=True, slots=True)
class Sequence:
    """A camera's frames in order; identities are numbered from 0.

    Attributes:
        frames: Those with at least one box.
        truth_boxes: (G,) number of boxes of each true identity.
        predicted_boxes: (P,) number of boxes of each predicted identity.
    """

    frames: tuple[FramePair, ...]
    truth_boxes: IntArray
    predicted_boxes: IntArray

    @classmethod
    def of(cls, truth: IdentifiedBoxes, prediction: IdentifiedBoxes) -> Self:
        """Align the boxes by frame."""
        truth, true_id, truth_boxes = _renumbered(truth)
        prediction, predicted_id, predicted_boxes = _renumbered(prediction)
        numbers = np.union1d(truth.frame, prediction.frame)
        true_cut = np.searchsorted(truth.frame, np.append(numbers, np.inf))
        cut = np.searchsorted(prediction.frame, np.append(numbers, np.inf))
        frames = []
        for place in range(len(numbers)):
            own = slice(true_cut[place], true_cut[place + 1])
            other = slice(cut[place], cut[place + 1])
            similarity = iou_matrix(truth.xyxy[own], prediction.xyxy[other])
            frames.append(FramePair(true_id[own], predicted_id[other], similarity))
        return cls(tuple(frames), truth_boxes, predicted_boxes)

    @property
    def truth_total(self) -> int:
        """True boxes of all frames."""
        return int(self.truth_boxes.sum())

    @property
    def predicted_total(self) -> int:
        """Predicted boxes of all frames."""
        return int(self.predicted_boxes.sum())


def _renumbered(boxes: IdentifiedBoxes) -> tuple[IdentifiedBoxes, IntArray, IntArray]:
    ordered = boxes[np.argsort(boxes.frame, kind="stable")]
    names, identity, counts = np.unique(ordered.identity, return_inverse=True, return_counts=True)
    return ordered, identity.reshape(-1), counts if len(names) else np.zeros(0, np.int64)
