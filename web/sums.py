"""Adds counts up without inventing any: what nobody watched stays unknown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flows.statistics import CameraCount
from tracking.region import UNCROSSED


@dataclass(frozen=True, slots=True)
class Count:
    """Cyclists at a camera in an interval.

    Attributes:
        camera: Its name.
        start: UTC.
        end: UTC.
        coverage: Observed part, 0..1.
        directions: Direction → cyclists, those that crossed no line apart; empty where nothing was observed.
        uncrossed: Who passed the view and crossed no line.
    """

    camera: str
    start: datetime
    end: datetime
    coverage: float
    directions: dict[str, int]
    uncrossed: int | None

    @property
    def cyclists(self) -> int | None:
        """All directions together; None where nothing was observed."""
        return sum(self.directions.values()) if self.coverage > 0 else None

    @property
    def watched_s(self) -> float:
        """Seconds observed."""
        return self.coverage * (self.end - self.start).total_seconds()


def counted(rows: Iterable[CameraCount]) -> list[Count]:
    """Put the directions of each camera and interval together, in order of camera and time."""
    ordered = sorted(rows, key=lambda row: (row.camera, row.interval_start, row.direction))
    return [
        _count(list(group)) for _, group in groupby(ordered, lambda row: (row.camera, row.interval_start))
    ]


def directions_of(counts: Iterable[Count]) -> list[str]:
    """Every direction that was counted, by name."""
    return sorted({direction for count in counts for direction in count.directions})


def _count(rows: Sequence[CameraCount]) -> Count:
    first = rows[0]
    crossed = {row.direction: row.cyclists for row in rows if row.direction != UNCROSSED}
    apart = [row.cyclists for row in rows if row.direction == UNCROSSED]
    known = {direction: number for direction, number in crossed.items() if number is not None}
    return Count(
        first.camera,
        first.interval_start,
        first.interval_end,
        first.coverage,
        known,
        apart[0] if apart else None,
    )
