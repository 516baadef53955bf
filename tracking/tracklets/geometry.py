"""Distance, height and form of boxes, vectorised."""

import numpy as np

from tracking.arrays import FloatArray
from tracking.boxes import ratios


def centre_distances(first: FloatArray, second: FloatArray) -> FloatArray:
    """Distance between box centres in units of the pair's mean height.

    Args:
        first: (M, 4) xyxy pixels.
        second: (N, 4) xyxy pixels.

    Returns:
        (M, N) float64, infinite where both boxes are flat.
    """
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    offset = (one[:, None, :2] + one[:, None, 2:] - other[None, :, :2] - other[None, :, 2:]) / 2
    height = (heights(one)[:, None] + heights(other)[None, :]) / 2
    pixels = np.sqrt((offset**2).sum(axis=2))
    return np.asarray(np.divide(pixels, height, out=np.full_like(pixels, np.inf), where=height > 0))


def height_ratios(first: FloatArray, second: FloatArray) -> FloatArray:
    """How alike two boxes are in height: the lower over the higher.

    Args:
        first: (M, 4) xyxy pixels.
        second: (N, 4) xyxy pixels.

    Returns:
        (M, N) float64 in 0..1.
    """
    one, other = (
        heights(np.asarray(first, np.float64))[:, None],
        heights(np.asarray(second, np.float64))[None, :],
    )
    return ratios(np.minimum(one, other), np.maximum(one, other))


def heights(boxes: FloatArray) -> FloatArray:
    """(N,) box heights in pixels, never below 0."""
    return np.maximum(boxes[:, 3] - boxes[:, 1], 0.0)


def xyxy_to_cxcywh(boxes: FloatArray) -> FloatArray:
    """Corners to centre and size; works on (4,) and (N, 4)."""
    low, high = boxes[..., :2], boxes[..., 2:]
    return np.concatenate([(low + high) / 2, high - low], axis=-1)


def cxcywh_to_xyxy(boxes: FloatArray) -> FloatArray:
    """Centre and size to corners; works on (4,) and (N, 4)."""
    centre, half = boxes[..., :2], boxes[..., 2:] / 2
    return np.concatenate([centre - half, centre + half], axis=-1)
