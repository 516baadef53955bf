"""A day of a live run in minutes: its clock goes as fast as the work is done, streams come out of memory.

Everything else is the program: threads that connect and read, PyAV's decoder, looks, tracks, the database.
Two cameras lose their connection, stall, come back with other sizes, jump in their stamps, are given other
settings, and cannot be reached for most of every hour. Prints what the process holds, one JSON object for
every ten minutes.

``python -m tests.pipeline.live.simulated_day FOLDER HOURS``
"""

import io
import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import cv2
import numpy as np

real_sleep = time.sleep
BEGIN = datetime(2024, 5, 14, 6, tzinfo=UTC).timestamp()
SHOWN_MIN = 4
"""In every hour cameras can be reached for so many minutes: decoding is what takes the time of the test."""
FPS = 4
SAMPLE_EVERY_S = 600.0
RELOAD_EVERY_S = 5000.0
MEAN_LIFE_S = 120.0
_POLL_S = 0.002


class Clock:
    """Stands still while anybody works, and jumps to the next moment for which somebody waits."""

    def __init__(self, now: float) -> None:
        self._now = now
        self._changed = threading.Condition()
        self._waiting: dict[int, float] = {}

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Wait, in a thread that is not the main one."""
        me, wake = threading.get_ident(), self._now + seconds
        with self._changed:
            self._waiting[me] = wake
            self._changed.wait_for(lambda: self._now >= wake)
            del self._waiting[me]

    def advance(self, seconds: float, sleepers: int) -> bool:
        """Go on to the next moment, at most so far; False where not so many wait."""
        with self._changed:
            later = [wake for wake in self._waiting.values() if wake > self._now]
            if len(later) < sleepers:
                return False
            self._now = min([*later, self._now + seconds])
            if self._now in later:
                self._changed.notify_all()
        return True


CLOCK = Clock(BEGIN)
time.time = time.monotonic = CLOCK.time

from pipeline.cameras import detectors  # noqa: E402
from pipeline.configuration import load_configuration  # noqa: E402
from pipeline.runner.live import run_live, session  # noqa: E402
from pipeline.sources.report import Unseen  # noqa: E402
from pipeline.sources.streams import (  # noqa: E402
    StreamError,
    connection,
    reader,
)
from tests.command_line import street  # noqa: E402
from tests.pipeline.colour_detector import build  # noqa: E402
from tests.pipeline.live.watching import GREEN, RED, write_site  # noqa: E402
from tests.streams import Camera  # noqa: E402


class WaitingEvent(threading.Event):
    """An event whose waits are those of the clock."""

    def wait(self, timeout: float | None = None) -> bool:
        """As any other."""
        if not self.is_set():
            assert timeout is not None
            CLOCK.sleep(timeout)
        return self.is_set()


def clip(sizes: tuple[tuple[int, int], ...]) -> bytes:
    """A minute in which two ride by, as a transport stream whose size may change on the way."""
    images = street(60 * FPS, ((8, RED), (110, GREEN)))
    part, pieces = len(images) // len(sizes), []
    noise = np.random.default_rng(1)
    for turn, size in enumerate(sizes):
        camera = Camera(size, FPS)
        for number in range(turn * part, (turn + 1) * part):
            small = cv2.resize(images[number], size, interpolation=cv2.INTER_AREA)
            small = np.clip(small + noise.integers(0, 9, small.shape), 0, 255).astype(np.uint8)
            pieces.append(camera.code(small, number / FPS))
    return b"".join(pieces)


class Looped:
    """An open stream: a clip again and again, until it breaks off, stalls or jumps."""

    def __init__(self, recording: bytes, chance: random.Random, timeout_s: float) -> None:
        self._container = av.open(io.BytesIO(recording), format="mpegts")
        self.format = self._container.format
        self.stream = self._container.streams.video[0]
        self._timeout_s = timeout_s
        self._ends = CLOCK.time() + chance.expovariate(1 / MEAN_LIFE_S)
        self._end = chance.choice(("ends", "stalls"))
        self._jump_s = chance.choice((0, 0, 0, 3600, -40))
        self._jumps = CLOCK.time() + chance.uniform(20, 100)

    def demux(self) -> Iterator[Any]:
        """Packets in their time."""
        began, base = CLOCK.time(), float(self.stream.time_base)
        first, turn = None, 0
        while True:
            for packet in self._container.demux(self.stream):
                if packet.size == 0 or packet.pts is None:
                    continue
                first = packet.pts if first is None else first
                late = packet.pts * base - first * base + turn * 60
                CLOCK.sleep(max(began + late - CLOCK.time(), 0))
                if CLOCK.time() >= self._ends or is_away():
                    if self._end == "stalls":
                        CLOCK.sleep(self._timeout_s)
                        raise av.error.ExitError(0, "Immediate exit requested")
                    return
                jumped_s = self._jump_s if CLOCK.time() >= self._jumps else 0
                packet.pts += round((turn * 60 + jumped_s) / base)
                yield packet
            turn += 1
            self._container.seek(0)

    def close(self) -> None:
        """Let it go."""
        self._container.close()


class Street:
    """Opens streams in the place of FFmpeg."""

    def __init__(self) -> None:
        self._chance = random.Random(7)
        self._clips = [clip(one) for one in (((160, 90),), ((240, 136),), ((160, 90), (240, 136)))]
        self.opened = self.refused = 0

    def open(self, address: Any, timeout_s: float) -> tuple[Looped, Any]:
        """As `connection._open`."""
        if is_away() or self._chance.random() < 0.2:
            self.refused += 1
            raise StreamError(f"{address.name}: cannot be opened", Unseen.UNREACHABLE)
        self.opened += 1
        stream = Looped(self._chance.choice(self._clips), self._chance, timeout_s)
        return stream, stream.stream


def is_away() -> bool:
    """Whether cameras cannot be reached now."""
    return CLOCK.time() % 3600 >= 60 * SHOWN_MIN


class Day(threading.Event):
    """The stop of a live run, which waits for the clock and samples what the process holds."""

    def __init__(self, hours: float, folder: Path) -> None:
        super().__init__()
        self._end, self._folder = BEGIN + 3600 * hours, folder
        self._sampled, self._reloaded = BEGIN, BEGIN
        self.sessions: list[session.LiveSession] = []
        self.reload = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        """Let the clock go on, where all that came is worked off."""
        assert timeout is not None
        sleepers = sum(thread.name.startswith("read ") for thread in threading.enumerate())
        works = self.sessions[0].cameras.values()
        if any(work.state.looks > work.looks for work in works) or not CLOCK.advance(timeout, sleepers):
            real_sleep(_POLL_S)
            return False
        now = CLOCK.time()
        if now - self._sampled >= SAMPLE_EVERY_S:
            self._sampled = now
            print(json.dumps(held(now)), flush=True)
        if now - self._reloaded >= RELOAD_EVERY_S:
            self._reloaded = now
            settings = ", exclude: [[[0, 0], [0.1, 0], [0, 0.1]]]" if int(now) % 2 else ""
            write_site(self._folder, ADDRESSES, B=settings)
            self.reload.set()
        if now >= self._end:
            self.set()
        return self.is_set()


def held(now: float) -> dict[str, float]:
    """What the operating system says of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    status = dict(line.split(":", 1) for line in lines)
    files = sum(1 for _ in Path("/proc/self/fd").iterdir())
    memory, threads = int(status["VmRSS"].split()[0]), int(status["Threads"])
    return {"hour": (now - BEGIN) / 3600, "memory_kb": memory, "threads": threads, "files": files}


ADDRESSES = {"A": "rtsp://camera-a/1", "B": "rtsp://camera-b/1"}


def main(folder: Path, hours: float) -> None:
    """Live through it."""
    streets = Street()
    detectors.build_detector = partial(build, 0.0)
    reader.threading = SimpleNamespace(Event=WaitingEvent, Thread=threading.Thread)  # type: ignore[assignment]
    connection._open = streets.open  # type: ignore[assignment]
    session._REST_S, session.SAVE_EVERY_S, session.QUIET_SAVE_EVERY_S = 1 / FPS, 5.0, 30.0
    site = write_site(folder, ADDRESSES)
    day = Day(hours, folder)
    summary = run_live(
        load_configuration(site),
        day,
        reload=day.reload,
        load=lambda: load_configuration(site),
        say=lambda sentence: None,
        watched=day.sessions.append,
    )
    dropped = [problem for camera in summary.cameras for problem in camera.problems]
    print(json.dumps({"opened": streets.opened, "refused": streets.refused, "problems": dropped}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
