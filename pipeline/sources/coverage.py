"""From the times of frames, and a look at some of them, to what was watched and what was not."""

from collections.abc import Iterable
from math import floor, inf

from pipeline.sources.looks import LOOK_EVERY_S, Look, Stillness
from pipeline.sources.report import LONGEST_GAP_S, Interval, ReasonedInterval, Unseen
from pipeline.sources.runs import RunLog
from tracking.arrays import Image

LEAST_FPS = 3.5
"""Frames per second below which too few riders are counted: of 65 simulated passages with perfect boxes
0 at 1, 9 at 2, 40 at 2.5, 58 at 3, 63 at 3.5, 64 at 5 and 65 at 6 frames per second."""
FROZEN_AFTER_S = 15.0
"""Seconds without any change after which a picture is frozen. Living pictures stay unchanged for at most
1 s at usual qualities, 3 s at x264's CRF 35 and 8 s at CRF 40."""
BLACK_AFTER_S = 3.0
"""Seconds of black after which it is no short fault of the transmission."""

_RATE_BLOCK_S = 5.0
_RATE_TOLERANCE = 0.97
LOOK_BACK_S = FROZEN_AFTER_S + 2 * _RATE_BLOCK_S
"""Seconds before a restart that have to be looked at again, to judge the rest as if nothing had happened."""

_REASONS = {
    Unseen.FROZEN: "the picture is frozen",
    Unseen.BLACK: "the picture is black",
    Unseen.LOW_FRAME_RATE: f"fewer than {LEAST_FPS:g} frames a second were looked at, too few to count",
}


class CoverageLog:
    """The account of time of one source, or of several that follow each other.

    Every moment between two frames that lie close together was watched, unless the picture was frozen
    or black or too few frames were delivered. What cannot be decided yet (is it frozen, or has nothing
    changed for ten seconds?) is claimed by neither side until it can.

    Args:
        period_s: Usual time between two frames; what one frame covers.
    """

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._longest_gap_s = max(LONGEST_GAP_S, 3 * period_s)
        self._closed: list[Interval] = []
        self._pauses: list[ReasonedInterval] = []
        self._start: float | None = None
        self._last = 0.0
        self._floor = -inf
        self._final = self._went_on = False
        self._rate = _RateLog()
        self._still = Stillness()
        self._frozen = RunLog(Unseen.FROZEN, FROZEN_AFTER_S)
        self._black = RunLog(Unseen.BLACK, BLACK_AFTER_S)
        self._looked: tuple[float, Look] | None = None

    def wants_look(self, time: float) -> bool:
        """Whether the picture of that moment should be given to `add`."""
        # By whole seconds of the clock, so that the choice does not depend on where reading began.
        return self._looked is None or floor(time / LOOK_EVERY_S) > floor(self._looked[0] / LOOK_EVERY_S)

    def add(
        self, time: float, *, delivered: bool = True, image: Image | None = None, damaged: bool = False
    ) -> None:
        """Note a frame; times must increase.

        Args:
            time: Seconds since the epoch.
            delivered: The frame was handed on; False where it was left out to save work.
            image: (H, W, 3) BGR, where `wants_look` asked for it.
            damaged: Something between the frame before and this one could not be decoded.
        """
        if self._start is None:
            if self._went_on and time - self._last > self._longest_gap_s:
                self._forget_pictures(self._last)
            self._start = time
        elif time - self._last > self._longest_gap_s:
            self._break(time, Unseen.UNREADABLE if damaged else Unseen.NO_FOOTAGE)
        self._last = time
        if delivered:
            self._rate.add(time)
        if image is not None:
            self._look(time, Look.at(image))

    def go_on(self, period_s: float) -> None:
        """The next frames come from another file; what the pictures show goes on.

        Args:
            period_s: Usual time between two frames of that file.
        """
        if self._start is not None:
            end = self._last + self._period_s
            self._rate.end(end)
            self._closed.append(Interval(self._start, end))
            self._start, self._last = None, end
        self._still.begin_file()
        self._went_on = True
        self._period_s = period_s
        self._longest_gap_s = max(LONGEST_GAP_S, 3 * period_s)

    def follows(self, start: float) -> bool:
        """Whether a file that begins at a moment goes on directly behind the last frame."""
        return abs(start - self._last) <= LONGEST_GAP_S and (self._start is not None or self._went_on)

    @property
    def decided_until(self) -> float:
        """Nothing changes any more of what lies before this moment, seconds since the epoch."""
        return inf if self._final else self._decided_until()

    def close(self) -> None:
        """No further frame will come: what was undecided is decided by what is known."""
        if self._start is not None and not self._final:
            self._end_runs(self._last + self._period_s)
        elif not self._final:
            self._end_runs(self._last)
        self._final = True

    def resume(self) -> None:
        """Claim nothing of what was decided up to now: it is on record already."""
        if self._start is not None or self._went_on:
            self._floor = min(self._last, self._decided_until())

    def intervals(self, since: float = -inf, before: float = inf) -> tuple[Interval, ...]:
        """The stretches watched up to now, in order, as far as decided, between two moments."""
        # Read before what it bounds: another thread may be adding frames.
        until = min(before, self.decided_until)
        covered = [one for one in self._closed if one.end > since]
        if self._start is not None:
            covered.append(Interval(self._start, self._last + self._period_s))
        clipped = [Interval(max(i.start, self._floor, since), min(i.end, until)) for i in covered]
        return tuple(subtract([i for i in clipped if i.start < i.end], self._faults()))

    def unobserved(self, since: float = -inf, before: float = inf) -> tuple[ReasonedInterval, ...]:
        """The stretches that were not watched, with the reason, in order and apart, between two moments."""
        found: list[ReasonedInterval] = []
        for one in sorted([*self._faults(), *self._pauses], key=lambda i: (i.start, i.reason)):
            start = max(one.start, self._floor, since, found[-1].end if found else -inf)
            end = min(one.end, before)
            if start < end:
                found.append(ReasonedInterval(start, end, one.reason))
        return tuple(found)

    def _faults(self) -> list[ReasonedInterval]:
        return [*self._black.found(), *self._frozen.found(), *self._rate.found()]

    def _decided_until(self) -> float:
        return min(self._black.undecided_since, self._frozen.undecided_since, self._rate.undecided_since)

    def _look(self, time: float, look: Look) -> None:
        goes_on = self._still.goes_on(look)
        if self._looked is None:
            self._black.begin(time)
            self._frozen.begin(time)
        else:
            since, before = self._looked
            self._black.add(since, time, before.black and look.black)
            self._frozen.add(since, time, goes_on)
        self._looked = (time, look)

    def _break(self, time: float, reason: Unseen) -> None:
        """The frames stop and go on later."""
        end = self._last + self._period_s
        self._end_runs(end)
        if self._start is not None:
            self._closed.append(Interval(self._start, end))
        self._pauses.append(ReasonedInterval(end, time, reason))
        self._start = time
        self._looked = None
        self._still = Stillness()

    def _forget_pictures(self, end: float) -> None:
        for run in (self._black, self._frozen):
            run.end(end)
        self._looked = None
        self._still = Stillness()

    def _end_runs(self, end: float) -> None:
        self._rate.end(end)
        for run in (self._black, self._frozen):
            run.end(end)


class _RateLog:
    """Finds stretches in which too few frames were delivered."""

    def __init__(self) -> None:
        self._runs = RunLog(Unseen.LOW_FRAME_RATE, 0.0)
        self._begin: float | None = None
        self._count = 0
        self._was_slow = False

    @property
    def undecided_since(self) -> float:
        return inf if self._begin is None else self._begin

    def found(self) -> tuple[ReasonedInterval, ...]:
        return self._runs.found()

    def add(self, time: float) -> None:
        if self._begin is None:
            self._begin, self._count = time, 0
        elif floor(time / _RATE_BLOCK_S) > floor(self._begin / _RATE_BLOCK_S):
            self._judge(time)
        self._count += 1

    def end(self, time: float) -> None:
        if self._begin is None:
            return
        # A short rest says little about the rate; it is like what came before.
        if self._count < 2 * LEAST_FPS and self._runs.any_added:
            self._runs.add(self._begin, time, self._was_slow)
        else:
            self._judge(time)
        self._begin = None
        self._runs.end(time)

    def _judge(self, time: float) -> None:
        if self._begin is None:
            return
        self._was_slow = self._count < _RATE_TOLERANCE * LEAST_FPS * (time - self._begin)
        self._runs.add(self._begin, time, self._was_slow)
        self._begin, self._count = time, 0


def subtract(intervals: Iterable[Interval], holes: Iterable[ReasonedInterval]) -> list[Interval]:
    """Take stretches out of others; both in seconds."""
    left = list(intervals)
    for hole in holes:
        pieces: list[Interval] = []
        for one in left:
            if hole.end <= one.start or hole.start >= one.end:
                pieces.append(one)
                continue
            pieces.extend(
                piece
                for piece in (Interval(one.start, hole.start), Interval(hole.end, one.end))
                if piece.start < piece.end
            )
        left = pieces
    return left


def unseen_sentences(unobserved: Iterable[ReasonedInterval]) -> list[str]:
    """Say for how long and why a source was not watched, as far as nothing else tells it.

    Pauses are told with the time stamps, and what is cut off with the header.
    """
    seconds: dict[Unseen, float] = {}
    for interval in unobserved:
        if interval.reason in _REASONS:
            seconds[interval.reason] = seconds.get(interval.reason, 0.0) + interval.duration_s
    return [f"not watched for {length:.1f} s: {_REASONS[reason]}" for reason, length in seconds.items()]
