"""Fewer looks, where the detector does not keep up, before any frame is lost."""

from math import inf

from tracking.attention.sampling import FrameSampler
from tracking.attention.settings import AttentionSettings

LEAST_RATE = 3.75
"""Looks per second that are left at the slowest; below 3.5 too few riders are counted."""
_STEPS = 3
_SLOWER_AFTER_S = 0.5
_FASTER_AFTER_S = 5.0


class Cadence:
    """Thins the looks at a live camera while some wait, and lets them come closer again when none does.

    Args:
        settings: How often the camera is looked at where nothing waits.
    """

    def __init__(self, settings: AttentionSettings) -> None:
        usual = max(settings.rate, LEAST_RATE)
        ratio = (LEAST_RATE / usual) ** (1 / _STEPS)
        # The first step takes back what hurrying, or looking at every frame, has added.
        self._rates: tuple[float | None, ...] = (None, *(usual * ratio**step for step in range(_STEPS + 1)))
        self._level = 0
        self._changed = -inf
        self._waited = -inf
        self._sampler = FrameSampler(None)

    @property
    def rate(self) -> float | None:
        """Looks per second that are not exceeded now; None for no limit."""
        return self._rates[self._level]

    def admits(self, seconds: float, waiting: int) -> bool:
        """Decide about a frame that is worth a look.

        Args:
            seconds: Of the frame, increasing from call to call.
            waiting: Frames that wait for their look.
        """
        if waiting:
            self._waited = seconds
        if waiting and self._level < len(self._rates) - 1 and seconds - self._changed >= _SLOWER_AFTER_S:
            self._change(self._level + 1, seconds)
            return False
        if self._level and seconds - max(self._waited, self._changed) >= _FASTER_AFTER_S:
            self._change(self._level - 1, seconds)
        return self._sampler.admits(seconds)

    def _change(self, level: int, seconds: float) -> None:
        self._level, self._changed = level, seconds
        self._sampler = FrameSampler(self._rates[level])
