"""Starts that cannot be right: clocks that were never set."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from pipeline.sources.header import EARLIEST_RECORDING
from pipeline.sources.planned import PlannedSource, StartOrigin

LONGEST_SILENCE_S = 10 * 365.25 * 86400
"""Seconds between two files of one site that no recorder lives through; one of the clocks is wrong."""

_REMEDY = "rename the file, leave it out, or give start in the place of time_pattern"


def doubtful_starts(cameras: Mapping[str, Sequence[PlannedSource]]) -> dict[str, str]:
    """Find files whose start is no date of a recording.

    Nobody recorded digital video before 1990, and the files of a site do not lie ten years apart.
    Counted as they are, they would fill the tables with millions of empty intervals.

    Args:
        cameras: Camera id → its sources.

    Returns:
        Camera id → sentence about its first such file.
    """
    everyone = sorted(
        ((source.start, camera, source) for camera, sources in cameras.items() for source in sources),
        key=lambda one: one[:2],
    )
    found: dict[str, str] = {}
    for start, camera, source in everyone:
        told = source.origin in (StartOrigin.FILE_NAME, StartOrigin.CONTAINER)
        if told and start < EARLIEST_RECORDING.timestamp():
            found.setdefault(
                camera,
                f"camera {camera}: {source.name} would begin on {_day(start)}, before there was digital "
                f"video; its clock was not set. Please {_REMEDY}",
            )
    for (before, camera, source), (after, _, other) in pairwise(everyone):
        if after - before > LONGEST_SILENCE_S:
            found.setdefault(
                camera,
                f"camera {camera}: {source.name} begins on {_day(before)}, years before {other.name} on "
                f"{_day(after)}; one of the two clocks was not set. Please {_REMEDY}",
            )
    return found


def _day(epoch_s: float) -> str:
    return f"{datetime.fromtimestamp(epoch_s, UTC):%Y-%m-%d}"
