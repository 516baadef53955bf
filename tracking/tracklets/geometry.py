"""Overlap and distance of boxes, vectorised."""

import numpy as np

from tracking.arrays import FloatArray


def areas(boxes: FloatArray) -> FloatArray:
    """Area of each box.

    Args:
        boxes: (N, 4) xyxy pixels.

    Returns:
        (N,) square pixels; 0 for a box turned inside out.
    """
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0.0)
    return np.asarray(sides[:, 0] * sides[:, 1])


def iou_matrix(first: FloatArray, second: FloatArray) -> FloatArray:
    """Intersection over union of every pair (thesis, Eq. 1).

    Args:
        first: (M, 4) xyxy pixels.
        second: (N, 4) xyxy pixels.

    Returns:
        (M, N) float64 in 0..1; 0 for a pair that covers no area.
    """
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    sides = np.minimum(one[:, None, 2:], other[None, :, 2:]) - np.maximum(
        one[:, None, :2], other[None, :, :2]
    )
    np.maximum(sides, 0.0, out=sides)
    shared = sides[..., 0] * sides[..., 1]
    return _ratio(shared, areas(one)[:, None] + areas(other)[None, :] - shared)


def paired_iou(first: FloatArray, second: FloatArray) -> FloatArray:
    """Intersection over union of box i of the one array with box i of the other.

    Args:
        first: (N, 4) xyxy pixels.
        second: (N, 4) xyxy pixels.

    Returns:
        (N,) float64 in 0..1.
    """
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    sides = np.maximum(np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2]), 0.0)
    shared = sides[:, 0] * sides[:, 1]
    return _ratio(shared, areas(one) + areas(other) - shared)


def _ratio(shared: FloatArray, union: FloatArray) -> FloatArray:
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0))


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
    return _ratio(np.minimum(one, other), np.maximum(one, other))


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
