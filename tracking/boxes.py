"""What boxes share: intersections, shares and intersection over union, in 64 bits for any input."""

import numpy as np

from tracking.arrays import FloatArray


def areas(boxes: FloatArray) -> FloatArray:
    """Area of each box.

    Args:
        boxes: (N, 4) xyxy pixels.

    Returns:
        (N,) float64 square pixels; 0 for a box turned inside out.
    """
    corners = np.asarray(boxes, np.float64)
    sides = np.maximum(corners[:, 2:] - corners[:, :2], 0.0)
    return np.asarray(sides[:, 0] * sides[:, 1])


def intersections(first: FloatArray, second: FloatArray) -> FloatArray:
    """Area that every pair shares.

    Args:
        first: (M, 4) xyxy pixels.
        second: (N, 4) xyxy pixels.

    Returns:
        (M, N) float64 square pixels.
    """
    one, other = np.asarray(first, np.float64)[:, None], np.asarray(second, np.float64)[None]
    return _shared(one, other)


def iou_matrix(first: FloatArray, second: FloatArray) -> FloatArray:
    """Intersection over union of every pair (thesis, Eq. 1).

    Args:
        first: (M, 4) xyxy pixels.
        second: (N, 4) xyxy pixels.

    Returns:
        (M, N) float64 in 0..1; 0 for a pair that covers no area.
    """
    shared = intersections(first, second)
    return ratios(shared, areas(first)[:, None] + areas(second)[None, :] - shared)


def paired_iou(first: FloatArray, second: FloatArray) -> FloatArray:
    """Intersection over union of box i of the one array with box i of the other.

    Args:
        first: (N, 4) xyxy pixels.
        second: (N, 4) xyxy pixels.

    Returns:
        (N,) float64 in 0..1.
    """
    shared = _shared(np.asarray(first, np.float64), np.asarray(second, np.float64))
    return ratios(shared, areas(first) + areas(second) - shared)


def covered_shares(first: FloatArray, second: FloatArray) -> FloatArray:
    """Share of each of the (M, 4) boxes that lies inside each of the (N, 4) boxes: (M, N) in 0..1."""
    shared = intersections(first, second)
    return ratios(shared, np.broadcast_to(areas(first)[:, None], shared.shape))


def nested_shares(first: FloatArray, second: FloatArray) -> FloatArray:
    """Shared area over the smaller of both boxes: (M, N) in 0..1."""
    return ratios(intersections(first, second), np.minimum(areas(first)[:, None], areas(second)[None, :]))


def paired_nested_shares(first: FloatArray, second: FloatArray) -> FloatArray:
    """Shared area over the smaller box, row by row of two (N, 4) arrays: (N,) in 0..1."""
    shared = _shared(np.asarray(first, np.float64), np.asarray(second, np.float64))
    return ratios(shared, np.minimum(areas(first), areas(second)))


def ratios(parts: FloatArray, wholes: FloatArray) -> FloatArray:
    """Parts over wholes of the same shape; 0 where there is no whole."""
    return np.asarray(np.divide(parts, wholes, out=np.zeros_like(parts), where=wholes > 0))


def _shared(first: FloatArray, second: FloatArray) -> FloatArray:
    sides = np.minimum(first[..., 2:], second[..., 2:]) - np.maximum(first[..., :2], second[..., :2])
    np.maximum(sides, 0.0, out=sides)
    return np.asarray(sides[..., 0] * sides[..., 1])
