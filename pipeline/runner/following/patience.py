"""For how long each camera is waited for."""

import time
from collections.abc import Callable, Iterable, Mapping

LEAST_PATIENCE_S = 1200.0
"""For so long every camera is waited for, however short its files are, where nobody says otherwise."""
MOST_PATIENCE_S = 7200.0
"""And for no longer than this, however long they are: embeddings wait with us."""
_FILES = 2.0


class Patience:
    """Remembers when each camera last gave a sign of life.

    A camera that records gives one at least once in the time that a file takes. So it is waited for during
    twice that time, by the clock on the wall; then the others go on without it.

    Args:
        cameras: Camera ids; all are waited for from now on.
        patience_s: For how long since something of it was read, in place of what its files say; None for
            that.
        clock: Never set back; seconds.
    """

    def __init__(
        self, cameras: Iterable[str], patience_s: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._patience_s = patience_s
        self._signs = dict.fromkeys(cameras, clock())
        self._reads = dict(self._signs)
        self._lengths_s: dict[str, float] = {}

    def heard(self, cameras: Iterable[str]) -> None:
        """Something of these cameras has come or grown."""
        self._signs |= dict.fromkeys(cameras, self._clock())

    def read(self, cameras: Iterable[str]) -> None:
        """Something of these cameras is read just now."""
        now = dict.fromkeys(cameras, self._clock())
        self._signs |= now
        self._reads |= now

    def learn(self, lengths_s: Mapping[str, float]) -> None:
        """Note how long the files of cameras are, seconds."""
        self._lengths_s |= lengths_s

    def awaited(self) -> frozenset[str]:
        """The cameras that are waited for."""
        now = self._clock()
        longest_s = MOST_PATIENCE_S if self._patience_s is None else self._patience_s
        return frozenset(
            camera
            for camera, sign in self._signs.items()
            if now - sign < self.limit_s(camera) and now - self._reads[camera] < longest_s
        )

    def limit_s(self, camera: str) -> float:
        """For how many seconds without a sign a camera is waited for."""
        if self._patience_s is not None:
            return self._patience_s
        files_s = _FILES * self._lengths_s.get(camera, 0.0)
        return min(max(LEAST_PATIENCE_S, files_s), MOST_PATIENCE_S)
