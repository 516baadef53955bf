"""What joining two sightings costs among rivals: their distance, and a little for an unusual travel time.

Who may be a candidate at all is decided before, by looks alone. So a rider whom nobody rivals is linked
whatever the time, and the travel times that are measured are those that were ridden.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from flows.matching.comparisons import Outpaced
from flows.matching.gallery import Candidate
from flows.matching.usual import UsualTimes
from tracking.arrays import FloatArray

_LEAST = 0.01
"""Share of its worth by looks that a candidate keeps however unusual its travel time is."""


class Ranking:
    """Says what candidates cost at a moment.

    Args:
        usual: The travel times of the links.
        threshold: Cost of joining nobody. A pair at its own limit costs as much.
        weight: See `MatchingSettings.travel_time_weight`.
    """

    def __init__(self, usual: UsualTimes, threshold: float, weight: float) -> None:
        self._usual = usual
        self._threshold = threshold
        self._weight = weight

    def costs(self, candidates: Sequence[Candidate], moment: float) -> FloatArray:
        """Cost of each candidate, from its distance to below the threshold.

        Args:
            candidates: N of them.
            moment: Of the decision.

        Returns:
            (N,) costs.
        """
        self._usual.learn_until(moment)
        distances = np.array([one.distance for one in candidates])
        limits = np.array([one.limit for one in candidates])
        if self._weight == 0 or len(candidates) < 2:
            return distances + (self._threshold - limits)
        worth = limits - distances
        ranked = np.maximum(worth - self._weight * self._surprises(candidates), _LEAST * worth)
        costs: FloatArray = self._threshold - ranked
        return costs

    def _surprises(self, candidates: Sequence[Candidate]) -> FloatArray:
        found = np.zeros(len(candidates))
        rows: dict[tuple[str, str], list[int]] = {}
        for row, one in enumerate(candidates):
            rows.setdefault((one.link.from_camera, one.link.to_camera), []).append(row)
        for some in rows.values():
            travel_s = np.array([candidates[row].travel_s for row in some])
            found[some] = self._usual.surprise(candidates[some[0]].link, travel_s)
        return found


def outpaced(
    candidates: Sequence[Candidate], costs: FloatArray, chosen: Sequence[Candidate]
) -> Iterator[Outpaced]:
    """Who was left alone by a travel time: without it the nearer looks would have won.

    Args:
        candidates: N that competed.
        costs: (N,) theirs.
        chosen: Those of them that were taken.
    """
    rows = {(one.departure, one.arrival): row for row, one in enumerate(candidates)}
    departed = {one.departure: rows[one.departure, one.arrival] for one in chosen}
    arrived = {one.arrival: rows[one.departure, one.arrival] for one in chosen}
    for row, one in enumerate(candidates):
        rival = arrived.get(one.arrival, departed.get(one.departure))
        if rival is None or (one.departure in departed and one.arrival in arrived):
            continue
        if one.distance >= candidates[rival].distance or costs[row] < costs[rival]:
            continue
        cost, rival_cost = float(costs[row]), float(costs[rival])
        if one.departure in departed:
            yield Outpaced(one.arrival, one.departure, one.link.from_camera, False, cost, rival_cost)
        else:
            yield Outpaced(one.departure, one.arrival, one.link.to_camera, True, cost, rival_cost)
