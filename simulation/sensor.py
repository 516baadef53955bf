"""What the weather before the lens and the sensor behind it add to a picture."""

import cv2
import numpy as np
from numpy.random import Generator

from simulation.settings import PictureSettings
from tracking.arrays import Image

_TILES = 6
_SPARE_PX = 48
_EXPOSURE_MEMORY = 0.97
_DROPS_PER_MEGAPIXEL = 900


class Sensor:
    """Adds rain, noise and a wandering exposure.

    Args:
        settings: How much of each.
        size: Width and height of the pictures, pixels.
        rng: Stream of `Purpose.NOISE`.
    """

    def __init__(self, settings: PictureSettings, size: tuple[int, int], rng: Generator) -> None:
        self._settings = settings
        self._size = size
        self._rng = rng
        self._drift = 0.0
        self._noise = [self._noise_tile() for _ in range(_TILES)]
        self._streaks = [self._rain_tile() for _ in range(_TILES)] if settings.rain else []

    def expose(self, picture: Image) -> Image:
        """Take a picture; the order of the calls matters.

        Args:
            picture: (H, W, 3) BGR, as an ideal camera would see it.
        """
        if self._streaks:
            picture = np.asarray(cv2.add(picture, self._cut(self._streaks)), np.uint8)
        fresh = float(self._rng.normal(0, self._settings.flicker * (1 - _EXPOSURE_MEMORY**2) ** 0.5))
        self._drift = _EXPOSURE_MEMORY * self._drift + fresh
        return np.asarray(
            cv2.addWeighted(picture, 1 + self._drift, self._cut(self._noise), 1.0, -128.0), np.uint8
        )

    def _cut(self, tiles: list[Image]) -> Image:
        width, height = self._size
        tile = tiles[int(self._rng.integers(len(tiles)))]
        left, top = (int(v) for v in self._rng.integers(0, _SPARE_PX, 2))
        return tile[top : top + height, left : left + width]

    def _noise_tile(self) -> Image:
        width, height = self._size
        shape = (height + _SPARE_PX, width + _SPARE_PX, 3)
        noise = self._rng.normal(128, max(self._settings.noise, 1e-3), shape)
        return np.clip(noise, 0, 255).astype(np.uint8)

    def _rain_tile(self) -> Image:
        width, height = self._size[0] + _SPARE_PX, self._size[1] + _SPARE_PX
        tile = np.zeros((height, width, 3), np.uint8)
        for _ in range(int(_DROPS_PER_MEGAPIXEL * width * height / 1e6)):
            x, y = self._rng.uniform(0, width), self._rng.uniform(0, height)
            long = self._rng.uniform(0.02, 0.07) * height
            grey = float(self._rng.uniform(14, 46))
            ends = [(round(x), round(y)), (round(x + 0.12 * long), round(y + long))]
            cv2.line(tile, ends[0], ends[1], (grey, grey, grey), 1, cv2.LINE_AA)
        return np.asarray(cv2.blur(tile, (1, 3)), np.uint8)
