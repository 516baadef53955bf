"""One object that a detector found twice in one frame."""

import numpy as np

from tracking.arrays import BoolArray
from tracking.boxes import nested_shares
from tracking.riders.settings import AssociationSettings
from tracking.values import Detections


def distinct(detections: Detections, duplicate_overlap: float) -> BoolArray:
    """Mark the boxes that are not nested in a better one of the same kind."""
    if len(detections) < 2:
        return np.ones(len(detections), bool)
    order = np.argsort(-detections.score, kind="stable")
    nested = nested_shares(detections.xyxy, detections.xyxy) >= duplicate_overlap
    keep = np.zeros(len(detections), dtype=bool)
    for index in order:
        keep[index] = not (nested[index] & keep).any()
    return keep


def without_parts(cyclists: Detections, settings: AssociationSettings) -> Detections:
    """Leave out the faint boxes that lie in a much clearer one or around it: one rider, found a second time.

    Riders who hide each other have boxes in each other too, but both are clear.
    """
    if len(cyclists) < 2:
        return cyclists
    nested = nested_shares(cyclists.xyxy, cyclists.xyxy) >= settings.part_overlap
    faint = cyclists.score[:, None] < settings.part_score * cyclists.score[None, :]
    part = np.asarray(np.any(nested & faint, axis=1))
    return cyclists[~part]
