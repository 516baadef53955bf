"""Boxes of several detectors, of several looks each, fused into one answer.

Source: weighted boxes fusion (Solovyev et al. 2019, arXiv:1910.13302). Here a look that does not show the
whole frame says nothing of the rest, so that a teacher's best look counts, and the mean over the teachers.
"""

from collections.abc import Sequence

import numpy as np

from tracking.arrays import FloatArray, IntArray
from tracking.boxes import iou_matrix
from tracking.values import Detections


def fuse(teachers: Sequence[Sequence[Detections]], same: float = 0.55) -> Detections:
    """Make one answer of many.

    Args:
        teachers: Of each teacher the boxes of each of its looks, in pixels of the frame.
        same: Overlap (IoU) above which boxes of a class show one object.

    Returns:
        One box for each object, the mean of all its boxes weighted by their scores; its score is the mean
        over the teachers of the best that each gave it, 0 where it saw nothing. The clearest come first.
    """
    owner = [number for number, looks in enumerate(teachers) for look in looks for _ in range(len(look))]
    found = [look for looks in teachers for look in looks]
    boxes = np.concatenate([look.xyxy for look in found]) if found else np.zeros((0, 4), np.float32)
    scores = np.concatenate([look.score for look in found]) if found else np.zeros(0, np.float32)
    kinds = np.concatenate([look.class_id for look in found]) if found else np.zeros(0, np.int64)
    # By what a box is, never by where it stood in the lists: the order of teachers must not matter.
    order = np.lexsort((*boxes.T, kinds, -scores))
    boxes, scores, kinds = boxes[order].astype(np.float64), scores[order].astype(np.float64), kinds[order]
    groups = _groups(boxes, scores, kinds, same)
    return _joined(boxes, scores, kinds, np.asarray(owner, np.int64)[order], groups, len(teachers))


def _groups(boxes: FloatArray, scores: FloatArray, kinds: IntArray, same: float) -> list[list[int]]:
    """Rows of each object: every box joins the fused box of its class that it fits best."""
    groups: list[list[int]] = []
    fused = np.zeros((0, 4))
    fused_kinds = np.zeros(0, np.int64)
    for row in range(len(boxes)):
        overlap = iou_matrix(boxes[row : row + 1], fused)[0] * (fused_kinds == kinds[row])
        best = int(overlap.argmax()) if len(overlap) else -1
        if best >= 0 and overlap[best] > same:
            groups[best].append(row)
            fused[best] = _mean(boxes[groups[best]], scores[groups[best]])
        else:
            groups.append([row])
            fused = np.concatenate([fused, boxes[row : row + 1]])
            fused_kinds = np.append(fused_kinds, kinds[row])
    return groups


def _mean(boxes: FloatArray, scores: FloatArray) -> FloatArray:
    weights = np.maximum(scores, 1e-9)
    return np.asarray((boxes * weights[:, None]).sum(axis=0) / weights.sum())


def _joined(
    boxes: FloatArray,
    scores: FloatArray,
    kinds: IntArray,
    owner: IntArray,
    groups: Sequence[Sequence[int]],
    teachers: int,
) -> Detections:
    if not groups:
        return Detections.empty()
    best = np.zeros((len(groups), teachers))
    for number, rows in enumerate(groups):
        np.maximum.at(best[number], owner[rows], scores[rows])
    fused = np.stack([_mean(boxes[rows], scores[rows]) for rows in groups]).astype(np.float32)
    classes = np.array([kinds[rows[0]] for rows in groups], np.int64)
    together = Detections(fused, best.mean(axis=1).astype(np.float32), classes)
    return together[np.lexsort((*fused.T, -together.score))]
