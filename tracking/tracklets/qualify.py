"""Which boxes may form tracks (Algorithm 1, line 9, and Table II)."""

import numpy as np

from tracking.arrays import BoolArray
from tracking.errors import UsageError
from tracking.tracklets.settings import TrackerSettings
from tracking.values import Detections


class BoxCriteria:
    """Class, shape and size that a box must have."""

    def __init__(self, settings: TrackerSettings, frame_size: tuple[int, int] | None) -> None:
        """Resolve the relative sizes.

        Args:
            settings: Values of the tracker.
            frame_size: Width and height in pixels.

        Raises:
            UsageError: A relative height is asked for and the frame size is not known.
        """
        if settings.min_height_share > 0 and frame_size is None:
            raise UsageError("min_height_share: needs the size of the frame, which is not known; set it to 0")
        self._settings = settings
        self._min_height = settings.min_height_share * frame_size[1] if frame_size else 0.0

    def admit(self, detections: Detections) -> BoolArray:
        """(N,) mask of the boxes with the right class, shape and size, whatever their score."""
        width = detections.xyxy[:, 2] - detections.xyxy[:, 0]
        height = detections.xyxy[:, 3] - detections.xyxy[:, 1]
        admitted = (width > self._settings.min_width_px) & (height > self._min_height)
        if self._settings.max_aspect is not None:
            admitted &= width <= self._settings.max_aspect * height
        if self._settings.classes:
            admitted &= np.isin(detections.class_id, self._settings.classes)
        return np.asarray(admitted)
