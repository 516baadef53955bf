"""How right the O-D matrix is."""

from dataclasses import dataclass

import numpy as np

from flows.accuracy.measures import geh, ratio
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
    """

    origin: str
    destination: str
    truth: int
    estimate: int
    geh: float


@dataclass(frozen=True, slots=True)
class MatrixScore:
    """The O-D matrix of journeys over at least two cameras.

    Attributes:
        cells: Those where somebody rode or was thought to.
        relative_error: Σ |estimate − truth| / Σ truth; 0 where both are empty.
    """

    cells: tuple[Cell, ...]
    relative_error: float

    @property
    def good_share(self) -> float:
        """Share of the cells whose GEH is below 5."""
        return ratio(sum(cell.geh < GOOD_GEH for cell in self.cells), len(self.cells))


def score_matrix(truth: Passages, estimate: Passages, hours: float) -> MatrixScore:
    """Compare two sets of journeys by their first and last cameras.

    Args:
        truth: What really happened.
        estimate: What the program says; counts in the same cameras.
        hours: Length of the evaluated period.
    """
    true, claimed = _matrix(truth), _matrix(estimate)
    names = truth.cameras
    return MatrixScore(
        tuple(
            Cell(
                names[a], names[b], int(true[a, b]), int(claimed[a, b]), geh(claimed[a, b], true[a, b], hours)
            )
            for a, b in np.argwhere(true + claimed > 0).tolist()
        ),
        ratio(float(np.abs(claimed - true).sum()), float(true.sum()), float(claimed.sum() > 0)),
    )


def _matrix(passages: Passages) -> IntArray:
    """(C, C) journeys from camera to camera; those over a single camera are left out."""
    count = len(passages.cameras)
    first, last = passages.journey_bounds()
    ends = passages.camera[first[last > first]] * count + passages.camera[last[last > first]]
    return np.bincount(ends, minlength=count * count).reshape(count, count)
