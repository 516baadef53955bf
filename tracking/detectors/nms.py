"""Class-aware non-maximum suppression and overlap of boxes."""

from collections.abc import Sequence
from typing import Any, cast

import cv2
import numpy as np

from tracking.arrays import FloatArray, IntArray


def pairwise_iou(first: FloatArray, second: FloatArray) -> FloatArray:
    """Intersection over union of all pairs.

    Args:
        first: (M, 4) xyxy.
        second: (N, 4) xyxy.

    Returns:
        (M, N) float64; 0 where a box has no area.
    """
    first, second = first.astype(np.float64), second.astype(np.float64)
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=2)
    area = np.prod(np.clip(first[:, 2:] - first[:, :2], 0, None), axis=1)
    other = np.prod(np.clip(second[:, 2:] - second[:, :2], 0, None), axis=1)
    union = area[:, None] + other[None, :] - common
    return np.asarray(np.divide(common, union, out=np.zeros_like(common), where=union > 0))


def suppress_overlaps(xyxy: FloatArray, score: FloatArray, class_id: IntArray, iou: float) -> IntArray:
    """Keep the best of overlapping boxes of the same class (greedy NMS).

    Args:
        xyxy: (N, 4).
        score: (N,).
        class_id: (N,); boxes of different classes never suppress each other.
        iou: A box that overlaps a kept one by more than this is dropped.

    Returns:
        (K,) indices of the kept boxes, best score first.
    """
    if len(score) == 0:
        return np.zeros(0, np.int64)
    xywh = np.concatenate([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]], axis=1).astype(np.float64)
    # OpenCV takes the arrays as they are; its type stubs know only of sequences.
    boxes, scores = cast("Sequence[Any]", xywh), cast("Sequence[float]", score.astype(np.float32))
    classes = cast("Sequence[int]", class_id.astype(np.int32))
    kept = np.asarray(cv2.dnn.NMSBoxesBatched(boxes, scores, classes, -1.0, iou), np.int64).reshape(-1)
    return kept[np.argsort(-score[kept], kind="stable")]
