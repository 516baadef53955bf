"""A perspective camera that stands somewhere and looks somewhere."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.random import Generator

from tracking.arrays import FloatArray

_RIDER_M = 1.8
_BEARINGS = (12.0, -38.0, 58.0, -12.0, 35.0)
"""Degrees between the view and the straight look across the street, in turn over the cameras."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Pinhole without distortion; the street lies along x, the cycle path at y = 0, up is z.

    Attributes:
        position: (3,) metres.
        rotation: (3, 3) rows: right, down and forward of the camera in street coordinates.
        focal_px: Focal length in pixels.
        size: Width and height of the picture, pixels.
        gain: (3,) what the sensor makes of red, green and blue: exposure and white balance.
        sun: (3,) unit vector towards the light.
    """

    position: FloatArray
    rotation: FloatArray
    focal_px: float
    size: tuple[int, int]
    gain: FloatArray
    sun: FloatArray

    @classmethod
    def looking_at(
        cls,
        position: FloatArray,
        target: FloatArray,
        *,
        focal_px: float,
        size: tuple[int, int],
        gain: FloatArray,
        sun: FloatArray,
    ) -> Self:
        """Point the camera at a place, its horizon level.

        Args:
            position: (3,) metres; not straight above the target.
            target: (3,) metres, shown in the middle of the picture.
            focal_px: Focal length in pixels.
            size: Width and height, pixels.
            gain: (3,) factors on red, green, blue.
            sun: (3,) unit vector towards the light.
        """
        forward = target - position
        forward = forward / np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right = right / np.linalg.norm(right)
        rotation = np.stack([right, np.cross(forward, right), forward])
        return cls(position, rotation, focal_px, size, gain, sun)

    def project(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Where points appear.

        Args:
            points: (..., 3) metres.

        Returns:
            (..., 2) pixels, and (...) depth along the optical axis in metres (negative: behind).
        """
        seen = (points - self.position) @ self.rotation.T
        depth = seen[..., 2]
        safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        centre = np.asarray(self.size) / 2
        return seen[..., :2] * (self.focal_px / safe)[..., None] + centre, depth

    def rays(self, pixels: FloatArray) -> FloatArray:
        """Directions in which pixels look, with depth 1.

        Args:
            pixels: (..., 2).

        Returns:
            (..., 3) in street coordinates.
        """
        plane = (pixels - np.asarray(self.size) / 2) / self.focal_px
        return np.concatenate([plane, np.ones((*plane.shape[:-1], 1))], axis=-1) @ self.rotation


def place_camera(
    number: int,
    size: tuple[int, int],
    rng: Generator,
    *,
    exposure_spread: float = 0.1,
    view_spread: float = 1.0,
) -> Camera:
    """Hang a camera on a mast beside the street, each in its own way.

    Args:
        number: Camera number; decides whether it looks across or along the street.
        size: Width and height, pixels.
        rng: Stream of `Purpose.CAMERA`.
        exposure_spread: How far exposure and white balance differ between cameras.
        view_spread: 0 where every camera looks across the street, 1 where some look along it.
    """
    bearing = np.radians(view_spread * (_BEARINGS[number % len(_BEARINGS)] + rng.uniform(-8, 8)))
    distance, height = float(rng.uniform(14.5, 17.5)), float(rng.uniform(4.2, 6.2))
    position = np.asarray([-distance * np.sin(bearing), -distance * np.cos(bearing), height])
    target = np.asarray([float(rng.uniform(-0.6, 0.6)), 0.0, 1.0])
    reach = float(np.linalg.norm(target - position))
    focal = float(rng.uniform(0.185, 0.215)) * size[1] * reach / _RIDER_M
    exposure, balance = float(rng.uniform(-1, 1)), rng.uniform(-0.3, 0.3, 3)
    gain = (0.98 + exposure_spread * exposure) * (1 + exposure_spread * balance)
    azimuth, elevation = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(38, 55))
    sun = np.asarray(
        [np.cos(azimuth) * np.cos(elevation), np.sin(azimuth) * np.cos(elevation), np.sin(elevation)]
    )
    return Camera.looking_at(position, target, focal_px=focal, size=size, gain=gain, sun=sun)
