"""Whether a camera still shows the view that it showed at first: a bump or a storm may have moved it.

What is compared are edges of the background, a median over minutes in which nobody who passes is left. The
view of the beginning is kept as directions of edges on a coarse grid: no picture, and nobody in it.
"""

from collections import deque
from dataclasses import dataclass
from math import hypot, inf

import cv2
import numpy as np
import numpy.typing as npt
from scipy import fft

from tracking.arrays import FloatArray, Image
from tracking.attention.background import SNAPSHOTS, middle

SNAPSHOT_EVERY_S = 20.0
"""Nine of them are three minutes, so that who waits at a red light is in less than half of them."""
WIDTH = 160
_BLUR = 1.5
"""Standard deviation in points of the coarse picture: what is finer than that is noise of the camera."""
_LEAST_SHIFT = 0.02
"""Share of the width below which nobody has to do anything: a mast sways, a lens is warm."""
_FITS = 0.3
"""Likeness from which one view is another one, shifted; of two streets it is below 0.2."""
_PLAINLY = 0.6
"""Likeness from which nobody need look for a shift."""
_BETTER = 0.15
"""By so much a shifted view has to fit better than one that is where it was."""
_LEAST_OVERLAP = 0.3
_LEAST_EDGES = 0.3
"""Share of the first view's edges below which fog, night or a lorry hides too much to judge."""
_CONFIRMED = SNAPSHOTS
"""Judgements one after the other that have to agree: another median is in all of its pictures then."""
_ELSEWHERE_AFTER_S = 86_400.0
"""A view in which nothing fits for a whole day, night included, is another one."""

Edges = npt.NDArray[np.complex64]


@dataclass(frozen=True, slots=True)
class Movement:
    """By how much a camera's view has moved, as shares of the picture's width.

    Attributes:
        across: To the right; things that stand still are seen so much further right than before.
        down: Downwards.
        elsewhere: Nothing of the first view is found any more; the shares are 0.
    """

    across: float
    down: float
    elsewhere: bool = False

    @property
    def length(self) -> float:
        """How far, whatever the direction."""
        return hypot(self.across, self.down)


class View:
    """Takes a coarse picture now and then, and compares with the first minutes.

    Attributes:
        moved: By how much the view has moved; None while it is as it was, or nothing can be told.
    """

    def __init__(self) -> None:
        self._snapshots: deque[Image] = deque(maxlen=SNAPSHOTS)
        self._first: Edges | None = None
        self._last_s = self._fitted_s = -inf
        self._judged: deque[Movement | None] = deque(maxlen=_CONFIRMED)
        self.moved: Movement | None = None

    def wants(self, seconds: float) -> bool:
        """Whether a picture of that moment is to be shown to `see`."""
        return not 0 <= seconds - self._last_s < SNAPSHOT_EVERY_S

    def see(self, seconds: float, picture: Image) -> None:
        """Take a snapshot.

        Args:
            seconds: Of any clock that goes on.
            picture: (h, w) uint8, `WIDTH` points wide.
        """
        self._last_s = seconds
        if self._snapshots and self._snapshots[0].shape != picture.shape:
            down, across = self._snapshots[0].shape
            picture = np.asarray(cv2.resize(picture, (across, down), interpolation=cv2.INTER_AREA), np.uint8)
        self._snapshots.append(picture)
        if len(self._snapshots) < SNAPSHOTS:
            return
        edges = edges_of(middle(np.stack(self._snapshots)))
        if self._first is None:
            self._first, self._fitted_s = edges, seconds
        elif isinstance(found := movement(self._first, edges), Unclear):
            if seconds - self._fitted_s > _ELSEWHERE_AFTER_S:
                self.moved = Movement(0.0, 0.0, elsewhere=True)
        else:
            self._fitted_s = seconds
            self._judge(found)

    def _judge(self, found: Movement | None) -> None:
        self._judged.append(found)
        far = [one for one in self._judged if one is not None]
        if len(far) == _CONFIRMED:
            self.moved = far[-1]
        elif not far:
            self.moved = None


class Unclear:
    """There is too little to see for a judgement."""


def edges_of(background: Image) -> Edges:
    """Direction of the edge at each point, as a complex number of twice its angle and at most length one.

    Twice the angle: a kerb that is brighter than the road by day may be darker at night. Lengths are held
    against the usual one of the picture, so that a picture of half the contrast has the same edges.
    """
    smooth = cv2.GaussianBlur(background.astype(np.float32), (0, 0), _BLUR)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    strength = cv2.magnitude(across, down)
    usual = max(float(strength.mean()), 1e-6)
    angle = np.arctan2(down, across)
    length = strength**2 / (strength**2 + usual**2)
    return np.asarray(length * np.exp(2j * angle), np.complex64)


def movement(first: Edges, now: Edges) -> Movement | Unclear | None:
    """Where the first view lies in the one of now.

    Args:
        first: (h, w), as `edges_of` makes it.
        now: The same.

    Returns:
        None where it lies where it lay.
    """
    height, width = first.shape
    if _here(first, now) >= _PLAINLY:
        return None
    likeness = likenesses(first, now)
    here = float(likeness[height, width])
    row, column = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
    found = Movement((int(column) - width) / width, (int(row) - height) / width)
    best = float(likeness[row, column])
    if found.length < _LEAST_SHIFT and best >= _FITS:
        return None
    if best >= _FITS and best - here >= _BETTER:
        return found
    return None if here >= _FITS else Unclear()


def _here(first: Edges, now: Edges) -> float:
    """How well two views fit as they are: −1 to 1."""
    scale = float(np.linalg.norm(first) * np.linalg.norm(now))
    return float(np.vdot(first, now).real) / max(scale, 1e-9)


def likenesses(first: Edges, now: Edges) -> FloatArray:
    """How well two views fit for each shift: −1 to 1, and 0 where too little of them overlaps.

    Returns:
        (2h, 2w); the shift of (0, 0) is at (h, w).
    """
    height, width = first.shape
    size = (2 * height, 2 * width)
    there = np.ones(first.shape, np.complex64)

    def lay_over(one: Edges, other: Edges) -> FloatArray:
        spectrum = np.conj(fft.fft2(one, size)) * fft.fft2(other, size)
        return np.asarray(fft.fftshift(fft.ifft2(spectrum).real), float)

    ours, theirs = lay_over(first * first.conj(), there), lay_over(there, now * now.conj())
    whole = float((np.abs(first) ** 2).sum())
    enough = (lay_over(there, there) >= _LEAST_OVERLAP * first.size) & (
        np.minimum(ours, theirs) >= _LEAST_EDGES * whole
    )
    scale = np.sqrt(np.maximum(ours * theirs, 1e-9))
    return np.asarray(np.where(enough, lay_over(first, now) / scale, 0.0))
