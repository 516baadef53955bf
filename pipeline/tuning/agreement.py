"""Whether two ways of looking count the same riders."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
from scipy.special import betaincinv

from flows.accuracy import Passages, Spans, match_passages
from flows.accuracy.coverage import cut_short
from flows.accuracy.links import LinkScore, score_links
from flows.matching import EventTimeMatcher
from flows.values import Sighting
from pipeline.tuning.pieces import Piece, stretches

LEVEL = 0.95
"""How sure the bound of the loss is."""
MOST_DIFFERING = 0.01
"""Largest share of the riders of a camera by which a way of looking may differ, however unsure the reference
is of itself; below a hundred riders that is nobody."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One camera, counted in two ways.

    Attributes:
        camera: Camera id.
        reference: Riders counted by the reference.
        counted: Riders counted by the other way.
        missed: Riders of the reference that the other way has not, or heading elsewhere.
        extra: Riders of the other way that the reference has not.
    """

    camera: str
    reference: int
    counted: int
    missed: int
    extra: int

    @property
    def most(self) -> int:
        """The larger of its two faults."""
        return max(self.missed, self.extra)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two ways of looking at the same pieces.

    Attributes:
        cameras: One for each camera.
        links: Links between cameras, against those of the reference.
    """

    cameras: tuple[Difference, ...]
    links: LinkScore

    def agrees(self, allowed: Mapping[str, int]) -> bool:
        """Whether no camera differs by more than is allowed."""
        return all(one.most <= allowed[one.camera] for one in self.cameras)


def compare(reference: Passages, other: Passages, pieces: Iterable[Piece]) -> Comparison:
    """Pair the riders of two ways of looking in time, at each camera.

    Who comes or goes at the edge of a piece and is seen for a moment only is left out.

    Args:
        reference: What is taken for right.
        other: Counts in the same cameras.
        pieces: What was watched.
    """
    pieces = tuple(pieces)
    observed = tuple(
        Spans.of(stretches([piece for piece in pieces if piece.camera == camera]))
        for camera in reference.cameras
    )
    found = match_passages(reference, other)
    shown = np.flatnonzero(found.partner >= 0)
    turned = [one for one in shown if other.direction[one] != reference.direction[found.partner[one]]]
    found.partner[turned] = -1
    whole = ~cut_short(reference, observed)
    missed = whole & (found.partner_of_truth() < 0)
    extra = ~cut_short(other, observed) & (found.partner < 0)
    cameras = []
    for number, camera in enumerate(reference.cameras):
        there, lost = (int((mask & (reference.camera == number)).sum()) for mask in (whole, missed))
        more = int((extra & (other.camera == number)).sum())
        cameras.append(Difference(camera, there, there - lost + more, lost, more))
    return Comparison(tuple(cameras), score_links(found).whole_chain)


def most_differences(reference: Comparison) -> dict[str, int]:
    """How many riders each camera may differ by, however unsure the reference is of itself.

    Args:
        reference: What is taken for right, against anything.
    """
    return {one.camera: floor(MOST_DIFFERING * one.reference) for one in reference.cameras}


def own_differences(most: Mapping[str, int], halves: Comparison) -> dict[str, int]:
    """How many riders each camera may differ by: as many as the reference differs from itself.

    Args:
        most: Riders, see `most_differences`.
        halves: Every second look of the reference against the others.
    """
    return {one.camera: min(one.most, most[one.camera]) for one in halves.cameras}


def loss_bound(riders: int, missed: int) -> float:
    """Share of the riders that may be missed all the same, at most, with a confidence of `LEVEL`.

    The exact upper bound of Clopper and Pearson, of one side: nobody missed of 14 proves no less than 81 %.

    Args:
        riders: Of the reference.
        missed: Of those, not counted.
    """
    if missed >= riders:
        return 1.0
    return float(betaincinv(missed + 1, riders - missed, LEVEL))


def chained(sightings: Iterable[Sighting], cameras: Sequence[str], matcher: EventTimeMatcher) -> Passages:
    """Link sightings to journeys.

    Args:
        sightings: Of one way of looking.
        cameras: Ids of all cameras.
        matcher: That has seen nothing.
    """
    matcher.add(sightings)
    rows = [
        (one.camera, one.enter_time, one.exit_time, one.direction, journey.journey_id, stop)
        for journey in matcher.finish().journeys
        for stop, one in enumerate(journey.sightings)
    ]
    return Passages.of(rows, tuple(cameras))
