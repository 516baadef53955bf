"""What was read of a source, what was observed, and what went wrong: the basis of coverage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

LONGEST_GAP_S = 2.0
"""Frames further apart than this leave a hole in the coverage."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time, seconds since the epoch, end exclusive."""

    start: float
    end: float

    @property
    def duration_s(self) -> float:
        """Seconds from start to end."""
        return self.end - self.start


class Unseen(StrEnum):
    """Why a stretch of time counts as not watched; from UNREACHABLE on, only streams have these reasons."""

    NO_FOOTAGE = "no_footage"
    FROZEN = "frozen"
    BLACK = "black"
    LOW_FRAME_RATE = "low_frame_rate"
    UNREADABLE = "unreadable"
    UNREACHABLE = "unreachable"
    NOT_ADMITTED = "not_admitted"
    STALLED = "stalled"
    CONNECTION_LOST = "connection_lost"
    DROPPED = "dropped"
    NOT_RUNNING = "not_running"


@dataclass(frozen=True, slots=True)
class ReasonedInterval:
    """A stretch of time that nobody watched, seconds since the epoch, end exclusive."""

    start: float
    end: float
    reason: Unseen

    @property
    def duration_s(self) -> float:
        """Seconds from start to end."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class SourceReport:
    """The account of one file.

    Attributes:
        source: Name of the source.
        start: Seconds since the epoch at which it begins.
        header_frames: Frames that the header promises; None where it says nothing.
        frames_decoded: Pictures that could be decoded.
        frames_sampled_out: Of those, not looked at: their turn had not come, or nothing moved.
        frames_out_of_order: Of those, left out because their time was not after the one before.
        observed: Stretches of time that were seen.
        problems: Sentences about everything that was not as it should be.
        finished: Whether the end of the source was reached.
        unobserved: Stretches of time without a usable picture, with the reason; they overlap neither
            each other nor ``observed``. What lies between two sources is in neither.
    """

    source: str
    start: float
    header_frames: int | None
    frames_decoded: int
    frames_sampled_out: int
    frames_out_of_order: int
    observed: tuple[Interval, ...]
    problems: tuple[str, ...]
    finished: bool
    unobserved: tuple[ReasonedInterval, ...] = ()

    @property
    def seconds_unobserved(self) -> dict[Unseen, float]:
        """Seconds that were not seen, by reason; reasons that did not occur are left out."""
        seconds: dict[Unseen, float] = {}
        for interval in self.unobserved:
            seconds[interval.reason] = seconds.get(interval.reason, 0.0) + interval.duration_s
        return seconds

    @property
    def seconds_observed(self) -> float:
        """Seconds of footage that were seen."""
        return sum(interval.duration_s for interval in self.observed)

    @property
    def frames_delivered(self) -> int:
        """Frames handed on."""
        return self.frames_decoded - self.frames_sampled_out - self.frames_out_of_order


def join_intervals(intervals: Iterable[Interval], largest_gap_s: float = 0.0) -> tuple[Interval, ...]:
    """Unite intervals that overlap or lie closer together than a gap."""
    joined: list[Interval] = []
    for interval in sorted(intervals, key=lambda i: i.start):
        if joined and interval.start - joined[-1].end <= largest_gap_s:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, interval.end))
        else:
            joined.append(interval)
    return tuple(joined)


def clip_intervals(intervals: Sequence[Interval], until: float) -> tuple[Interval, ...]:
    """Keep what lies before a moment: the coverage that a checkpoint at that moment may claim."""
    return tuple(Interval(i.start, min(i.end, until)) for i in intervals if i.start < until)


def count(number: int, noun: str) -> str:
    """Say how many: ``1 frame``, ``2 frames``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
