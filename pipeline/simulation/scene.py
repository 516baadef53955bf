"""One camera's pictures, frame by frame."""

from collections.abc import Iterator

import cv2
import numpy as np

from pipeline.simulation.background import paint_background
from pipeline.simulation.camera import Camera
from pipeline.simulation.lighting import Lighting
from pipeline.simulation.painter import Drawing, draw, draw_shadow, prepare
from pipeline.simulation.sensor import Sensor
from pipeline.simulation.settings import PictureSettings
from pipeline.simulation.streams import Purpose, stream
from pipeline.simulation.view import Appearance
from tracking.arrays import Image


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
        self._exposure_s = settings.exposure_s
        self._lighting = Lighting.of(settings, stream(seed, Purpose.LIGHT, number))
        self._sensor = Sensor(settings, camera.size, stream(seed, Purpose.NOISE, number))
        self._mask = np.zeros(camera.size[::-1], np.uint8)
        self._waiting = sorted((a for a in appearances if a.visit.heading), key=lambda a: -int(a.frames[0]))
        self._active: list[Drawing] = []
        self._standing = sorted(
            (self._prepare(a) for a in appearances if not a.visit.heading),
            key=lambda d: -float(d.nearness[0]),
        )
        wet = settings.rain
        empty = paint_background(camera, self._lighting, stream(seed, Purpose.BACKGROUND, number), wet=wet)
        self.background: Image = self._furnish(empty)

    def frames(self, count: int) -> Iterator[Image]:
        """Paint the pictures in order.

        Args:
            count: Number of frames.

        Yields:
            (H, W, 3) BGR pictures.
        """
        for frame in range(count):
            yield self._sensor.expose(self.clean(frame))

    def clean(self, frame: int) -> Image:
        """Paint one picture as an ideal camera would take it.

        Args:
            frame: Frame number, never less than before.
        """
        while self._waiting and self._waiting[-1].frames[0] <= frame:
            self._active.append(self._prepare(self._waiting.pop()))
        self._active = [drawing for drawing in self._active if drawing.last >= frame]
        picture = self.background.copy()
        for drawing in self._active:
            self._cast_shadow(picture, drawing, frame)
        for drawing in sorted(self._active, key=lambda d: -float(d.nearness[frame - d.first])):
            draw(picture, drawing, frame)
            self._cover(picture, drawing, frame)
        return picture

    def _prepare(self, appearance: Appearance) -> Drawing:
        return prepare(appearance, self._camera, self._lighting, self._exposure_s)

    def _furnish(self, empty: Image) -> Image:
        """Put what stands into the background."""
        for drawing in self._standing:
            self._cast_shadow(empty, drawing, 0)
        for drawing in self._standing:
            draw(empty, drawing, 0)
        return empty

    def _cover(self, picture: Image, drawing: Drawing, frame: int) -> None:
        """Draw again what stands before an actor."""
        i = frame - drawing.first
        patch = drawing.patches[i]
        for standing in self._standing:
            other = standing.patches[0]
            apart = (np.maximum(patch[:2], other[:2]) >= np.minimum(patch[2:], other[2:])).any()
            if not apart and standing.nearness[0] < drawing.nearness[i]:
                draw(picture, standing, 0)

    def _cast_shadow(self, picture: Image, drawing: Drawing, frame: int) -> None:
        if self._lighting.shadow >= 1:
            return
        place = draw_shadow(self._mask, drawing, frame)
        if place is None:
            return
        left, top, right, bottom = place
        dark = self._mask[top:bottom, left:right]
        soft = cv2.blur(dark, (self._lighting.softness_px, self._lighting.softness_px))
        light = 255 - soft * np.float32(1 - self._lighting.shadow)
        patch = picture[top:bottom, left:right]
        patch[:] = cv2.multiply(patch, cv2.merge([light] * 3), scale=1 / 255, dtype=cv2.CV_8U)
        dark[:] = 0
