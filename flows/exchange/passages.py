"""Counts of single cameras as other programs want them: by camera, interval and direction."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flows.statistics import CameraCount
from tracking.region import UNCROSSED


@dataclass(frozen=True, slots=True)
class Passages:
    """A camera in an interval.

    Attributes:
        camera: Its name.
        start: UTC.
        end: UTC.
        coverage: Observed part, 0..1.
        directions: Direction → cyclists; empty where nothing was observed. Who crossed no line is in none.
    """

    camera: str
    start: datetime
    end: datetime
    coverage: float
    directions: Mapping[str, int]

    @property
    def cyclists(self) -> int | None:
        """All directions together; None where nothing was observed."""
        return sum(self.directions.values()) if self.coverage > 0 else None


def passages_of(rows: Iterable[CameraCount]) -> list[Passages]:
    """Put the directions of each camera and interval together, in order of camera and time."""
    ordered = sorted(rows, key=lambda row: (row.camera, row.interval_start, row.direction))
    return [
        _together(list(group)) for _, group in groupby(ordered, lambda row: (row.camera, row.interval_start))
    ]


def _together(rows: Sequence[CameraCount]) -> Passages:
    first = rows[0]
    told = {
        row.direction: row.cyclists for row in rows if row.direction != UNCROSSED and row.cyclists is not None
    }
    return Passages(first.camera, first.interval_start, first.interval_end, first.coverage, told)


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table as CSV; None is an empty field."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
