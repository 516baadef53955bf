"""The empty street: ground, houses, sky, each camera's own."""

import numpy as np
from numpy.random import Generator

from pipeline.simulation.camera import Camera
from pipeline.simulation.texture import grain, sample
from tracking.arrays import FloatArray

_HOUSES_M = 6.5
_FAR_SIDE_M = -22.0
_PATHS = ((150, 62, 52), (128, 70, 62), (112, 110, 108), (140, 84, 70))
_WALLS = ((150, 92, 74), (176, 160, 138), (128, 78, 60), (188, 180, 168), (110, 100, 96))


def paint_background(camera: Camera, rng: Generator) -> FloatArray:
    """Paint what a camera sees when nobody is there.

    Args:
        camera: Who looks.
        rng: Stream of `Purpose.BACKGROUND`.

    Returns:
        (H, W, 3) float32 red, green, blue in daylight, before the sensor.
    """
    width, height = camera.size
    grid = np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1)
    ray = camera.rays(grid)
    origin = camera.position
    tile, fine = grain(rng), grain(rng)
    with np.errstate(divide="ignore", invalid="ignore"):
        ground = np.where(ray[..., 2] < -1e-4, -origin[2] / ray[..., 2], np.inf)
        near_wall = np.where(ray[..., 1] > 1e-4, (_HOUSES_M - origin[1]) / ray[..., 1], np.inf)
        far_wall = np.where(ray[..., 1] < -1e-4, (_FAR_SIDE_M - origin[1]) / ray[..., 1], np.inf)
    wall = np.minimum(near_wall, far_wall)
    reach = np.minimum(np.minimum(ground, wall), 400.0)
    point = origin + ray * reach[..., None]
    picture = _sky(ray, sample(tile, ray[..., 0], ray[..., 2], 1.5))
    picture[wall < 400] = _wall(point, tile, fine, rng)[wall < 400]
    on_ground = (ground <= wall) & (ground < 400)
    picture[on_ground] = _ground(point, tile, fine, rng)[on_ground]
    return np.asarray(np.clip(picture, 2, 252), np.float32)


def _sky(ray: FloatArray, cloud: FloatArray) -> FloatArray:
    steep = np.clip(ray[..., 2:] / np.linalg.norm(ray, axis=-1, keepdims=True), 0, 1)
    blue, white = np.asarray([150.0, 185.0, 225.0]), np.asarray([225.0, 228.0, 230.0])
    return np.asarray(white + (blue - white) * np.clip(2 * steep, 0, 1) + 6 * cloud[..., None])


def _ground(point: FloatArray, tile: FloatArray, fine: FloatArray, rng: Generator) -> FloatArray:
    x, y = point[..., 0], point[..., 1]
    path = np.asarray(_PATHS[int(rng.integers(len(_PATHS)))], float)
    colour = np.empty((*x.shape, 3))
    colour[:] = np.asarray([98.0, 98.0, 100.0]) * rng.uniform(0.8, 1.1)
    green = (y > -3.2) & (y < -1.9)
    colour[green] = np.asarray([86.0, 112.0, 58.0]) * rng.uniform(0.85, 1.1)
    colour[np.abs(y) < 1.75] = path
    pavement = (y >= 1.95) | (y < -15.5)
    slab = np.where((np.floor(x / 0.6) + np.floor(y / 0.6)) % 2 > 0, 1.0, 0.965)
    seam = ((x % 0.6) < 0.03) | ((y % 0.6) < 0.03)
    slabs = np.asarray([158.0, 154.0, 146.0]) * (slab * np.where(seam, 0.86, 1.0))[..., None]
    colour[pavement] = slabs[pavement]
    kerb = ((y > 1.75) & (y < 1.95)) | ((y > -1.9) & (y < -1.75)) | ((y > -3.4) & (y < -3.2))
    colour[kerb] = (182, 180, 174)
    dashes = (np.abs(y) < 0.05) & ((x % 3.0) < 1.2)
    lane = (np.abs(y + 6.2) < 0.07) & ((x % 6.0) < 3.0)
    colour[dashes | lane] = (222, 220, 212)
    rough = 5.0 * sample(tile, x, y, 14.0) + 5.5 * sample(fine, x, y, 2.6)
    rough = rough + np.where(green, 10.0 * sample(fine, y, x, 1.1), 0.0)
    return np.asarray(colour + rough[..., None])


def _wall(point: FloatArray, tile: FloatArray, fine: FloatArray, rng: Generator) -> FloatArray:
    x, z = point[..., 0], point[..., 2]
    house = np.floor((x + 200) / 6.5).astype(int) % 64
    walls = np.asarray(_WALLS, float)[rng.integers(len(_WALLS), size=64)] * rng.uniform(0.8, 1.1, (64, 1))
    colour = walls[house]
    within = (x + 200) % 6.5
    brick = ((z % 0.22) < 0.03) | (((x + 0.12 * (np.floor(z / 0.22) % 2)) % 0.44) < 0.03)
    colour = colour * np.where(brick, 0.9, 1.0)[..., None]
    window = ((within % 3.2) > 1.0) & ((within % 3.2) < 2.3) & ((z % 3.0) > 1.0) & ((z % 3.0) < 2.5)
    door = (within > 0.5) & (within < 1.5) & (z < 2.2)
    doors = rng.uniform(30, 130, (64, 3))
    colour = np.where(window[..., None], (58, 66, 76) + 14 * sample(tile, x, z, 7.0)[..., None], colour)
    colour = np.where(door[..., None], doors[house], colour)
    roof = z > 9.0
    colour = np.where(roof[..., None], (205, 214, 224), colour)
    return np.asarray(
        colour + 4.0 * sample(fine, x, z, 3.0)[..., None] + 3.0 * sample(tile, x, z, 11.0)[..., None]
    )
