"""What stands in view of a fixed camera is nobody: places where the learner answers whenever it looks.

A post, a lamp or a window is answered in most frames of an hour; somebody who waits has left after minutes.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tracking.arrays import BoolArray, FloatArray
from tracking.boxes import iou_matrix
from workshop.detector.learning.samples import Label, LabelledImage

_WAITS_S = 120.0
"""Nobody waits longer at one spot; nearer frames prove nothing."""
_AROUND_S = 3600.0
"""Farther frames show other light, in which other things are answered."""
_FRAMES, _FEWEST = 12, 6
"""Frames around each that are asked, the nearest first, and without how many nothing is known."""
SAME = 0.5
"""Overlap (IoU) of two answers at one place."""
_TOUCHES = 0.1
"""Overlap (IoU) with a known person from which what stands there may be hidden."""


def without_furniture(
    images: Sequence[LabelledImage],
    answers: Sequence[FloatArray],
    moments: Sequence[float | None],
    share: float,
    *,
    by_people: bool,
) -> list[LabelledImage]:
    """Label as neither cyclist nor pedestrian what the learner answers at one place all the time.

    Whom people labelled stays, and nothing that touches them is labelled. Teachers are not so believed: a
    standpipe that they take for somebody confirms itself in every frame. Doubt about it is none any more.

    Args:
        images: Of one fixed camera, with what is known of them.
        answers: Of each the (N, 4) boxes that the learner answers, in its pixels, however unsure.
        moments: When each was taken, seconds on one clock; None where nothing tells.
        share: Part of the frames around from which an answer stands.
        by_people: Whether people labelled these frames, or teachers.
    """
    return [
        _labelled(
            image, boxes[_stands(boxes, [answers[place] for place in near], share)], by_people=by_people
        )
        for image, boxes, near in zip(images, answers, _around(moments), strict=True)
    ]


def _around(moments: Sequence[float | None]) -> list[list[int]]:
    """For each frame the places of those that are asked; none where too few are."""
    clock = np.array([np.nan if moment is None else moment for moment in moments], np.float64)
    near: list[list[int]] = []
    for moment in clock:
        apart = np.abs(clock - moment)
        order = np.argsort(apart, kind="stable")
        far = (apart[order] > _WAITS_S) & (apart[order] <= _AROUND_S)
        asked = order[far][:_FRAMES].tolist()
        near.append(asked if len(asked) >= _FEWEST else [])
    return near


def _stands(boxes: FloatArray, others: Sequence[FloatArray], share: float) -> BoolArray:
    """(N,) whether so many of the other frames answer there."""
    if not others or not len(boxes):
        return np.zeros(len(boxes), bool)
    again = [iou_matrix(boxes, other).max(axis=1, initial=0.0) >= SAME for other in others]
    return np.asarray(np.mean(again, axis=0) >= share)


def _labelled(image: LabelledImage, standing: FloatArray, *, by_people: bool) -> LabelledImage:
    known = np.isin(image.labels, (Label.CYCLIST, Label.PEDESTRIAN)) & by_people
    hidden = iou_matrix(standing, image.boxes[known]).max(axis=1, initial=0.0) > _TOUCHES
    standing = standing[~hidden]
    settled = ~known & (iou_matrix(image.boxes, standing).max(axis=1, initial=0.0) >= SAME)
    return replace(
        image,
        boxes=np.concatenate([image.boxes[~settled], standing]).astype(np.float32),
        labels=np.concatenate([image.labels[~settled], np.full(len(standing), int(Label.STANDING))]),
    )
