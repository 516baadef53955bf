"""Whether something moves so fast, or so near something else, that looks must come closer together."""

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
_WITHIN_REACH = 1.0
"""Gap, in heights of the higher, that two who ride towards each other at 20 km/h close from look to look."""


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


def meets(now: tuple[Part, ...]) -> bool:
    """Whether two things that move are so near that the next look may take one for the other.

    Args:
        now: What moves, boxes in pixels.
    """
    if len(now) < 2:
        return False
    left, top, right, bottom = np.array(now, np.float64).T
    high = np.maximum(bottom - top, 1.0)
    across = np.maximum(left[:, None], left) - np.minimum(right[:, None], right)
    down = np.maximum(top[:, None], top) - np.minimum(bottom[:, None], bottom)
    apart = np.maximum(np.maximum(across, down), 0.0) / np.maximum(high[:, None], high)
    return bool((apart[np.triu_indices(len(now), 1)] < _WITHIN_REACH).any())
