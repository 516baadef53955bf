"""Riders over three cameras, as boxes count them and as one run over all cameras would."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from flows.database import Account, FlowStore, Outbox, RunDescription, Unobserved
from flows.values import Sighting
from pipeline.centre import Box
from pipeline.configuration import Configuration, load_configuration
from pipeline.edge import Sender
from pipeline.runner.checkpoint import Checkpoint
from pipeline.runner.describing import describe_site
from pipeline.runner.linking import Linking, prepare_linking
from reid.encoders import ColourStripes
from tests.flows.written import MORNING

STEP_S = 60.0
SITE = """
site: street
timezone: Europe/Amsterdam
cameras:
  - {id: A, source: a.mp4}
  - {id: B, source: b.mp4}
  - {id: C, source: c.mp4}
links:
  - {from: A, to: B, min_travel_s: 10, max_travel_s: 90}
  - {from: B, to: C, min_travel_s: 10, max_travel_s: 90}
"""


@dataclass(frozen=True)
class Step:
    """What a camera reports at once: who ended, what was watched, what not, up to where all is told."""

    sightings: tuple[Sighting, ...]
    coverage: tuple[tuple[float, float], ...]
    unobserved: tuple[Unobserved, ...]
    settled: float


@cache
def _street() -> Configuration:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.yaml"
        path.write_text(SITE, encoding="utf-8")
        return load_configuration(path)


def configured(url: str) -> Configuration:
    """The site file of the street, for a database."""
    return _street().model_copy(update={"database": url})


def linking_of(configuration: Configuration) -> Linking:
    """Linked as with an encoder whose card has a threshold: the site learns its own."""
    encoder = ColourStripes()
    encoder.threshold = 0.6
    return prepare_linking(configuration, encoder)


def ridden(seed: int, riders: int = 25, minutes: float = 3) -> dict[str, tuple[Step, ...]]:
    """Camera → its steps; looks of a rider differ a little from camera to camera."""
    dice = np.random.default_rng(seed)
    passed: dict[str, list[Sighting]] = {"A": [], "B": [], "C": []}
    for rider in range(riders):
        looks = dice.normal(size=16)
        time = MORNING + float(dice.uniform(0, 60 * minutes - 60))
        for camera in "ABC"[int(dice.integers(0, 2)) : int(dice.integers(2, 4))]:
            vector = (looks / np.linalg.norm(looks) + dice.normal(scale=0.06, size=16)).astype(np.float32)
            passed[camera].append(_sighting(f"{seed}-{camera}-{rider}", camera, time, vector))
            time += float(dice.uniform(15, 80))
    return {camera: tuple(_steps(camera, found, minutes)) for camera, found in passed.items()}


def _sighting(name: str, camera: str, enter: float, vector: np.ndarray) -> Sighting:
    embedding = vector / np.linalg.norm(vector)
    return Sighting(
        name, camera, round(enter, 6), round(enter + 4, 6), "left", 40, 0.25, 0.75, embedding, "stripes"
    )


def _steps(camera: str, found: Sequence[Sighting], minutes: float) -> Iterator[Step]:
    """B is frozen for half a minute."""
    begin, end = MORNING, MORNING + 60 * minutes + 120
    frozen = (MORNING + 70, MORNING + 100) if camera == "B" else (end, end)
    for start in np.arange(begin, end, STEP_S).tolist():
        stop = min(start + STEP_S, end)
        now = tuple(one for one in found if start <= one.exit_time < stop)
        seen = [(start, min(stop, frozen[0])), (max(start, frozen[1]), stop)]
        lost = (frozen[0], min(stop, frozen[1]))
        yield Step(
            now,
            tuple((low, high) for low, high in seen if low < high),
            (Unobserved(*lost, "frozen"),) if start < frozen[1] and lost[0] < lost[1] else (),
            stop - 10,
        )


@cache
def _blank() -> bytes:
    """An empty database: its schema takes longer to write than all that the tests store."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blank.db"
        FlowStore.open(str(path)).close()
        return path.read_bytes()


def blank(path: Path) -> str:
    """Address of an empty SQLite database."""
    path.write_bytes(_blank())
    return f"sqlite:///{path}"


def without_footage(configuration: Configuration, fingerprint: str) -> RunDescription:
    return describe_site(configuration, fingerprint, 180.0)


class Counter:
    """A run that stores the steps of some cameras, as the runner does."""

    def __init__(self, store: FlowStore, configuration: Configuration, fingerprint: str) -> None:
        self.store = store
        self.run_id = store.begin_run(without_footage(configuration, fingerprint)).run_id

    def store_step(self, camera: str, step: Step, *, last: bool) -> None:
        checkpoint = Checkpoint(settled_until=step.settled, finished=last)
        account = Account(unobserved=step.unobserved)
        self.store.save_progress(
            self.run_id, camera, step.sightings, step.coverage, checkpoint.to_text(), account
        )


class Riding:
    """A box: its cameras, its database, and how far it has counted."""

    def __init__(self, name: str, cameras: str, folder: Path, ridden: dict[str, tuple[Step, ...]]) -> None:
        self.box = Box(name, "street", frozenset(cameras))
        self.database = folder / f"{name}.db"
        self._url = blank(self.database)
        self._configuration = configured(self._url)
        self._steps = {camera: ridden[camera] for camera in cameras}
        self._counted = dict.fromkeys(cameras, 0)
        self.said: list[str] = []
        self._open()
        self.line: object = None

    def _open(self) -> None:
        self.store = FlowStore.open(self._url)
        self.store.note_site(describe_site(self._configuration))
        self.outbox = Outbox(self.store.database, "street")
        self.counter = Counter(self.store, self._configuration, "run of the day")

    def restart(self, line: object) -> Sender:
        """As after the process was killed: what was not finished goes on one step before."""
        self.store.close()
        self._open()
        if not self.done:
            self._counted = {camera: max(0, count - 1) for camera, count in self._counted.items()}
        return self.sender(line)

    def sender(self, line: object) -> Sender:
        return Sender(self.outbox, line, self.said.append)  # type: ignore[arg-type]

    @property
    def done(self) -> bool:
        return all(self._counted[camera] == len(steps) for camera, steps in self._steps.items())

    def count(self) -> None:
        """Store the next step of each camera; behind the last one the run is finished."""
        if self.done:
            return
        for camera, steps in self._steps.items():
            place = self._counted[camera]
            if place < len(steps):
                self.counter.store_step(camera, steps[place], last=place == len(steps) - 1)
                self._counted[camera] += 1
        if self.done:
            self.store.finish_run(self.counter.run_id)


def count_alone(folder: Path, ridden: dict[str, tuple[Step, ...]]) -> str:
    """One run over all cameras; returns the address of its database."""
    url = blank(folder / "alone.db")
    configuration = configured(url)
    store = FlowStore.open(url)
    counter = Counter(store, configuration, "alone")
    matcher = linking_of(configuration).new_matcher()
    for camera, steps in ridden.items():
        for step in steps:
            counter.store_step(camera, step, last=step is steps[-1])
            matcher.add(step.sightings)
    outcome = matcher.finish()
    store.save_matching(
        counter.run_id,
        MORNING,
        outcome.matches,
        outcome.journeys,
        forget_before=MORNING,
        distances=outcome.distances,
        model_id=outcome.model_id,
    )
    store.finish_run(counter.run_id)
    store.close()
    return url


def touch(store: FlowStore) -> None:
    """Change something, so that there is something to send."""
    with store.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE sighting SET frames = frames + 1")
        connection.exec_driver_sql("UPDATE sighting SET frames = frames - 1")
