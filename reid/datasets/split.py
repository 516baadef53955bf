"""Which minutes train and which are held out (Schoustra 2020: 50 and 10 of every hour)."""

import math
from dataclasses import dataclass
from typing import Self

from tracking.errors import UsageError

_HOUR_S = 3600
_RIGHT = "write minutes for training / held out, such as 50/10 or 4/1"


@dataclass(frozen=True, slots=True)
class SplitRule:
    """Alternating stretches of time, beginning anew with every full hour UTC.

    Attributes:
        train_s: Whole seconds of each cycle that train; they come first.
        held_out_s: Whole seconds of each cycle for validation and test.
    """

    train_s: int
    held_out_s: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read minutes, such as ``50/10``.

        Raises:
            UsageError: The text is no such rule, or its cycle does not fit a whole number of times into
                an hour.
        """
        train, slash, held_out = text.partition("/")
        try:
            seconds = [float(part) * 60 for part in (train, held_out)]
        except ValueError:
            seconds = []
        if not slash or not all(math.isfinite(one) and one >= 1 for one in seconds) or not seconds:
            raise UsageError(f"--split: {text!r} is no split; {_RIGHT}")
        whole = [round(one) for one in seconds]
        if any(abs(one - near) > 1e-6 for one, near in zip(seconds, whole, strict=True)):
            raise UsageError(f"--split: {text!r} is not in whole seconds; {_RIGHT}")
        if _HOUR_S % sum(whole):
            raise UsageError(
                f"--split: {text!r} makes a cycle of {sum(whole) / 60:g} minutes, which does not fill an "
                f"hour; {_RIGHT}"
            )
        return cls(*whole)

    def __str__(self) -> str:
        return f"{self.train_s / 60:g}/{self.held_out_s / 60:g}"

    def trains_at(self, time: float) -> bool:
        """Whether a moment trains, seconds since the epoch."""
        return time % self._cycle_s < self.train_s

    def trains(self, enter: float, exit_: float) -> bool | None:
        """Which side a passage is on.

        Args:
            enter: First moment, seconds since the epoch.
            exit_: Last moment.

        Returns:
            True to train, False to hold out, None for a passage over a border.
        """
        same_cycle = enter // self._cycle_s == exit_ // self._cycle_s
        if not same_cycle or self.trains_at(enter) != self.trains_at(exit_):
            return None
        return self.trains_at(enter)

    @property
    def _cycle_s(self) -> int:
        return self.train_s + self.held_out_s
