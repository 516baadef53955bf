"""For how long each camera is waited for."""

import time
from collections.abc import Callable, Iterable, Mapping

LEAST_PATIENCE_S = 1200.0
"""For so long every camera is waited for, however short its files are, where nobody says otherwise."""
_FILES = 2.0


class Patience:
    """Remembers when each camera last gave a sign of life.

    A camera that records gives one at least once in the time that a file takes. So it is waited for during
    twice that time, by the clock on the wall; then the others go on without it.

    Args:
        cameras: Camera ids; all are waited for from now on.
        patience_s: For how long, in place of what the files say; None for that.
        clock: Never set back; seconds.
    """

    def __init__(
        self, cameras: Iterable[str], patience_s: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._patience_s = patience_s
        self._signs = dict.fromkeys(cameras, clock())
        self._lengths_s: dict[str, float] = {}

    def heard(self, cameras: Iterable[str]) -> None:
        """Something of these cameras has come, or was read just now."""
        self._signs |= dict.fromkeys(cameras, self._clock())

    def learn(self, lengths_s: Mapping[str, float]) -> None:
        """Note how long the files of cameras are, seconds."""
        self._lengths_s |= lengths_s

    def awaited(self) -> frozenset[str]:
        """The cameras that are waited for."""
        now = self._clock()
        return frozenset(camera for camera, sign in self._signs.items() if now - sign < self.limit_s(camera))

    def limit_s(self, camera: str) -> float:
        """For how many seconds without a sign a camera is waited for."""
        if self._patience_s is not None:
            return self._patience_s
        return max(LEAST_PATIENCE_S, _FILES * self._lengths_s.get(camera, 0.0))
