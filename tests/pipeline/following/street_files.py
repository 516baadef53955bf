"""A site whose files come while it is followed, by a script that is played between two looks."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.configuration import load_configuration
from pipeline.runner import run_site
from pipeline.runner.following import follow_site
from pipeline.telemetry import RunSummary
from tests.command_line import street, write_video

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
FPS = 10
SETTLE_S = 0.05
SITE = """
site: test
timezone: UTC
encoder: {name: colour_stripes}
runtime: {poll_s: 0.1, settle_s: 0.05}
cameras:
  - {id: A, source: "a_*", time_pattern: "%Y%m%dT%H%M%S"}
  - {id: B, source: "b_*", time_pattern: "%Y%m%dT%H%M%S"}
links:
  - {from: A, to: B, min_travel_s: 1, max_travel_s: 12}
"""
RIDERS = {"a": ((8, RED), (43, GREEN), (58, BLUE)), "b": ((52, RED), (86, GREEN), (105, BLUE))}
"""First frames. Files are 50 frames long: green is in view wherever a file ends, and every rider reaches B in
another file than that in which A saw him first."""
FILES = 3
DATABASE = "flows.db"
QUERIES = (
    "select c.name, enter_time, exit_time, direction, frames, quality from sighting s"
    " join camera c using (camera_id) order by 1, 2",
    "select camera, enter_time, stop, travel_s from journeys_flat order by 1, 2",
    "select c.name, start_time, end_time from coverage v join camera c using (camera_id) order by 1, 2",
    "select c.name, f.name, start_time, end_time, complete from footage f join camera c using (camera_id)"
    " order by 1, 3",
    "select distance from match order by 1",
)


def film_of(camera: str) -> list[np.ndarray]:
    """All pictures of a camera; no two files are the same, as none are that a camera recorded."""
    images = street(50 * FILES, RIDERS[camera])
    for number, image in enumerate(images):
        image[:8, : 8 + number // 50 * 8] = 40 if camera == "a" else 200
    return images


def film(shelf: Path) -> None:
    """Put the footage of both cameras on a shelf beside the site."""
    for camera in RIDERS:
        images = film_of(camera)
        for number in range(FILES):
            part = images[50 * number : 50 * (number + 1)]
            write_video(shelf / f"{camera}_20240514T0800{5 * number:02d}.mp4", part, FPS)


def put(folder: Path, *patterns: str) -> None:
    """Let files come at once, as if renamed into their place."""
    for pattern in patterns:
        for file in sorted((folder / "shelf").glob(f"{pattern}.mp4")):
            shutil.copy(file, folder / f".{file.name}")
            (folder / f".{file.name}").rename(folder / file.name)


@dataclass
class Clock:
    """A clock that is moved by hand."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


CLOCK = Clock()
"""By which files rest and cameras are waited for, so that a slow machine changes nothing."""

Step = Callable[[Path], object]


class Script(threading.Event):
    """Plays a step at each rest between two looks, and says stop behind the last one."""

    def __init__(self, folder: Path, *steps: Step) -> None:
        super().__init__()
        self._folder = folder
        self._steps: Iterator[Step] = iter(steps)

    def wait(self, timeout: float | None = None) -> bool:
        step = next(self._steps, None)
        if step is None:
            self.set()
        else:
            step(self._folder)
        return self.is_set()


def settle(folder: Path) -> None:
    """Let so much time pass that what was written is at rest."""
    CLOCK.now += 2 * SETTLE_S


def look(folder: Path) -> None:
    """Do nothing before the next look."""


def follow(folder: Path, *steps: Step, lines: list[str] | None = None, **settings: Any) -> RunSummary:
    """Follow the site while a script is played."""
    overrides = {"database": f"sqlite:///{folder / DATABASE}"} | settings
    said = [] if lines is None else lines
    return follow_site(
        load_configuration(folder / "site.yaml", overrides), Script(folder, *steps), said.append, CLOCK
    )


def coming(*patterns: str) -> tuple[Step, ...]:
    """Steps in which files come and are read."""
    return (lambda folder: put(folder, *patterns), settle, look)


def rows(folder: Path, query: str, database: Path = Path(DATABASE)) -> list[Any]:
    """What a database answers."""
    connection = sqlite3.connect(folder / database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def assert_same_as_clean(folder: Path, *, queries: tuple[str, ...] = QUERIES) -> None:
    """Finish what is open, and compare with one run over the finished folder."""
    put(folder, "*")
    clean = folder / "shelf" / "clean.db"
    if not clean.exists():
        run_site(load_configuration(folder / "site.yaml", {"database": f"sqlite:///{clean}"}))
        assert rows(folder, "select count(*) from match", clean) == [(3,)], "all riders leave in another file"
    run_site(load_configuration(folder / "site.yaml", {"database": f"sqlite:///{folder / DATABASE}"}))
    for query in queries:
        found, expected = rows(folder, query), rows(folder, query, clean)
        assert expected, query
        assert found == expected, f"{query}\n{found}\ninstead of\n{expected}"
