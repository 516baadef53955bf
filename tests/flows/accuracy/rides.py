"""Rides through a street of cameras, for evaluations to measure."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from flows.accuracy import FlowScores, Passages, Spans, Stored, Truth, evaluate

CAMERAS = ("A", "B", "C", "D")
HOUR = 1_570_000_000.0 - 1_570_000_000.0 % 3600


@dataclass(frozen=True)
class Stop:
    camera: str
    enter: float
    stay: float = 4.0
    direction: str = "left"


Ride = list[Stop]


def ride(route: str, start: float, seconds_apart: float = 60.0, **looks: object) -> Ride:
    """A ride past the cameras of a route such as ``ABC``."""
    return [
        replace(Stop(camera, HOUR + start + seconds_apart * step), **looks)  # type: ignore[arg-type]
        for step, camera in enumerate(route)
    ]


def passages(rides: list[Ride], cameras: tuple[str, ...] = CAMERAS) -> Passages:
    rows = [
        (stop.camera, stop.enter, stop.enter + stop.stay, stop.direction, f"{number:05}", step)
        for number, stops in enumerate(rides)
        for step, stop in enumerate(stops)
    ]
    return Passages.of(rows, cameras)


def score(
    true: list[Ride], claimed: list[Ride], observed: dict[str, list[tuple[float, float]]] | None = None
) -> FlowScores:
    """Evaluate rides; every camera observes the whole hour unless told otherwise."""
    spans = tuple(
        Spans.of([(HOUR + a, HOUR + b) for a, b in (observed or {}).get(name, [(0, 3600)])])
        for name in CAMERAS
    )
    return evaluate(Truth(passages(true), None), Stored("street", passages(claimed), spans)).scores


def random_rides(seed: int, count: int = 40) -> list[Ride]:
    """Rides of one to four stops, sometimes abreast."""
    dice = np.random.default_rng(seed)
    rides = []
    for _ in range(count):
        names = dice.permutation(CAMERAS)[: int(dice.integers(1, 5))]
        start = float(dice.choice([dice.uniform(0, 3000), 500.0]))
        rides.append(ride("".join(names), round(start, 3), float(dice.uniform(30, 90))))
    return rides


def write_truth(folder: Path, rides: list[Ride]) -> Path:
    folder.mkdir()
    lines = ["rider,camera,enter_epoch_s,exit_epoch_s,direction,frames,journey,position"]
    for number, stops in enumerate(rides):
        for step, stop in enumerate(stops, 1):
            times = f"{stop.enter:.6f},{stop.enter + stop.stay:.6f}"
            lines.append(f"{number},{stop.camera},{times},{stop.direction},9,{number},{step}")
    (folder / "passages.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
