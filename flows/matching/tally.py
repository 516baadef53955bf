"""Counts how far apart pairs of sightings are, to learn what parts riders from strangers."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from flows.matching.links import CameraLink
from flows.matching.two_humps import class_of
from flows.values import DISTANCE_CLASSES, DistanceCounts
from tracking.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class _Looked:
    """A sighting held against those that entered before it at one other camera."""

    departures: list[str]
    classes: IntArray
    possible: BoolArray


class Tally:
    """Distances of the pairs that an uninterrupted sweep and a restarted one both see.

    A pair counts where it is not decided who follows the earlier sighting when the later one enters: of
    others the embeddings may be gone after a restart.
    """

    def __init__(self) -> None:
        self._looked: dict[str, list[_Looked]] = defaultdict(list)

    def see(
        self,
        link: CameraLink,
        departures: list[str],
        left: FloatArray,
        arrivals: list[str],
        came: FloatArray,
        distances: FloatArray,
    ) -> None:
        """Take down how far apart sightings of two cameras are.

        Args:
            link: Joins the cameras.
            departures: M ids of earlier sightings.
            left: (M,) when they entered.
            arrivals: N ids of later ones.
            came: (N,) when they entered.
            distances: (M, N).
        """
        possible = link.window.admits(left, came)
        travel_s = came[None, :] - left[:, None]
        compared = (travel_s > 0) & (possible | (travel_s < link.window.earliest_s))
        coming, leaving = np.nonzero(compared.T)
        classes, fits = class_of(distances[leaving, coming]), possible[leaving, coming]
        bounds = np.searchsorted(coming, np.arange(len(arrivals) + 1))
        for place in np.unique(coming).tolist():
            some = slice(int(bounds[place]), int(bounds[place + 1]))
            ids = [departures[row] for row in leaving[some].tolist()]
            self._looked[arrivals[place]].append(_Looked(ids, classes[some], fits[some]))

    def count(self, arrival: str, is_open: Callable[[str], bool]) -> DistanceCounts | None:
        """Count what was taken down of a sighting that enters now; None where nothing was.

        Args:
            arrival: Its id.
            is_open: Whether it is undecided who follows a sighting.
        """
        looked = self._looked.pop(arrival, None)
        if looked is None:
            return None
        possible, impossible = (np.zeros(DISTANCE_CLASSES, np.int64) for _ in range(2))
        for one in looked:
            counted = np.array([is_open(departure) for departure in one.departures], np.bool_)
            possible += np.bincount(one.classes[counted & one.possible], minlength=DISTANCE_CLASSES)
            impossible += np.bincount(one.classes[counted & ~one.possible], minlength=DISTANCE_CLASSES)
        return DistanceCounts(possible, impossible, int(possible.any()))
