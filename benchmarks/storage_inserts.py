"""How fast passages are inserted as a run inserts them."""

import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC

import numpy as np

from benchmarks.storage_served import Served
from benchmarks.storage_year import CAMERAS, START, TIMEZONE
from flows.database import CameraDescription, FlowStore, RunDescription
from flows.values import Journey, Match, Sighting

EMBEDDING = 512


@dataclass(frozen=True, slots=True)
class Inserts:
    """How fast passages were inserted.

    Attributes:
        batch: How many a camera saved at once.
        per_s: Sightings a second.
        per_cpu_s: Sightings in a second of processor time of program and database.
    """

    batch: int
    per_s: float
    per_cpu_s: float


def inserted(served: Served, batch: int, seconds: float = 8.0) -> Inserts:
    """Insert new passages as a run does: camera after camera, then what was matched of them."""
    store = FlowStore.open(served.url)
    described = tuple(CameraDescription(camera) for camera in CAMERAS)
    description = RunDescription(
        "city", TIMEZONE, described, f"inserts of {batch}", time.time(), live=False, gallery_ttl_s=1200.0
    )
    run_id = store.begin_run(description).run_id
    embedding = np.random.default_rng(1).normal(size=EMBEDDING).astype(np.float32)
    begin = START.replace(tzinfo=UTC).timestamp() + 400 * 86_400
    count, taken, cpu, place = 0, 0.0, 0.0, 0
    while taken < seconds:
        span = batch * 30.0
        passages = [
            [
                Sighting(
                    f"{run_id}-{camera}-{place}-{number}",
                    camera,
                    round(begin + 30.0 * number + 1.3 * index, 6),
                    round(begin + 30.0 * number + 1.3 * index + 3, 6),
                    "left",
                    30,
                    0.0,
                    0.9,
                    embedding,
                    "model",
                )
                for number in range(batch)
            ]
            for index, camera in enumerate(CAMERAS)
        ]
        journeys = [
            journey(pair)
            for left, right in zip(passages[::2], passages[1::2], strict=True)
            for pair in zip(left, right, strict=True)
        ]
        started, before = time.perf_counter(), served.cpu_s()
        for camera, fresh in zip(CAMERAS, passages, strict=True):
            store.save_progress(run_id, camera, fresh, [(begin, begin + span)], "here")
        store.save_matching(run_id, begin + span, (), journeys, forget_before=begin + span - 1200)
        taken += time.perf_counter() - started
        cpu += served.cpu_s() - before
        count += batch * len(CAMERAS)
        begin, place = begin + span, place + 1
    store.discard_run(run_id)
    store.close()
    found = Inserts(batch, round(count / taken), round(count / cpu))
    print(f"  {found}", file=sys.stderr)
    return found


def journey(sightings: tuple[Sighting, Sighting]) -> Journey:
    first, second = (replace(one, embedding=None) for one in sightings)
    travel_s = round(second.enter_time - first.enter_time, 6)
    match = Match(first.sighting_id, second.sighting_id, 0.2, None, travel_s)
    return Journey(f"j{first.sighting_id}", (first, second), (match,))
