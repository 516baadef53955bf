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

    All similarities are (M, N), above 0 where box n may continue track m and 0 where it may not.
    """

    def __init__(self, tracks: Sequence[Track], time: float, settings: TrackerSettings) -> None:
        """Predict every track to a time in seconds."""
        self._settings = settings
        self._last = np.array([track.boxes[-1] for track in tracks], np.float64).reshape(-1, 4)
        self._predicted = predict_boxes([track.filter for track in tracks], time)
        self._naive = np.array([len(track) <= NAIVE_LENGTH for track in tracks], bool)[:, None]
        self._gap = np.array([time - track.last_time for track in tracks])[:, None]
        self._fresh = self._gap <= settings.naive_max_dt_s + TIME_TOLERANCE_S

    def overlap(self, boxes: FloatArray) -> FloatArray:
        """Overlap of boxes (N, 4) with where each track should be, 0 outside the gates.

        Short tracks look at the last box (T5: no match after too long a gap, but for who stands still),
        longer ones at the predicted box alone: where riders pass each other, the last box of one lies on
        the other.
        """
        settings = self._settings
        last, predicted = iou_matrix(self._last, boxes), iou_matrix(self._predicted, boxes)
        expected = np.where(predicted >= max(settings.iou_min, settings.iou_kalman), predicted, 0.0)
        return np.where(self._naive, self._there(last), expected)

    def lingering(self, boxes: FloatArray) -> FloatArray:
        """Overlap of boxes (N, 4) with the last box of longer tracks, 0 outside the gates.

        For who is not where the prediction says, because they braked or turned (T6); the settings may
        ask for some of the predicted box all the same.
        """
        settings = self._settings
        last, predicted = iou_matrix(self._last, boxes), iou_matrix(self._predicted, boxes)
        stands = last > settings.iou_max
        there = np.where(stands | (predicted >= settings.iou_kalman), self._there(last), 0.0)
        return np.where(self._naive, 0.0, there)

    def _there(self, last: FloatArray) -> FloatArray:
        """Overlap with the last box: of who stands still at any time, of others while it is fresh."""
        near = self._fresh & (last >= self._settings.iou_min)
        return np.where(near | (last > self._settings.iou_max), last, 0.0)

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
