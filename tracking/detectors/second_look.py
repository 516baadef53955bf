"""A second, closer look at one small person per frame, who may be riding a bicycle too small to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from tracking.arrays import BoolArray, FloatArray, Image, IntArray
from tracking.boxes import iou_matrix
from tracking.detectors.base import Detector, SingleDetector
from tracking.detectors.settings import SecondLookSettings
from tracking.values import Detections, ObjectClass

_BORDER_PX = 2.0
_SAME_IN_BOTH_LOOKS = 0.5
"""Boxes of a class in the two looks show one object if they overlap by more than this IoU."""
_TWO_WHEELERS = (ObjectClass.BICYCLE, ObjectClass.MOTORCYCLE)


@dataclass(frozen=True, slots=True)
class View:
    """A part of a frame, in whole pixels of the frame.

    Attributes:
        left: First column.
        top: First row.
        right: First column beyond it.
        bottom: First row beyond it.
    """

    left: int
    top: int
    right: int
    bottom: int

    def cut_out(self, image: Image) -> Image:
        """The pixels of the part, as a picture of its own."""
        return np.ascontiguousarray(image[self.top : self.bottom, self.left : self.right])


class SecondLookDetector:
    """Wraps a detector: after the frame it sees a part of it, around one small person, enlarged.

    A network sees small persons long before it sees their bicycles; enlarged, the same bicycle scores many
    times as much. Every frame gets at most one second look, and only some do: whoever rides is in view for
    many of them. Which frame, and who in it, is drawn from the frame's own boxes, so over successive frames
    everybody has a turn, while the answer for a frame depends on that frame alone.

    Args:
        inner: The detector that looks; without memory of earlier frames.
        settings: Who is worth a second look, and how close it is.
        max_detections: At most so many boxes per frame.
    """

    stateful = False

    def __init__(self, inner: Detector, settings: SecondLookSettings, max_detections: int) -> None:
        self.name = f"{inner.name} with a second look"
        self._inner = inner
        self._settings = settings
        self._max_detections = max_detections

    @property
    def looks_singly(self) -> bool:
        """See `SingleDetector`."""
        return isinstance(self._inner, SingleDetector) and self._inner.looks_singly

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """Find objects in a batch of frames; see `Detector`."""
        found = list(self._inner.detect(images))
        views = [
            choose_view(at_first, image.shape[:2], self._settings)
            for at_first, image in zip(found, images, strict=True)
        ]
        wanted = [(index, view) for index, view in enumerate(views) if view is not None]
        closer = self._inner.detect([view.cut_out(images[index]) for index, view in wanted]) if wanted else []
        for (index, view), seen in zip(wanted, closer, strict=True):
            height, width = images[index].shape[:2]
            both = merge_looks(found[index], _uncut(seen, view, width, height))
            found[index] = both[: self._max_detections]
        return found


def choose_view(found: Detections, frame: tuple[int, int], settings: SecondLookSettings) -> View | None:
    """Choose where to look again.

    Args:
        found: What the look at the whole frame gave.
        frame: Height and width, pixels.
        settings: Who is worth it, and the size of the view.

    Returns:
        A part of the frame around one of the persons in doubt; None where there is nobody, and in frames
        whose turn it is not.
    """
    doubtful = np.flatnonzero(_in_doubt(found, max(frame), settings))
    if not len(doubtful):
        return None
    boxes = np.rint(found.xyxy[doubtful]).astype(np.int32)
    # The order of the answer must not decide: sort, then let the digits of all boxes together draw one.
    boxes = boxes[np.lexsort(boxes.T)]
    turn, drawn = divmod(crc32(boxes.tobytes()), settings.one_in)
    return None if drawn else _view_around(boxes[turn % len(boxes)], frame, settings.view)


def _in_doubt(found: Detections, longer_side: int, settings: SecondLookSettings) -> BoolArray:
    """Mark the small persons of whom no two-wheeler is clear yet.

    A detector that reports cyclists in one box has no bicycle to find. Where its cyclists are looked at
    again all the same, a pedestrian is in doubt only where it is not sure, or takes the same person for a
    cyclist too.
    """
    small = found.xyxy[:, 3] - found.xyxy[:, 1] < settings.small * longer_side
    seen, sure = found.score >= settings.min_score, found.score >= settings.clear_score
    at_clear_one = _touching(found, found[sure].of(*_TWO_WHEELERS, ObjectClass.CYCLIST))
    doubtful = small & seen & ~at_clear_one
    if not settings.whole_cyclists:
        return np.asarray(doubtful & (found.class_id == ObjectClass.PERSON))
    walker = found.class_id == ObjectClass.PEDESTRIAN
    clear_walker = walker & sure & ~_touching(found, found[seen].of(ObjectClass.CYCLIST))
    rider = walker | np.isin(found.class_id, (ObjectClass.PERSON, ObjectClass.CYCLIST))
    return np.asarray(doubtful & rider & ~clear_walker)


def _touching(found: Detections, others: Detections) -> BoolArray:
    """(N,) mask of boxes that overlap one of the others."""
    low = np.maximum(found.xyxy[:, None, :2], others.xyxy[None, :, :2])
    high = np.minimum(found.xyxy[:, None, 2:], others.xyxy[None, :, 2:])
    return np.asarray(np.all(high > low, axis=2).any(axis=1))


def _view_around(box: IntArray, frame: tuple[int, int], share: float) -> View:
    """A view of the frame's shape with the box in its middle, moved inside the frame."""
    height, width = (max(1, round(side * share)) for side in frame)
    left = min(max(0, int(box[0] + box[2] - width) // 2), frame[1] - width)
    top = min(max(0, int(box[1] + box[3] - height) // 2), frame[0] - height)
    return View(left, top, left + width, top + height)


def _uncut(seen: Detections, view: View, width: int, height: int) -> Detections:
    """Move boxes of a view into the frame, without those that the view's border cuts."""
    inner_low = np.array([view.left > 0, view.top > 0])
    inner_high = np.array([view.right < width, view.bottom < height])
    size = np.array([view.right - view.left, view.bottom - view.top])
    cut = (inner_low & (seen.xyxy[:, :2] <= _BORDER_PX)) | (
        inner_high & (seen.xyxy[:, 2:] >= size - _BORDER_PX)
    )
    offset = np.array([view.left, view.top] * 2, np.float32)
    moved: FloatArray = seen.xyxy + offset
    whole: BoolArray = ~np.any(cut, axis=1)
    return Detections(moved, seen.score, seen.class_id)[whole]


def merge_looks(at_first: Detections, closer: Detections) -> Detections:
    """Join what was seen in both looks: of two boxes of one object the one of the better score stays.

    Boxes of the same look never suppress each other; the detector has done that by its own rules.

    Args:
        at_first: Boxes of the whole frame.
        closer: Boxes of the second look, in pixels of the frame.

    Returns:
        Best score first.
    """
    both = Detections(
        np.concatenate([at_first.xyxy, closer.xyxy]),
        np.concatenate([at_first.score, closer.score]),
        np.concatenate([at_first.class_id, closer.class_id]),
    )
    is_closer = np.arange(len(both)) >= len(at_first)
    doubled = iou_matrix(both.xyxy, both.xyxy) > _SAME_IN_BOTH_LOOKS
    doubled &= both.class_id[:, None] == both.class_id[None, :]
    doubled &= is_closer[:, None] != is_closer[None, :]
    free = np.ones(len(both), np.bool_)
    kept: list[int] = []
    for index in np.argsort(-both.score, kind="stable").tolist():
        if free[index]:
            kept.append(index)
            free &= ~doubled[index]
    return both[np.array(kept, np.int64)]
