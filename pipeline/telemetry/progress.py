"""Progress of a run: a bar per camera on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from pipeline.telemetry.lines import tell

LINE_EVERY_S = 15.0


class Progress(Protocol):
    """Where the runner reports how far it is."""

    def advance(self, camera: str, frames: int) -> None:
        """Report more frames of a camera as done."""
        ...


class _Bars:
    def __init__(self, bars: RichProgress, totals: dict[str, int | None]) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {
            camera: bars.add_task(f"camera {camera}", total=total) for camera, total in totals.items()
        }

    def advance(self, camera: str, frames: int) -> None:
        self._bars.advance(self._tasks[camera], frames)


class _Lines:
    def __init__(self, totals: dict[str, int | None]) -> None:
        self._totals = totals
        self._done = dict.fromkeys(totals, 0)
        self._last = self._started = time.monotonic()

    def advance(self, camera: str, frames: int) -> None:
        self._done[camera] += frames
        now = time.monotonic()
        if now - self._last >= LINE_EVERY_S:
            self._last = now
            done = sum(self._done.values())
            known = [total for total in self._totals.values() if total is not None]
            of = f" of about {sum(known)}" if len(known) == len(self._totals) else ""
            rate = done / (now - self._started)
            tell(f"{done}{of} frames, {rate:.0f} frames/s", event="progress")


@contextmanager
def open_progress(totals: dict[str, int | None]) -> Iterator[Progress]:
    """Show progress until the block ends.

    Args:
        totals: Expected frames for each camera id; None where unknown.
    """
    if not sys.stderr.isatty():
        yield _Lines(totals)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bars(bars, totals)
