"""From presentation time stamps to increasing seconds, whatever the container did to them."""

from fractions import Fraction

_REPEATS_OF_A_RESET = 10


class Timeline:
    """Turns the time stamps of one video into seconds since its first frame.

    The answers increase strictly. A frame stamped at or before its predecessor is refused; when
    ten in a row are refused while increasing among themselves, the recorder has reset its clock
    and the footage continues directly behind the last good frame.

    Args:
        first_pts: Time stamp of the first frame in the container, decodable or not; None where
            the container has no time stamps, which makes the frame rate the clock.
        time_base: Seconds per unit of the time stamps.
        period_s: Usual seconds between two frames.
    """

    def __init__(self, first_pts: int | None, time_base: Fraction, period_s: float) -> None:
        self._first_pts = first_pts or 0
        self._has_stamps = first_pts is not None
        self._time_base = time_base
        self._period_s = period_s
        self._shift_s = 0.0
        self._last_s: float | None = None
        self._refused: list[float] = []
        self.resets = 0
        self.unstamped = 0

    def place(self, pts: int | None) -> float | None:
        """Give the time of the next frame.

        Args:
            pts: Its time stamp; a frame without one comes one period behind its predecessor.

        Returns:
            Seconds since the first frame; None for a frame that is out of order.
        """
        if pts is None or not self._has_stamps:
            self.unstamped += 1
            return self._accept(0.0 if self._last_s is None else self._last_s + self._period_s)
        seconds = float((pts - self._first_pts) * self._time_base)
        if self._last_s is None or seconds + self._shift_s > self._last_s:
            self._refused.clear()
            return self._accept(seconds + self._shift_s)
        return self._refuse(seconds)

    def _accept(self, seconds: float) -> float:
        self._last_s = seconds
        return seconds

    def _refuse(self, seconds: float) -> float | None:
        if self._refused and seconds <= self._refused[-1]:
            self._refused.clear()
        self._refused.append(seconds)
        if len(self._refused) < _REPEATS_OF_A_RESET or self._last_s is None:
            return None
        self.resets += 1
        self._shift_s = self._last_s + self._period_s - self._refused[0]
        self._refused.clear()
        return self._accept(seconds + self._shift_s)
