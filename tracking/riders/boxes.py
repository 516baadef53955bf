"""Overlaps between two sets of boxes, all pairs at once."""

import numpy as np

from tracking.arrays import FloatArray


def areas(boxes: FloatArray) -> FloatArray:
    """Area of (N, 4) xyxy boxes, px²: (N,)."""
    return np.clip(boxes[:, 2] - boxes[:, 0], 0, None) * np.clip(boxes[:, 3] - boxes[:, 1], 0, None)


def intersections(first: FloatArray, second: FloatArray) -> FloatArray:
    """Area that (M, 4) and (N, 4) boxes share, px²: (M, N)."""
    top_left = np.maximum(first[:, None, :2], second[None, :, :2])
    bottom_right = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides = np.clip(bottom_right - top_left, 0, None)
    return np.asarray(sides[..., 0] * sides[..., 1])


def covered_shares(first: FloatArray, second: FloatArray) -> FloatArray:
    """Share of each of the (M, 4) boxes that lies inside each of the (N, 4) boxes: (M, N) in 0..1."""
    return intersections(first, second) / np.maximum(areas(first)[:, None], 1e-9)


def nested_shares(first: FloatArray, second: FloatArray) -> FloatArray:
    """Shared area over the smaller of both boxes: (M, N) in 0..1."""
    smaller = np.minimum(areas(first)[:, None], areas(second)[None, :])
    return intersections(first, second) / np.maximum(smaller, 1e-9)


def ious(first: FloatArray, second: FloatArray) -> FloatArray:
    """Intersection over union of (M, 4) and (N, 4) boxes: (M, N) in 0..1."""
    shared = intersections(first, second)
    union = areas(first)[:, None] + areas(second)[None, :] - shared
    return shared / np.maximum(union, 1e-9)


def paired_nested_shares(first: FloatArray, second: FloatArray) -> FloatArray:
    """Shared area over the smaller box, row by row of two (N, 4) arrays: (N,) in 0..1."""
    sides = np.minimum(first[:, 2:], second[:, 2:]) - np.maximum(first[:, :2], second[:, :2])
    shared = np.clip(sides, 0, None).prod(axis=1)
    return np.asarray(shared / np.maximum(np.minimum(areas(first), areas(second)), 1e-9))
