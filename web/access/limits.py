"""How many requests a client may send: a bucket that fills again at a steady rate."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

MOST_CLIENTS = 10_000
"""So many clients are remembered; those that were quiet longest are forgotten."""


class Limits:
    """Buckets by client.

    Args:
        a_minute: Requests a minute; as many may come at once after a quiet minute.
        now: Seconds on any clock that never goes back.
    """

    def __init__(self, a_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._size = float(a_minute)
        self._now = now
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._guard = Lock()

    def admits(self, client: str) -> bool:
        """Take one request from the client's bucket; False where it is empty."""
        with self._guard:
            moment = self._now()
            left, since = self._known.pop(client, (self._size, moment))
            left = min(self._size, left + (moment - since) * self._size / 60)
            admitted = left >= 1
            self._known[client] = (left - 1 if admitted else left, moment)
            while len(self._known) > MOST_CLIENTS:
                self._known.popitem(last=False)
            return admitted
