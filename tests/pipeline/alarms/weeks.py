"""Weeks of two cameras, written straight into the roll-ups' own tables by way of passages' counts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from sqlalchemy import insert

from flows.database import FlowStore
from flows.database.rollups.tables import covered, seen
from flows.database.schema import coverage
from flows.database.times import to_microseconds
from tests.flows.written import describe

START = 1_714_348_800.0
"""Monday, 2024-04-29, midnight UTC: no change of the clock in the weeks behind it."""
QUARTER_S, HOUR_S, DAY_S = 900.0, 3600.0, 86_400.0
CAMERAS = ("A", "B")


@dataclass(frozen=True)
class Weeks:
    """What happens: cyclists expected in a quarter, and quarters in which a camera is off."""

    weeks: int
    rate: Callable[[str, str, float], float] = field(default=lambda camera, direction, at: 3.0)
    off: Callable[[str, float], bool] = field(default=lambda camera, at: False)
    seed: int = 1

    @property
    def end(self) -> float:
        return START + self.weeks * 7 * DAY_S


def write_weeks(url: str, weeks: Weeks) -> None:
    """Write a finished run; the roll-ups are what a run of so many passages would leave."""
    dice = np.random.default_rng(weeks.seed)
    store = FlowStore.open(url)
    run_id = store.begin_run(describe(cameras="".join(CAMERAS))).run_id
    store.finish_run(run_id)
    counts, observed, stretches = [], [], []
    bins = [START + row * QUARTER_S for row in range(round((weeks.end - START) / QUARTER_S))]
    for number, camera in enumerate(CAMERAS, 1):
        on = [at for at in bins if not weeks.off(camera, at)]
        observed += [{"camera_id": number, "bin": to_microseconds(at), "observed": 900_000_000} for at in on]
        for _, group in groupby(enumerate(on), lambda pair: pair[1] - pair[0] * QUARTER_S):
            times = [at for _, at in group]
            stretches.append((number, times[0], times[-1] + QUARTER_S))
        for direction in ("left", "right"):
            riders = dice.poisson([weeks.rate(camera, direction, at) for at in on])
            counts += [
                {"camera_id": number, "bin": to_microseconds(at), "direction": direction, "cyclists": int(n)}
                for at, n in zip(on, riders, strict=True)
                if n
            ]
    spans = [
        {
            "run_id": run_id,
            "camera_id": camera,
            "start_time": to_microseconds(a),
            "end_time": to_microseconds(b),
        }
        for camera, a, b in stretches
    ]
    # The roll-ups are written as they are: computing them anew from passages is tested elsewhere.
    with store.database.engine.begin() as connection:
        connection.execute(insert(coverage), spans)
        connection.exec_driver_sql("DELETE FROM touched_time")
        connection.execute(insert(covered), observed)
        connection.execute(insert(seen), counts)
    store.close()
