"""How right whole journeys are."""

from dataclasses import dataclass

import numpy as np

from flows.accuracy.correspondence import Correspondence
from flows.accuracy.measures import ratio
from flows.accuracy.pairing import choose_pairs
from tracking.arrays import BoolArray, IntArray


@dataclass(frozen=True, slots=True)
class JourneyScore:
    """Journeys against the truth.

    Attributes:
        truth: True journeys.
        claimed: Journeys of the program.
        exact: Those that show one rider at exactly the cameras of the true journey, in order.
        truth_linked: True journeys over at least two cameras.
        exact_linked: Those of them that are exactly right.
        idtp: Sightings that show the rider to whom their journey belongs as a whole.
        idf1: Cross-camera IDF1 (Ristani et al. 2016): 2 IDTP / (true passages + sightings).
    """

    truth: int
    claimed: int
    exact: int
    truth_linked: int
    exact_linked: int
    idtp: int
    idf1: float

    @property
    def exact_share(self) -> float:
        """Share of the true journeys that are exactly right."""
        return ratio(self.exact, self.truth)

    @property
    def exact_linked_share(self) -> float:
        """The same among journeys over at least two cameras."""
        return ratio(self.exact_linked, self.truth_linked)


def score_journeys(found: Correspondence) -> JourneyScore:
    """Score the journeys."""
    first, last = found.truth.journey_bounds()
    linked = last > first
    exact = exact_journeys(found)
    idtp = _identity_true_positives(found)
    return JourneyScore(
        truth=len(first),
        claimed=len(found.estimate.journey_bounds()[0]),
        exact=int(exact.sum()),
        truth_linked=int(linked.sum()),
        exact_linked=int((exact & linked).sum()),
        idtp=idtp,
        idf1=ratio(2 * idtp, len(found.truth) + len(found.estimate)),
    )


def exact_journeys(found: Correspondence) -> BoolArray:
    """Mark the true journeys that the program reproduced stop for stop, (J,)."""
    first, last = found.truth.journey_bounds()
    own_first, own_last = found.estimate.journey_bounds()
    sighting = found.partner_of_truth()
    start = sighting[first]
    claimed = np.where(start >= 0, found.estimate.journey[start], -1) if len(found.estimate) else start
    as_long = np.zeros(len(first), bool)
    known = claimed >= 0
    length = (own_last - own_first)[claimed[known]]
    as_long[known] = (length == (last - first)[known]) & (own_first[claimed[known]] == start[known])
    # Stops stand in order on either side, so a journey agrees where each stop is one step further.
    step = np.arange(len(found.truth)) - np.repeat(first, last - first + 1)
    agrees = sighting == np.repeat(start, last - first + 1) + step
    broken = np.bincount(_number_of_journey(found), ~agrees | (sighting < 0), len(first))
    exact: BoolArray = as_long & (broken == 0)
    return exact


def _number_of_journey(found: Correspondence) -> IntArray:
    first, last = found.truth.journey_bounds()
    return np.repeat(np.arange(len(first)), last - first + 1)


def _identity_true_positives(found: Correspondence) -> int:
    shown = np.flatnonzero(found.partner >= 0)
    width = int(found.truth.journey.max(initial=0)) + 1
    key = found.estimate.journey[shown] * width + found.truth.journey[found.partner[shown]]
    pairs, common = np.unique(key, return_counts=True)
    chosen = choose_pairs(pairs // width, pairs % width, common.astype(np.float64))
    return int(common[chosen].sum())
