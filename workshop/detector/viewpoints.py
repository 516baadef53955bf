"""Cameras for training frames: anywhere that a camera over a street could hang."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator

from simulation.camera import Camera, place_camera

_HEIGHTS_M = (2.5, 14.0)
_DISTANCES_M = (7.0, 30.0)
_RIDER_SHARES = (0.08, 0.45)
"""Height of a rider in the middle of the picture, as a share of the picture's height."""
_RIDER_M = 1.8


def draw_camera(number: int, size: tuple[int, int], rng: Generator, *, wild: bool) -> Camera:
    """Hang a camera as the simulation does, or in ways that it never does.

    A detector that has only seen the simulation's own cameras learns how high they hang.

    Args:
        number: Camera number.
        size: Width and height of the pictures, pixels.
        rng: Decides.
        wild: Any height, distance, bearing and focal length.
    """
    camera = place_camera(number, size, rng)
    if not wild:
        return camera
    bearing = float(rng.uniform(-np.pi, np.pi))
    distance, height = float(rng.uniform(*_DISTANCES_M)), float(rng.uniform(*_HEIGHTS_M))
    # Only the street's own side: behind the houses there is nothing to see.
    lateral = min(-distance * np.cos(bearing), 5.5)
    position = np.asarray([-distance * np.sin(bearing), lateral, height])
    target = np.asarray([float(rng.uniform(-3, 3)), float(rng.uniform(-3, 2)), 1.0])
    reach = float(np.linalg.norm(target - position))
    share = float(np.exp(rng.uniform(*np.log(_RIDER_SHARES))))
    turned = Camera.looking_at(
        position,
        target,
        focal_px=share * size[1] * reach / _RIDER_M,
        size=size,
        gain=camera.gain,
        sun=camera.sun,
    )
    return replace(turned, gain=camera.gain * float(rng.uniform(0.75, 1.2)))
