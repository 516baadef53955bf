"""Average precision at an overlap of one half (AP50), the measure of PASCAL VOC and COCO."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tracking.arrays import BoolArray, FloatArray
from tracking.boxes import covered_shares, iou_matrix
from tracking.values import Detections, ObjectClass
from workshop.detector.learning.samples import Label, LabelledImage

_CLASSES = {
    Label.CYCLIST: (ObjectClass.CYCLIST,),
    # Detectors of COCO's classes know no pedestrians, only persons.
    Label.PEDESTRIAN: (ObjectClass.PEDESTRIAN, ObjectClass.PERSON),
}

_UNKNOWN = {Label.CYCLIST: (Label.IGNORED,), Label.PEDESTRIAN: (Label.IGNORED, Label.NOT_CYCLING)}
"""Labels that say nothing of a class."""


@dataclass(frozen=True, slots=True)
class AveragePrecision:
    """How well one class is found.

    Attributes:
        value: Area under precision over recall, 0..1; NaN without any object.
        objects: Objects that were to be found.
        recall: Share of them found at any score.
        best_f1: Highest harmonic mean of precision and recall over all thresholds.
        best_threshold: Where it is reached.
    """

    value: float
    objects: int
    recall: float
    best_f1: float
    best_threshold: float


def average_precision(
    found: Sequence[Detections], images: Sequence[LabelledImage], label: Label, overlap: float = 0.5
) -> AveragePrecision:
    """Compare detections with labels, best score first.

    Each object is found at most once. Detections on ignored objects, or of a class that is not wholly
    labelled in an image, are neither right nor wrong where no labelled object fits.

    Args:
        found: Detections of each image.
        images: The images with their labels.
        label: Class to measure.
        overlap: Least overlap (IoU) of a box that fits.
    """
    scores: list[FloatArray] = [np.zeros(0)]
    right: list[BoolArray] = [np.zeros(0, bool)]
    objects = 0
    for detections, image in zip(found, images, strict=True):
        own = detections.of(*_CLASSES[label])
        own = own[np.argsort(-own.score, kind="stable")]
        hits, counted = _match(own, image, label, overlap)
        scores.append(own.score[counted])
        right.append(hits[counted])
        objects += int((image.labels == label).sum())
    return _area(np.concatenate(scores), np.concatenate(right), objects)


def _match(
    found: Detections, image: LabelledImage, label: Label, overlap: float
) -> tuple[BoolArray, BoolArray]:
    """Mark the detections that are right, and those that count at all."""
    wanted = image.boxes[image.labels == label]
    free = np.ones(len(wanted), bool)
    hits = np.zeros(len(found), bool)
    fits = iou_matrix(found.xyxy, wanted)
    for row in range(len(found)):
        best = int(np.argmax(np.where(free, fits[row], -1))) if len(wanted) else -1
        if best >= 0 and free[best] and fits[row, best] >= overlap:
            hits[row], free[best] = True, False
    certain = bool(image.background[int(label)] >= 1)
    unknown = image.boxes[np.isin(image.labels, _UNKNOWN[label])]
    at_unknown = _share_inside(found.xyxy, unknown) >= overlap
    counted: BoolArray = hits | (~at_unknown if certain else np.zeros(len(found), bool))
    return hits, counted


def _share_inside(boxes: FloatArray, others: FloatArray) -> FloatArray:
    """(N,) largest share of each box inside one of the others."""
    return np.asarray(covered_shares(boxes, others).max(axis=1, initial=0.0))


def _area(scores: FloatArray, right: BoolArray, objects: int) -> AveragePrecision:
    if objects == 0:
        return AveragePrecision(float("nan"), 0, 0.0, 0.0, 0.0)
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    if not len(hits):
        return AveragePrecision(0.0, objects, 0.0, 0.0, 0.0)
    precision, recall = hits / np.arange(1, len(hits) + 1), hits / objects
    # Precision never rises with recall: the best that is reached at this recall or beyond.
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    value = float(np.sum(np.diff(recall, prepend=0.0) * envelope))
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    best = int(np.argmax(f1))
    return AveragePrecision(value, objects, float(recall[-1]), float(f1[best]), float(scores[order][best]))
