"""Time and memory of `pipeline evaluate` for one day of a city.

    python benchmarks/evaluation_scale.py --cameras 20 --passages 100000

Journeys are drawn at random and spoilt as a run would (missed and invented passages, shifted times, broken
and swapped links), written as a truth folder and as a database, and evaluated by the command itself in a
process of its own.
"""

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from flows.database import CameraDescription, FlowStore, RunDescription
from flows.values import Journey, Match, Sighting

START = 1715637600.0
DAY_S = 86_400.0


@dataclass(frozen=True)
class Stop:
    """One passage."""

    rider: int
    camera: int
    enter: float
    exit: float


def draw_day(dice: np.random.Generator, cameras: int, passages: int) -> list[list[Stop]]:
    """Journeys over one to six neighbouring cameras, most of them in the two rush hours."""
    journeys: list[list[Stop]] = []
    drawn = 0
    while drawn < passages:
        hour = dice.choice([dice.normal(8.2, 0.8), dice.normal(17.3, 1.0), dice.uniform(0, 24)]) % 24
        now = START + hour * 3600
        camera, count = int(dice.integers(cameras)), int(dice.choice([1, 1, 2, 3, 4, 6]))
        stops = []
        for _ in range(count):
            stay = dice.gamma(4, 1.2)
            if now >= START and now + stay < START + DAY_S:
                stops.append(Stop(len(journeys), camera, round(now, 1), round(now + stay, 1)))
            now += stay + dice.gamma(6, 12)
            camera = (camera + int(dice.choice([-2, -1, 1, 2]))) % cameras
        if stops:
            journeys.append(stops)
            drawn += len(stops)
    return journeys


def spoil(dice: np.random.Generator, journeys: list[list[Stop]]) -> list[list[Stop]]:
    """What a run might make of them: 6 % missed, times off by a frame or two, 5 % of the links broken."""
    found: list[list[Stop]] = []
    for stops in journeys:
        parts: list[list[Stop]] = [[]]
        for stop in stops:
            if dice.random() < 0.06:
                continue
            if parts[-1] and dice.random() < 0.05:
                parts.append([])
            enter, leave = stop.enter + dice.normal(0, 0.2), stop.exit + dice.normal(0, 0.2)
            parts[-1].append(
                Stop(stop.rider, stop.camera, round(enter, 6), round(max(leave, enter + 0.3), 6))
            )
        found += [part for part in parts if part]
    return found


def write_truth(folder: Path, journeys: list[list[Stop]]) -> None:
    folder.mkdir()
    with (folder / "passages.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ("rider", "camera", "enter_epoch_s", "exit_epoch_s", "direction", "journey", "position")
        )
        for number, stops in enumerate(journeys):
            for position, stop in enumerate(stops, 1):
                writer.writerow(
                    (stop.rider, f"c{stop.camera:02}", stop.enter, stop.exit, "left", number, position)
                )


def write_database(address: str, journeys: list[list[Stop]], cameras: int) -> None:
    names = [f"c{number:02}" for number in range(cameras)]
    store = FlowStore.open(address)
    described = tuple(CameraDescription(name) for name in names)
    run = store.begin_run(RunDescription("city", "Europe/Amsterdam", described, "one", START)).run_id
    rides = [
        [
            Sighting(
                f"{number}-{place}",
                names[stop.camera],
                stop.enter,
                stop.exit,
                "left",
                20,
                0.0,
                0.8,
                None,
                "none",
            )
            for place, stop in enumerate(stops)
        ]
        for number, stops in enumerate(journeys)
    ]
    for name in names:
        own = [one for ride in rides for one in ride if one.camera == name]
        store.save_progress(run, name, own, [(START, START + DAY_S)], "end")
    done = [
        Journey(
            f"j{number}",
            tuple(ride),
            tuple(
                Match(a.sighting_id, b.sighting_id, 0.4, 0.9, b.enter_time - a.enter_time)
                for a, b in pairwise(ride)
            ),
        )
        for number, ride in enumerate(rides)
    ]
    store.save_matching(run, START + DAY_S, (), done, forget_before=START + DAY_S)
    store.finish_run(run)
    store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=20)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    dice = np.random.default_rng(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        truth, database = Path(folder, "truth"), Path(folder, "flows.db")
        journeys = draw_day(dice, asked.cameras, asked.passages)
        write_truth(truth, journeys)
        write_database(f"sqlite:///{database}", spoil(dice, journeys), asked.cameras)
        program = "from pipeline.commands import main; main()"
        command = ["-c", program, "evaluate", "--database", str(database), "--truth", str(truth)]
        before = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True)
        seconds = time.perf_counter() - before
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{asked.cameras} cameras, {sum(map(len, journeys))} passages: {seconds:.1f} s, {peak:.0f} MiB")


if __name__ == "__main__":
    main()
