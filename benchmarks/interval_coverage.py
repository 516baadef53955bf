"""How often the 95 % intervals of corrected route counts hold the truth.

    python benchmarks/interval_coverage.py --days 50

Each day, riders choose routes through a street of cameras; passages are missed, links are not made, and
pieces of different riders are joined, each camera and each link at its own rate. A labelled day before it,
drawn anew each time, is evaluated by `flows.accuracy` to learn precision and recall per route; then the
counts of the day are corrected and held against its truth.
"""

import argparse
from collections import Counter
from dataclasses import dataclass

import numpy as np

from flows.accuracy import Passages, match_passages
from flows.accuracy.routes import RouteScore, score_routes
from flows.statistics import LabelledSample, Reliability

NAMES = "ABCDEF"
Stops = list[tuple[str, float]]
"""Cameras and moments of one rider."""
PUBLISHED = 5
"""Smaller cells are withheld by the statistics."""


@dataclass(frozen=True)
class Street:
    """Demand and errors of one site."""

    routes: tuple[str, ...]
    demand: tuple[float, ...]
    seen: dict[str, float]
    linked: float
    joined: float


def build_street(dice: np.random.Generator, riders: float) -> Street:
    """Routes of one to five neighbouring cameras; few are ridden by many."""
    routes = [
        route[::way]
        for first in range(len(NAMES))
        for length in range(1, 6)
        if len(route := NAMES[first : first + length]) == length
        for way in ((1, -1) if length > 1 else (1,))
    ]
    weights = np.sort(1.0 / np.arange(1, len(routes) + 1))
    weights = dice.permutation(weights) / weights.sum()
    return Street(
        tuple(">".join(route) for route in routes),
        tuple((riders * weights).tolist()),
        {name: float(dice.uniform(0.88, 0.99)) for name in NAMES},
        linked=float(dice.uniform(0.85, 0.97)),
        joined=float(dice.uniform(0.01, 0.04)),
    )


def live_a_day(dice: np.random.Generator, street: Street) -> tuple[Passages, Passages]:
    """Truth and what a run makes of it."""
    level = dice.gamma(20, 1 / 20)
    true: list[Stops] = []
    claimed: list[Stops] = []
    for route, demand in zip(street.routes, street.demand, strict=True):
        for _ in range(dice.poisson(level * demand)):
            start = float(dice.uniform(0, 86_400))
            stops = [(name, start + 60.0 * step) for step, name in enumerate(route.split(">"))]
            true.append(stops)
            claimed += _observe(dice, street, stops)
    return _passages(true), _passages(_mix(dice, street, claimed))


def _observe(dice: np.random.Generator, street: Street, stops: Stops) -> list[Stops]:
    parts: list[Stops] = [[]]
    for stop in stops:
        if dice.random() > street.seen[stop[0]]:
            continue
        if parts[-1] and dice.random() > street.linked:
            parts.append([])
        parts[-1].append(stop)
    return [part for part in parts if part]


def _mix(dice: np.random.Generator, street: Street, parts: list[Stops]) -> list[Stops]:
    """Join the end of some pieces to the beginning of others that come later at another camera."""
    parts = [parts[place] for place in dice.permutation(len(parts))]
    mixed: list[Stops] = []
    for part in parts:
        last = mixed[-1][-1] if mixed else None
        if (
            last is not None
            and last[0] != part[0][0]
            and last[1] < part[0][1]
            and dice.random() < street.joined
        ):
            mixed[-1] = mixed[-1] + part
        else:
            mixed.append(part)
    return mixed


def _passages(journeys: list[Stops]) -> Passages:
    rows = [
        (name, at, at + 4.0, "left", f"{number:07}", step)
        for number, stops in enumerate(journeys)
        for step, (name, at) in enumerate(stops)
    ]
    return Passages.of(rows, tuple(NAMES))


def routes_of(truth: Passages, claimed: Passages) -> tuple[RouteScore, ...]:
    return score_routes(match_passages(truth, claimed))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=50)
    parser.add_argument("--riders", type=float, default=2000, help="riders of a day")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    dice = np.random.default_rng(asked.seed)
    held, cells, widths = Counter(), Counter(), []
    errors = {"counted": [0.0, 0.0], "corrected": [0.0, 0.0]}
    for _ in range(asked.days):
        street = build_street(dice, asked.riders)
        labelled = routes_of(*live_a_day(dice, street))
        reliability = Reliability.of(
            {one.route: LabelledSample(one.correct, one.claimed, one.truth) for one in labelled}
        )
        for score in routes_of(*live_a_day(dice, street)):
            estimate = reliability.correct(score.route, score.claimed)
            for kind in ("all", *(["published"] if score.claimed >= PUBLISHED else [])):
                cells[kind] += 1
                held[kind] += estimate.holds(score.truth)
            if score.claimed >= PUBLISHED:
                widths.append((estimate.high - estimate.low) / max(estimate.expected, 1))
            for name, value in (("counted", score.claimed), ("corrected", estimate.expected)):
                errors[name][0] += abs(value - score.truth)
                errors[name][1] += score.truth
    for kind in ("published", "all"):
        share = held[kind] / cells[kind]
        spread = 1.96 * (share * (1 - share) / cells[kind]) ** 0.5
        count = f"{held[kind]} of {cells[kind]}"
        print(f"intervals of {kind} cells: {count} hold the truth, {share:.1%} ± {spread:.1%}")
    print(f"median width of a published interval: {np.median(widths):.0%} of the expected count")
    for name, (wrong, total) in errors.items():
        print(f"{name} route counts are off by {wrong / total:.1%} of the true journeys")


if __name__ == "__main__":
    main()
