"""Riders who take too long to pass a camera."""

import time
from pathlib import Path

import numpy as np

from flows.database import Account, FlowStore
from flows.values import Sighting
from pipeline.configuration import load_configuration
from pipeline.runner.checkpoint import Checkpoint
from pipeline.runner.live.rig import Rig
from pipeline.runner.live.session import LiveSession
from pipeline.sources import Interval
from pipeline.telemetry import StageClock
from tests.flows.written import describe
from tests.pipeline.live.watching import NOBODY_THERE, rows, write_site


class Passing:
    """A camera whose riders and whose promise a test decides."""

    def __init__(self, camera: str, settled: float) -> None:
        self.camera, self.settled = camera, settled
        self.fresh: list[Sighting] = []

    @property
    def has_fresh(self) -> bool:
        return bool(self.fresh)

    def take_fresh(self) -> list[Sighting]:
        fresh, self.fresh = self.fresh, []
        return fresh

    def take_watched(self, now: float) -> tuple[list[Interval], Account]:
        return [], Account()

    def take_counts(self) -> tuple[int, int]:
        return 0, 0

    def settled_until(self, now: float) -> float:
        return self.settled

    def checkpoint(self) -> Checkpoint:
        return Checkpoint()

    def close(self) -> None:
        """Nothing is open."""


def rider(camera: str, enter: float, name: str) -> Sighting:
    embedding = np.ones(4, np.float32) / 2
    return Sighting(name * 32, camera, enter, enter + 2, "right", 9, 0.0, 0.9, embedding, "model")


def test_a_rider_who_takes_too_long_holds_up_nobody_and_is_counted_alone(folder: Path) -> None:
    site = write_site(folder, {"A": NOBODY_THERE, "B": NOBODY_THERE})
    rig = Rig(load_configuration(site, {"runtime.late_s": 30}))
    store, now = FlowStore.open(rig.configuration.database), time.time()
    run = store.begin_run(describe(site="test", cameras="AB", live=True))
    matcher = rig.linking.restored_matcher(store, run.run_id)
    session = LiveSession(run.run_id, rig, store, matcher, StageClock(), lambda sentence: None)
    standing, flowing = Passing("A", now - 3600), Passing("B", now)
    session._cameras = {"A": standing, "B": flowing}  # type: ignore[dict-item]

    flowing.fresh = [rider("B", now - 90, "b")]
    session.keep(now)
    assert rows(folder, "select count(*) from sighting") == [(1,)]
    assert session.watermark == now - 30, "who stands in the view of A holds up nobody"

    standing.fresh, standing.settled = [rider("A", now - 3600, "a"), rider("A", now - 1, "c")], now
    session.keep(now)
    session.close()
    assert session.late == 1
    assert rows(folder, "select count(*) from sighting") == [(3,)]
    assert rows(folder, "select count(*) from journey_stop") == [(3,)], "nobody is lost"
    assert rows(folder, "select state from run") == [("finished",)]
    store.close()
