"""A street for two cameras in two files each, what a database holds of it, and workers without processes."""

import contextlib
import pickle
import queue
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from benchmarks.restarts import content
from flows.database import runs
from pipeline.cameras import detectors
from pipeline.runner import local
from pipeline.runner.engines import fleet
from pipeline.runner.engines.errand import Answer, Errand
from pipeline.runner.engines.pool import LostWorkerError
from pipeline.runner.engines.scout import ScoutErrand
from pipeline.runner.engines.worker import Desk
from tests.command_line import Answer as Told
from tests.command_line import pipeline, street, write_video
from tests.pipeline.colour_detector import build

RED, GREEN, BLUE = (30, 30, 220), (40, 200, 40), (220, 60, 30)
SITE = """
site: test
timezone: Europe/Amsterdam
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: "a_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
  - {id: B, source: "b_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
links:
  - {from: A, to: B, min_travel_s: 1, max_travel_s: 40}
runtime: {stretch_s: 0}
"""
ALONE = """
site: test
timezone: Europe/Amsterdam
encoder: {name: colour_stripes}
cameras:
  - {id: A, source: "a_*.mp4", time_pattern: "%Y%m%dT%H%M%S"}
links: []
"""


def film(folder: Path) -> Path:
    """Red rides from A to B, green is seen at A only, in view where one file ends and the other begins."""
    for camera, riders in (("a", ((5, RED), (40, GREEN))), ("b", ((35, RED),))):
        images = street(110, riders)
        write_video(folder / f"{camera}_20240514T080000.mp4", images[:60])
        write_video(folder / f"{camera}_20240514T080006.mp4", images[60:])
    site = folder / "site.yaml"
    site.write_text(SITE, encoding="utf-8")
    return site


def film_alone(folder: Path) -> Path:
    """One camera: two files that follow each other, one two seconds later, riders in view at most seams."""
    images = street(170, ((5, RED), (40, GREEN), (125, BLUE)))
    for name, begin, end in (("080000", 0, 60), ("080006", 60, 100), ("080012", 120, 170)):
        write_video(folder / f"a_20240514T{name}.mp4", images[begin:end])
    site = folder / "site.yaml"
    site.write_text(ALONE, encoding="utf-8")
    return site


def local_rows(
    site: Path, name: str, prepare: Callable[[pytest.MonkeyPatch], None]
) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that the local engine leaves in a database beside the site file."""
    with pytest.MonkeyPatch.context() as patch:
        prepare(patch)
        told = run(site, site.with_name(name))
    assert told.code == 0, told.err
    return rows(site.with_name(name))


def in_plain_colours(patch: pytest.MonkeyPatch, pause: float = 0.0) -> None:
    """Find riders by their colours, save often, and give every run the same id, so that rows can be equal."""
    patch.setattr(detectors, "build_detector", partial(build, pause))
    patch.setattr(local, "SAVE_EVERY_S", 0.0)
    patch.setattr(fleet, "KEEPING_S", 0.0)
    patch.setattr(runs.secrets, "token_hex", lambda size=None: "ab" * (size or 16))


def run(site: Path, database: Path, *arguments: object) -> Told:
    """``pipeline run`` within this process."""
    return pipeline("run", "--cameras", site, "--database", database, *arguments)


def rows(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the times of the clock on the wall."""
    return content(f"sqlite:///{database}")


class DeskWorker:
    """A worker in a thread of the test's process.

    Args:
        errand: What it is to do.
        dies: Asked with the number of each answer, from 1, whether the worker is gone before it.
    """

    def __init__(self, errand: bytes, dies: Callable[[int], bool]) -> None:
        self.errand: Errand | ScoutErrand = pickle.loads(errand)
        self.desk = Desk(errand)
        self.asked = 0
        self.told: list[bytes] = []
        self.answers: list[Answer] = []
        self.sizes: list[int] = []
        self._dies = dies

    def ask(self) -> None:
        self.asked += 1

    def tell(self, data: bytes) -> None:
        self.told.append(data)
        self.desk.hear(data)

    def take(self) -> bytes:
        if self._dies(self.asked):
            raise LostWorkerError("killed by the test")
        data = self.desk.take()
        self.sizes.append(len(data))
        self.answers.append(Answer.from_bytes(data))
        return data

    def stop(self) -> None:
        """Let the work come to its end: a thread cannot be killed."""
        while self.desk.thread.is_alive():
            self.desk.hear(b"")  # Whatever it waits for.
            with contextlib.suppress(queue.Empty):
                self.desk.ready.get(timeout=0.05)


class DeskPool:
    """Starts such workers, on a machine of two cores."""

    nodes = (2,)

    def __init__(self, dies: Callable[[int, int], bool] = lambda worker, answer: False) -> None:
        self.workers: list[DeskWorker] = []
        self._dies = dies

    def start(self, errand: bytes, most_cores: int) -> DeskWorker:
        worker = DeskWorker(errand, partial(self._dies, len(self.workers)))
        self.workers.append(worker)
        return worker

    def wait(self, workers: Collection[DeskWorker], timeout_s: float) -> list[DeskWorker]:
        return list(workers)

    def close(self) -> None:
        """Nothing is held."""
