"""Riders who were in view when an earlier run came to the end of its footage."""

import math

from flows.values import Sighting
from pipeline.runner.checkpoint import Checkpoint


class Bridge:
    """Keeps apart what an earlier run counted from what this run counts, where footage goes on.

    The earlier run closed the passages that were in view at its end. They come out again with the same id
    and update its rows; one that does not come out again was none, and its row is taken back.

    Args:
        restart: The checkpoint to go on from.
        until: What begins from this moment on was counted by an earlier run too, seconds since the epoch.

    Attributes:
        since: What ended before this moment was counted before, seconds since the epoch.
    """

    def __init__(self, restart: Checkpoint, until: float = math.inf) -> None:
        self._until = until
        self.since = -math.inf if restart.since is None else restart.since
        self._led = restart.led
        self._provisional = frozenset(restart.provisional)
        self._confirmed = set(restart.confirmed)
        self._closing = restart.closing
        self._updates: list[Sighting] = []

    def admits(self, sighting: Sighting) -> bool:
        """Whether a sighting is new; one of the earlier run is kept for `take`."""
        if sighting.sighting_id in self._provisional:
            self._updates.append(sighting)
            self._confirmed.add(sighting.sighting_id)
            return False
        if sighting.enter_time >= self._until:
            return False
        return sighting.enter_time >= self.since or (not self._led and sighting.exit_time >= self.since)

    def closing(self, sightings: list[Sighting]) -> None:
        """Note the sightings that are closed because the footage is at its end."""
        self._closing = tuple(sorted(one.sighting_id for one in sightings))

    def take(self, settled_until: float) -> tuple[list[Sighting], list[str]]:
        """Hand out changed sightings of the earlier run, and the ids of those that did not come out again.

        Args:
            settled_until: No passage that begins before this moment is still to come.
        """
        updates, self._updates = self._updates, []
        gone: list[str] = []
        if settled_until > self.since:
            gone = sorted(self._provisional - self._confirmed)
            self._confirmed |= self._provisional
        return updates, gone

    def state(self) -> dict[str, tuple[str, ...]]:
        """For the checkpoint that is written with what was taken."""
        return {"confirmed": tuple(sorted(self._confirmed)), "closing": self._closing}
