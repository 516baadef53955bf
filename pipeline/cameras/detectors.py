"""The detectors of a site: cameras with equal settings share one."""

from collections.abc import Callable

from pipeline.cameras.looking import LOOKS_AT_ONCE
from pipeline.registry import resolve_detector
from pipeline.registry.download import cached_file
from pipeline.registry.entries import find_model
from tracking.detectors import Detector, DetectorSettings, build_detector
from tracking.files import sha256_of
from tracking.processor import cores


class DetectorShelf:
    """Builds each detector once, but one for every camera where it remembers earlier frames.

    Args:
        cameras: How many cameras may look at once; their networks share the cores.
        build: Loads a detector; None for the program's own way.
    """

    def __init__(self, cameras: int = 1, build: Callable[[DetectorSettings], Detector] | None = None) -> None:
        self._build = build
        self._cores = max(1, cores() // max(cameras, 1))
        self._shared: list[tuple[DetectorSettings, Detector]] = []
        self._own: dict[str, Detector] = {}

    def take(self, settings: DetectorSettings, camera: str = "") -> Detector:
        """The detector for a camera.

        Args:
            settings: Of the detector.
            camera: Camera id, to get the same one again next time; empty where nobody asks twice.

        Raises:
            UsageError: Settings or device do not fit the model.
            WeightsError: The weights are missing or damaged.
        """
        if camera in self._own:
            return self._own[camera]
        for known, detector in self._shared:
            if known == settings:
                return detector
        at_once = LOOKS_AT_ONCE if settings.frames_per_call == 1 else 1
        threads = settings.threads or max(1, self._cores // at_once)
        build = self._build or build_detector
        detector = build(resolve_detector(settings.model_copy(update={"threads": threads})))
        if not detector.stateful:
            self._shared.append((settings, detector))
        elif camera:
            self._own[camera] = detector
        return detector

    @staticmethod
    def builder() -> Callable[[DetectorSettings], Detector]:
        """What loads a detector; it can be named to another process, which a loaded network cannot."""
        return build_detector

    @staticmethod
    def checksum(settings: DetectorSettings) -> str | None:
        """Checksum of weights that a name of the registry stands for: an update may bring new ones.

        Those given as a file are known by the content of that file already.
        """
        entry = find_model(settings.name)
        path = cached_file(entry) if entry else None
        return sha256_of(path) if path else None

    @staticmethod
    def chosen_runtime(settings: DetectorSettings) -> str | None:
        """What ``runtime: auto`` comes to on this machine; None where nothing is left to choose.

        Raises:
            WeightsError: The weights are missing or damaged.
        """
        entry = find_model(settings.name)
        if settings.runtime != "auto" or (entry is not None and cached_file(entry) is None):
            return None
        return resolve_detector(settings).runtime
