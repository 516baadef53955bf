"""Exact tracks: the boxes of everybody in one picture, and how much of each body is visible."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from simulation.camera import Camera
from simulation.view import Appearance, appear, earliest_s
from simulation.world import Visit
from tracking.arrays import BoolArray, FloatArray, IntArray

_DIGITS = 3
_ANGLES = np.arange(12) * np.pi / 6
_DIRECTIONS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)


@dataclass(frozen=True, slots=True)
class Track:
    """One actor's way through one picture.

    Attributes:
        visit: Who.
        frames: (F,) frame numbers from 0, consecutive; of what stands only the first.
        boxes: (F, 4) xyxy pixels, cut off at the frame.
        visible: (F,) share of the body that is neither outside the frame nor behind another.
    """

    visit: Visit
    frames: IntArray
    boxes: FloatArray
    visible: FloatArray


def watch(visits: Iterable[Visit], camera: Camera, times_s: FloatArray) -> Iterator[Track]:
    """Follow everybody exactly, in memory that does not grow with the recording.

    Each sphere of a body stands for its share of the body's area; it is hidden where a nearer body's
    pieces cover its centre. What stands is not hidden by those who pass; it hides them.

    Args:
        visits: Ways through the view of one camera.
        camera: Who looks.
        times_s: (T,) times of all frames, seconds after the start, increasing.

    Yields:
        Tracks of those who are seen, about in the order in which they leave.
    """
    ordered = sorted(visits, key=lambda visit: (visit.heading != 0, earliest_s(visit)))
    standing: list[Appearance] = []
    active: list[tuple[Appearance, FloatArray]] = []
    for visit in ordered:
        seen = appear(visit, camera, times_s)
        if seen is None:
            continue
        if not visit.heading:
            standing.append(seen)
            yield _finish(seen, seen.inside)
            continue
        begin = earliest_s(visit)
        yield from (_finish(*pair) for pair in active if times_s[pair[0].frames[-1]] < begin)
        active = [pair for pair in active if times_s[pair[0].frames[-1]] >= begin]
        share = seen.inside.copy()
        for other, other_share in active:
            _hide(seen, other, share, other_share)
        for other in standing:
            _hide_behind(seen, other, share)
        active.append((seen, share))
    yield from (_finish(*pair) for pair in active)


def _finish(appearance: Appearance, share: FloatArray) -> Track:
    return Track(appearance.visit, appearance.frames, appearance.boxes, np.round(share, _DIGITS))


def _hide(one: Appearance, two: Appearance, share_one: FloatArray, share_two: FloatArray) -> None:
    first = max(one.frames[0], two.frames[0])
    last = min(one.frames[-1], two.frames[-1])
    if last < first:
        return
    both = np.arange(first, last + 1)
    i, j = both - one.frames[0], both - two.frames[0]
    meet = _meet(one.boxes[i], two.boxes[j])
    farther = one.depth[i].mean(axis=1) > two.depth[j].mean(axis=1)
    a, b = meet & farther, meet & ~farther
    share_one[i[a]] *= 1 - _covered(one, i[a], two, j[a])
    share_two[j[b]] *= 1 - _covered(two, j[b], one, i[b])


def _hide_behind(one: Appearance, standing: Appearance, share: FloatArray) -> None:
    behind = _meet(one.boxes, standing.boxes) & (one.depth.mean(axis=1) > standing.depth.mean())
    rows = np.flatnonzero(behind)
    share[rows] *= 1 - _covered(one, rows, standing, np.zeros(len(rows), int))


def _meet(boxes: FloatArray, others: FloatArray) -> BoolArray:
    low = np.maximum(boxes[:, :2], others[:, :2])
    return np.asarray((low < np.minimum(boxes[:, 2:], others[:, 2:])).all(axis=1))


def _covered(behind: Appearance, rows: IntArray, before: Appearance, others: IntArray) -> FloatArray:
    """Share of one body that another covers, at (M,) moments."""
    if len(rows) == 0:
        return np.zeros(0)
    weights = behind.radii[rows] ** 2
    reach = behind.centres[rows] @ _DIRECTIONS.T
    support = before.centres[others] @ _DIRECTIONS.T + before.radii[others][..., None]
    hidden = np.zeros(weights.shape, bool)
    for part in before.figure.parts:
        if not part.inner:
            # Inside the hull of some circles lies what no direction separates from it.
            limit = support[:, list(part.nodes)].max(axis=1)
            hidden |= (reach < limit[:, None]).all(axis=2)
    return np.asarray((weights * hidden).sum(axis=1) / weights.sum(axis=1))
