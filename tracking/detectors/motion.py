"""Moving objects by background subtraction: no weights, no training.

The background is a mixture of Gaussians per pixel (Zivkovic 2004, doi:10.1109/ICPR.2004.1333992), which
tells cast shadows from objects. Before it, each frame is brought to the brightness of the background, so that
a passing cloud or the camera's exposure control does not look like traffic.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from scipy.sparse.csgraph import connected_components

from tracking.arrays import BoolArray, FloatArray, Image
from tracking.detectors.settings import MotionSettings
from tracking.values import Detections, ObjectClass

FOREGROUND = 255
_LIGHT_GRID = (64, 36)
_LIGHT_MEMORY = 0.02
"""Share by which the remembered brightness follows each frame: about 50 frames of memory."""
_EARLY_SLOWNESS = 8
"""The younger the background, the faster it learns: at frame n at a rate of 1 / (8 n). Faster, a slow
rider would become background; slower, a ghost of the first frame would stay."""
_GAIN_RANGE = (0.6, 1.7)
"""Beyond this a change of light is learned anew instead of being levelled out."""


class MotionDetector:
    """Finds what moves in front of a fixed camera.

    Each part of the picture that differs from the background becomes a box of class
    `ObjectClass.MOVING`; parts of one object that lie close together are joined. The score is not a
    probability: it is 0.5 plus half the share of the box that moves, so that it rises with the quality
    of the silhouette.

    Args:
        settings: Sizes and speeds of the background model.
        score_threshold: Boxes with a lower score are dropped.
    """

    stateful = True

    def __init__(self, settings: MotionSettings, score_threshold: float = 0.0) -> None:
        self.name = "motion"
        self._settings = settings
        self._score_threshold = score_threshold
        self._frame_shape: tuple[int, ...] = ()
        self._subtractor = self._new_subtractor()
        self._learned = 0
        self._light = np.zeros(_LIGHT_GRID[::-1], np.float32)

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """Find moving objects in consecutive frames of one camera; see `Detector`."""
        return [self._detect_one(image) for image in images]

    def _detect_one(self, image: Image) -> Detections:
        if image.shape != self._frame_shape:
            self._frame_shape = image.shape
            self._forget()
        small = self._shrink(image)
        mask = self._moving(small)
        if mask is None:
            return Detections.empty()
        found = self._boxes(mask)
        scale = np.array([image.shape[1] / small.shape[1], image.shape[0] / small.shape[0]] * 2, np.float32)
        return Detections(found.xyxy * scale, found.score, found.class_id)

    def _shrink(self, image: Image) -> Image:
        height = self._settings.process_height
        if image.shape[0] <= height:
            return image
        width = max(1, round(image.shape[1] * height / image.shape[0]))
        return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)

    def _moving(self, small: Image) -> Image | None:
        """Mask of what moves; None while the background is being learned."""
        levelled = self._level_light(small)
        # Fast at first, so that whoever stood in the first frame leaves no ghost; then as slow as the
        # history asks for.
        rate = 1 / min(_EARLY_SLOWNESS * self._learned + 1, self._settings.history_frames)
        mask = np.asarray(self._subtractor.apply(levelled, learningRate=rate), np.uint8)
        self._learned += 1
        if self._learned == 1:
            return None
        mask = np.asarray(cv2.compare(mask, FOREGROUND, cv2.CMP_EQ), np.uint8)
        if cv2.countNonZero(mask) > self._settings.largest_change * mask.size:
            self._forget()
            self._moving(small)
            return None
        return mask if self._learned > self._settings.warmup_frames else None

    def _level_light(self, small: Image) -> Image:
        """Bring a frame to the remembered brightness, judged by the median over the picture."""
        grid = cv2.resize(small, _LIGHT_GRID, interpolation=cv2.INTER_AREA)
        light = cv2.cvtColor(grid, cv2.COLOR_BGR2GRAY).astype(np.float32) + 1
        if self._learned == 0:
            self._light = light
            return small
        gain = float(np.median(self._light / light))
        if not _GAIN_RANGE[0] <= gain <= _GAIN_RANGE[1]:
            self._forget()
            self._light = light
            return small
        self._light += _LIGHT_MEMORY * (gain * light - self._light)
        if abs(gain - 1) < 0.01:
            return small
        return np.asarray(cv2.convertScaleAbs(small, alpha=gain), np.uint8)

    def _boxes(self, mask: Image) -> Detections:
        """Clean the mask and box its parts, in pixels of the mask."""
        height, width = mask.shape
        opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))
        side = max(3, round(self._settings.join_gap * height / 2) * 2 + 1)
        brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, brush)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
        if count < 2:
            return Detections.empty()
        # Closing fills gaps; the area that counts is what really differs from the background.
        area = np.bincount(labels[opened > 0], minlength=count)[1:].astype(np.float32)
        corner, size = stats[1:, :2], stats[1:, 2:4]
        boxes = np.concatenate([corner, corner + size], axis=1).astype(np.float32)
        boxes, area = _join_parts(boxes, area, self._settings.join_gap * height)
        tall = boxes[:, 3] - boxes[:, 1] >= self._settings.min_height * height
        large = area >= self._settings.min_area * height * width
        filled = area / np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
        score = (0.5 + 0.5 * np.clip(filled, 0, 1)).astype(np.float32)
        kept = tall & large & (score >= self._score_threshold)
        return Detections(
            boxes[kept], score[kept], np.full(int(kept.sum()), int(ObjectClass.MOVING), np.int64)
        )

    def _forget(self) -> None:
        self._subtractor = self._new_subtractor()
        self._learned = 0

    def _new_subtractor(self) -> cv2.BackgroundSubtractorMOG2:
        return cv2.createBackgroundSubtractorMOG2(
            history=self._settings.history_frames,
            varThreshold=self._settings.contrast,
            detectShadows=self._settings.ignore_shadows,
        )


def _join_parts(boxes: FloatArray, area: FloatArray, gap: float) -> tuple[FloatArray, FloatArray]:
    """Join boxes that lie one above the other and nearly touch: a rider's head, body and wheels.

    Args:
        boxes: (N, 4) xyxy.
        area: (N,) moving pixels.
        gap: Largest distance between the parts, pixels.

    Returns:
        (M, 4) boxes and (M,) areas of the joined objects.
    """
    count, group = connected_components(_belong_together(boxes, gap), directed=False)
    joined = np.zeros((count, 4), np.float32)
    joined[:, :2] = np.inf
    np.minimum.at(joined[:, :2], group, boxes[:, :2])
    np.maximum.at(joined[:, 2:], group, boxes[:, 2:])
    return joined, np.bincount(group, weights=area, minlength=count).astype(np.float32)


def _belong_together(boxes: FloatArray, gap: float) -> BoolArray:
    """(N, N) mask of boxes that share most of their width and are at most `gap` apart in height."""
    left, top, right, bottom = (boxes[:, side] for side in range(4))
    common = np.minimum(right[:, None], right[None]) - np.maximum(left[:, None], left[None])
    narrower = np.minimum((right - left)[:, None], (right - left)[None])
    apart = np.maximum(top[:, None], top[None]) - np.minimum(bottom[:, None], bottom[None])
    return np.asarray((common >= 0.5 * narrower) & (apart <= gap), np.bool_)
