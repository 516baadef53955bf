"""How right the counts of each route are."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from flows.accuracy.correspondence import Correspondence
from flows.accuracy.journeys import exact_journeys
from flows.accuracy.measures import ratio
from flows.accuracy.passages import Passages


@dataclass(frozen=True, slots=True)
class RouteScore:
    """Journeys over one sequence of cameras.

    Attributes:
        route: Cameras in order, such as ``A>B>C``.
        truth: True journeys.
        claimed: Journeys of the program.
        correct: True journeys that the program reproduced stop for stop.
    """

    route: str
    truth: int
    claimed: int
    correct: int

    @property
    def precision(self) -> float:
        """Share of the claimed journeys that are right."""
        return ratio(self.correct, self.claimed, float(not self.truth))

    @property
    def recall(self) -> float:
        """Share of the true journeys that were found."""
        return ratio(self.correct, self.truth)


def score_routes(found: Correspondence) -> tuple[RouteScore, ...]:
    """Score each route that was ridden or claimed, by name."""
    true, claimed = _routes(found.truth), _routes(found.estimate)
    exact = exact_journeys(found)
    correct = Counter(true[place] for place in np.flatnonzero(exact).tolist())
    truths, claims = Counter(true), Counter(claimed)
    return tuple(
        RouteScore(route, truths[route], claims[route], correct[route])
        for route in sorted(truths.keys() | claims.keys())
    )


def _routes(passages: Passages) -> list[str]:
    names = [passages.cameras[camera] for camera in passages.camera.tolist()]
    bounds = zip(*(ends.tolist() for ends in passages.journey_bounds()), strict=True)
    return [">".join(names[first : last + 1]) for first, last in bounds]
