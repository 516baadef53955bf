"""Chains of matched sightings, kept until they can grow no more."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flows.values import Journey, Match, Sighting, journey_id


class OpenJourneys:
    """Journeys whose first sighting may find a predecessor or whose last one a successor."""

    def __init__(self) -> None:
        self._sightings: dict[str, Sighting] = {}
        self._after: dict[str, Match] = {}
        self._before: dict[str, Match] = {}
        self._begun: set[str] = set()
        self._ended: set[str] = set()

    def __len__(self) -> int:
        return len(self._sightings)

    def exit_time(self, sighting_id: str) -> float:
        """Last moment of a sighting in its view, seconds since the epoch."""
        return self._sightings[sighting_id].exit_time

    def enter_time(self, sighting_id: str) -> float:
        """First moment of a sighting in its view, seconds since the epoch."""
        return self._sightings[sighting_id].enter_time

    def put(self, sighting: Sighting) -> None:
        """Start a journey of one sighting, without its embedding."""
        self._sightings[sighting.sighting_id] = replace(sighting, embedding=None)

    def link(self, match: Match) -> None:
        """Let one sighting follow another."""
        self._after[match.from_sighting] = match
        self._before[match.to_sighting] = match

    def begin(self, sighting_id: str) -> None:
        """Note that a sighting has no predecessor, for good."""
        self._begun.add(sighting_id)

    def end(self, sighting_id: str) -> None:
        """Note that a sighting has no successor, for good."""
        self._ended.add(sighting_id)

    def complete(self, sighting_ids: Iterable[str]) -> Iterator[Journey]:
        """Hand out, and forget, the journeys through some sightings that can grow no more."""
        for sighting_id in sighting_ids:
            if sighting_id in self._sightings:
                first = self._first(sighting_id)
                chain = list(self._chain(first))
                if first in self._begun and chain[-1] in self._ended:
                    yield self._pop(chain)

    def _first(self, sighting_id: str) -> str:
        while sighting_id in self._before:
            sighting_id = self._before[sighting_id].from_sighting
        return sighting_id

    def _chain(self, first: str) -> Iterator[str]:
        yield first
        while first in self._after:
            first = self._after[first].to_sighting
            yield first

    def _pop(self, chain: list[str]) -> Journey:
        self._begun.remove(chain[0])
        self._ended.remove(chain[-1])
        matches = tuple(self._after.pop(sighting_id) for sighting_id in chain[:-1])
        for sighting_id in chain[1:]:
            del self._before[sighting_id]
        sightings = tuple(self._sightings.pop(sighting_id) for sighting_id in chain)
        return Journey(journey_id(chain[0]), sightings, matches)
