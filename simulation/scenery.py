"""Ground, house fronts, trees and sky as colours of places."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from simulation.texture import sample
from tracking.arrays import BoolArray, FloatArray

_PATHS = ((150, 62, 52), (128, 70, 62), (112, 110, 108), (140, 84, 70))
_WALLS = ((150, 92, 74), (176, 160, 138), (128, 78, 60), (188, 180, 168), (110, 100, 96))
_HOUSE_M = 6.5


@dataclass(frozen=True, slots=True)
class Grain:
    """Two seamless noise tiles, (S, S), used at many scales."""

    coarse: FloatArray
    fine: FloatArray


@dataclass(frozen=True, slots=True)
class Hit:
    """What stands at the places of an upright plane.

    Attributes:
        colour: (H, W, 3) red, green, blue by day.
        solid: (H, W) where something stands at all.
        glows: (H, W) where a window may be lit at night.
    """

    colour: FloatArray
    solid: BoolArray
    glows: BoolArray


def paint_sky(ray: FloatArray, grains: Grain) -> FloatArray:
    """Colour the sky.

    Args:
        ray: (H, W, 3) directions of the pixels.
        grains: Noise.

    Returns:
        (H, W, 3) red, green, blue.
    """
    steep = np.clip(ray[..., 2:] / np.linalg.norm(ray, axis=-1, keepdims=True), 0, 1)
    blue, white = np.asarray([150.0, 185.0, 225.0]), np.asarray([225.0, 228.0, 230.0])
    cloud = sample(grains.coarse, ray[..., 0] / ray[..., 1], ray[..., 2], 1.5)
    return np.asarray(white + (blue - white) * np.clip(2 * steep, 0, 1) + 6 * cloud[..., None])


def paint_ground(
    point: FloatArray, grains: Grain, rng: Generator, *, lawn_from_m: float | None = None
) -> FloatArray:
    """Colour the ground: road, verge, cycle path, pavement.

    Args:
        point: (H, W, 3) places, metres.
        grains: Noise.
        rng: Stream of `Purpose.BACKGROUND`.
        lawn_from_m: Where a lawn begins behind the pavement.

    Returns:
        (H, W, 3) red, green, blue.
    """
    x, y = point[..., 0], point[..., 1]
    colour = np.empty((*x.shape, 3))
    colour[:] = np.asarray([98.0, 98.0, 100.0]) * rng.uniform(0.8, 1.1)
    green = ((y > -3.2) & (y < -1.9)) | (False if lawn_from_m is None else y > lawn_from_m)
    pavement = ((y >= 1.95) | (y < -15.5)) & ~green
    slab = np.where((np.floor(x / 0.6) + np.floor(y / 0.6)) % 2 > 0, 1.0, 0.965)
    seam = ((x % 0.6) < 0.03) | ((y % 0.6) < 0.03)
    slabs = np.asarray([158.0, 154.0, 146.0]) * (slab * np.where(seam, 0.86, 1.0))[..., None]
    colour[pavement] = slabs[pavement]
    colour[green] = np.asarray([86.0, 112.0, 58.0]) * rng.uniform(0.85, 1.1)
    colour[np.abs(y) < 1.75] = np.asarray(_PATHS[int(rng.integers(len(_PATHS)))], float)
    kerb = ((y > 1.75) & (y < 1.95)) | ((y > -1.9) & (y < -1.75)) | ((y > -3.4) & (y < -3.2))
    colour[kerb] = (182, 180, 174)
    dashes = (np.abs(y) < 0.05) & ((x % 3.0) < 1.2)
    lane = (np.abs(y + 6.2) < 0.07) & ((x % 6.0) < 3.0)
    colour[dashes | lane] = (222, 220, 212)
    rough = 5.0 * sample(grains.coarse, x, y, 14.0) + 5.5 * sample(grains.fine, x, y, 2.6)
    rough = rough + np.where(green, 10.0 * sample(grains.fine, y, x, 1.1), 0.0)
    patched = sample(grains.coarse, y, x, 37.0) > 1.3
    rough = rough - np.where(patched & ~green, 9.0, 0.0)
    return np.asarray(colour + rough[..., None])


def paint_houses(point: FloatArray, grains: Grain, rng: Generator) -> Hit:
    """Colour a row of house fronts.

    Args:
        point: (H, W, 3) places on the plane of the fronts, metres.
        grains: Noise.
        rng: Stream of `Purpose.BACKGROUND`.
    """
    x, z = point[..., 0], point[..., 2]
    house = np.floor((x + 200) / _HOUSE_M).astype(int) % 64
    walls = np.asarray(_WALLS, float)[rng.integers(len(_WALLS), size=64)] * rng.uniform(0.8, 1.1, (64, 1))
    storeys = rng.integers(2, 5, 64)
    doors, left = rng.uniform(30, 130, (64, 3)), rng.random(64) < 0.5
    within = (x + 200) % _HOUSE_M
    within = np.where(left[house], within, _HOUSE_M - within)
    brick = ((z % 0.22) < 0.03) | (((x + 0.12 * (np.floor(z / 0.22) % 2)) % 0.44) < 0.03)
    colour = walls[house] * np.where(brick, 0.9, 1.0)[..., None]
    across, up = within % 3.2, z % 3.0
    frame = (across > 0.92) & (across < 2.38) & (up > 0.92) & (up < 2.58)
    window = (across > 1.0) & (across < 2.3) & (up > 1.0) & (up < 2.5)
    door = (within > 0.2) & (within < 1.15) & (z < 2.15)
    colour = np.where(frame[..., None], (205.0, 202.0, 196.0), colour)
    glass = (58, 66, 76) + 14 * sample(grains.coarse, x, z, 7.0)[..., None]
    colour = np.where(window[..., None], glass, colour)
    colour = np.where(door[..., None], doors[house], colour)
    rough = 4.0 * sample(grains.fine, x, z, 3.0) + 3.0 * sample(grains.coarse, x, z, 11.0)
    room = (house * 31 + np.floor(within / 3.2).astype(int) * 7 + np.floor(z / 3.0).astype(int) * 13) % 5 == 0
    eaves = 3.0 * storeys[house] + 0.6
    return Hit(np.asarray(colour + rough[..., None]), z < eaves, window & room & ~door)


def paint_trees(point: FloatArray, grains: Grain, rng: Generator) -> Hit:
    """Colour the edge of a park.

    Args:
        point: (H, W, 3) places on the plane of the edge, metres.
        grains: Noise.
        rng: Stream of `Purpose.BACKGROUND`.
    """
    x, z = point[..., 0], point[..., 2]
    top = (
        7.4
        + 1.5 * np.abs(sample(grains.coarse, x, np.zeros_like(x), 60.0))
        + 0.4 * sample(grains.fine, x, z, 9.0)
    )
    leaf = np.asarray([72.0, 100.0, 52.0]) * rng.uniform(0.8, 1.15)
    rough = 15.0 * sample(grains.fine, x, z, 6.0) + 13.0 * sample(grains.coarse, x, z, 17.0)
    trunk = (np.abs((x + 1.2 * sample(grains.coarse, z, x, 90.0)) % 5.5) < 0.35) & (z < 3.0)
    gloom = 0.6 + 0.4 * np.clip((z - 1.2 + 0.7 * sample(grains.fine, x, z, 8.0)) / 2.6, 0, 1)
    colour = np.where(trunk[..., None], (66.0, 54.0, 44.0), leaf * gloom[..., None]) + rough[..., None]
    return Hit(np.asarray(colour), z < top, np.zeros(x.shape, bool))
