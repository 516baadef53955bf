"""Thinning a stream to a frame rate by its time stamps."""

from math import floor

EARLY = 0.25
"""Share of a slot by which a frame may come early: absorbs stamps that were rounded to milliseconds."""


class FrameSampler:
    """Keeps at most one frame in each slot of ``1 / max_fps`` seconds.

    The slots are counted from the beginning of the source, so that the choice does not depend on
    where reading began.

    Args:
        max_fps: Frames per second to keep at most; None keeps every frame.
        early: Share of a slot by which a frame may come early.
    """

    def __init__(self, max_fps: float | None, early: float = EARLY) -> None:
        self._max_fps = max_fps
        self._early = early
        self._last_slot = -1

    def admits(self, seconds: float) -> bool:
        """Decide about the next frame.

        Args:
            seconds: Since the beginning of the source, increasing from call to call.
        """
        if self._max_fps is None:
            return True
        slot = floor(seconds * self._max_fps + self._early)
        if slot <= self._last_slot:
            return False
        self._last_slot = slot
        return True
