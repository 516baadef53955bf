"""The empty street: ground, houses or trees, sky, each camera's own."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.random import Generator

from simulation.camera import Camera
from simulation.lighting import Lighting
from simulation.scenery import Grain, Hit, paint_ground, paint_houses, paint_sky, paint_trees
from simulation.texture import grain
from tracking.arrays import BoolArray, FloatArray, Image

_FINER = 2
_FAR_M = 400.0
_HOUSES_M, _PARK_M, _FAR_SIDE_M = 6.5, 17.0, -22.0


def paint_background(camera: Camera, lighting: Lighting, rng: Generator, *, wet: bool = False) -> Image:
    """Paint what a camera sees when nobody is there.

    Args:
        camera: Who looks.
        lighting: The light in the street.
        rng: Stream of `Purpose.BACKGROUND`.
        wet: Whether the ground is wet: darker and smoother.

    Returns:
        (H, W, 3) BGR picture.
    """
    size = camera.size[0] * _FINER, camera.size[1] * _FINER
    finer = replace(camera, size=size, focal_px=camera.focal_px * _FINER)
    grid = np.stack(np.meshgrid(np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5), axis=-1)
    ray = finer.rays(grid)
    grains = Grain(grain(rng), grain(rng))
    park = bool(rng.random() < 0.3)
    picture, glow, point = _layers(camera.position, ray, grains, rng, park=park)
    if wet:
        picture = np.where((point[..., 2:] < 0.01) & (point[..., 2:] > -0.01), 0.72 * picture, picture)
    light = lighting.at(point)[..., None] * lighting.tint
    shining = glow if lighting.ambient < 0.5 else np.zeros_like(glow)
    lit = np.where(shining[..., None], (238.0, 206.0, 140.0), picture * light)
    shown = np.clip(lit * camera.gain, 2, 252)[..., ::-1].astype(np.uint8)
    return np.asarray(cv2.resize(shown, camera.size, interpolation=cv2.INTER_AREA), np.uint8)


def _layers(
    origin: FloatArray, ray: FloatArray, grains: Grain, rng: Generator, *, park: bool
) -> tuple[FloatArray, BoolArray, FloatArray]:
    """Colours, what glows at night, and the places that pixels show."""
    near = _PARK_M if park else _HOUSES_M
    with np.errstate(divide="ignore", invalid="ignore"):
        ground = np.where(ray[..., 2] < -1e-4, -origin[2] / ray[..., 2], np.inf)
        near_wall = np.where(ray[..., 1] > 1e-4, (near - origin[1]) / ray[..., 1], np.inf)
        far_wall = np.where(ray[..., 1] < -1e-4, (_FAR_SIDE_M - origin[1]) / ray[..., 1], np.inf)
    picture = np.empty(ray.shape)
    glow, sky = np.zeros(ray.shape[:2], bool), np.ones(ray.shape[:2], bool)
    point = origin + ray * np.minimum(ground, _FAR_M)[..., None]
    # Most of a plane lies behind something else or out of the picture: only what may be seen is painted.
    for wall, trees in ((far_wall, not park), (near_wall, park)):
        seen = np.flatnonzero(wall < np.minimum(ground, _FAR_M))
        place = origin + ray.reshape(-1, 3)[seen] * wall.reshape(-1, 1)[seen]
        hit: Hit = (paint_trees if trees else paint_houses)(place, grains, rng)
        shown = np.unravel_index(seen[hit.solid], sky.shape)
        picture[shown], glow[shown] = hit.colour[hit.solid], hit.glows[hit.solid]
        point[shown], ground[shown], sky[shown] = place[hit.solid], 0, False
    below = (ground > 0) & (ground < _FAR_M)
    picture[below] = paint_ground(point[below], grains, rng, lawn_from_m=4.6 if park else None)
    picture[sky & ~below] = paint_sky(ray[sky & ~below], grains)
    return picture, glow, point
