"""How right the counts of each route are, and what that says about the counts of other days."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from flows.accuracy.correspondence import Correspondence
from flows.accuracy.journeys import exact_journeys
from flows.accuracy.measures import ratio
from flows.accuracy.passages import Passages
from flows.statistics.correction import ErrorRates, Estimate, LabelledSample, corrected_count
from tracking.errors import UsageError


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


@dataclass(frozen=True, slots=True)
class Reliability:
    """How right the count of each route is, learned from labelled days.

    Routes of which the sample holds little lean on all routes together; how much, the data decide.

    Attributes:
        samples: Route → what was labelled of it.
        common: What the routes have in common.
    """

    samples: dict[str, LabelledSample]
    common: ErrorRates

    @classmethod
    def of(cls, scores: Iterable[RouteScore]) -> Self:
        """Learn from the route scores of a labelled time."""
        samples = {one.route: LabelledSample(one.correct, one.claimed, one.truth) for one in scores}
        return cls(samples, ErrorRates.common(samples.values()))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Learn from what ``pipeline evaluate --json`` wrote of a labelled time.

        Raises:
            UsageError: The file cannot be read or is none of these.
        """
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))["routes"]
            scores = [RouteScore(r["route"], r["truth"], r["claimed"], r["correct"]) for r in rows]
            return cls.of(scores)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{path}: is no evaluation; write one with `pipeline evaluate --json {path.name}`"
            ) from error

    def correct(self, route: str, matches: int) -> Estimate:
        """Correct a count of another day.

        Args:
            route: Cameras in order, such as ``A>B>C``.
            matches: Journeys that were counted.
        """
        sample = self.samples.get(route, LabelledSample(0, 0, 0))
        return corrected_count(matches, ErrorRates.after(sample, self.common))
