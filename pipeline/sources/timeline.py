"""From presentation time stamps to increasing seconds, whatever the container did to them."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf
from numbers import Rational

from pipeline.sources.report import LONGEST_GAP_S

LOOK_AHEAD = 32
"""Frames that are known before one is placed; more than half as many wrong stamps in a row are believed."""
LONGEST_PAUSE_S = 3600.0
"""Step forward within one file that is taken for a pause; after longer ones recorders begin a new file."""

_CONFIRMING = 3
_USUAL_PERIODS = 2.5
_FAR = 10.0
_USED_TO = 3.0


class Timeline:
    """Turns the time stamps of one video into seconds since its first frame.

    The answers increase strictly. A stamp that does not follow its predecessor closely counts only
    where the frames behind it confirm it; otherwise its frame is left out and nothing else changes.
    A step forward that is confirmed is a pause of the recorder where it stays before the beginning
    of the next file and within `LONGEST_PAUSE_S`. Any other step that is confirmed is a clock that
    was set: the frames go on directly behind the last good one.

    Args:
        first_pts: Time stamp of the first frame in the container, decodable or not; None where
            the container has no time stamps, which makes the frame rate the clock.
        time_base: Seconds per unit of the time stamps.
        period_s: Usual seconds between two frames.
        limit_s: Seconds from the first frame to the beginning of the next file; infinite where no one
            tells.
        longest_pause_s: Longest step forward that may be a pause.

    Attributes:
        pauses: Lengths of the pauses met, seconds.
        jumps: Sizes of the other steps met, seconds, negative for steps back.
        unstamped: Frames without a time stamp.
        beyond: Frames left out because they would lie behind the beginning of the next file.
    """

    def __init__(
        self,
        first_pts: int | None,
        time_base: Rational,
        period_s: float,
        limit_s: float = inf,
        longest_pause_s: float = LONGEST_PAUSE_S,
    ) -> None:
        self._first_pts = first_pts or 0
        self._has_stamps = first_pts is not None
        self._ticks, self._per_s = int(time_base.numerator), int(time_base.denominator)
        self._period_s = period_s
        self._limit_s = limit_s
        self._longest_pause_s = longest_pause_s
        self._usual_s = _USUAL_PERIODS * period_s
        self._shift_s = 0.0
        self._last_raw: float | None = None
        self._last_s = 0.0
        self._largest_step_s = 0.0
        self.pauses: list[float] = []
        self.jumps: list[float] = []
        self.unstamped = 0
        self.beyond = 0

    def place(self, pts: int | None, following: Sequence[int] = ()) -> float | None:
        """Give the time of the next frame.

        Args:
            pts: Its time stamp; a frame without one comes one period behind its predecessor.
            following: Time stamps of frames that come behind it, as far as they are known.

        Returns:
            Seconds since the first frame; None for a frame whose stamp is wrong.
        """
        if pts is None or not self._has_stamps:
            return self._place_unstamped(following)
        raw = self._raw(pts)
        if self._last_raw is None:
            return self._begin(raw, following)
        step = raw - self._last_raw
        if not 0 < step <= self._usual_s:
            ahead = [self._raw(stamp) for stamp in following]
            if not (self._believes_forward(raw, ahead) if step > 0 else self._believes_reset(raw, ahead)):
                return None
            self._take_step(step)
        return self._accept(raw)

    def _raw(self, pts: int) -> float:
        return (pts - self._first_pts) * self._ticks / self._per_s

    def _place_unstamped(self, following: Sequence[int]) -> float | None:
        self.unstamped += 1
        if self._last_raw is None:
            return self._accept(0.0)
        ahead = (self._raw(stamp) for stamp in following) if self._has_stamps else ()
        room = min((raw - self._last_raw for raw in ahead if raw > self._last_raw), default=inf)
        # One that shares its place with a stamped frame gives way to it.
        return self._accept(self._last_raw + min(self._period_s, room / 2))

    def _begin(self, raw: float, following: Sequence[int]) -> float | None:
        """The first frame is where the file begins, unless it alone disagrees with all others."""
        ahead = [self._raw(stamp) for stamp in following]
        if self._stands_alone(raw, ahead):
            # Its time is that of the beginning all the same, so that the next comes one period later.
            second = min(other for other in ahead if abs(other - ahead[0]) <= LONGEST_GAP_S)
            self._last_raw = second - self._period_s
            self._shift_s = -self._last_raw
            return None
        if not self._is_pause(raw):
            self._shift_s = -raw
        return self._accept(raw)

    def _stands_alone(self, raw: float, ahead: Sequence[float]) -> bool:
        if len(ahead) < _CONFIRMING:
            return False
        steps = [abs(b - a) for a, b in pairwise(ahead)]
        return abs(ahead[0] - raw) > max(LONGEST_GAP_S, _FAR * max(steps))

    def _believes_forward(self, raw: float, ahead: Sequence[float]) -> bool:
        """Whether more frames keep their place with this stamp than without it."""
        last = self._last_raw or 0.0
        if any(last < other <= raw for other in ahead):
            behind = longest_increase(other for other in ahead if other > raw)
            return 1 + behind > longest_increase(other for other in ahead if other > last)
        confirming = sum(other > raw for other in ahead)
        if confirming:
            return confirming >= min(_CONFIRMING, len(ahead))
        # Nothing comes behind: the footage itself says what steps it is used to.
        return raw - last <= max(LONGEST_GAP_S, _USED_TO * self._largest_step_s)

    def _believes_reset(self, raw: float, ahead: Sequence[float]) -> bool:
        """Whether the frames behind follow this stamp and no longer the one before."""
        last = self._last_raw or 0.0
        staying = sum(raw < other <= last for other in ahead)
        return staying >= _CONFIRMING and staying > sum(other > last for other in ahead)

    def _take_step(self, step: float) -> None:
        if step <= LONGEST_GAP_S and step > 0:
            return
        if step > 0 and self._is_pause(step):
            self.pauses.append(step)
            return
        self.jumps.append(step)
        self._shift_s -= step - self._period_s

    def _is_pause(self, step: float) -> bool:
        return step <= self._longest_pause_s and self._last_s + step < self._limit_s

    def _accept(self, raw: float) -> float | None:
        seconds = raw + self._shift_s
        if self._last_raw is not None:
            if seconds <= self._last_s:  # Rounded away.
                return None
            self._largest_step_s = max(self._largest_step_s, seconds - self._last_s)
        self._last_raw = raw
        if seconds >= self._limit_s and (self.pauses or self.jumps):
            self.beyond += 1
            return None
        self._last_s = seconds
        return seconds


def longest_increase(numbers: Iterable[float]) -> int:
    """Length of the longest strictly increasing selection of numbers in their order."""
    tails: list[float] = []
    for number in numbers:
        place = bisect_left(tails, number)
        tails[place : place + 1] = [number]
    return len(tails)


def usual_period_s(stamps: Sequence[float]) -> float | None:
    """Usual seconds between frames, from some stamps in any order; None where they do not tell.

    The mean of the steps that are not much longer than most, so that rounding to milliseconds
    averages out and pauses and wrong stamps do not count.
    """
    ordered = sorted(set(stamps))
    steps = sorted(b - a for a, b in pairwise(ordered))
    if not steps:
        return None
    median = steps[len(steps) // 2]
    usual = [step for step in steps if step <= 2 * median]
    return sum(usual) / len(usual)
