"""Labelled images in which people did not name everybody: teachers fill in pedestrians, and doubt."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tracking.arrays import BoolArray, FloatArray, IntArray
from tracking.boxes import iou_matrix
from workshop.adaptation.footage import Glimpse, seconds_of, shown
from workshop.adaptation.labels import labelled
from workshop.adaptation.opinions import Opinion
from workshop.adaptation.settings import TeachingSettings
from workshop.adaptation.standing import SAME
from workshop.detector.learning.samples import Label, LabelledImage

_SAME = 0.5
"""Share of the smaller of two boxes that both cover, from which they show one person."""
_BEFORE_A_CAR = 0.9
"""Share of a box within that of a car from which its person sits in it, or stands before it."""


def glimpses_of(images: Sequence[LabelledImage]) -> list[Glimpse]:
    """Labelled images as teachers see them; their names tell when, where they tell a time.

    Args:
        images: Of one folder, in order of their names.
    """
    moments = seconds_of([image.name.rsplit("/", 1)[-1] for image in images])
    return [
        Glimpse(image.name, seconds, shown(image.image))
        for image, seconds in zip(images, moments, strict=True)
    ]


def filled(
    images: Sequence[LabelledImage],
    opinions: Sequence[Opinion],
    settings: TeachingSettings,
    complete: float,
) -> list[LabelledImage]:
    """Add what teachers see beside what people labelled, who are right wherever both say something.

    Where people labelled cyclists, whoever else is there is none: a sure pedestrian is one, and doubt is
    about pedestrians alone. Where they labelled some cyclists only, all that teachers see is in doubt.

    Args:
        images: Of one folder, in order of their names.
        opinions: Of each, in pixels of its glimpse.
        settings: What is believed.
        complete: How far the absence of a pedestrian means something then, where it meant less before.
    """
    glimpses = glimpses_of(images)
    taught = labelled(glimpses, opinions, settings)
    return [_filled(image, seen, complete) for image, seen in zip(images, taught, strict=True)]


def _filled(image: LabelledImage, seen: LabelledImage, complete: float) -> LabelledImage:
    scale = image.image.shape[1] / seen.image.shape[1]
    boxes = (seen.boxes * scale).astype(np.float32)
    people = np.isin(image.labels, (Label.CYCLIST, Label.PEDESTRIAN, Label.IGNORED, Label.NOT_CYCLING))
    new = ~_covered(boxes, image.boxes[people], _SAME, of_smaller=True)
    cars = image.boxes[np.isin(image.labels, (Label.OTHER, Label.STANDING))]
    # What stands there, or drives: nobody, whatever teachers take it for.
    new &= iou_matrix(boxes, cars).max(axis=1, initial=0.0) < SAME
    inside = _covered(boxes, cars, _BEFORE_A_CAR, of_smaller=False)
    labels = _believed(seen.labels, inside, float(image.background[Label.CYCLIST]))
    background = image.background.copy()
    background[Label.PEDESTRIAN] = max(float(background[Label.PEDESTRIAN]), complete)
    return replace(
        image,
        boxes=np.concatenate([image.boxes, boxes[new]]).astype(np.float32),
        labels=np.concatenate([image.labels, labels[new]]),
        background=background,
    )


def _believed(labels: IntArray, inside: BoolArray, cyclists_complete: float) -> IntArray:
    """(N,) labels of what teachers see, given how completely people labelled cyclists."""
    doubt = Label.NOT_CYCLING if cyclists_complete >= 1 else Label.IGNORED
    sure = np.isin(labels, (Label.PEDESTRIAN, Label.OTHER)) & ~inside & (cyclists_complete > 0)
    return np.where(sure, labels, int(doubt))


def _covered(boxes: FloatArray, others: FloatArray, share: float, *, of_smaller: bool) -> BoolArray:
    """(N,) whether any other box covers so much of a box, or of the smaller of the two."""
    if not len(boxes) or not len(others):
        return np.zeros(len(boxes), bool)
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    both = np.prod(np.maximum(high - low, 0), axis=2)
    area, other = (np.prod(np.maximum(one[:, 2:] - one[:, :2], 1e-3), axis=1) for one in (boxes, others))
    least = (
        np.minimum(area[:, None], other[None]) if of_smaller else np.broadcast_to(area[:, None], both.shape)
    )
    return np.asarray((both > share * least).any(axis=1))
