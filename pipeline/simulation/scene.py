"""One camera's pictures, frame by frame."""

from collections.abc import Iterator

import cv2
import numpy as np

from pipeline.simulation.background import paint_background
from pipeline.simulation.camera import Camera
from pipeline.simulation.painter import Drawing, draw, draw_shadow, prepare
from pipeline.simulation.settings import PictureSettings
from pipeline.simulation.streams import Purpose, stream
from pipeline.simulation.view import Appearance
from tracking.arrays import Image

_NOISE_TILES = 6
_SHADOW_LIGHT = 0.58
"""Light that is left in a shadow."""


class Scene:
    """Paints the pictures of one camera.

    Args:
        camera: Who looks.
        number: Camera number.
        appearances: Everybody it sees.
        settings: Light, weather, sensor.
        seed: Seed of the world.
    """

    def __init__(
        self, camera: Camera, number: int, appearances: list[Appearance], settings: PictureSettings, seed: int
    ) -> None:
        self._camera = camera
        self._settings = settings
        self._noise_rng = stream(seed, Purpose.NOISE, number)
        daylight = paint_background(camera, stream(seed, Purpose.BACKGROUND, number)) * camera.gain
        self.background: Image = np.ascontiguousarray(np.clip(daylight[..., ::-1], 0, 255).astype(np.uint8))
        standing = [a for a in appearances if not a.visit.heading]
        self._waiting = sorted((a for a in appearances if a.visit.heading), key=lambda a: -int(a.frames[0]))
        self._active: list[Drawing] = []
        self._mask = np.zeros(self.background.shape[:2], np.uint8)
        self._tiles = [self._noise_tile() for _ in range(_NOISE_TILES)]
        parked = sorted((prepare(a, camera) for a in standing), key=lambda d: -float(d.nearness[0]))
        self._shade(self.background, parked, 0)
        for drawing in parked:
            draw(self.background, drawing, 0)

    def frames(self, count: int) -> Iterator[Image]:
        """Paint the pictures in order.

        Args:
            count: Number of frames.

        Yields:
            (H, W, 3) BGR pictures.
        """
        for frame in range(count):
            yield self._sense(self.clean(frame))

    def clean(self, frame: int) -> Image:
        """Paint one picture without the sensor's noise; frames must be asked for in increasing order."""
        while self._waiting and self._waiting[-1].frames[0] <= frame:
            self._active.append(prepare(self._waiting.pop(), self._camera))
        self._active = [d for d in self._active if d.first + len(d.nearness) > frame]
        picture = self.background.copy()
        if self._settings.light == "day":
            self._shade(picture, self._active, frame)
        for drawing in sorted(self._active, key=lambda d: -float(d.nearness[frame - d.first])):
            draw(picture, drawing, frame)
        return picture

    def _shade(self, picture: Image, drawings: list[Drawing], frame: int) -> None:
        for drawing in drawings:
            points = drawing.shadows[frame - drawing.first].reshape(-1, 2) >> 4
            left, top = np.maximum(points.min(axis=0) - 2, 0)
            right, bottom = np.minimum(points.max(axis=0) + 3, picture.shape[1::-1])
            if right <= left or bottom <= top:
                continue
            draw_shadow(self._mask, drawing, frame)
            part = self._mask[top:bottom, left:right]
            light = 255 - cv2.blur(part, (3, 3)) * np.float32(1 - _SHADOW_LIGHT)
            patch = picture[top:bottom, left:right]
            patch[:] = cv2.multiply(patch, cv2.merge([light] * 3), scale=1 / 255, dtype=cv2.CV_8U)
            part[:] = 0

    def _noise_tile(self) -> Image:
        width, height = self._camera.size
        rng = self._noise_rng
        noise = rng.normal(128, max(self._settings.noise, 1e-3), (height + 32, width + 32, 3))
        return np.clip(noise, 0, 255).astype(np.uint8)

    def _sense(self, picture: Image) -> Image:
        height, width = picture.shape[:2]
        rng = self._noise_rng
        tile = self._tiles[int(rng.integers(_NOISE_TILES))]
        top, left = rng.integers(0, 32, 2)
        exposure = float(1 + rng.normal(0, self._settings.flicker * 0.3))
        noise = tile[top : top + height, left : left + width]
        return np.asarray(cv2.addWeighted(picture, exposure, noise, 1.0, -128.0), np.uint8)
