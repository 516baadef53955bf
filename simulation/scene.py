"""One camera's pictures, frame by frame."""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from simulation.background import paint_background
from simulation.camera import Camera
from simulation.lighting import Lighting
from simulation.painter import Drawing, draw, draw_shadow, opacity, prepare
from simulation.sensor import Sensor
from simulation.settings import PictureSettings
from simulation.streams import Purpose, stream
from simulation.view import appear, earliest_s
from simulation.world import Visit
from tracking.arrays import FloatArray, Image


class Scene:
    """Paints the pictures of one camera.

    Args:
        camera: Who looks.
        number: Camera number.
        visits: Everybody who may pass before it.
        times_s: (T,) times of the frames, seconds after the start.
        settings: Light, weather, sensor.
        seed: Seed of the world.
    """

    def __init__(
        self,
        camera: Camera,
        number: int,
        visits: Iterable[Visit],
        times_s: FloatArray,
        *,
        settings: PictureSettings,
        seed: int,
    ) -> None:
        self._camera = camera
        self._exposure_s = settings.exposure_s
        self._lighting = Lighting.of(settings, stream(seed, Purpose.LIGHT, number))
        self._sensor = Sensor(settings, camera.size, stream(seed, Purpose.NOISE, number))
        self._mask = np.zeros(camera.size[::-1], np.uint8)
        self._times_s = times_s
        self._waiting = sorted(visits, key=lambda visit: (visit.heading == 0, -earliest_s(visit)))
        self._active: list[Drawing] = []
        self._standing = self._take_standing()
        wet = settings.rain
        empty = paint_background(camera, self._lighting, stream(seed, Purpose.BACKGROUND, number), wet=wet)
        self.background: Image = self._furnish(empty)

    def frames(self) -> Iterator[Image]:
        """Paint all pictures in order.

        Yields:
            (H, W, 3) BGR pictures.
        """
        for frame in range(len(self._times_s)):
            yield self.picture(frame)

    def picture(self, frame: int) -> Image:
        """Take one picture.

        Args:
            frame: Frame number, never less than before.
        """
        return self._sensor.expose(self.clean(frame))

    def clean(self, frame: int) -> Image:
        """Paint one picture as an ideal camera would take it.

        Args:
            frame: Frame number, never less than before.
        """
        shown = self._shown(frame)
        picture = self.background.copy()
        for drawing in shown:
            self._cast_shadow(picture, drawing, frame)
        for drawing in sorted(shown, key=lambda d: -float(d.nearness[frame - d.first])):
            draw(picture, drawing, frame)
            self._cover(picture, drawing, frame)
        return picture

    def mask(self, identity: int, frame: int) -> FloatArray:
        """How much of each pixel shows one actor that moves, parts hidden by others left out.

        Args:
            identity: Whom.
            frame: Frame number, never less than before.

        Returns:
            (H, W) float32 in 0..1; all 0 where the actor is not in view.
        """
        shown = self._shown(frame)
        size = self._camera.size
        wanted = next((drawing for drawing in shown if drawing.identity == identity), None)
        if wanted is None:
            return np.zeros(size[::-1], np.float32)
        share = opacity(wanted, frame, size)
        near = float(wanted.nearness[frame - wanted.first])
        for other in shown:
            if other.nearness[frame - other.first] < near:
                share *= 1 - opacity(other, frame, size)
        for standing in self._standing:
            if standing.nearness[0] < near:
                share *= 1 - opacity(standing, 0, size)
        return share

    def _shown(self, frame: int) -> list[Drawing]:
        """Everybody who moves through a picture."""
        while self._waiting and earliest_s(self._waiting[-1]) <= self._times_s[frame]:
            self._active += self._take(self._waiting.pop())
        self._active = [drawing for drawing in self._active if drawing.last >= frame]
        return [drawing for drawing in self._active if drawing.first <= frame]

    def _take(self, visit: Visit) -> list[Drawing]:
        """Prepare an actor, if it is seen at all."""
        appearance = appear(visit, self._camera, self._times_s)
        return (
            []
            if appearance is None
            else [prepare(appearance, self._camera, self._lighting, self._exposure_s)]
        )

    def _take_standing(self) -> list[Drawing]:
        drawings: list[Drawing] = []
        while self._waiting and not self._waiting[-1].heading:
            drawings += self._take(self._waiting.pop())
        return sorted(drawings, key=lambda d: -float(d.nearness[0]))

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
