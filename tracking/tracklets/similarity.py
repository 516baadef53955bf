"""MATCH of Algorithm 1 in its corrected reading: which box may continue which track, and how well."""

from collections.abc import Sequence

import numpy as np

from tracking.arrays import FloatArray
from tracking.boxes import iou_matrix
from tracking.seconds import TIME_TOLERANCE_S
from tracking.tracklets.geometry import centre_distances, height_ratios
from tracking.tracklets.kalman import predict_boxes
from tracking.tracklets.settings import TrackerSettings
from tracking.tracklets.track import Track

NAIVE_LENGTH = 2
"""Algorithm 1 predicts only for tracks of more than two boxes."""
_LEAST_HEIGHT_RATIO = 0.6


class Candidates:
    """The open tracks as they should look at one moment.

    Both similarities are (M, N), above 0 where box n may continue track m and 0 where it may not.
    """

    def __init__(self, tracks: Sequence[Track], time: float, settings: TrackerSettings) -> None:
        """Predict every track to a time in seconds."""
        self._settings = settings
        self._last = np.array([track.boxes[-1] for track in tracks], np.float64).reshape(-1, 4)
        self._predicted = predict_boxes([track.filter for track in tracks], time)
        self._naive = np.array([len(track) <= NAIVE_LENGTH for track in tracks], bool)[:, None]
        self._gap = np.array([time - track.last_time for track in tracks])[:, None]

    def overlap(self, boxes: FloatArray) -> FloatArray:
        """Overlap of boxes (N, 4) with the last or the predicted box, 0 outside the gates.

        Standing still and short tracks look at the last box (T5: no match after too long a gap); longer
        tracks take the better of last and predicted box (T6), and may ask for more of the prediction.
        """
        settings = self._settings
        last, predicted = iou_matrix(self._last, boxes), iou_matrix(self._predicted, boxes)
        fresh = self._gap <= settings.naive_max_dt_s + TIME_TOLERANCE_S
        better = np.where(fresh, np.maximum(last, predicted), predicted)
        naive_match = self._naive & fresh & (last >= settings.iou_min)
        kalman_match = ~self._naive & (better >= settings.iou_min) & (predicted >= settings.iou_kalman)
        moving = np.where(naive_match, last, np.where(kalman_match, better, 0.0))
        return np.where(last > settings.iou_max, last, moving)

    def nearness(self, boxes: FloatArray) -> FloatArray:
        """Nearness of boxes (N, 4) without overlap that a cyclist's speed allows, 0 out of reach.

        1 at the expected place, falling to 0 at the distance covered since the last box at
        `reach_speed`, at most `reach_max`. Boxes of very different height are not joined.
        """
        expected = np.where(self._naive, self._last, self._predicted)
        reach = np.minimum(self._settings.reach_speed * self._gap, self._settings.reach_max)
        distance = centre_distances(expected, boxes)
        alike = height_ratios(expected, boxes) >= _LEAST_HEIGHT_RATIO
        within = alike & (distance < reach)
        return np.where(within, 1.0 - distance / np.maximum(reach, TIME_TOLERANCE_S), 0.0)
