"""The threshold of a moment: the model card's, until a site's own sightings speak clearly for another."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from flows.matching.two_humps import own_threshold
from flows.values import DistanceCounts

DAY_S = 86_400.0
DAYS = 28
"""Days of event time that are remembered: seasons change clothes and light."""

Days: TypeAlias = Mapping[int, DistanceCounts]
"""Day since the epoch → counts."""

DistanceHistory: TypeAlias = Callable[[str], tuple[Days, Days]]
"""Tells what is stored for an encoder: of the other runs of a site, and of this one."""


def added(some: Iterable[Days]) -> dict[int, DistanceCounts]:
    """Add counts up, day by day."""
    total: dict[int, DistanceCounts] = {}
    for days in some:
        for day, counts in days.items():
            total[day] = total.get(day, DistanceCounts.none()) + counts
    return total


def before(days: Days, day: int) -> DistanceCounts:
    """What is remembered at the beginning of a day, added up."""
    return sum((one for at, one in days.items() if day - DAYS <= at < day), DistanceCounts.none())


class OwnThreshold:
    """Says where pairs stop being candidates; changes once a day of event time.

    A decision may know the pairs of all days that ended a commit lag before it. So the threshold follows from
    event time alone, wherever a run was interrupted.

    Args:
        given: The threshold where nothing is known.
        lag_s: Event time by which everything about a day is certain.
        history: Tells what is stored; None where there is nothing.
    """

    def __init__(self, given: float, lag_s: float, history: DistanceHistory | None = None) -> None:
        self._given = given
        self._lag_s = lag_s
        self._history = history
        self._stored: tuple[dict[int, DistanceCounts], dict[int, DistanceCounts]] | None = None
        self._day: int | None = None
        self._limit = given

    @property
    def last(self) -> float:
        """The threshold that was told last."""
        return self._limit

    def day_of(self, moment: float) -> int:
        """The day whose threshold holds at a moment, since the epoch."""
        return math.floor((moment - self._lag_s) / DAY_S)

    def at(self, moment: float, model_id: str) -> float:
        """The threshold at a moment; never asked of an earlier day again.

        Args:
            moment: Seconds since the epoch.
            model_id: Encoder of the sightings; those of others are not comparable.
        """
        day = self.day_of(moment)
        if day == self._day:
            return self._limit
        others, own = self._known(model_id)
        counts = before(others, day) + before(own, day)
        self._day, self._limit = day, own_threshold(counts, self._given)
        return self._limit

    def note(self, moment: float, counts: DistanceCounts, model_id: str) -> tuple[int, DistanceCounts]:
        """Take in what was counted of a sighting.

        Returns:
            Its day, and all that this run has counted of it.
        """
        own, day = self._known(model_id)[1], math.floor(moment / DAY_S)
        own[day] = own.get(day, DistanceCounts.none()) + counts
        return day, own[day]

    def _known(self, model_id: str) -> tuple[dict[int, DistanceCounts], dict[int, DistanceCounts]]:
        if self._stored is None:
            others, own = ({}, {}) if self._history is None else self._history(model_id)
            self._stored = dict(others), dict(own)
        return self._stored
