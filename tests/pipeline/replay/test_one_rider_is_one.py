"""One rider who turns, stops, is hidden or circles is one; a crowd on foot is none: from boxes to numbers."""

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml

from simulation.detections import write_detections
from simulation.observation import ObservedBoxes, ObservedPassages
from tests.command_line import pipeline
from tracking.values import ObjectClass

FPS, SECONDS = 10.0, 27.0
WIDTH, HEIGHT = 960, 540
START = 1_715_666_400.0
TALL = 70.0
"""Height of a rider, px; a rider goes 2.4 heights per second."""
SPEED = 2.4 * TALL

Place = tuple[float, float, float, float, int]
"""Middle, foot, width over height, score and class of somebody."""
Scene = Callable[[float], Iterator[Place]]


def rides(time: float, x: float, y: float = 330.0, width: float = 0.9, score: float = 0.8) -> Iterator[Place]:
    """A rider where the picture shows one, and the little that speaks for a pedestrian beside it."""
    if 0 <= x <= WIDTH:
        yield x, y, width, score, ObjectClass.CYCLIST
        yield x, y, 0.5 * width, 0.12, ObjectClass.PEDESTRIAN


def passes(time: float) -> Iterator[Place]:
    yield from rides(time, SPEED * (time - 5))


def turns(time: float) -> Iterator[Place]:
    """Brakes in the middle, and rides back where the ride began."""
    brake = 1.5 * TALL
    since, halt = abs(time - 10), SPEED / brake
    eased = brake * since**2 / 2 if since < halt else SPEED * (since - halt / 2)
    yield from rides(time, 0.6 * WIDTH - eased, width=0.9 if since > 0.6 else 0.5)


def stops(time: float) -> Iterator[Place]:
    """Waits eight seconds at a light."""
    moving = time - 5 if time < 8 else max(3.0, time - 13)
    yield from rides(time, SPEED * moving)


def hidden(time: float) -> Iterator[Place]:
    """Passes behind a van that is two seconds long."""
    if not 7 < time < 9:
        yield from passes(time)


def half_hidden(time: float) -> Iterator[Place]:
    """Flickers behind a row of trees: of each second the detector misses a half."""
    if time % 1.0 < 0.5:
        yield from passes(time)


def circles(time: float) -> Iterator[Place]:
    """Rides two rounds on a square, leaning by 13 degrees, seen from all sides, and leaves."""
    radius, rounds, speed = 2.2 * TALL, 2, 1.7 * TALL
    length = 2 * math.pi * radius * rounds
    way = speed * (time - 1) - 0.5 * WIDTH
    angle = min(max(way, 0.0), length) / radius
    x = 0.5 * WIDTH + radius * math.sin(angle) + min(way, 0.0) + max(way - length, 0.0)
    y = 330.0 + 0.5 * radius * (1 - math.cos(angle))
    yield from rides(
        time, x, y, width=0.4 + 0.5 * abs(math.cos(angle)), score=0.55 + 0.2 * abs(math.cos(angle))
    )


def crowd(time: float) -> Iterator[Place]:
    """Eight people on foot, both ways, whom the detector takes a little for cyclists."""
    for number in range(8):
        way = 0.75 * TALL * (time - number % 5) * (1 if number % 2 else -1)
        x, y = way + (0.1 if number % 2 else 0.9) * WIDTH, 300.0 + 18 * number
        if 0 <= x <= WIDTH:
            yield x, y, 0.4, 0.6, ObjectClass.PEDESTRIAN
            yield x, y, 0.4, 0.2, ObjectClass.CYCLIST


def meet(time: float) -> Iterator[Place]:
    yield from passes(time)
    yield from rides(time, WIDTH - SPEED * (time - 5), y=345.0)


EXPECTED: dict[Scene, int] = {
    passes: 1, turns: 1, stops: 1, hidden: 1, half_hidden: 1, circles: 1, crowd: 0, meet: 2,
}  # fmt: skip


def observed(scene: Scene) -> ObservedBoxes:
    """What a detector says of a scene, edges off by 2 % of the height."""
    random = np.random.default_rng(3)
    rows = []
    for frame in range(round(SECONDS * FPS)):
        for x, foot, width, score, kind in scene(frame / FPS):
            edges = np.array([x - width * TALL / 2, foot - TALL, x + width * TALL / 2, foot])
            edges = np.clip(edges + random.normal(0, 0.02 * TALL, 4), 0, (WIDTH, HEIGHT, WIDTH, HEIGHT))
            if edges[2] - edges[0] >= 4:
                rows.append((frame, *edges, score, kind))
    table = np.array(rows)
    return ObservedBoxes(
        frame=table[:, 0].astype(np.int32),
        xyxy=table[:, 1:5].astype(np.float32),
        score=table[:, 5].astype(np.float32),
        class_id=table[:, 6].astype(np.int32),
        identity=np.zeros(len(table), np.int32),
    )


NO_PASSAGES = ObservedPassages(
    enter_s=np.zeros(0),
    exit_s=np.zeros(0),
    direction=(),
    frames=np.zeros(0, np.int32),
    embedding=np.zeros((0, 8), np.float32),
    rider=np.zeros(0, np.int32),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every scene is a camera."""
    folder = tmp_path_factory.mktemp("scenes")
    (folder / "truth").mkdir()
    (folder / "truth" / "parameters.json").write_text(json.dumps({"size": [WIDTH, HEIGHT]}))
    times = np.arange(round(SECONDS * FPS)) / FPS
    for scene in EXPECTED:
        name = scene.__name__
        boxes = observed(scene)
        write_detections(folder / "detections", name, boxes, NO_PASSAGES, start_epoch_s=START, times_s=times)
    cameras = [
        {"id": scene.__name__, "source": f"{scene.__name__}.mp4", "start": "2024-05-14T08:00:00"}
        for scene in EXPECTED
    ]
    content = {"site": "scenes", "timezone": "Europe/Amsterdam", "cameras": cameras}
    (folder / "site.yaml").write_text(yaml.safe_dump(content))
    return folder


@pytest.mark.parametrize("judge", ["limits", "learnt"])
def test_each_scene_has_its_number_of_cyclists(site: Path, tmp_path: Path, judge: str) -> None:
    database = tmp_path / "flows.db"
    answer = pipeline("replay", site, "--database", database, "--set", f"rider.judge.by={judge}")
    assert answer.code == 0, answer.err
    told = pipeline("stats", "counts", "--database", database, "--interval", "total", "--format", "json")
    counted = dict.fromkeys((scene.__name__ for scene in EXPECTED), 0)
    for row in json.loads(told.out):
        counted[row["camera"]] += row["cyclists"] or 0
    assert counted == {scene.__name__: number for scene, number in EXPECTED.items()}
