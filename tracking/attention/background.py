"""What a camera's picture looks like when nobody passes, from its last seconds."""

from collections import deque

import cv2
import numpy as np

from tracking.arrays import BoolArray, FloatArray, Image

SNAPSHOTS = 9
"""Pictures of which the background is the median: who passes is in less than half of them."""
_LEAST_SNAPSHOTS = 3
_SPREADS = 4.0
"""Spreads of a point over the snapshots above which a change is more than noise: leaves, rain, a flag."""


class Background:
    """Median of the last few snapshots, and how far each point strays from it.

    It depends on nothing else, so that whoever sees the same snapshots goes on in the same way. No
    picture of it leaves the memory.
    """

    def __init__(self) -> None:
        self._snapshots: deque[Image] = deque(maxlen=SNAPSHOTS)
        self._median: Image = np.zeros((0, 0), np.uint8)
        self._limit: FloatArray = np.zeros((0, 0))

    def knows(self, picture: Image) -> bool:
        """Whether enough was seen to tell what moves in a picture of this size."""
        return len(self._snapshots) >= _LEAST_SNAPSHOTS and self._median.shape == picture.shape

    def forget(self) -> None:
        """Begin anew, behind a pause or where the picture changed its size."""
        self._snapshots.clear()

    def add(self, picture: Image, least_change: float) -> None:
        """Take a snapshot, (h, w) uint8."""
        if self._snapshots and self._snapshots[0].shape != picture.shape:
            self.forget()
        self._snapshots.append(picture)
        stack = np.stack(self._snapshots)
        self._median = middle(stack)
        spread = middle(cv2.absdiff(stack, np.broadcast_to(self._median, stack.shape).copy()))
        self._limit = np.maximum(least_change, _SPREADS * spread)

    def changed(self, picture: Image) -> BoolArray:
        """(h, w) mask of what differs from the background by more than noise."""
        return np.asarray(cv2.absdiff(picture, self._median) > self._limit)


def middle(stack: Image) -> Image:
    """The lower median over the first axis.

    The least of each point are picked one after the other: with a handful of pictures a few steps over all
    points at once take a twentieth of the time of sorting each point.
    """
    left = list(stack)
    for _ in range((len(left) - 1) // 2):
        least, larger = left[0], []
        for picture in left[1:]:
            larger.append(np.maximum(least, picture))
            least = np.minimum(least, picture)
        left = larger
    return np.asarray(np.minimum.reduce(left), np.uint8)
