"""The counted time of one camera as stretches that do not touch, to be asked quickly."""

from bisect import bisect_right
from collections.abc import Iterable

TOUCHING_S = 0.5
"""Stretches closer than this follow each other directly; containers round by less."""


class CountedLine:
    """The union of counted stretches.

    Args:
        stretches: (start, end), in any order.
    """

    def __init__(self, stretches: Iterable[tuple[float, float]]) -> None:
        self._starts: list[float] = []
        self._ends: list[float] = []
        for start, end in sorted(stretches):
            if self._ends and start <= self._ends[-1] + TOUCHING_S:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def overlaps(self, start: float, end: float) -> list[tuple[float, float]]:
        """The stretches that share time with [start, end), whole, in order."""
        first = bisect_right(self._ends, start)
        last = bisect_right(self._starts, end)
        found = zip(self._starts[first:last], self._ends[first:last], strict=True)
        return [(low, high) for low, high in found if low < end and high > start]

    def shared_s(self, start: float, end: float) -> float:
        """Seconds of [start, end) that were counted."""
        return sum(min(high, end) - max(low, start) for low, high in self.overlaps(start, end))

    def end_at(self, moment: float) -> float | None:
        """End of the stretch that holds a moment, or ends less than a touch before it; None without one."""
        place = bisect_right(self._starts, moment + TOUCHING_S) - 1
        if place < 0 or self._ends[place] < moment - TOUCHING_S:
            return None
        return self._ends[place]
