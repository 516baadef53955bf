"""CLEAR MOT metrics (Bernardin & Stiefelhagen 2008), with the identity switches of the MOT Challenge."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from tracking.arrays import IntArray
from tracking.mot.sequence import TINY, FramePair, Sequence

OVERLAP = 0.5
"""Least IoU of a match."""
_LOYALTY = 1000.0
"""Worth of keeping the match of the frame before; more than any sum of IoUs."""
_NOBODY = -1
_MOSTLY, _HARDLY = 0.8, 0.2


@dataclass(frozen=True, slots=True)
class ClearScores:
    """CLEAR MOT.

    Attributes:
        true_positives: Predicted boxes that match a true one.
        false_negatives: True boxes without a match.
        false_positives: Predicted boxes without a match.
        switches: Times a true object's match got another identity than it had last.
        fragments: Times a true object was found again after it had been lost.
        mostly_tracked: True objects found in more than 80 % of their frames.
        partly_tracked: Those in between.
        mostly_lost: True objects found in less than 20 % of their frames.
        overlap_sum: Σ IoU of the matches.
    """

    true_positives: int
    false_negatives: int
    false_positives: int
    switches: int
    fragments: int
    mostly_tracked: int
    partly_tracked: int
    mostly_lost: int
    overlap_sum: float

    @property
    def mota(self) -> float:
        """1 − (misses + false positives + switches) / true boxes."""
        wrong = self.false_negatives + self.false_positives + self.switches
        total = self.true_positives + self.false_negatives
        if not total:
            return float(not wrong)
        return 1.0 - wrong / total

    @property
    def motp(self) -> float:
        """Mean IoU of the matches; 0 without any."""
        return self.overlap_sum / max(1, self.true_positives)

    @property
    def precision(self) -> float:
        """Share of the predicted boxes that match."""
        found = self.true_positives + self.false_positives
        return self.true_positives / found if found else float(not self.false_negatives)

    @property
    def recall(self) -> float:
        """Share of the true boxes that are matched."""
        there = self.true_positives + self.false_negatives
        return self.true_positives / there if there else 1.0


class _Ledger:
    """What is known of every true object while the frames go by."""

    def __init__(self, objects: int) -> None:
        self.last = np.full(objects, _NOBODY, np.int64)
        self.current = np.full(objects, _NOBODY, np.int64)
        self.found = np.zeros(objects, np.int64)
        self.stretches = np.zeros(objects, np.int64)
        self.switches = 0
        self.overlap_sum = 0.0

    def match(self, frame: FramePair, overlap: float) -> None:
        """Match one frame; objects that were matched in the frame before keep their partners."""
        loyal = frame.predicted[None, :] == self.current[frame.truth][:, None]
        worth = np.where(frame.iou >= overlap - TINY, _LOYALTY * loyal + frame.iou, 0.0)
        rows, columns = linear_sum_assignment(worth, maximize=True)
        real = worth[rows, columns] > TINY
        self._record(frame.truth[rows[real]], frame.predicted[columns[real]])
        self.overlap_sum += float(frame.iou[rows[real], columns[real]].sum())

    def _record(self, truth: IntArray, predicted: IntArray) -> None:
        known = self.last[truth]
        self.switches += int(((known != _NOBODY) & (known != predicted)).sum())
        self.stretches[truth] += self.current[truth] == _NOBODY
        self.found[truth] += 1
        self.current[:] = _NOBODY
        self.current[truth] = self.last[truth] = predicted


def clear_scores(sequence: Sequence, overlap: float = OVERLAP) -> ClearScores:
    """Compute CLEAR MOT.

    As in the MOT Challenge, a frame without any true or without any predicted box is passed over: what was
    matched before it counts as matched in the frame before.

    Args:
        sequence: Truth and prediction.
        overlap: Least IoU of a match.
    """
    ledger = _Ledger(len(sequence.truth_boxes))
    for frame in sequence.frames:
        if len(frame.truth) and len(frame.predicted):
            ledger.match(frame, overlap)
    share = ledger.found / np.maximum(sequence.truth_boxes, 1)
    matched = int(ledger.found.sum())
    mostly, hardly = int((share > _MOSTLY).sum()), int((share < _HARDLY).sum())
    return ClearScores(
        true_positives=matched,
        false_negatives=sequence.truth_total - matched,
        false_positives=sequence.predicted_total - matched,
        switches=ledger.switches,
        fragments=int(np.clip(ledger.stretches - 1, 0, None).sum()),
        mostly_tracked=mostly,
        partly_tracked=len(share) - mostly - hardly,
        mostly_lost=hardly,
        overlap_sum=ledger.overlap_sum,
    )
