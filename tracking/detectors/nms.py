"""Class-aware non-maximum suppression."""

from collections.abc import Sequence
from typing import Any, cast

import cv2
import numpy as np

from tracking.arrays import FloatArray, IntArray


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
