"""How right the links between cameras are."""

from dataclasses import dataclass

import numpy as np

from flows.accuracy.correspondence import Correspondence
from flows.accuracy.measures import harmonic_mean, ratio
from flows.accuracy.passages import Passages
from tracking.arrays import BoolArray, IntArray


@dataclass(frozen=True, slots=True)
class LinkScore:
    """Links found against links that are there.

    Attributes:
        truth: True links.
        claimed: Links that the program made.
        correct: Claimed links whose both ends show the same rider, at consecutive cameras of the journey.
    """

    truth: int
    claimed: int
    correct: int

    @property
    def precision(self) -> float:
        """Share of the claimed links that are right."""
        return ratio(self.correct, self.claimed, float(not self.truth))

    @property
    def recall(self) -> float:
        """Share of the true links that were found."""
        return ratio(self.correct, self.truth)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return harmonic_mean(self.precision, self.recall)


@dataclass(frozen=True, slots=True)
class LinkScores:
    """Links, with and without what detection and tracking got wrong before.

    Attributes:
        whole_chain: Against every true link of the observed passages.
        of_seen: Only what the matching can be blamed for: true links join the passages that have a
            sighting, skipping those that have none, and a claimed link counts only where both ends show
            some rider.
    """

    whole_chain: LinkScore
    of_seen: LinkScore


def score_links(found: Correspondence) -> LinkScores:
    """Score the links between sightings."""
    truth_of = found.partner[found.estimate.links()]
    both_ends = np.flatnonzero((truth_of >= 0).all(axis=1))
    seen = found.truth.keep(found.partner_of_truth() >= 0)
    position_among_seen = np.cumsum(found.partner_of_truth() >= 0) - 1
    ends = truth_of[both_ends]
    return LinkScores(
        LinkScore(len(found.truth.links()), len(truth_of), int(_consecutive(found.truth, ends).sum())),
        LinkScore(len(seen.links()), len(ends), int(_consecutive(seen, position_among_seen[ends]).sum())),
    )


def wrong_links(found: Correspondence) -> IntArray:
    """Claimed links between two passages that are not consecutive stops of one rider.

    Returns:
        (L, 2) positions of the sightings.
    """
    links = found.estimate.links()
    ends = found.partner[links]
    shown = np.flatnonzero((ends >= 0).all(axis=1))
    right = shown[_consecutive(found.truth, ends[shown])]
    return np.delete(links, right, axis=0)


def _consecutive(passages: Passages, ends: IntArray) -> BoolArray:
    """Mark the pairs of positions that are neighbouring stops of one journey, (L,)."""
    same = passages.journey[ends[:, 0]] == passages.journey[ends[:, 1]]
    neighbours: BoolArray = same & (ends[:, 1] - ends[:, 0] == 1)
    return neighbours
