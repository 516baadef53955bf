"""The matches of a site that a moment of event time may know, handed out period by period.

A decision may know the matches that ended a commit lag before it, in full periods: each of them was decided
by then, whatever was processed first and wherever a run was interrupted. So what is learnt from them follows
from event time alone, as the matches do.
"""

import math
from collections.abc import Callable, Iterable
from typing import TypeAlias

from flows.matching.own_threshold import DAY_S
from flows.values import Travelled

DAYS = 7
"""Days of event time for which a match teaches: roads and seasons change."""

History: TypeAlias = Callable[[float, float], Iterable[Travelled]]
"""Matches that are stored of a site, this run's too, whose later sighting entered from a moment until before
another."""


class Lessons:
    """Matches that wait until they may be known.

    Args:
        lag_s: Event time by which a match is decided after its later sighting entered.
        period_s: What is known changes at full multiples of it, seconds since the epoch.
        history: Tells the matches that are stored; None where there are none.
    """

    def __init__(self, lag_s: float, period_s: float, history: History | None = None) -> None:
        self._lag_s = lag_s
        self._period_s = period_s
        self._history = history
        self._waiting: dict[str, Travelled] = {}
        self._known_until = -math.inf

    @property
    def oldest_day(self) -> int:
        """The first day since the epoch that still teaches; what was learnt of earlier ones is forgotten."""
        return math.floor(self._known_until / DAY_S) - DAYS + 1

    def note(self, match: Travelled) -> None:
        """Take down a match that was decided."""
        self._waiting[match.arrival] = match

    def until(self, now: float) -> list[Travelled] | None:
        """What became known since the last time.

        Args:
            now: Moment of a decision; never before an earlier one.

        Returns:
            None where nothing can have changed.
        """
        moment = math.floor((now - self._lag_s) / self._period_s) * self._period_s
        if moment <= self._known_until:
            return None
        begin = max(self._known_until, moment - DAYS * DAY_S)
        ended = {key: one for key, one in self._waiting.items() if one.moment < moment}
        stored = () if self._history is None else self._history(begin, moment)
        for key in ended:
            del self._waiting[key]
        self._known_until = moment
        known = (ended | {one.arrival: one for one in stored}).values()
        return [one for one in known if one.moment >= begin]
