"""Alarms that a run at work tells: what its cameras, its loop and its database are like now."""

import time
from collections import deque
from collections.abc import Callable, Iterator

from pipeline.alarms.values import Alarm, AlarmKind
from pipeline.telemetry import CameraReading, RunReadings
from tracking.attention import Movement

MEMORY_S = 900.0
"""How long a drop is told of: a quarter of an hour, the shortest interval that is published."""
MOST_LAG_S = 2.0
"""Frames further apart than this leave a hole in the coverage; a camera that is so late is about to."""
_REMEMBERED = 64
_TOLD = 0.005
"""Share of the width below which a direction is not worth a word."""


class RunningAlarms:
    """Compares what a run shows with what it showed before.

    Args:
        clock: Seconds; never set back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._before: dict[str, deque[tuple[float, int, int]]] = {}

    def decide(self, run: RunReadings, database_reason: str = "") -> tuple[Alarm, ...]:
        """Which alarms hold now.

        Args:
            run: What the run shows.
            database_reason: Why its database does not answer; empty where it does.
        """
        return (*_of_process(run, database_reason), *self._of_cameras(run))

    def _of_cameras(self, run: RunReadings) -> Iterator[Alarm]:
        now = self._clock()
        for name, camera in sorted(run.cameras.items()):
            dropped, frames = self._lately(now, camera)
            if dropped:
                yield Alarm(
                    AlarmKind.DROPS,
                    f"camera {name}: {dropped} frames were dropped in the last "
                    f"{MEMORY_S / 60:.0f} minutes, beside {frames} that came",
                    camera=name,
                )
            if camera.lag_s is not None and camera.lag_s > MOST_LAG_S:
                yield Alarm(
                    AlarmKind.LAG,
                    f"camera {name}: frames are worked off {camera.lag_s:.1f} s after the moment they show; "
                    f"{MOST_LAG_S:.0f} s leave a hole in the coverage",
                    camera=name,
                )
            if camera.moved is not None:
                yield Alarm(
                    AlarmKind.CAMERA_MOVED,
                    f"camera {name}: {_moved(camera.moved)} when it was begun to watch; its region and lines "
                    "no longer lie where they were drawn",
                    camera=name,
                )

    def _lately(self, now: float, camera: CameraReading) -> tuple[int, int]:
        """Frames dropped and frames that came, since the oldest reading that is remembered."""
        before = self._before.setdefault(camera.camera, deque())
        # Between two readings that are kept lies a part of the time, however often somebody asks.
        if not before or now - before[-1][0] >= MEMORY_S / _REMEMBERED:
            before.append((now, camera.dropped, camera.frames))
        while now - before[0][0] > MEMORY_S and len(before) > 1:
            before.popleft()
        return max(camera.dropped - before[0][1], 0), max(camera.frames - before[0][2], 0)


def _moved(movement: Movement) -> str:
    if movement.elsewhere:
        return "nothing was seen for a day of what it showed"
    sides = [
        f"{abs(share):.0%} of the picture's width {way}"
        for share, way in (
            (movement.across, "right" if movement.across > 0 else "left"),
            (movement.down, "down" if movement.down > 0 else "up"),
        )
        if abs(share) >= _TOLD
    ]
    return f"what stands still is seen {' and '.join(sides)} of where it was"


def _of_process(run: RunReadings, database_reason: str) -> Iterator[Alarm]:
    if not run.is_alive:
        yield Alarm(
            AlarmKind.LOOP_STUCK,
            f"the main loop has not gone round for {run.beat_age_s:.0f} s; its usual rounds allow "
            f"{run.beat_limit_s:.0f} s",
        )
    if database_reason:
        yield Alarm(AlarmKind.DATABASE_DOWN, database_reason)
