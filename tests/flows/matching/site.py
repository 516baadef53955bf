"""A site with its database, for tests of what it learns: killed runs, and nights that follow each other."""

import math
from collections.abc import Iterable, Sequence

from flows.matching import EventTimeMatcher, LinkNetwork, MatchingSettings
from flows.matching.own_threshold import added
from flows.values import DistanceCounts, Journey, Match, Sighting, Travelled


class Site:
    """What a database keeps of all runs of a site; sightings of a run that goes on keep their looks."""

    def __init__(self, network: LinkNetwork, settings: MatchingSettings, threshold: float) -> None:
        self.matches: list[Match] = []
        self._made = network, settings, threshold
        self._sightings: dict[str, Sighting] = {}
        self._distances: dict[int, DistanceCounts] = {}

    def history(self, since: float, until: float) -> Iterable[Travelled]:
        """The matches whose later sighting entered in some time."""
        for one in self.matches:
            here, there = self._sightings[one.from_sighting], self._sightings[one.to_sighting]
            if since <= there.enter_time < until:
                ends = here.camera, there.camera, there.enter_time
                headings = here.direction, there.direction
                yield Travelled(one.to_sighting, *ends, one.travel_s, one.distance, *headings)

    def run(self, sightings: Sequence[Sighting], stops: Sequence[float] = ()) -> list[Journey]:
        """Match a run that is killed, and goes on, at some moments."""
        self._sightings |= {one.sighting_id: one for one in sightings}
        journeys: list[Journey] = []
        others, own = dict(self._distances), {}
        known = {"history": self.history, "distances": lambda _: (others, own)}
        matcher = EventTimeMatcher(*self._made, **known)
        matcher.add(sightings)
        for stop in (*sorted(stops), math.inf):
            outcome = matcher.advance(stop)
            self.matches += outcome.matches
            journeys += outcome.journeys
            own |= outcome.distances
            done = {one.sighting_id for journey in journeys for one in journey.sightings}
            matcher = EventTimeMatcher.restore(
                *self._made,
                sightings=[one for one in sightings if one.sighting_id not in done],
                matches=[one for one in self.matches if one.from_sighting not in done],
                watermark=stop,
                **known,
            )
        self._distances = added([others, own])
        return journeys
