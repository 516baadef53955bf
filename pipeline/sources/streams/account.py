"""What was seen of a live camera, and why the rest was not, while it goes on for ever."""

import threading
from collections import deque
from dataclasses import dataclass, replace
from math import inf

from pipeline.sources.coverage import CoverageLog
from pipeline.sources.report import Interval, ReasonedInterval, Unseen
from tracking.arrays import Image

_RENEWED_AFTER_S = 3600.0
"""A log grows with every fault; one that is an hour old makes room for a new one."""
_MOST_DROPS = 1000


@dataclass(frozen=True, slots=True)
class Watched:
    """What a camera can account for since the last time.

    Attributes:
        observed: Stretches that were seen.
        unobserved: Stretches that were not, with the reason; the last one may still grow.
    """

    observed: tuple[Interval, ...]
    unobserved: tuple[ReasonedInterval, ...]


class LiveAccount:
    """Written by the thread that reads, read by the one that saves.

    Args:
        since: Moment from which the camera should be seen, seconds since the epoch.
        reason: Why it is not seen yet.
    """

    def __init__(self, since: float, reason: Unseen) -> None:
        self._lock = threading.Lock()
        self._log: CoverageLog | None = None
        self._logs: list[CoverageLog] = []
        self._dark: ReasonedInterval | None = ReasonedInterval(since, since, reason)
        self._ended: list[ReasonedInterval] = []
        self._drops: deque[float] = deque(maxlen=_MOST_DROPS)
        self._began = self._end = since
        self._period_s = 0.0

    @property
    def reason(self) -> Unseen | None:
        """Why nothing is seen; None while something is."""
        dark = self._dark
        return None if dark is None else dark.reason

    def begin(self, time: float, period_s: float) -> None:
        """The first picture of a connection has come."""
        with self._lock:
            if self._dark is not None:
                self._ended.append(replace(self._dark, end=max(time, self._dark.start)))
            self._dark, self._period_s = None, period_s
            self._renew(time)

    def wants_look(self, time: float) -> bool:
        """Whether `see` is to be shown the picture of that moment."""
        with self._lock:
            return self._log is not None and self._log.wants_look(time)

    def see(self, time: float, *, delivered: bool, image: Image | None = None, damaged: bool = False) -> None:
        """Note a picture, see `CoverageLog.add`."""
        with self._lock:
            if self._log is None:
                return
            self._log.add(time, delivered=delivered, image=image, damaged=damaged)
            self._end = time + self._period_s
            if time - self._began > _RENEWED_AFTER_S:
                self._renew(time)
                self._log.add(time, delivered=delivered, image=image)

    def drop(self, time: float) -> None:
        """A frame was lost because there was no room for it."""
        with self._lock:
            self._drops.append(time)

    def lose(self, reason: Unseen) -> None:
        """Nothing is seen from now on, or still nothing, for another reason."""
        with self._lock:
            if self._dark is None:
                self._dark = ReasonedInterval(self._end, self._end, reason)
            elif self._dark.reason is not reason:
                # The first reason holds for what it was true of: the end of the other is not known better.
                begun = self._dark.end
                if begun > self._dark.start:
                    self._ended.append(self._dark)
                self._dark = ReasonedInterval(begun, begun, reason)
            self._close()

    def take(self, until: float, now: float, *, final: bool = False) -> Watched:
        """Account for what was processed.

        Args:
            until: Time of the last frame that went through the chain; what is seen counts as far as that.
            now: The wall clock; a camera that shows nothing has shown nothing until then.
            final: Nothing more will go through the chain: what came after `until` was not looked at.
        """
        with self._lock:
            logs = [*self._logs, *([] if self._log is None else [self._log])]
            observed = [one for log in logs for one in log.intervals(before=until)]
            unobserved = [self._explained(one) for log in logs for one in log.unobserved(before=until)]
            if final:
                unobserved += [one for log in logs for one in _given_up(log, until)]
            self._logs = [] if final else [log for log in self._logs if _reaches_behind(log, until)]
            if self._dark is not None:
                self._dark = replace(self._dark, end=max(self._dark.end, now))
                unobserved.append(self._dark)
            unobserved += self._ended
            self._ended = []
        return Watched(tuple(observed), tuple(one for one in unobserved if one.start < one.end))

    def _explained(self, one: ReasonedInterval) -> ReasonedInterval:
        """Say of a pause within a connection that it stalled, and of too few frames where they were lost."""
        if one.reason is Unseen.NO_FOOTAGE:
            return replace(one, reason=Unseen.STALLED)
        lost = any(one.start <= drop < one.end for drop in self._drops)
        return replace(one, reason=Unseen.DROPPED) if lost and one.reason is Unseen.LOW_FRAME_RATE else one

    def _renew(self, time: float) -> None:
        self._close()
        self._log, self._began = CoverageLog(self._period_s), time

    def _close(self) -> None:
        if self._log is not None:
            self._log.close()
            self._logs.append(self._log)
            self._log = None


def _given_up(log: CoverageLog, since: float) -> list[ReasonedInterval]:
    """What came, and was not looked at any more because the program ends."""
    came = [ReasonedInterval(one.start, one.end, Unseen.NOT_RUNNING) for one in log.intervals(since=since)]
    return [*came, *log.unobserved(since=since)]


def _reaches_behind(log: CoverageLog, until: float) -> bool:
    """Whether a log that is closed holds more than was taken of it."""
    ends = [one.end for one in log.intervals(before=inf)] + [one.end for one in log.unobserved()]
    return max(ends, default=-inf) > until
