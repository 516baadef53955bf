"""Which bicycles stood there before the person came or after the person left."""

from collections import deque

import numpy as np

from tracking.arrays import BoolArray, FloatArray
from tracking.boxes import covered_shares, iou_matrix
from tracking.memory import Remembering
from tracking.riders.candidates import Candidates
from tracking.riders.evidence import Evidence, nearest_in_time
from tracking.seconds import seconds_of


class WheelsHistory(Remembering):
    """The two-wheeler boxes of the last seconds of one camera.

    A bicycle that moves with its rider is at one place for a moment only. A parked one is
    found there again and again, also while the person who walks past is elsewhere.
    """

    REMEMBERED = ("_times", "_boxes")

    def __init__(self, horizon_s: float) -> None:
        self._horizon_s = horizon_s
        self._times: deque[float] = deque()
        self._boxes: deque[FloatArray] = deque()

    def observe(self, candidates: Candidates, time: float) -> None:
        """Add the two-wheelers of one frame; forget what lies behind the horizon or a clock set back."""
        if self._times and time < self._times[-1]:
            self._times.clear()
            self._boxes.clear()
        wheels = candidates.wheels_box
        self._times.append(time)
        self._boxes.append(wheels[np.isfinite(wheels[:, 0])])
        while self._times[0] < time - self._horizon_s:
            self._times.popleft()
            self._boxes.popleft()

    def parked(self, evidence: Evidence, same_place: float, parked_share: float) -> BoolArray:
        """Mark the rows of one passage whose bicycle also stands there without its person.

        Args:
            evidence: Rows of the passage.
            same_place: Overlap (IoU) from which two boxes are one bicycle that did not move.
            parked_share: Share of the time in which the person is elsewhere but a bicycle is at
                this place, from which it counts as parked.

        Returns:
            (N,) mask; False where no two-wheeler was seen.
        """
        result = np.zeros(len(evidence), bool)
        rows = np.flatnonzero(np.isfinite(evidence.wheels_boxes[:, 0]))
        if not len(rows) or not self._times:
            return result
        wheels = evidence.wheels_boxes[rows]
        times = np.array(self._times)
        # Nothing from before the passage: a run that begins in a quiet moment knows no more.
        away = _away(evidence, wheels, times) & (times >= evidence.times[0])
        frame_of = np.repeat(np.arange(len(times)), [len(boxes) for boxes in self._boxes])
        there = np.zeros((len(rows), len(times)), bool)
        if len(frame_of):
            hits = iou_matrix(wheels, np.concatenate(self._boxes)) >= same_place
            row, box = np.nonzero(hits)
            there[row, frame_of[box]] = True
        seconds = seconds_of(times)
        away_s, found_s = away @ seconds, (there & away) @ seconds
        result[rows] = (away_s > 0) & (found_s >= parked_share * away_s)
        return result


def _away(evidence: Evidence, wheels: FloatArray, times: FloatArray) -> BoolArray:
    """(rows, frames) True where the person is not at that bicycle at that time."""
    nearest = nearest_in_time(times, evidence.times)
    present = (times >= evidence.times[0]) & (times <= evidence.times[-1])
    touching = covered_shares(wheels, evidence.boxes[nearest]) > 0
    away: BoolArray = ~(present[None, :] & touching)
    return away
