"""What detectors, trackers and encoders would report, with errors of a chosen size, without pixels."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.random import Generator

from simulation.passages import VISIBLE_SHARE, Passage
from simulation.settings import DetectionSettings
from simulation.streams import Purpose, stream
from simulation.tracks import Track
from simulation.world import CYCLISTS, FURNITURE, Actor, Kind
from tracking.arrays import FloatArray, IntArray
from tracking.values import ObjectClass

_SHORTEST_FRAMES = 3
_FALSE_M = (0.15, 0.3)
_CLASSES = {
    **dict.fromkeys(CYCLISTS, ObjectClass.CYCLIST),
    Kind.PEDESTRIAN: ObjectClass.PERSON,
    Kind.E_SCOOTER: ObjectClass.PERSON,
    Kind.PUSHED_BICYCLE: ObjectClass.PERSON,
    Kind.PARKED_BICYCLE: ObjectClass.BICYCLE,
    Kind.SCOOTER: ObjectClass.MOTORCYCLE,
    Kind.MOPED: ObjectClass.MOTORCYCLE,
    Kind.CAR: ObjectClass.CAR,
}


@dataclass(frozen=True, slots=True)
class ObservedBoxes:
    """Boxes of a detector with faults, one row for each, by frame.

    Attributes:
        frame: (N,) int32 frame number from 0.
        xyxy: (N, 4) float32 pixels.
        score: (N,) float32.
        class_id: (N,) int32, values of `tracking.values.ObjectClass`.
        identity: (N,) int32 identity of the truth; 0 where nothing is there.
    """

    frame: IntArray
    xyxy: FloatArray
    score: FloatArray
    class_id: IntArray
    identity: IntArray

    @classmethod
    def of(
        cls,
        tracks: list[Track],
        settings: DetectionSettings,
        *,
        frames: int,
        size: tuple[int, int],
        rng: Generator,
    ) -> Self:
        """Detect.

        Args:
            tracks: Exact boxes of one camera.
            settings: Size of the errors.
            frames: Number of frames.
            size: Width and height of the picture, pixels.
            rng: Stream of `Purpose.DETECTIONS`.
        """
        parts = [_detect(t, settings, frames, rng) for t in tracks if t.visit.actor.kind not in FURNITURE]
        parts.append(_imagine(settings, frames, size, rng))
        frame, xyxy, score, class_id, identity = (
            np.concatenate(column) for column in zip(*parts, strict=True)
        )
        xyxy = np.clip(xyxy, 0, np.tile(size, 2))
        order = np.lexsort((identity, frame))
        return cls(
            frame[order].astype(np.int32),
            xyxy[order].astype(np.float32),
            score[order].astype(np.float32),
            class_id[order].astype(np.int32),
            identity[order].astype(np.int32),
        )


Row = tuple[float, float, str, int, int]
"""Enter and exit in seconds, direction, number of boxes, rider."""
Columns = tuple[IntArray, FloatArray, FloatArray, IntArray, IntArray]


def _detect(track: Track, settings: DetectionSettings, frames: int, rng: Generator) -> Columns:
    """Boxes of one actor; the more is hidden, the more are missed."""
    actor, repeat = track.visit.actor, 1 if track.visit.heading else frames
    boxes, visible = np.repeat(track.boxes, repeat, axis=0), np.repeat(track.visible, repeat)
    numbers = track.frames if track.visit.heading else np.arange(frames)
    chance = np.where(visible >= VISIBLE_SHARE, 1 - settings.miss_share * (2 - visible), 0.0)
    found = rng.random(len(boxes)) < chance
    high = (boxes[:, 3] - boxes[:, 1])[:, None]
    boxes = boxes + rng.normal(0, 1, boxes.shape) * settings.box_jitter * high
    score = np.clip(0.35 + 0.6 * visible + rng.normal(0, 0.05, len(boxes)), 0.05, 1.0)
    count = int(found.sum())
    return (
        numbers[found],
        boxes[found],
        score[found],
        np.full(count, int(_CLASSES[actor.kind])),
        np.full(count, actor.identity),
    )


def _imagine(settings: DetectionSettings, frames: int, size: tuple[int, int], rng: Generator) -> Columns:
    """Boxes where nothing is."""
    count = int(rng.poisson(settings.false_boxes * frames))
    high = rng.uniform(*_FALSE_M, count) * size[1]
    left, top = rng.uniform(0, size[0], count) - high / 2, rng.uniform(0.2, 0.9, count) * size[1] - high / 2
    boxes = np.stack([left, top, left + high, top + high], axis=1)
    nothing = np.zeros(count, int)
    classes = np.full(count, int(ObjectClass.CYCLIST))
    return rng.integers(0, frames, count), boxes, rng.uniform(0.1, 0.6, count), classes, nothing


@dataclass(frozen=True, slots=True)
class ObservedPassages:
    """Passages of one camera as a tracker and an encoder with faults would report them.

    Attributes:
        enter_s: (N,) seconds after the start.
        exit_s: (N,) the same on leaving.
        direction: (N,) heading through the picture.
        frames: (N,) int32 number of boxes.
        embedding: (N, D) float32 unit rows.
        rider: (N,) int32 identity of the truth; 0 where nobody passed.
    """

    enter_s: FloatArray
    exit_s: FloatArray
    direction: tuple[str, ...]
    frames: IntArray
    embedding: FloatArray
    rider: IntArray


def observe_passages(
    passages: list[Passage],
    actors: dict[int, Actor],
    settings: DetectionSettings,
    *,
    duration_s: float,
    seed: int,
    camera: int,
) -> ObservedPassages:
    """Report passages with faults: missed ones, ones cut in two, imagined ones, blurred times.

    Args:
        passages: The truth of one camera.
        actors: Riders by identity.
        settings: Size of the errors.
        duration_s: Length of the recording, seconds.
        seed: Seed of the world.
        camera: Camera number.
    """
    rng = stream(seed, Purpose.DETECTIONS, camera, 1)
    rows = [row for passage in passages for row in _report(passage, settings, rng)]
    for _ in range(int(rng.poisson(settings.false_passages_per_hour * duration_s / 3600))):
        begin = float(rng.uniform(0, duration_s))
        rows.append((begin, begin + float(rng.uniform(1, 5)), str(rng.choice(("left", "right"))), 12, 0))
    rows.sort()
    riders = np.asarray([row[4] for row in rows], np.int32)
    blur = rng.normal(0, settings.time_error_s, len(rows))
    return ObservedPassages(
        enter_s=np.asarray([row[0] for row in rows]) + blur,
        exit_s=np.asarray([row[1] for row in rows]) + blur,
        direction=tuple(row[2] for row in rows),
        frames=np.asarray([row[3] for row in rows], np.int32),
        embedding=_embed(riders, actors, settings, seed, camera),
        rider=riders,
    )


def _report(passage: Passage, settings: DetectionSettings, rng: Generator) -> list[Row]:
    """One row for a passage, two where its track broke, none where it was missed."""
    missed, cut, share = rng.random() < settings.missed_passages, rng.random(), rng.uniform(0.35, 0.65)
    if missed or passage.recorded < _SHORTEST_FRAMES:
        return []
    enter, leave = passage.enter_s, passage.exit_s
    middle = enter + share * (leave - enter)
    spans = [(enter, middle), (middle, leave)] if cut < settings.split_passages else [(enter, leave)]
    boxes = passage.frames / max(leave - enter, 1e-9)
    return [
        (first, last, passage.direction, max(round(boxes * (last - first)), 1), passage.rider)
        for first, last in spans
    ]


def _embed(
    riders: IntArray, actors: dict[int, Actor], settings: DetectionSettings, seed: int, camera: int
) -> FloatArray:
    """Unit vectors around the rider's own: who looks alike is near, nobody else."""
    rng = stream(seed, Purpose.EMBEDDINGS, camera)
    size = settings.embedding_size
    rows = np.empty((len(riders), size), np.float32)
    for row, rider in enumerate(riders):
        noise = rng.standard_normal(size)
        if rider == 0:
            rows[row] = noise / np.linalg.norm(noise)
            continue
        mixed = _centre(actors[int(rider)], settings, seed) + noise / settings.separability
        rows[row] = mixed / np.linalg.norm(mixed)
    return rows


def _centre(actor: Actor, settings: DetectionSettings, seed: int) -> FloatArray:
    """A rider's own vector; a part of it belongs to the clothes, which others may wear too."""
    look, size = actor.look, settings.embedding_size
    clothes = [round(value) for value in (*look.jacket, *look.trousers, *look.frame, *look.bag)]
    common = stream(seed, Purpose.EMBEDDINGS, 2**20, *clothes).standard_normal(size)
    own = stream(seed, Purpose.EMBEDDINGS, 2**21, actor.identity).standard_normal(size)
    share = settings.clothes_share
    return np.asarray(share**0.5 * common + (1 - share) ** 0.5 * own)
