"""What a camera sees of the world, exactly: projected bodies, boxes and visibility."""

from dataclasses import dataclass

import numpy as np

from pipeline.simulation.camera import Camera
from pipeline.simulation.figure import Figure
from pipeline.simulation.motion import BRAKING_S, pose, way_along
from pipeline.simulation.world import Visit
from tracking.arrays import BoolArray, FloatArray, IntArray

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
        times_s, [visit.time_s - spare, visit.time_s + spare + visit.wait_s + BRAKING_S]
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


def visibility(appearances: list[Appearance]) -> list[FloatArray]:
    """Share of each actor that is neither outside the frame nor behind another, per frame.

    Each sphere of a body stands for its share of the body's area; it is hidden where a nearer body's
    solid pieces cover its centre.

    What stands is not hidden by those who pass; it hides them.

    Args:
        appearances: Everybody whom one camera sees.

    Returns:
        For each, (F,) values in 0..1.
    """
    shares = [appearance.inside.copy() for appearance in appearances]
    standing = [i for i, appearance in enumerate(appearances) if not appearance.visit.heading]
    moving = [i for i, appearance in enumerate(appearances) if appearance.visit.heading]
    active: list[int] = []
    for index in sorted(moving, key=lambda i: int(appearances[i].frames[0])):
        one = appearances[index]
        active = [i for i in active if appearances[i].frames[-1] >= one.frames[0]]
        for other in active:
            _hide(one, appearances[other], shares[index], shares[other])
        for other in standing:
            _hide_behind(one, appearances[other], shares[index])
        active.append(index)
    return [np.round(share, _DIGITS + 1) for share in shares]


def _hide(one: Appearance, two: Appearance, share_one: FloatArray, share_two: FloatArray) -> None:
    first = max(one.frames[0], two.frames[0])
    last = min(one.frames[-1], two.frames[-1])
    if last < first:
        return
    a = slice(first - one.frames[0], last - one.frames[0] + 1)
    b = slice(first - two.frames[0], last - two.frames[0] + 1)
    for k in np.flatnonzero(_meet(one.boxes[a], two.boxes[b])):
        i, j = a.start + k, b.start + k
        if one.depth[i].mean() > two.depth[j].mean():
            share_one[i] *= 1 - _covered(one, i, two, j)
        else:
            share_two[j] *= 1 - _covered(two, j, one, i)


def _hide_behind(one: Appearance, standing: Appearance, share: FloatArray) -> None:
    for i in np.flatnonzero(_meet(one.boxes, standing.boxes)):
        if one.depth[i].mean() > standing.depth[0].mean():
            share[i] *= 1 - _covered(one, int(i), standing, 0)


def _meet(boxes: FloatArray, others: FloatArray) -> BoolArray:
    low = np.maximum(boxes[:, :2], others[:, :2])
    return np.asarray((low < np.minimum(boxes[:, 2:], others[:, 2:])).all(axis=1))


def _covered(behind: Appearance, i: int, before: Appearance, j: int) -> float:
    centres, weights = behind.centres[i], behind.radii[i] ** 2
    hidden = np.zeros(len(centres), bool)
    for part in before.figure.parts:
        if part.inner:
            continue
        nodes = list(part.nodes)
        middle = before.centres[j, nodes]
        reach = before.radii[j, nodes][:, None]
        low, high = (middle - reach).min(axis=0), (middle + reach).max(axis=0)
        if len(nodes) <= 2:
            hidden |= _in_capsule(centres, middle[0], middle[-1], float(reach.max()))
        else:
            hidden |= ((centres > low) & (centres < high)).all(axis=1)
    return float(weights[hidden].sum() / weights.sum())


def _in_capsule(points: FloatArray, start: FloatArray, end: FloatArray, radius: float) -> BoolArray:
    way = end - start
    along = np.clip((points - start) @ way / max(float(way @ way), 1e-9), 0, 1)
    away = points - start - along[:, None] * way
    return np.asarray((away**2).sum(axis=1) < radius**2)
