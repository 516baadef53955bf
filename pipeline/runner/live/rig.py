"""What all live cameras share: the configuration, and models that are loaded once."""

from dataclasses import replace

import numpy as np

from flows.matching import LinkNetwork, TravelWindow
from pipeline.cameras import DetectorShelf, PreparedCamera, classifier_for, crop_blur, prepare_camera
from pipeline.configuration import CameraSettings, Configuration
from pipeline.runner.linking import Linking, prepare_linking
from pipeline.runner.preparation import Preparation
from pipeline.runner.prepare import load_encoder
from pipeline.sources.files import is_live
from pipeline.sources.streams import LiveSource, StreamAddress, Timing
from pipeline.sources.streams.state import ERRORS_S
from pipeline.stages import CameraChain, ChainSettings
from pipeline.telemetry import StageClock
from tracking.errors import UsageError
from tracking.region import RegionOfInterest
from tracking.values import Detections, Frame, ObjectClass

_SIZE = (640, 360)
_LOOKS = 10


class Rig:
    """The models of a site of streams.

    Args:
        configuration: Of the site.

    Raises:
        UsageError: Settings, links, weights or device are not usable, or a camera is no single stream.
    """

    def __init__(self, configuration: Configuration) -> None:
        refuse_recorded(configuration)
        self.configuration = configuration
        self._shelf = DetectorShelf(len(configuration.cameras))
        self.encoder = load_encoder(configuration)
        self.linking = widened(prepare_linking(configuration, self.encoder))
        for camera in configuration.cameras:
            self._shelf.take(camera.detector, camera.id)
            classifier_for(camera.rider)

    def warm_up(self) -> None:
        """Look once at nothing: what is loaded and compiled at the first look would cost frames later."""
        for camera in self.configuration.cameras:
            detector = self._shelf.take(camera.detector, camera.id)
            if not detector.stateful:
                detector.detect([np.zeros((_SIZE[1], _SIZE[0], 3), np.uint8)])
        self.encoder.encode([np.zeros((96, 48, 3), np.uint8)])
        camera = self.configuration.cameras[0]
        region, crops = RegionOfInterest(_SIZE, None), self.configuration.encoder.crops_per_tracklet
        settings = ChainSettings(camera.id, _SIZE, region, None, camera.rider, camera.tracker, crops)
        blur, classifier = crop_blur(camera.anonymize), classifier_for(camera.rider)
        chain = CameraChain(settings, blur, StageClock(), classifier=classifier)
        for number in range(_LOOKS):
            box = np.array([[10.0 + 5 * number, 100, 60 + 5 * number, 200]], np.float32)
            seen = Detections(box, np.ones(1, np.float32), np.array([ObjectClass.CYCLIST]))
            picture = np.zeros((_SIZE[1], _SIZE[0], 3), np.uint8)
            chain.process(Frame(camera.id, "", number, number / _LOOKS, picture), seen)
        chain.finish()

    @property
    def preparation(self) -> Preparation:
        """All that is known before a picture comes."""
        return Preparation(self.configuration, (), self.encoder, self.linking)

    @property
    def detector_names(self) -> str:
        """Names of all detectors."""
        cameras = self.configuration.cameras
        names = (self._shelf.take(camera.detector, camera.id).name for camera in cameras)
        return ", ".join(dict.fromkeys(names))

    def address(self, camera: str) -> StreamAddress:
        """Where a camera's stream comes from."""
        return StreamAddress(self.configuration.camera(camera).source[0])

    def prepare(self, source: LiveSource) -> PreparedCamera:
        """Place a camera's settings in its pictures, whose size is known now.

        Raises:
            UsageError: Region, exclusion or counting line do not fit them.
        """
        return prepare_camera(self.configuration, source, self._shelf)

    def changed(self, wanted: Configuration) -> tuple[frozenset[str], bool]:
        """What another configuration changes.

        Returns:
            The cameras with other settings, and whether anything else is different too.
        """
        before = {camera.id: camera for camera in self.configuration.cameras}
        after = {camera.id: camera for camera in wanted.cameras}
        cameras = frozenset(name for name in before.keys() & after.keys() if before[name] != after[name])
        rest = _without_cameras(self.configuration) != _without_cameras(wanted)
        return cameras, rest or before.keys() != after.keys()

    def take_up(self, camera: CameraSettings) -> None:
        """Let a camera have other settings from now on.

        Raises:
            UsageError: They are not usable.
        """
        cameras = tuple(camera if one.id == camera.id else one for one in self.configuration.cameras)
        configuration = self.configuration.model_copy(update={"cameras": cameras})
        refuse_recorded(configuration)
        self._shelf.take(camera.detector, camera.id)
        self.configuration = configuration


def widened(linking: Linking) -> Linking:
    """Let riders take as much longer or shorter as the clocks of two streams may be wrong."""
    error_s = 2 * ERRORS_S[Timing.STAMPS]
    links = (
        replace(
            link,
            window=TravelWindow(max(link.window.earliest_s - error_s, 0.0), link.window.latest_s + error_s),
        )
        for link in linking.network.links
    )
    return replace(linking, network=LinkNetwork(links))


def is_site_of_streams(configuration: Configuration) -> bool:
    """Whether any camera is a stream."""
    return any(is_live(one) for camera in configuration.cameras for one in camera.source)


def refuse_recorded(configuration: Configuration) -> None:
    """Refuse cameras that are not one stream each.

    Raises:
        UsageError: One is not.
    """
    for number, camera in enumerate(configuration.cameras):
        key = f"{configuration.file}: cameras[{number}].source"
        if not all(is_live(one) for one in camera.source):
            raise UsageError(
                f"{key}: camera {camera.id} is recorded footage, and run --live watches streams; give "
                "rtsp://…, http://… or /dev/video0, or put recorded cameras into a site file of their own, "
                "with the same site and database, and work it off with pipeline run"
            )
        if len(camera.source) > 1:
            raise UsageError(f"{key}: a live camera has one stream; give each stream a camera of its own")


def _without_cameras(configuration: Configuration) -> dict[str, object]:
    return configuration.model_dump(exclude={"cameras"})
