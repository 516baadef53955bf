"""How right the travel times are."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import wasserstein_distance

from flows.accuracy.measures import ratio
from flows.accuracy.passages import Passages
from tracking.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class TravelTimeScore:
    """Travel times from one camera to a later one of the same journey, entering to entering.

    Attributes:
        origin: Earlier camera.
        destination: Later camera.
        truth: Number of true travel times.
        estimate: Number of travel times of the program.
        truth_median_s: Median of the truth.
        estimate_median_s: Median of the program.
        distance_s: Wasserstein distance of the two distributions: the seconds by which the travel times
            would have to be shifted, on average, to make one of the other.
    """

    origin: str
    destination: str
    truth: int
    estimate: int
    truth_median_s: float
    estimate_median_s: float
    distance_s: float

    @property
    def median_error_s(self) -> float:
        """Estimate minus truth."""
        return self.estimate_median_s - self.truth_median_s


@dataclass(frozen=True, slots=True)
class TravelTimeScores:
    """Travel times between all cameras.

    Attributes:
        pairs: Pairs of cameras that have travel times in the truth and in the database.
        unknown_pairs: Pairs that have some in the truth only.
        invented_pairs: Pairs that have some in the database only.
    """

    pairs: tuple[TravelTimeScore, ...]
    unknown_pairs: int
    invented_pairs: int

    @property
    def median_error_s(self) -> float | None:
        """Mean absolute error of the medians, weighted with the true riders; None without any pair."""
        return self._weighted([abs(pair.median_error_s) for pair in self.pairs])

    @property
    def distance_s(self) -> float | None:
        """Mean Wasserstein distance, weighted likewise."""
        return self._weighted([pair.distance_s for pair in self.pairs])

    def _weighted(self, values: list[float]) -> float | None:
        if not self.pairs:
            return None
        weights = [pair.truth for pair in self.pairs]
        return ratio(sum(v * w for v, w in zip(values, weights, strict=True)), sum(weights))


def score_travel_times(truth: Passages, estimate: Passages) -> TravelTimeScores:
    """Compare the travel times of all pairs of cameras.

    Args:
        truth: What really happened.
        estimate: What the program says; counts in the same cameras.
    """
    true, claimed = _travel_times(truth), _travel_times(estimate)
    names, count = truth.cameras, len(truth.cameras)
    pairs = tuple(
        TravelTimeScore(
            names[key // count],
            names[key % count],
            len(true[key]),
            len(claimed[key]),
            float(np.median(true[key])),
            float(np.median(claimed[key])),
            float(wasserstein_distance(true[key], claimed[key])),
        )
        for key in sorted(true.keys() & claimed.keys())
    )
    return TravelTimeScores(pairs, len(true.keys() - claimed.keys()), len(claimed.keys() - true.keys()))


def _travel_times(passages: Passages) -> dict[int, FloatArray]:
    """Seconds between any two stops of a journey, by origin × number of cameras + destination."""
    first, last = passages.journey_bounds()
    count = len(passages.cameras)
    keys, seconds = [], []
    for apart in range(1, int((last - first).max(initial=0)) + 1):
        start = np.flatnonzero(passages.journey[apart:] == passages.journey[:-apart])
        keys.append(passages.camera[start] * count + passages.camera[start + apart])
        seconds.append(passages.enter[start + apart] - passages.enter[start])
    if not keys:
        return {}
    key, travel = np.concatenate(keys), np.concatenate(seconds)
    order = np.argsort(key, kind="stable")
    found, begin = np.unique(key[order], return_index=True)
    return dict(zip(found.tolist(), np.split(travel[order], begin[1:]), strict=True))
