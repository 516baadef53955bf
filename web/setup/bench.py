"""A site under way: its file, its stills and what was seen of it; in memory only."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TypeVar

from pipeline.configuration import Configuration, load_configuration
from pipeline.setup import CameraLooks, look_at_camera, still_of
from pipeline.sources import CameraSource

_Kept = TypeVar("_Kept")


class Bench:
    """Reads the site file anew for each question, and watches each camera once.

    Args:
        file: The site file.
        look_s: Footage of a camera that is watched to say what would be counted, seconds.
    """

    def __init__(self, file: Path, look_s: float = 60.0) -> None:
        self.file = file
        self._look_s = look_s
        self._guards: defaultdict[object, Lock] = defaultdict(Lock)
        self._sizes: dict[object, tuple[int, int]] = {}
        self._stills: dict[object, bytes] = {}
        self._looks: dict[object, CameraLooks] = {}

    def configuration(self) -> Configuration:
        """What the file says now.

        Raises:
            UsageError: Something is wrong in it.
        """
        return load_configuration(self.file)

    def frame_size(self, configuration: Configuration, camera: str) -> tuple[int, int]:
        """Width and height of a camera's pictures.

        Raises:
            FietsflowError: Its footage cannot be read.
        """
        footage = configuration.footage(camera)
        return self._once(self._sizes, footage, lambda: CameraSource(footage).frame_size)

    def still(self, configuration: Configuration, camera: str) -> bytes:
        """The blurred view of a camera, as JPEG.

        Raises:
            FietsflowError: Its footage cannot be read.
        """
        key = (configuration.footage(camera), repr(configuration.camera(camera).anonymize))
        return self._once(self._stills, key, lambda: still_of(configuration, camera))

    def looks(self, configuration: Configuration, camera: str) -> CameraLooks:
        """What was seen of a camera; the first question takes about as long as the footage lasts.

        Raises:
            FietsflowError: Footage, weights or device are not usable.
        """
        settings = configuration.camera(camera)
        key = (configuration.footage(camera), repr((settings.detector, settings.attention)))
        return self._once(self._looks, key, lambda: look_at_camera(configuration, camera, self._look_s))

    def _once(self, kept: dict[object, _Kept], key: object, make: Callable[[], _Kept]) -> _Kept:
        with self._guards[id(kept), key]:
            if key not in kept:
                kept[key] = make()
            return kept[key]
