"""The threshold of a moment: the model card's, until a site's own sightings speak clearly for another."""

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

from flows.matching.tally import DAY_S, added
from flows.matching.two_humps import own_threshold
from flows.values import DistanceCounts

DAYS = 28
"""Days of event time that are remembered: seasons change clothes and light."""

DistanceHistory: TypeAlias = Callable[[str], Mapping[int, DistanceCounts]]
"""Tells what is stored of a site, this run's too, for an encoder: day since the epoch → counts."""


def before(days: Mapping[int, DistanceCounts], day: int) -> DistanceCounts:
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
        self._days: dict[int, DistanceCounts] | None = None
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
        known = self._known(model_id)
        for old in [one for one in known if one < day - DAYS]:
            del known[old]
        self._day, self._limit = day, own_threshold(before(known, day), self._given)
        return self._limit

    def note(self, days: Mapping[int, DistanceCounts], model_id: str) -> None:
        """Take in what was counted."""
        self._days = added([self._known(model_id), days])

    def _known(self, model_id: str) -> dict[int, DistanceCounts]:
        if self._days is None:
            self._days = {} if self._history is None else dict(self._history(model_id))
        return self._days
