"""The region of interest: the part of the cycle path on which riders are shown large enough."""

import numpy as np
from shapely.geometry import MultiPoint, box

from simulation.camera import Camera
from tracking.arrays import FloatArray

_HALF_WIDTH_M = 2.1
_RIDER_M = 1.8
_SMALLEST_SHARE = 0.11
"""Least height of a rider within the region, relative to the picture."""
_INSET = 0.03


def region_of(camera: Camera) -> FloatArray:
    """Outline the cycle path in the picture.

    Args:
        camera: Who looks.

    Returns:
        (P, 2) corners relative to the picture's width and height, rounded to four digits.
    """
    along = np.linspace(-60, 60, 481)
    left = np.stack([along, np.full_like(along, -_HALF_WIDTH_M), np.zeros_like(along)], axis=1)
    strip = np.concatenate([left, left * [1, -1, 1]])
    pixels, depth = camera.project(strip)
    high = _RIDER_M * camera.focal_px / np.maximum(depth, 0.1)
    usable = (depth > 3) & (high > _SMALLEST_SHARE * camera.size[1])
    width, height = camera.size
    frame = box(_INSET * width, _INSET * height, (1 - _INSET) * width, (1 - _INSET) * height)
    outline = MultiPoint(pixels[usable]).convex_hull.intersection(frame).simplify(0.5)
    corners = np.asarray(outline.exterior.coords)[:-1]
    return np.round(corners / [width, height], 4)
