"""Whether the main loop of a run goes round."""

import threading
import time
from collections import deque
from collections.abc import Callable
from statistics import median

START_S = 120.0
"""Seconds that loading and the first round may take: models are compiled, footage is probed."""
MISSED_BEATS = 10
"""A loop is stuck when so many of its usual rounds would have fitted into its silence."""
SHORTEST_LIMIT_S = 20.0
"""A loop of short rounds may still wait so long, for a slow disk or a database that is locked."""
_REMEMBERED = 101


class Pulse:
    """Counts the rounds of a loop; how long one may take follows from those before.

    Args:
        clock: Seconds; never set back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = clock()
        self._gaps: deque[float] = deque(maxlen=_REMEMBERED)

    def beat(self) -> None:
        """The loop went round."""
        with self._lock:
            now = self._clock()
            self._gaps.append(now - self._last)
            self._last = now

    @property
    def age_s(self) -> float:
        """Seconds since the last round."""
        with self._lock:
            return self._clock() - self._last

    @property
    def limit_s(self) -> float:
        """Seconds after which the loop counts as stuck: many times its usual round."""
        with self._lock:
            # The first gap is the start, which says nothing about a round.
            rounds = list(self._gaps)[1:] if len(self._gaps) < _REMEMBERED else list(self._gaps)
        if not rounds:
            return START_S
        return max(SHORTEST_LIMIT_S, MISSED_BEATS * median(rounds))
