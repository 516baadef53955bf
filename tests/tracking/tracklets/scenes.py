"""Small helpers that make footage for the tracklet builders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tracking.arrays import FloatArray
from tracking.tracklets import FrameStamp, Tracker, TrackUpdate
from tracking.values import Detections, Tracklet

START = 1_570_003_200.0
Box = tuple[float, float, float, float]


def boxes_of(*boxes: Box, score: float = 0.9, scores: Sequence[float] | None = None) -> Detections:
    """Person boxes with one score or a score each."""
    values = scores if scores is not None else [score] * len(boxes)
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(values, np.float32),
        np.zeros(len(boxes), np.int64),
    )


def stamp(seconds: float, index: int = 0, source: str = "a.mp4") -> FrameStamp:
    """A moment so many seconds after the start of the footage."""
    return FrameStamp(source, index, START + seconds)


@dataclass
class Replay:
    """Everything a tracker said about a scene."""

    updates: list[TrackUpdate] = field(default_factory=list)
    tracklets: list[Tracklet] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)

    def note(self, update: TrackUpdate) -> TrackUpdate:
        self.updates.append(update)
        self.tracklets.extend(update.ended)
        self.dropped.extend(update.dropped)
        return update


def replay(tracker: Tracker, scene: Iterable[tuple[float, Detections]]) -> Replay:
    """Feed (seconds, boxes) frame by frame and close everything at the end."""
    seen = Replay()
    for index, (seconds, detections) in enumerate(scene):
        seen.note(tracker.update(stamp(seconds, index), detections))
    seen.note(tracker.finish())
    return seen


def ride(
    times: FloatArray, start: tuple[float, float], velocity: tuple[float, float], size: tuple[float, float]
) -> list[Box]:
    """Boxes of a rider at constant speed, pixels and pixels per second; start is the upper left corner."""
    return [
        (x, y, x + size[0], y + size[1])
        for x, y in ((start[0] + velocity[0] * t, start[1] + velocity[1] * t) for t in times.tolist())
    ]
