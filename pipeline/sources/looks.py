"""Now and then a look at the picture itself: has it frozen, is it black?"""

from dataclasses import dataclass

import cv2
import numpy as np

from tracking.arrays import Image

LOOK_EVERY_S = 1.0
"""Seconds between two looks: sensor noise and light change a living picture in that time."""

_ROWS = 96
_BLOCK = 8
_STILL_LEVELS = 1
_STILL_SHARE = 0.01
_RECODED_LEVELS = 1.0
_RECODINGS_OF_A_FILE = 3
_BLACK_MEAN = 16.0
_BLACK_SPREAD = 4.0


@dataclass(frozen=True, slots=True)
class Look:
    """A picture, thinned to some 16,000 points.

    Attributes:
        points: (h, w) uint8 levels of the green channel.
        black: Neither light nor contrast anywhere.
    """

    points: Image
    black: bool

    @classmethod
    def at(cls, image: Image) -> "Look":
        """Thin an (H, W, 3) picture; a few tens of microseconds, whatever its size."""
        step = max(1, min(image.shape[:2]) // _ROWS)
        points = np.ascontiguousarray(image[::step, ::step, 1])
        mean, spread = cv2.meanStdDev(points)
        return cls(points, bool(mean[0, 0] < _BLACK_MEAN and spread[0, 0] < _BLACK_SPREAD))


class Stillness:
    """Tells a frozen picture from a scene in which nothing happens.

    A camera that lives never gives the same picture twice: noise and light change it. A frozen one
    does, but for the moments at which the encoder refines it or codes it anew; such a change leaves
    the mean of every block where it was, and stands alone between looks without any change.
    """

    def __init__(self) -> None:
        self._last: Look | None = None
        self._recodings_left = 1

    def begin_file(self) -> None:
        """The next picture was coded by an encoder that has to find its rate again."""
        if self._recodings_left:
            self._recodings_left = _RECODINGS_OF_A_FILE

    def goes_on(self, look: Look) -> bool:
        """Whether the picture is that of the look before; False for the first."""
        last, self._last = self._last, look
        if last is None or last.points.shape != look.points.shape:
            self._recodings_left = 1
            return False
        changed = np.count_nonzero(cv2.absdiff(look.points, last.points) > _STILL_LEVELS)
        still = bool(changed <= _STILL_SHARE * look.points.size)
        recoded = (
            not still and self._recodings_left > 0 and _largest_block_change(last, look) <= _RECODED_LEVELS
        )
        self._recodings_left = 1 if still else self._recodings_left - 1 if recoded else 0
        return still or recoded


def _largest_block_change(last: Look, look: Look) -> float:
    change = look.points.astype(np.float64) - last.points
    rows, columns = (size // _BLOCK * _BLOCK for size in change.shape)
    if not rows or not columns:
        return float(np.abs(change.mean()))
    blocks = change[:rows, :columns].reshape(rows // _BLOCK, _BLOCK, columns // _BLOCK, _BLOCK)
    return float(np.abs(blocks.mean(axis=(1, 3))).max())
