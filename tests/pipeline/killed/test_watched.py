"""SIGKILL at random moments, again and again, while streams are watched.

A stream cannot be seen twice, so what is promised is another thing than for recordings: what was stored stays
as it is; whoever passed while the program was there, and some moments longer, is counted once; nobody is
counted twice; every second was watched, or has a reason, and not both.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from tests.command_line import street
from tests.pipeline.live.watching import RED, write_site
from tests.streams import FPS, Camera, serving

REPOSITORY = Path(__file__).resolve().parents[3]
KILLS = 13
"""In each kind of database; with those of `test_recorded.py` a hundred and more."""
PATIENCE_S = 300.0
MARGIN_S = 4.0
"""Who has left the view for so long is stored."""
RIDE = street(66, ((6, RED),))
"""One rider, from 6 to 48, and then nobody for a moment."""
SIGHTINGS = (
    "select name, enter_time, exit_time, direction, sighting_id from sighting join camera using (camera_id)"
)
SEEN = "select name, start_time, end_time, '' from coverage join camera using (camera_id)"
MISSED = "select name, start_time, end_time, reason from unobserved join camera using (camera_id)"


@dataclass
class Road:
    """A camera whose riders come one after another, and only while somebody watches.

    Attributes:
        rides: Moments at which each rider came into view and had left it, to viewers who saw him whole.
    """

    rides: list[tuple[float, float]] = field(default_factory=list)

    def feed(self) -> Iterator[bytes]:
        """What a viewer gets, until he leaves."""
        camera, began, number = Camera((320, 180), FPS), time.monotonic(), 0
        while True:
            entered = 0.0
            for place, image in enumerate(RIDE):
                time.sleep(max(began + number / FPS - time.monotonic(), 0))
                alive = np.clip(image.astype(np.int16) + number % 5, 0, 255).astype(np.uint8)
                yield camera.code(alive, number / FPS)
                number += 1
                entered = time.time() if place == 6 else entered
                if place == 52:
                    self.rides.append((entered, time.time()))


class Database:
    """Asks a database of either kind while a program writes it."""

    def __init__(self, url: str) -> None:
        self._engine: Engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What it answers; nothing while there are no tables."""
        try:
            with self._engine.connect() as connection:
                return sorted(tuple(row) for row in connection.execute(text(query)))
        except DBAPIError:
            return []

    def close(self) -> None:
        """Leave it."""
        self._engine.dispose()


class Program:
    """The program, from its start to its end."""

    def __init__(self, site: Path, url: str) -> None:
        command = [sys.executable, "-m", "tests.pipeline.killed.live_run", str(site), url]
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
        self._log = (site.parent / "log").open("a+")
        self.process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=self._log, stderr=subprocess.STDOUT
        )

    def wait(self, holds: Callable[[], bool]) -> None:
        """Until something holds."""
        until = time.monotonic() + PATIENCE_S
        while not holds():
            self._log.seek(0)
            assert self.process.poll() is None, self._log.read()
            assert time.monotonic() < until, self._log.read()
            time.sleep(0.05)

    def end(self, number: signal.Signals) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self._log.close()
        return code


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_live_run_that_is_killed_again_and_again_keeps_doubles_and_misplaces_nothing(
    tmp_path: Path, url: str
) -> None:
    chance, road, database = random.Random(3), Road(), Database(url)
    lives: list[tuple[float, float]] = []
    with serving({"a": road.feed}) as server:
        site = write_site(tmp_path, {"A": server.address("a"), "B": server.address("a")})
        kept: set[tuple[Any, ...]] = set()
        for turn in range(KILLS + 1):
            program = Program(site, url)
            visits = server.visits["a"]
            if turn % 4 != 3:  # Some are killed before they have seen anything.
                program.wait(lambda: server.visits["a"] >= visits + 2)  # noqa: B023
            began = time.time()
            time.sleep(chance.uniform(0.0, 9.0))
            if turn == KILLS:
                threading.Event().wait(12.0)
                assert program.end(signal.SIGTERM) == 0
            else:
                assert program.end(signal.SIGKILL) == -signal.SIGKILL
            lives.append((began, time.time()))
            found = set(database.rows(SIGHTINGS))
            assert kept <= found, "what was stored is stored"
            kept = found
    check_riders(database, road, lives)
    check_time(database)
    check_journeys(database)
    database.close()


def check_riders(database: Database, road: Road, lives: list[tuple[float, float]]) -> None:
    """Who could be seen was seen once, and nobody was seen who was not there."""
    found = database.rows(SIGHTINGS)
    whole = [
        (entered, left)
        for entered, left in road.rides
        if any(began < entered and left + MARGIN_S < ended for began, ended in lives)
    ]
    assert len(whole) > KILLS / 2, (len(whole), lives)
    for camera in "AB":
        mine = [(enter / 1e6, leave / 1e6) for name, enter, leave, *_ in found if name == camera]
        for entered, left in whole:
            # Two viewers see the same road at moments of their own; each has riders of its own.
            near = [one for one in mine if one[0] < left + 1 and one[1] > entered - 1]
            assert near, f"camera {camera}: nobody between {entered} and {left}"
        assert all(one[1] <= other[0] + 0.1 for one, other in pairwise(mine)), f"two at once: {mine}"
    assert len({one[-1] for one in found}) == len(found)
    assert len(found) <= len(road.rides) + 2 * len(lives), "at most a part more where a life began or ended"


def check_time(database: Database) -> None:
    """Every second from the first to the last was watched, or has a reason, and not both."""
    assert database.rows("select state from run") == [("finished",)]
    for camera in "AB":
        parts = [row for row in database.rows(SEEN) + database.rows(MISSED) if row[0] == camera]
        parts.sort(key=lambda row: row[1])
        for (_, _, end, before), (_, start, _, after) in pairwise(parts):
            assert abs(start - end) < 50_000, f"camera {camera}: {before} until {end}, {after} from {start}"


def check_journeys(database: Database) -> None:
    """Every rider is in one journey, and nothing is kept of how he looks."""
    riders = [row[-1] for row in database.rows(SIGHTINGS)]
    assert sorted(row[0] for row in database.rows("select sighting_id from journey_stop")) == sorted(riders)
    assert database.rows("select count(*) from gallery") in ([(0,)], [])
