"""What a detector learns from: an image, its boxes, and what the absence of a box means there."""

from dataclasses import dataclass
from enum import IntEnum

from tracking.arrays import FloatArray, Image, IntArray

CLASS_NAMES = ("cyclist", "pedestrian")
"""The detector's classes, in the order of its outputs."""


class Label(IntEnum):
    """What a labelled box shows."""

    CYCLIST = 0
    """A rider and the bicycle below in one box."""
    PEDESTRIAN = 1
    OTHER = 2
    """Neither: a car, a motorcycle with its rider, a parked bicycle."""
    IGNORED = 3
    """Unknown or hardly visible: nothing inside is right or wrong."""
    NOT_CYCLING = 4
    """No cyclist, as is known; whether a pedestrian, nobody knows."""
    STANDING = 5
    """A part of the street that a detector took for somebody all day: a lamp, a standpipe, a window."""


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One image with what is known about it.

    Attributes:
        name: Folder and stem, for messages and for splitting.
        image: (H, W, 3) uint8 BGR.
        boxes: (N, 4) float32 xyxy pixels.
        labels: (N,) int64 of `Label`.
        background: (2,) float32, per class, how far the absence of a box means that there is none:
            1 where all objects of the class are labelled, 0 where anything may be unlabelled.
    """

    name: str
    image: Image
    boxes: FloatArray
    labels: IntArray
    background: FloatArray
