"""How right the O-D matrix is."""

from dataclasses import dataclass

import numpy as np

from flows.accuracy.correspondence import Correspondence
from flows.accuracy.intervals import cell_intervals, total_interval
from flows.accuracy.measures import geh, ratio, relative_error
from flows.accuracy.passages import Passages
from tracking.arrays import IntArray

GOOD_GEH = 5.0
"""A cell below this counts as good (the usual rule in traffic models)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Journeys from one first to one last camera.

    Attributes:
        origin: First camera.
        destination: Last camera.
        truth: True journeys.
        estimate: Journeys of the program.
        geh: GEH of the hourly volumes.
        error_low: Lower end of the 95 % interval of the error, as a share of the true journeys: what so few
            journeys leave open; None where nobody rode.
        error_high: Its upper end.
    """

    origin: str
    destination: str
    truth: int
    estimate: int
    geh: float
    error_low: float | None
    error_high: float | None

    @property
    def error(self) -> float:
        """(estimate − truth) / truth, see `relative_error`."""
        return relative_error(self.estimate, self.truth)


@dataclass(frozen=True, slots=True)
class MatrixScore:
    """The O-D matrix of journeys over at least two cameras.

    Attributes:
        cells: Those where somebody rode or was thought to.
        relative_error: Σ |estimate − truth| / Σ truth; 0 where both are empty.
        low: Lower end of the interval in which 95 % of other samples of this size would have it.
        high: Its upper end.
    """

    cells: tuple[Cell, ...]
    relative_error: float
    low: float
    high: float

    @property
    def good_share(self) -> float:
        """Share of the cells whose GEH is below 5."""
        return ratio(sum(cell.geh < GOOD_GEH for cell in self.cells), len(self.cells))


def score_matrix(found: Correspondence, hours: float) -> MatrixScore:
    """Compare true and claimed journeys by their first and last cameras.

    Args:
        found: Which sighting shows which passage.
        hours: Length of the evaluated period.
    """
    true, claimed = _matrix(found.truth), _matrix(found.estimate)
    names = found.truth.cameras
    used = true + claimed > 0
    truth, estimate = true[used], claimed[used]
    lost, surplus = truth - _right(found)[used], estimate - _right(found)[used]
    lows, highs = cell_intervals(truth, lost, surplus)
    rows = zip(np.argwhere(used).tolist(), truth.tolist(), estimate.tolist(), lows, highs, strict=True)
    return MatrixScore(
        tuple(
            Cell(names[a], names[b], n, m, geh(m, n, hours), low, high) for (a, b), n, m, low, high in rows
        ),
        ratio(float(np.abs(claimed - true).sum()), float(true.sum()), float(claimed.sum() > 0)),
        *total_interval(truth, lost, surplus),
    )


def _matrix(passages: Passages) -> IntArray:
    """(C, C) journeys from camera to camera; those over a single camera are left out."""
    first, last = passages.journey_bounds()
    return _by_ends(passages, first[last > first], last[last > first])


def _right(found: Correspondence) -> IntArray:
    """(C, C) claimed journeys whose both ends are those of one true journey."""
    first, last = found.estimate.journey_bounds()
    first, last = first[last > first], last[last > first]
    begins, ends = found.truth.journey_bounds()
    here, there = found.partner[first], found.partner[last]
    shown = (here >= 0) & (there >= 0)
    journey = found.truth.journey[here[shown]]
    same = (begins[journey] == here[shown]) & (ends[journey] == there[shown])
    return _by_ends(found.estimate, first[shown][same], last[shown][same])


def _by_ends(passages: Passages, first: IntArray, last: IntArray) -> IntArray:
    count = len(passages.cameras)
    ends = passages.camera[first] * count + passages.camera[last]
    return np.bincount(ends, minlength=count * count).reshape(count, count)
