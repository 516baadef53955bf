"""Identity metrics (Ristani et al. 2016): one predicted identity per true object over the whole sequence."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from tracking.mot.clear import OVERLAP
from tracking.mot.sequence import TINY, Sequence


@dataclass(frozen=True, slots=True)
class IdentityScores:
    """IDF1 and what it is made of.

    Attributes:
        true_positives: Boxes that show the object to which their identity belongs (IDTP).
        false_negatives: True boxes that are not among them (IDFN).
        false_positives: Predicted boxes that are not among them (IDFP).
    """

    true_positives: int
    false_negatives: int
    false_positives: int

    @property
    def idf1(self) -> float:
        """2 IDTP / (2 IDTP + IDFN + IDFP)."""
        total = 2 * self.true_positives + self.false_negatives + self.false_positives
        return 2 * self.true_positives / total if total else 1.0

    @property
    def precision(self) -> float:
        """IDP: share of the predicted boxes with the right identity."""
        found = self.true_positives + self.false_positives
        return self.true_positives / found if found else float(not self.false_negatives)

    @property
    def recall(self) -> float:
        """IDR: share of the true boxes with the right identity."""
        there = self.true_positives + self.false_negatives
        return self.true_positives / there if there else 1.0


def identity_scores(sequence: Sequence, overlap: float = OVERLAP) -> IdentityScores:
    """Compute the identity metrics.

    The assignment of identities with the fewest false positives and negatives is the one with the most
    frames in which assigned identities overlap.

    Args:
        sequence: Truth and prediction.
        overlap: Least IoU of a match.
    """
    together = np.zeros((len(sequence.truth_boxes), len(sequence.predicted_boxes)), np.int64)
    for frame in sequence.frames:
        rows, columns = np.nonzero(frame.iou >= overlap - TINY)
        together[frame.truth[rows], frame.predicted[columns]] += 1
    rows, columns = linear_sum_assignment(together, maximize=True)
    matched = int(together[rows, columns].sum())
    return IdentityScores(matched, sequence.truth_total - matched, sequence.predicted_total - matched)
