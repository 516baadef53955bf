"""What a camera sees of the world, exactly: projected bodies and their boxes."""

from dataclasses import dataclass

import numpy as np

from simulation.camera import Camera
from simulation.figure import Figure
from simulation.motion import BRAKING_S, pose, way_along
from simulation.world import Visit
from tracking.arrays import FloatArray, IntArray

_NEAREST_M = 2.0
_SMALLEST_PX = 8.0
_REACH_M = 90.0
_MARGIN_M = 4.0
_DIGITS = 2
"""Boxes are rounded to what the truth's files hold, so that passages can be repeated from the files."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """One actor's way through one picture, where at least a part of it is inside the frame.

    Attributes:
        visit: Who.
        frames: (F,) frame numbers from 0, consecutive; of what stands only the first.
        centres: (F, K, 2) projected spheres, pixels.
        radii: (F, K) pixels.
        depth: (F, K) metres.
        figure: The body in the street at these frames.
        boxes: (F, 4) xyxy pixels, cut off at the frame.
        inside: (F,) share of the whole box that lies in the frame.
        velocity: (F, 2) movement through the picture, pixels per second.
    """

    visit: Visit
    frames: IntArray
    centres: FloatArray
    radii: FloatArray
    depth: FloatArray
    figure: Figure
    boxes: FloatArray
    inside: FloatArray
    velocity: FloatArray


def earliest_s(visit: Visit) -> float:
    """When an actor can come into view at the earliest, seconds after the start."""
    return visit.time_s - _REACH_M / visit.speed_ms if visit.heading else 0.0


def appear(visit: Visit, camera: Camera, times_s: FloatArray) -> Appearance | None:
    """Project an actor into the frames in which it is seen.

    Args:
        visit: Who passes and when.
        camera: Who looks.
        times_s: (T,) times of all frames, seconds after the start, increasing.

    Returns:
        None where nothing of it is ever inside the frame.
    """
    candidates = _near(visit, camera, times_s)
    if len(candidates) == 0:
        return None
    figure = pose(visit, times_s[candidates] if visit.heading else times_s[:1])
    centres, depth = camera.project(figure.nodes)
    in_front = depth.min(axis=1) > _NEAREST_M
    radii = figure.radii * camera.focal_px / np.maximum(depth, _NEAREST_M)
    whole = np.concatenate(
        [(centres - radii[..., None]).min(axis=1), (centres + radii[..., None]).max(axis=1)], axis=1
    )
    boxes = np.round(np.clip(whole, 0, np.tile(camera.size, 2)), _DIGITS)
    inside = np.minimum(_area(boxes) / np.maximum(_area(whole), 1e-9), 1.0)
    big = np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) >= 2
    seen = np.flatnonzero(in_front & big & (whole[:, 3] - whole[:, 1] >= _SMALLEST_PX))
    if len(seen) == 0:
        return None
    keep = slice(seen[0], seen[-1] + 1)
    frames = candidates[keep] if visit.heading else candidates[:1]
    return Appearance(
        visit=visit,
        frames=frames,
        centres=centres[keep],
        radii=radii[keep],
        depth=depth[keep],
        figure=Figure(figure.nodes[keep], figure.radii, figure.parts),
        boxes=boxes[keep],
        inside=np.where((in_front & big)[keep], inside[keep], 0.0),
        velocity=_velocity(centres[keep].mean(axis=1), times_s[frames]),
    )


def _velocity(places: FloatArray, times_s: FloatArray) -> FloatArray:
    if len(places) < 2:
        return np.zeros_like(places)
    return np.asarray(np.gradient(places, times_s, axis=0))


def _near(visit: Visit, camera: Camera, times_s: FloatArray) -> IntArray:
    """Frames in which the actor's place could be in the picture."""
    if visit.heading == 0:
        return np.arange(len(times_s))
    spare = _REACH_M / visit.speed_ms
    first, last = np.searchsorted(
        times_s, [earliest_s(visit), visit.time_s + spare + visit.wait_s + BRAKING_S]
    )
    reachable = np.arange(first, last)
    if len(reachable) == 0:
        return reachable
    along = way_along(visit, times_s[reachable])
    corners = np.stack(
        [
            np.stack([along + end, np.full_like(along, visit.lateral_m), np.full_like(along, up)], axis=1)
            for end in (-_MARGIN_M, 0.0, _MARGIN_M)
            for up in (0.0, 2.0)
        ],
        axis=1,
    )
    pixels, depth = camera.project(corners)
    width, height = camera.size
    front = depth.min(axis=1) > _NEAREST_M
    low, high = pixels.min(axis=1), pixels.max(axis=1)
    over = (low[:, 0] < width) & (high[:, 0] > 0) & (low[:, 1] < height) & (high[:, 1] > 0)
    near = reachable[front & over]
    return np.arange(near[0], near[-1] + 1) if len(near) else near


def _area(boxes: FloatArray) -> FloatArray:
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
