"""Stretches of time that do not touch, and how much of something else lies in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from tracking.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Spans:
    """Stretches of time in order, none of which touches another.

    Attributes:
        starts: (S,) seconds.
        ends: (S,) seconds.
    """

    starts: FloatArray
    ends: FloatArray

    @classmethod
    def of(cls, spans: Iterable[tuple[float, float]]) -> Self:
        """Join stretches that overlap or touch; empty ones vanish."""
        joined: list[tuple[float, float]] = []
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        return cls(np.array([a for a, _ in joined], np.float64), np.array([b for _, b in joined], np.float64))

    @property
    def total_s(self) -> float:
        """Seconds in all stretches."""
        return float((self.ends - self.starts).sum())

    def within(self, starts: FloatArray, ends: FloatArray) -> FloatArray:
        """Seconds of each interval that lie in these stretches.

        Args:
            starts: (N,) seconds.
            ends: (N,) seconds, none before its start.

        Returns:
            (N,) seconds.
        """
        return self._until(ends) - self._until(starts)

    def _until(self, moments: FloatArray) -> FloatArray:
        """Seconds of these stretches before each moment, (N,)."""
        if not len(self.starts):
            return np.zeros(len(moments))
        whole = np.append(0.0, np.cumsum(self.ends - self.starts))
        place = np.searchsorted(self.starts, moments, side="right")
        begun = np.maximum(place - 1, 0)
        return whole[begun] + np.where(
            place > 0, np.clip(moments, self.starts[begun], self.ends[begun]) - self.starts[begun], 0.0
        )
