"""Which pairs of passages are worth a person's look."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.datasets.manifest import LinkEntry
from reid.datasets.tables import StoredTracklet
from tracking.arrays import FloatArray

ROUNDING_S = 1.0
"""Times of a set are whole seconds, so a travel time may be off by this much."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two passages at different cameras that may be one rider's.

    Attributes:
        first: Number of the earlier passage.
        second: Number of the later one.
        travel_s: Seconds from entering the one view to entering the other.
        distance: Euclidean distance of their embeddings.
    """

    first: int
    second: int
    travel_s: int
    distance: float

    @property
    def key(self) -> str:
        """Short name."""
        return f"{self.first}-{self.second}"


def propose(
    tracklets: Sequence[StoredTracklet],
    embeddings: FloatArray,
    windows: Sequence[LinkEntry],
    nearest: int = 3,
) -> tuple[Proposal, ...]:
    """Pair passages inside the travel-time windows, the most alike first.

    Args:
        tracklets: N passages.
        embeddings: (N, D) unit rows.
        windows: Which camera can follow which, and how soon.
        nearest: A pair is proposed if it is among so many nearest of either passage.

    Returns:
        By distance, then by number.
    """
    pairs = [pair for window in windows for pair in _pairs(tracklets, embeddings, window)]
    pairs.sort(key=lambda one: (one.distance, one.first, one.second))
    after: dict[int, int] = defaultdict(int)
    before: dict[int, int] = defaultdict(int)
    chosen = []
    for pair in pairs:
        if after[pair.first] < nearest or before[pair.second] < nearest:
            chosen.append(pair)
        after[pair.first] += 1
        before[pair.second] += 1
    return tuple(chosen)


def _pairs(tracklets: Sequence[StoredTracklet], embeddings: FloatArray, window: LinkEntry) -> list[Proposal]:
    here = [n for n, one in enumerate(tracklets) if one.camera == window.from_camera]
    there = [n for n, one in enumerate(tracklets) if one.camera == window.to_camera]
    departures = np.array([tracklets[n].enter for n in here], np.float64)
    arrivals = np.array([tracklets[n].enter for n in there], np.float64)
    travel_s = arrivals[None, :] - departures[:, None]
    fits = (travel_s >= window.earliest_s - ROUNDING_S) & (travel_s <= window.latest_s + ROUNDING_S)
    return [
        Proposal(
            first=tracklets[here[row]].tracklet,
            second=tracklets[there[column]].tracklet,
            travel_s=round(travel_s[row, column]),
            distance=float(np.linalg.norm(embeddings[here[row]] - embeddings[there[column]])),
        )
        for row, column in np.argwhere(fits).tolist()
    ]
