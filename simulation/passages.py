"""Exact truth: who passed which camera when, and which journeys that makes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from simulation.camera import Camera
from simulation.region import region_of
from simulation.tracks import Track
from simulation.world import CYCLISTS, Kind
from tracking.arrays import FloatArray, IntArray
from tracking.region import RegionOfInterest, direction_of

VISIBLE_SHARE = 0.25
"""Least share of a body that must be visible for its passage to begin or go on."""
_SHORTEST_FRAMES = 3
_CLOCK_S = 1e-4
"""Rounding of presentation times."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One rider's way through the region of interest of one camera.

    Attributes:
        rider: Identity.
        camera: Camera number.
        journey: Number of the rider's journey.
        enter_s: First frame in which the rider is visible and stands in the region, seconds after the start.
        exit_s: Last such frame.
        direction: Heading through the picture, by the pipeline's own rule.
        frames: Number of such frames.
        recorded: Number of frames that the camera recorded between entering and leaving.
    """

    rider: int
    camera: int
    journey: int
    enter_s: float
    exit_s: float
    direction: str
    frames: int
    recorded: int


def find_passages(
    tracks: Iterable[Track],
    number: int,
    camera: Camera,
    *,
    times_s: FloatArray,
    recorded_s: FloatArray,
    kinds: Collection[Kind] = CYCLISTS,
) -> list[Passage]:
    """Read the riders' passages off the exact boxes.

    Args:
        tracks: Exact boxes of everybody, in the frames of a faultless recorder.
        number: Camera number.
        camera: Who looks.
        times_s: (T,) times of all frames of a faultless recorder, seconds after the start.
        recorded_s: (R,) times of the frames that were really recorded.
        kinds: Whose; of those who are counted otherwise.

    Returns:
        Passages by time of entering.
    """
    place = RegionOfInterest(camera.size, region_of(camera).tolist())
    found = []
    for track in tracks:
        frames = np.flatnonzero(place.contains(track.boxes) & (track.visible >= VISIBLE_SHARE))
        if track.visit.actor.kind in kinds and len(frames) >= _SHORTEST_FRAMES:
            found.append(_passage(track, frames, number, times_s, recorded_s))
    return sorted(found, key=lambda passage: (passage.enter_s, passage.rider))


def _passage(
    track: Track, frames: IntArray, camera: int, times_s: FloatArray, recorded_s: FloatArray
) -> Passage:
    enter_s, exit_s = (float(moment) for moment in times_s[track.frames[frames[[0, -1]]]])
    return Passage(
        rider=track.visit.actor.identity,
        camera=camera,
        journey=track.visit.journey,
        enter_s=enter_s,
        exit_s=exit_s,
        direction=direction_of(track.boxes[frames]),
        frames=len(frames),
        recorded=_recorded(recorded_s, enter_s, exit_s),
    )


def _recorded(recorded_s: FloatArray, enter_s: float, exit_s: float) -> int:
    inside = (recorded_s >= enter_s - _CLOCK_S) & (recorded_s <= exit_s + _CLOCK_S)
    return int(inside.sum())


def chain(passages: list[Passage]) -> list[tuple[Passage, ...]]:
    """Join the passages of each rider to journeys.

    A journey ends where its rider turns back or is not seen again.

    Returns:
        Journeys by time of their first passage; each has its passages in order of time.
    """
    groups: dict[tuple[int, int], list[Passage]] = defaultdict(list)
    for passage in sorted(passages, key=lambda p: (p.enter_s, p.rider)):
        groups[passage.rider, passage.journey].append(passage)
    return sorted((tuple(group) for group in groups.values()), key=lambda j: (j[0].enter_s, j[0].rider))
