"""SIGKILL at random moments, again and again, while streams are watched.

A stream cannot be seen twice, so what is promised is another thing than for recordings: what was stored stays
as it is; whoever passed while the program was there, and some moments longer, is counted once; nobody is
counted twice; every second was watched, or has a reason, and not both.

How far the program was there, the database says itself: a machine with much else to do may be slow.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
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
WATCHED_S = (2.0, 18.0)
"""A life that is to see something has watched for so long when it ends, by its own account."""
MARGIN_S = 4.0
"""Who has left the view for so long, by the pictures that were looked at, is stored."""
APART_S = 1.0
"""By so much a moment may be wrong: a stream's stamps are placed by the arrival of its first pictures."""
GAP_S = 0.05
"""Less than a picture lasts."""
ENTERS, LEFT = 6, 52
RIDE = street(66, ((ENTERS, RED),))
"""One rider, from 6 to 48, and then nobody for a moment."""
SIGHTINGS = (
    "select name, enter_time, exit_time, direction, sighting_id from sighting join camera using (camera_id)"
)
SEEN = "select name, start_time, end_time, '' from coverage join camera using (camera_id)"
MISSED = "select name, start_time, end_time, reason from unobserved join camera using (camera_id)"
Span = tuple[float, float]
"""From and until, seconds since the epoch."""


@dataclass
class Road:
    """What one camera sees: riders one after another, and only while somebody watches.

    Attributes:
        rides: From when until when each rider is in view, if the viewer stays.
    """

    rides: list[Span] = field(default_factory=list)

    def feed(self) -> Iterator[bytes]:
        """What a viewer gets, until he leaves."""
        camera, began, number = Camera((320, 180), FPS), time.time(), 0
        while True:
            for place, image in enumerate(RIDE):
                time.sleep(max(began + number / FPS - time.time(), 0))
                if place == ENTERS:
                    entered = began + number / FPS
                    self.rides.append((entered, entered + (LEFT - ENTERS) / FPS))
                alive = np.clip(image.astype(np.int16) + number % 5, 0, 255).astype(np.uint8)
                yield camera.code(alive, number / FPS)
                number += 1


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

    def watched(self, camera: str) -> list[Span]:
        """When it says that a camera was watched; stretches that touch are one."""
        stretches: list[Span] = []
        for _, start, end, _ in (row for row in self.rows(SEEN) if row[0] == camera):
            begun = start / 1e6
            if stretches and begun - stretches[-1][1] < GAP_S:
                begun, _ = stretches.pop()
            stretches.append((begun, end / 1e6))
        return stretches

    def watched_until(self, camera: str) -> float:
        """How far it has come."""
        return max((end for _, end in self.watched(camera)), default=0.0)

    def riders(self, camera: str) -> list[Span]:
        """From when until when riders were in view of a camera."""
        return [(row[1] / 1e6, row[2] / 1e6) for row in self.rows(SIGHTINGS) if row[0] == camera]

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

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever has failed, it does not go on."""
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self._log.close()

    def wait(self, holds: Callable[[], bool]) -> None:
        """Until something holds."""
        until = time.monotonic() + PATIENCE_S
        while not holds():
            self._log.seek(0)
            assert self.process.poll() is None, self._log.read()
            assert time.monotonic() < until, self._log.read()
            time.sleep(0.2)

    def end(self, number: signal.Signals) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_live_run_that_is_killed_again_and_again_keeps_doubles_and_misplaces_nothing(
    tmp_path: Path, url: str
) -> None:
    chance, database = random.Random(3), Database(url)
    roads = {"A": Road(), "B": Road()}
    with serving({name: road.feed for name, road in roads.items()}) as server:
        site = write_site(tmp_path, {name: server.address(name) for name in roads})
        kept: set[tuple[Any, ...]] = set()
        seen: dict[str, list[Span]] = {}
        for turn in range(KILLS + 1):
            began, last = time.time(), turn == KILLS
            with Program(site, url) as program:
                if turn % 4 == 3:  # Some are killed before they have seen anything.
                    time.sleep(chance.uniform(0.0, 9.0))
                else:
                    live_on(program, database, chance.uniform(*WATCHED_S))
                code = program.end(signal.SIGTERM if last else signal.SIGKILL)
            assert code == (0 if last else -signal.SIGKILL)
            found = set(database.rows(SIGHTINGS))
            check_kept(database, kept - found, finished=last)
            kept = found
            for camera, road in roads.items():
                before, seen[camera] = seen.get(camera, []), database.watched(camera)
                assert all(within(one, seen[camera]) for one in before), "what was watched is watched"
                check_riders(database, camera, road)
            print(f"life {turn}: {time.time() - began:.0f} s, {len(found)} riders", flush=True)
    whole = sum(len(seen_whole(database, camera, road)) for camera, road in roads.items())
    print(f"{KILLS} kills, {whole} riders seen whole, {len(kept)} stored; {missed_s(database)}")
    assert whole > KILLS / 2, "hardly anybody could be seen"
    check_time(database)
    check_journeys(database)
    database.close()


def live_on(program: Program, database: Database, seconds: float) -> None:
    """Until both cameras were watched for so long, by the database, and up to a second longer."""
    since = {camera: database.watched_until(camera) for camera in "AB"}

    def watched_s(camera: str) -> float:
        return sum(
            end - max(start, since[camera]) for start, end in database.watched(camera) if end > since[camera]
        )

    program.wait(lambda: all(watched_s(camera) >= seconds for camera in "AB"))
    time.sleep(random.Random(seconds).uniform(0.0, 1.0))


def missed_s(database: Database) -> str:
    """For how long the cameras were not watched, and why."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for _, start, end, reason in database.rows(MISSED):
        seconds[reason] += (end - start) / 1e6
    return ", ".join(f"{reason} {lost:.0f} s" for reason, lost in sorted(seconds.items()))


def within(one: Span, stretches: list[Span]) -> bool:
    """Whether a stretch lies in one of others."""
    return any(start <= one[0] and one[1] <= end for start, end in stretches)


def seen_whole(database: Database, camera: str, road: Road) -> list[Span]:
    """Riders who came and left while the camera was watched, and some moments more."""
    stretches = database.watched(camera)
    return [one for one in road.rides if within((one[0], one[1] + MARGIN_S), stretches)]


def check_kept(database: Database, gone: set[tuple[Any, ...]], *, finished: bool) -> None:
    """What was stored is stored; a run that ends takes out who came in time that was not watched."""
    assert finished or not gone, f"a kill took {gone}"
    missed, seen = database.rows(MISSED), database.rows(SEEN)
    for camera, entered, *_ in gone:
        began_in = [row for row in missed if row[0] == camera and row[1] <= entered < row[2]]
        watched = [row for row in seen if row[0] == camera and row[1] <= entered < row[2]]
        assert began_in, f"camera {camera}: {entered} is gone, and was not unwatched"
        assert not watched, f"camera {camera}: {entered} is gone, and was watched"


def check_riders(database: Database, camera: str, road: Road) -> None:
    """Who could be seen was seen once, nobody twice, and nobody who was not there."""
    whole, rides = seen_whole(database, camera, road), list(road.rides)
    found = database.rows(SIGHTINGS)
    assert len({row[-1] for row in found}) == len(found)
    counted: Counter[Span] = Counter()
    for enter, leave in database.riders(camera):
        ride = min(rides, key=lambda one: abs(sum(one) - enter - leave))
        assert ride[0] - APART_S < enter, f"camera {camera}: nobody from {enter} to {leave}"
        assert leave < ride[1] + APART_S, f"camera {camera}: nobody from {enter} to {leave}"
        counted[ride] += 1
    assert all(number == 1 for number in counted.values()), f"camera {camera}: twice: {counted}"
    for ride in whole:
        assert counted[ride] == 1, (
            f"camera {camera}: nobody from {ride[0]} to {ride[1]}, {database.watched(camera)}"
        )


def check_time(database: Database) -> None:
    """Every second from the first to the last was watched, or has a reason, and not both."""
    assert database.rows("select state from run") == [("finished",)]
    for camera in "AB":
        parts = [row for row in database.rows(SEEN) + database.rows(MISSED) if row[0] == camera]
        parts.sort(key=lambda row: row[1])
        for (_, _, end, before), (_, start, _, after) in pairwise(parts):
            assert abs(start - end) < GAP_S * 1e6, (
                f"camera {camera}: {before} until {end}, {after} from {start}"
            )


def check_journeys(database: Database) -> None:
    """Every rider is in one journey, and nothing is kept of how he looks."""
    riders = [row[-1] for row in database.rows(SIGHTINGS)]
    assert sorted(row[0] for row in database.rows("select sighting_id from journey_stop")) == sorted(riders)
    assert database.rows("select count(*) from gallery") in ([(0,)], [])
