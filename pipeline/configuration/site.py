"""The site: its cameras, their links, and the settings that apply to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr

from anonymize.settings import AnonymizeSettings
from flows.matching.settings import LinkSettings
from pipeline.configuration.fields import (
    CameraId,
    Location,
    Moment,
    Polygon,
    Sources,
    Text,
    TimePatternText,
    ZoneName,
)
from pipeline.configuration.origin import Origin
from pipeline.configuration.settings import Defaults
from pipeline.sources import Footage, TimePattern
from tracking.attention import AttentionSettings
from tracking.detectors.settings import DetectorSettings
from tracking.errors import UsageError
from tracking.region import CountingLine, PolygonError, RegionOfInterest
from tracking.riders.settings import RiderSettings
from tracking.settings import Settings
from tracking.tracklets.settings import TrackerSettings


class CameraSettings(Settings):
    """One camera of the site, with the settings that apply to it."""

    id: CameraId = Field(description="Short name, unique within the site.")
    source: Sources = Field(
        min_length=1,
        description="File, glob or folder of footage, or a list of them; or one stream: rtsp://…, http://…, "
        "/dev/video0.",
    )
    start: Moment | None = Field(
        default=None,
        description="Of the first frame, local time, like 2019-10-02T08:00:00, if the file does not say.",
    )
    time_pattern: TimePatternText | None = Field(
        default=None, description="How file names tell their start, like %Y-%m-%d_%H-%M-%S."
    )
    timezone: ZoneName | None = Field(
        default=None, description="Zone of this camera's clock, where it differs from the site's."
    )
    clock_offset: float = Field(
        default=0.0, ge=-86400, le=86400, description="Seconds added to this camera's clock."
    )
    fps: float | None = Field(
        default=None,
        gt=0,
        le=1000,
        description="Frames per second of footage without time stamps: raw .h264, a folder of pictures.",
    )
    max_fps: float | None = Field(
        default=None, gt=0, le=240, description="Frames per second to look at, at most; null: the runtime's."
    )
    location: Location | None = Field(default=None, description="[latitude, longitude] in degrees.")
    roi: Polygon | None = Field(
        default=None,
        description="Polygon in which cyclists count, relative or in pixels; null: the whole frame.",
    )
    exclude: tuple[Polygon, ...] = Field(default=(), description="Polygons in which nothing counts.")
    counting_line: CountingLine | None = Field(
        default=None, description="Line that gives each passage its direction; null: the heading."
    )
    detector: DetectorSettings = Field(
        default_factory=DetectorSettings, description="Detector settings of this camera."
    )
    attention: AttentionSettings = Field(
        default_factory=AttentionSettings, description="When this camera's frames are looked at, and where."
    )
    rider: RiderSettings = Field(default_factory=RiderSettings, description="Rider settings of this camera.")
    tracker: TrackerSettings = Field(
        default_factory=lambda: TrackerSettings.model_validate({}),
        description="Tracker settings of this camera.",
    )
    anonymize: AnonymizeSettings = Field(
        default_factory=AnonymizeSettings, description="Anonymisation of this camera."
    )


class Configuration(Defaults):
    """What a run is told: built-in defaults, overridden by the site file, overridden by the command line."""

    site: Text = Field(min_length=1, max_length=100, description="Name of the site.")
    timezone: ZoneName = Field(description="Time zone of the site, like Europe/Amsterdam.")
    cameras: tuple[CameraSettings, ...] = Field(min_length=1, description="The cameras.")
    links: tuple[LinkSettings, ...] | None = Field(
        default=None,
        description="Which camera can follow which, and how soon; null: each can follow every other, as "
        "locations and plausible speeds allow; []: none.",
    )
    _origin: Origin = PrivateAttr(default_factory=Origin)

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of the site."""
        return ZoneInfo(self.timezone)

    @property
    def file(self) -> Path:
        """The site file."""
        return self._origin.file

    def camera(self, camera_id: str) -> CameraSettings:
        """The camera of that id.

        Raises:
            UsageError: There is none.
        """
        return self.cameras[self._number(camera_id)]

    def footage(self, camera_id: str) -> Footage:
        """Where a camera's footage lies and how its clock is read.

        Raises:
            UsageError: There is no such camera.
        """
        camera = self.camera(camera_id)
        return Footage(
            camera=camera.id,
            locations=camera.source,
            zone=ZoneInfo(camera.timezone or self.timezone),
            start=camera.start,
            time_pattern=TimePattern(camera.time_pattern) if camera.time_pattern else None,
            clock_offset_s=camera.clock_offset,
            fps=camera.fps,
            max_fps=camera.max_fps or self.runtime.max_fps,
            key=self._key(camera_id),
        )

    def region(self, camera_id: str, frame_size: tuple[int, int]) -> RegionOfInterest:
        """Place a camera's region of interest in its real frames.

        Args:
            camera_id: Camera.
            frame_size: Width and height in pixels.

        Raises:
            UsageError: There is no such camera, or one of its shapes, the counting line included,
                does not fit the frame.
        """
        camera = self.camera(camera_id)
        key = self._key(camera_id)
        with _named(f"{key}.roi"):
            RegionOfInterest(frame_size, camera.roi)
        for number, polygon in enumerate(camera.exclude):
            with _named(f"{key}.exclude[{number}]"):
                RegionOfInterest(frame_size, polygon)
        with _named(f"{key}.counting_line"):
            if camera.counting_line:
                camera.counting_line.ends(frame_size)
        with _named(f"{key}.exclude"):
            return RegionOfInterest(frame_size, camera.roi, camera.exclude)

    def _number(self, camera_id: str) -> int:
        for number, camera in enumerate(self.cameras):
            if camera.id == camera_id:
                return number
        ids = ", ".join(camera.id for camera in self.cameras)
        raise UsageError(f"{self.file}: there is no camera {camera_id!r}; the site has {ids}")

    def _key(self, camera_id: str) -> str:
        return f"{self.file}: cameras[{self._number(camera_id)}]"


@contextmanager
def _named(key: str) -> Iterator[None]:
    """Put file and key before the sentence about a polygon."""
    try:
        yield
    except PolygonError as error:
        raise UsageError(f"{key}: {error}") from None
