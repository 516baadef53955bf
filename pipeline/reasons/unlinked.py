"""Why a counted rider was linked to no other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np

from flows.database import Database
from flows.database.alone import Entries, LoneSighting, entries_around, links_of, lone_sightings
from flows.matching import CameraLink, LinkNetwork
from pipeline.reasons.notebook import Nearest, Rank
from pipeline.reasons.rows import Explained, Unit, What, doublings, rounded
from pipeline.reasons.words import Unlinked
from tracking.arrays import BoolArray

_EDGE_S = 1.0
_REACH = 4.0
"""How many of the longest windows around a run are searched for the one who missed a window least."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A reason with what was measured; the limit is an upper one, unless `at_least`."""

    reason: Unlinked
    value: float | None = None
    limit: float | None = None
    unit: Unit | None = None
    camera: str = ""
    at_least: bool = False

    @property
    def margin(self) -> float | None:
        if self.value is None or self.limit is None:
            return None
        low, high = (self.limit, self.value) if self.at_least else (self.value, self.limit)
        return doublings(high, low)


@dataclass(frozen=True, slots=True)
class _Way:
    """A link as one of its ends sees it: who may have entered the other view, and when.

    Attributes:
        camera: The other camera.
        link: The link.
        ahead: Whether the other camera comes later.
    """

    camera: str
    link: CameraLink
    ahead: bool

    def bounds(self, time: float) -> tuple[float, float]:
        """First and last moment at which somebody may have entered there."""
        window = self.link.window
        if self.ahead:
            return time + window.earliest_s, time + window.latest_s
        return time - window.latest_s, time - window.earliest_s


class Alone:
    """The sightings of one run that are linked to no other, and what stands around them."""

    def __init__(self, database: Database, run_id: str, network: LinkNetwork) -> None:
        self.sightings = lone_sightings(database, run_id)
        self._linked = links_of(database, run_id)
        self._entries = entries_around(database, run_id, _REACH * network.longest_s)
        self._ways: dict[str, list[_Way]] = {}
        for link in network.links:
            self._ways.setdefault(link.from_camera, []).append(_Way(link.to_camera, link, True))
            self._ways.setdefault(link.to_camera, []).append(_Way(link.from_camera, link, False))

    def explain(self, sighting: LoneSighting, nearest: Nearest | None, zone: tzinfo) -> Explained:
        """The row of a sighting.

        Args:
            sighting: One of `sightings`.
            nearest: The best that it was compared with.
            zone: Time zone of the site.
        """
        found = self._find(sighting, nearest)
        return Explained(
            What.SIGHTING,
            sighting.camera,
            datetime.fromtimestamp(sighting.enter_time, zone),
            datetime.fromtimestamp(sighting.exit_time, zone),
            found.reason.name.lower(),
            rounded(found.margin),
            rounded(found.value),
            rounded(found.limit),
            found.unit,
            found.camera,
            sighting.frames,
            None,
        )

    def _find(self, sighting: LoneSighting, nearest: Nearest | None) -> _Found:
        ways = self._ways.get(sighting.camera, [])
        if not ways:
            return _Found(Unlinked.NO_LINK)
        if nearest is not None:
            return self._compared(nearest)
        if not sighting.embedded:
            return _Found(Unlinked.NO_EMBEDDING)
        there = np.concatenate([self._comparable(way, sighting.enter_time) for way in ways])
        if len(there):
            return _Found(Unlinked.FORGOTTEN if there.any() else Unlinked.NO_EMBEDDING_THERE)
        return self._missed(ways, sighting.enter_time)

    def _missed(self, ways: list[_Way], time: float) -> _Found:
        if not any(self._watched(way, time) for way in ways):
            return _Found(Unlinked.NOT_WATCHED)
        misses = sorted(self._misses(ways, time), key=_least)
        return misses[0][1] if misses else _Found(Unlinked.NOBODY_IN_TIME)

    def _compared(self, nearest: Nearest) -> _Found:
        if nearest.rank is Rank.CANDIDATE:
            # A choice is maximal, so that the nearest was free for nobody else only if it was taken.
            links = self._linked.before if nearest.later else self._linked.after
            taken_at = links.get(nearest.partner)
            return _Found(Unlinked.TAKEN, nearest.score, taken_at, Unit.DISTANCE, nearest.camera)
        unusual = nearest.rank is Rank.UNUSUAL_TIME
        reason = Unlinked.UNUSUAL_TIME if unusual else Unlinked.TOO_UNLIKE
        return _Found(reason, nearest.score, nearest.rival_score, Unit.DISTANCE, nearest.camera)

    def _comparable(self, way: _Way, time: float) -> BoolArray:
        """(N,) of those who entered there in time: whether they had an embedding."""
        entries = self._entries.get(way.camera, _NOBODY)
        low, high = way.bounds(time)
        first, last = np.searchsorted(entries.times, (low - _EDGE_S, high + _EDGE_S))
        own, others = np.array([time]), entries.times[first:last]
        window = way.link.window
        fits = window.admits(own, others)[0] if way.ahead else window.admits(others, own)[:, 0]
        return entries.embedded[first:last][fits]

    def _watched(self, way: _Way, time: float) -> bool:
        low, high = way.bounds(time)
        watched = self._entries.get(way.camera, _NOBODY).watched
        return any(start <= high and end >= low for start, end in watched)

    def _misses(self, ways: list[_Way], time: float) -> Iterator[tuple[float, _Found]]:
        """Who came next to a window, and by how many seconds they missed it."""
        for way in ways:
            times = self._entries.get(way.camera, _NOBODY).times
            low, high = way.bounds(time)
            before, after = int(np.searchsorted(times, low)) - 1, int(np.searchsorted(times, high, "right"))
            for row in (before, after):
                if 0 <= row < len(times):
                    travel_s = float(times[row] - time) if way.ahead else float(time - times[row])
                    yield _miss(way, travel_s)


def _miss(way: _Way, travel_s: float) -> tuple[float, _Found]:
    window = way.link.window
    early = travel_s < window.earliest_s
    limit = window.earliest_s if early else window.latest_s
    found = _Found(Unlinked.NOBODY_IN_TIME, travel_s, limit, Unit.SECONDS, way.camera, at_least=early)
    return abs(travel_s - limit), found


def _least(one: tuple[float, _Found]) -> tuple[float, str]:
    return one[0], one[1].camera


_NOBODY = Entries(np.zeros(0), np.zeros(0, bool), ())
