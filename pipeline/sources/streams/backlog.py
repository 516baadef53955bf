"""Frames between the thread that reads and the one that looks."""

import threading
from collections import deque

from tracking.values import Frame

LONGEST_S = 0.3
"""Frames do not stay in memory for longer than this behind the tracker."""


class Backlog:
    """Holds a few frames; where it is full, the newest is not taken."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def lag_s(self) -> float:
        """Seconds from the oldest frame that waits to the newest."""
        with self._changed:
            return self._frames[-1].time - self._frames[0].time if self._frames else 0.0

    @property
    def is_closed(self) -> bool:
        """Whether no frame is taken any more."""
        return self._closed

    def close(self) -> None:
        """Take no further frame; those that wait can still be had."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def offer(self, frame: Frame, patience_s: float = 0.0) -> bool:
        """Put a frame in; whether there was room.

        Args:
            frame: The newest.
            patience_s: Seconds to wait for room.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._closed or self._takes(frame), patience_s):
                return False
            if self._closed:
                return False
            self._frames.append(frame)
            self._changed.notify_all()
        return True

    def _takes(self, frame: Frame) -> bool:
        return not self._frames or frame.time - self._frames[0].time <= LONGEST_S

    def take(self, patience_s: float) -> Frame | None:
        """The oldest frame; None where none comes in time."""
        with self._changed:
            if not self._frames:
                self._changed.wait(patience_s)
            if not self._frames:
                return None
            frame = self._frames.popleft()
            self._changed.notify_all()
            return frame
