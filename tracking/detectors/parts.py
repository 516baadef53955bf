"""Boxes that were found in parts of a frame."""

from collections.abc import Sequence

import numpy as np

from tracking.values import Detections, Part

_EDGE_PX = 2.0


def uncut(found: Detections, part: Part, frame_size: tuple[int, ...]) -> Detections:
    """Return boxes of a part to the frame, without those that its edge cuts off.

    What moves lies in the middle of a part; what its edge cuts stands there, and is seen whole by the next
    look at everything.

    Args:
        found: Boxes in pixels of the part.
        part: The part.
        frame_size: Width and height of the frame, whose own edges cut nothing off.
    """
    xyxy = found.xyxy + np.array([part[0], part[1]] * 2, np.float32)
    inner = np.array([part[0] > 0, part[1] > 0, part[2] < frame_size[0], part[3] < frame_size[1]])
    at_edge = np.abs(xyxy - np.array(part, np.float32)) < _EDGE_PX
    whole = ~(at_edge & inner).any(axis=1)
    return Detections(xyxy[whole], found.score[whole], found.class_id[whole])


def joined(found: Sequence[Detections]) -> Detections:
    """All boxes of several parts, the clearest first."""
    if not found:
        return Detections.empty()
    together = Detections(
        np.concatenate([one.xyxy for one in found]),
        np.concatenate([one.score for one in found]),
        np.concatenate([one.class_id for one in found]),
    )
    return together[np.argsort(-together.score, kind="stable")]
