"""Looks at some footage, and who really passed: boxes and times, never a picture."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

from tracking.arrays import FloatArray, IntArray
from tracking.riders.classifier import KINDS, Glance
from tracking.values import Detections


@dataclass(frozen=True, slots=True)
class Look:
    """What the detector said at one moment.

    Attributes:
        source: Name of the file.
        index: Position of the frame in it.
        time: Seconds since the epoch.
        before: Time of the look before it, -inf where there was none.
        found: Boxes.
    """

    source: str
    index: int
    time: float
    before: float
    found: Detections


@dataclass(frozen=True, slots=True)
class Truth:
    """Everybody who really was in view.

    Attributes:
        frames: (R,) number of the look.
        actors: (R,) who, from 0.
        boxes: (R, 4) xyxy pixels.
        visible: (R,) share of the body that is seen.
        kinds: Kind of each actor.
    """

    frames: IntArray
    actors: IntArray
    boxes: FloatArray
    visible: FloatArray
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One camera for a while.

    Attributes:
        name: What to call it.
        frame_size: Width and height, pixels.
        looks: In order.
        truth: Where it is known box by box.
        glances: Local ids of the pieces of a passage → what its crops show; none of those that nobody rides
            whatever they show, or whose crops are too small.
    """

    name: str
    frame_size: tuple[int, int]
    looks: tuple[Look, ...]
    truth: Truth | None = None
    glances: Mapping[tuple[int, ...], Glance] = field(default_factory=dict)

    def look(self, members: Sequence[int]) -> Glance | None:
        """What the crops of a passage show; for `PassageJudge`."""
        return self.glances.get(tuple(members))

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read what `benchmarks.judge_looks` has kept."""
        with np.load(file) as archive:
            kept = dict(archive)
        first, rows = kept["first_row"], kept["rows"]
        looks = tuple(
            Look(
                str(source),
                int(index),
                float(time),
                float(before),
                _detections(rows[first[n] : first[n + 1]]),
            )
            for n, (source, index, time, before) in enumerate(
                zip(kept["source"], kept["index"], kept["time"], kept["before"], strict=True)
            )
        )
        truth = None
        if "truth_kinds" in kept:
            truth = Truth(
                kept["truth_frames"],
                kept["truth_actors"],
                kept["truth_boxes"],
                kept["truth_visible"],
                tuple(kept["truth_kinds"].tolist()),
            )
        width, height = kept["frame_size"].tolist()
        return cls(str(kept["name"]), (width, height), looks, truth, _glances(kept))


def read_folder(folder: Path) -> Iterator[Seen]:
    """Everything that was kept in a folder, in order of the names."""
    for file in sorted(folder.glob("*.npz")):
        yield Seen.read(file)


def _glances(kept: Mapping[str, Any]) -> dict[tuple[int, ...], Glance]:
    columns = (kept[f"glance_{name}"] for name in ("members", "odds", "otherwise", "not_motor"))
    return {
        tuple(map(int, str(members).split())): Glance(float(odds), KINDS[int(otherwise)], float(not_motor))
        for members, odds, otherwise, not_motor in zip(*columns, strict=True)
    }


def _detections(rows: FloatArray) -> Detections:
    return Detections(
        rows[:, :4].astype(np.float32), rows[:, 4].astype(np.float32), rows[:, 5].astype(np.int64)
    )
