"""HOTA: higher order tracking accuracy (Luiten et al. 2021)."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from tracking.arrays import FloatArray, IntArray
from tracking.mot.sequence import TINY, FramePair, Sequence

ALPHAS = np.arange(1, 20) * 0.05
"""Localisation thresholds over which HOTA is averaged: 0.05 to 0.95."""


@dataclass(frozen=True, slots=True)
class HotaScores:
    """HOTA and its parts, one value per localisation threshold α.

    Attributes:
        detection: (19,) DetA.
        association: (19,) AssA.
        association_recall: (19,) AssRe.
        association_precision: (19,) AssPr.
        localisation: (19,) LocA, mean IoU of the matches; 1 without any.
    """

    detection: FloatArray
    association: FloatArray
    association_recall: FloatArray
    association_precision: FloatArray
    localisation: FloatArray

    @property
    def curve(self) -> FloatArray:
        """(19,) HOTA at each α: √(DetA · AssA)."""
        return np.sqrt(self.detection * self.association)

    @property
    def hota(self) -> float:
        """Mean over α."""
        return float(self.curve.mean())

    @property
    def deta(self) -> float:
        """Detection accuracy, mean over α."""
        return float(self.detection.mean())

    @property
    def assa(self) -> float:
        """Association accuracy, mean over α."""
        return float(self.association.mean())

    @property
    def loca(self) -> float:
        """Localisation accuracy, mean over α."""
        return float(self.localisation.mean())


@dataclass(frozen=True, slots=True)
class _Matches:
    truth: IntArray
    predicted: IntArray
    iou: FloatArray


def hota_scores(sequence: Sequence) -> HotaScores:
    """Compute HOTA.

    In each frame the pairs with the largest Σ IoU · (global alignment of both identities) are matched, once
    for all α; at each α those of them count whose IoU reaches it (section 5 of the paper).
    """
    matches = _match(sequence)
    parts = [_at(matches, sequence, float(alpha)) for alpha in ALPHAS]
    columns = np.array(parts).reshape(len(ALPHAS), 5).T
    return HotaScores(*columns)


def _match(sequence: Sequence) -> _Matches:
    alignment = _alignment(sequence)
    found = [_Matches(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for frame in sequence.frames:
        if not frame.iou.size:
            continue
        worth = alignment[frame.truth[:, None], frame.predicted[None, :]] * frame.iou
        rows, columns = linear_sum_assignment(worth, maximize=True)
        found.append(_Matches(frame.truth[rows], frame.predicted[columns], frame.iou[rows, columns]))
    return _Matches(
        np.concatenate([one.truth for one in found]),
        np.concatenate([one.predicted for one in found]),
        np.concatenate([one.iou for one in found]),
    )


def _alignment(sequence: Sequence) -> FloatArray:
    """Jaccard index of any two identities over the sequence, from soft matches, (G, P)."""
    soft = np.zeros((len(sequence.truth_boxes), len(sequence.predicted_boxes)))
    for frame in sequence.frames:
        soft[frame.truth[:, None], frame.predicted[None, :]] += _shared_out(frame)
    either = sequence.truth_boxes[:, None] + sequence.predicted_boxes[None, :] - soft
    return soft / np.maximum(either, TINY)


def _shared_out(frame: FramePair) -> FloatArray:
    """IoU over everything that overlaps with either box, so that crowds count less, (n, m)."""
    either = frame.iou.sum(axis=0)[None, :] + frame.iou.sum(axis=1)[:, None] - frame.iou
    shares: FloatArray = np.divide(frame.iou, either, out=np.zeros_like(frame.iou), where=either > TINY)
    return shares


def _at(matches: _Matches, sequence: Sequence, alpha: float) -> tuple[float, float, float, float, float]:
    """DetA, AssA, AssRe, AssPr and LocA at one threshold."""
    truths, predictions = sequence.truth_total, sequence.predicted_total
    if not truths + predictions:
        return 1.0, 1.0, 1.0, 1.0, 1.0
    enough = matches.iou >= alpha - TINY
    width = max(len(sequence.predicted_boxes), 1)
    key = matches.truth[enough] * width + matches.predicted[enough]
    pairs, common = np.unique(key, return_counts=True)
    own, other = sequence.truth_boxes[pairs // width], sequence.predicted_boxes[pairs % width]
    count = int(enough.sum())
    weights = common / max(count, 1)
    return (
        count / (truths + predictions - count),
        float((weights * common / (own + other - common)).sum()),
        float((weights * common / own).sum()),
        float((weights * common / other).sum()),
        float(matches.iou[enough].mean()) if count else 1.0,
    )
