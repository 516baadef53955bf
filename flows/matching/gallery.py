"""The embeddings that a new sighting is compared with, camera by camera."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, repeat
from operator import attrgetter

import numpy as np

from flows.matching.comparisons import Comparisons, Observer
from flows.matching.links import CameraLink, LinkNetwork
from flows.matching.tally import Tally
from flows.values import Sighting
from tracking.arrays import BoolArray, FloatArray, IntArray

WHOLE = 4000.0
"""Steps into which the length 1 is divided where many pairs are compared at once. Products of such whole
numbers add up to less than 2²⁴: a matrix product of float32 is exact, whatever else is multiplied with it."""

PAIRS_AT_ONCE = 8192
"""Pairs whose exact distances are computed together; bounds the memory of one comparison."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two sightings that may be the same cyclist.

    Attributes:
        departure: Id of the earlier sighting.
        arrival: Id of the later sighting.
        distance: Euclidean distance of their embeddings, below the limit.
        travel_s: Seconds from entering the one view to entering the other.
        link: The link they would use.
        headings: Of the earlier and of the later one through their views.
        limit: The threshold when the later one entered, and what the headings add to it.
        allowance: What they add.
    """

    departure: str
    arrival: str
    distance: float
    travel_s: float
    link: CameraLink
    headings: tuple[str, str]
    limit: float
    allowance: float = 0.0

    def allowed(self, allowance: float) -> "Candidate":
        """The same with what headings add to its limit, below 0 where they speak against it."""
        return replace(self, limit=self.limit + allowance, allowance=allowance)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The sightings of one camera that are compared, in order of time.

    Attributes:
        ids: Sighting ids.
        headings: Their directions through the view.
        times: (N,) entry times, seconds since the epoch, never falling.
        embeddings: (N, D) float32, rows of unit norm.
        whole: (N, D) float32, the same in whole steps.
    """

    ids: list[str]
    headings: list[str]
    times: FloatArray
    embeddings: FloatArray
    whole: FloatArray

    @classmethod
    def of(cls, sightings: Iterable[Sighting]) -> "Shelf | None":
        """Stack the sightings that have an embedding; None where there are none."""
        found = [
            (s.sighting_id, s.direction, s.enter_time, s.embedding)
            for s in sightings
            if s.embedding is not None
        ]
        if not found:
            return None
        ids, headings, times, embeddings = zip(*found, strict=True)
        rows = np.stack(embeddings)
        return cls(
            list(ids), list(headings), np.array(times, np.float64), rows, np.rint(rows * np.float32(WHOLE))
        )

    def __len__(self) -> int:
        return len(self.ids)

    def then(self, later: "Shelf") -> "Shelf":
        """Append sightings that come later."""
        return Shelf(
            self.ids + later.ids,
            self.headings + later.headings,
            np.concatenate([self.times, later.times]),
            np.concatenate([self.embeddings, later.embeddings]),
            np.concatenate([self.whole, later.whole]),
        )

    def part(self, start: int, stop: int) -> "Shelf":
        """Cut out a stretch, as a copy, so that what is cut off is really forgotten."""
        rows = slice(start, stop)
        times, embeddings, whole = self.times[rows], self.embeddings[rows], self.whole[rows]
        return Shelf(self.ids[rows], self.headings[rows], times.copy(), embeddings.copy(), whole.copy())


class Gallery:
    """Sightings that may still find a successor.

    Args:
        network: Which camera can follow which.
        observe: Told of every pair whose travel time fits and that is no candidate; None where nobody asks.
        reach: Pairs are candidates that lie by less than this beyond the threshold.
    """

    def __init__(self, network: LinkNetwork, observe: Observer | None = None, reach: float = 0.0) -> None:
        self._network = network
        self._reach = reach
        self._observe = observe
        self._shelves: dict[str, Shelf] = {}

    def __len__(self) -> int:
        return sum(len(shelf) for shelf in self._shelves.values())

    def extend(
        self, sightings: Sequence[Sighting], limit: float, tally: Tally | None = None
    ) -> Iterator[Candidate]:
        """Put sightings on the shelves and compare them with those that came before.

        Args:
            sightings: In (enter_time, sighting_id) order, later than all before.
            limit: The threshold.
            tally: Told how far apart all pairs are; None where nobody counts.

        Yields:
            The candidates whose arrival is one of `sightings`, grouped by the link they use.
        """
        by_camera = sorted(sightings, key=attrgetter("camera"))
        arrivals = {
            camera: shelf
            for camera, members in groupby(by_camera, key=attrgetter("camera"))
            if (shelf := Shelf.of(members)) is not None
        }
        for camera, shelf in arrivals.items():
            if self._network.latest_from(camera) is not None:
                old = self._shelves.get(camera)
                self._shelves[camera] = shelf if old is None else old.then(shelf)
        for camera, shelf in arrivals.items():
            for link in self._network.into(camera):
                departures = self._shelves.get(link.from_camera)
                if departures is not None:
                    yield from self._compare(link, departures, shelf, limit, tally)

    def forget_before(self, time: float) -> None:
        """Drop the sightings that nobody who enters at `time` or later can follow."""
        for camera, shelf in list(self._shelves.items()):
            closed_at = shelf.times + (self._network.latest_from(camera) or 0.0)
            gone = int(np.searchsorted(closed_at, time, side="left"))
            if gone == len(shelf):
                del self._shelves[camera]
            elif gone:
                self._shelves[camera] = shelf.part(gone, len(shelf))

    def _compare(
        self, link: CameraLink, departures: Shelf, arrivals: Shelf, limit: float, tally: Tally | None
    ) -> Iterator[Candidate]:
        first = np.searchsorted(departures.times, arrivals.times[0] - link.window.latest_s - 1.0)
        last = np.searchsorted(departures.times, arrivals.times[-1], side="right")
        block = slice(int(first), int(last))
        times = departures.times[block]
        admitted = link.window.admits(times, arrivals.times)
        if tally is None and not admitted.any():
            return
        about = _distances(departures.whole[block], arrivals.whole)
        if tally is not None:
            tally.see(link, departures.ids[block], times, arrivals.ids, arrivals.times, about)
        if self._observe is None:
            admitted &= about < limit + self._reach + np.sqrt(arrivals.whole.shape[1]) / WHOLE
        leaving, coming = np.nonzero(admitted)
        leaving += block.start
        for start in range(0, len(leaving), PAIRS_AT_ONCE):
            some = slice(start, start + PAIRS_AT_ONCE)
            yield from self._exact(link, departures, arrivals, leaving[some], coming[some], limit)

    def _exact(
        self,
        link: CameraLink,
        departures: Shelf,
        arrivals: Shelf,
        leaving: IntArray,
        coming: IntArray,
        limit: float,
    ) -> Iterator[Candidate]:
        travel_s = arrivals.times[coming] - departures.times[leaving]
        ordered = _in_order(departures, arrivals, leaving, coming, travel_s)
        leaving, coming, travel_s = leaving[ordered], coming[ordered], travel_s[ordered]
        distances = paired_distances(departures.embeddings[leaving], arrivals.embeddings[coming])
        near = distances < limit + self._reach
        far = np.flatnonzero(~near)
        if self._observe is not None and len(far):
            here, there = _ids(departures, leaving[far]), _ids(arrivals, coming[far])
            limits = np.full(len(far), limit)
            self._observe.compared(
                Comparisons(link.from_camera, link.to_camera, here, there, distances[far], limits)
            )
        keep = np.flatnonzero(near)
        values = (distances[keep].tolist(), travel_s[keep].tolist())
        leaving, coming = leaving[keep], coming[keep]
        here, there = _ids(departures, leaving), _ids(arrivals, coming)
        headings = [
            (departures.headings[one], arrivals.headings[other])
            for one, other in zip(leaving.tolist(), coming.tolist(), strict=True)
        ]
        yield from map(Candidate, here, there, *values, repeat(link), headings, repeat(limit))


def comparison_of(one: Candidate) -> Comparisons:
    """A candidate as whoever asks why two were not linked is told of it."""
    ends = one.link.from_camera, one.link.to_camera
    distance, limit = np.array([one.distance]), np.array([one.limit])
    return Comparisons(*ends, (one.departure,), (one.arrival,), distance, limit)


def paired_distances(left: FloatArray, right: FloatArray) -> FloatArray:
    """Euclidean distances row by row, the same to the last bit whatever other rows are there.

    A matrix product is faster, but rounds a pair differently in different company; matches must not
    depend on the order in which sightings arrive.

    Args:
        left: (N, D).
        right: (N, D).

    Returns:
        (N,) float64.
    """
    difference = np.ascontiguousarray(left.astype(np.float64) - right.astype(np.float64))
    distances: FloatArray = np.sqrt(np.square(difference).sum(axis=1))
    return distances


def _in_order(
    departures: Shelf, arrivals: Shelf, leaving: IntArray, coming: IntArray, travel_s: FloatArray
) -> BoolArray:
    """(N,) mask of the pairs in (enter_time, sighting_id) order, so that no two can follow each other."""
    ordered: BoolArray = travel_s > 0
    for row in np.flatnonzero(~ordered).tolist():
        ordered[row] = departures.ids[leaving[row]] < arrivals.ids[coming[row]]
    return ordered


def _ids(shelf: Shelf, rows: IntArray) -> tuple[str, ...]:
    return tuple(shelf.ids[row] for row in rows.tolist())


def _distances(departures: FloatArray, arrivals: FloatArray) -> FloatArray:
    """Distances of all pairs, the same to the last bit in any company.

    Args:
        departures: (M, D) in whole steps.
        arrivals: (N, D) likewise.

    Returns:
        (M, N) float64, off by at most √D / `WHOLE`.
    """
    here, there = (np.einsum("nd,nd->n", one, one).astype(np.float64) for one in (departures, arrivals))
    products = (departures @ arrivals.T).astype(np.float64)
    found: FloatArray = np.sqrt(np.maximum(here[:, None] + there[None, :] - 2 * products, 0.0)) / WHOLE
    return found
