"""Whether something moves so fast that looks must come closer together."""

import numpy as np

from tracking.boxes import iou_matrix
from tracking.tracklets.geometry import centre_distances, height_ratios
from tracking.values import Part

_BORNE = 0.2
"""Overlap (IoU) of one thing at two looks from which it is known again by its place."""
_REACH = 1.5
"""Farthest that anybody goes between two looks, own heights: 60 km/h at six looks a second."""
_ALIKE = 0.6
"""Heights of one thing at two looks: the lower over the higher."""


def hurries(now: tuple[Part, ...], before: tuple[Part, ...]) -> bool:
    """Whether anything left the place at which the look before saw it.

    What has nothing like it nearby in the look before is new, or noise, and tells no speed.

    Args:
        now: What moves, boxes in pixels.
        before: What moved one look before.
    """
    if not now or not before:
        return False
    here, there = np.array(now, np.float64), np.array(before, np.float64)
    same = (centre_distances(here, there) <= _REACH) & (height_ratios(here, there) >= _ALIKE)
    stayed = iou_matrix(here, there).max(axis=1) >= _BORNE
    return bool((same.any(axis=1) & ~stayed).any())
