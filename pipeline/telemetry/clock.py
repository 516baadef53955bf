"""Seconds spent in each stage of the chain, over all threads."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.telemetry.board import Board
from pipeline.telemetry.stages import Stage
from pipeline.telemetry.traces import Traces


class StageClock:
    """Adds up the time of every stage; safe to share between threads.

    Args:
        board: Where the run shows how it is; None for one that nobody reads.

    Attributes:
        board: The same.
        traces: Where it tells what is new with every saving.
    """

    def __init__(self, board: Board | None = None) -> None:
        self.board = board or Board()
        self._started = time.perf_counter()
        self._lock = threading.Lock()
        self._seconds = dict.fromkeys(Stage, 0.0)
        self.traces = Traces(lambda: self.seconds)

    @contextmanager
    def measure(self, stage: Stage) -> Iterator[None]:
        """Count the seconds of the enclosed block towards a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.add(stage, time.perf_counter() - start)

    def add(self, stage: Stage, seconds: float) -> None:
        """Count seconds that were measured elsewhere."""
        with self._lock:
            self._seconds[stage] += seconds

    @property
    def seconds(self) -> dict[Stage, float]:
        """Seconds per stage so far."""
        with self._lock:
            return dict(self._seconds)

    @property
    def wall_s(self) -> float:
        """Seconds since the clock was made."""
        return time.perf_counter() - self._started
