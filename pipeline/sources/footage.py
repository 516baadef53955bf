"""Where the footage of one camera lies and how its clock is read."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.sources.clock import TimePattern


@dataclass(frozen=True, slots=True)
class Footage:
    """The recorded footage of one camera, as the site file describes it.

    Attributes:
        camera: Camera id.
        locations: Absolute paths of files, globs or folders, in the order given.
        zone: Time zone of naive moments.
        start: Of the first frame; None where the files say it.
        time_pattern: How file names tell their start; None where they do not.
        clock_offset_s: Seconds added to this camera's clock.
        fps: Frames per second of footage without time stamps (raw H.264, folders of pictures); None where it
            tells its times or its rate.
        max_fps: Frames per second to deliver at most; None for every frame.
        key: Site file and key for error messages, for example ``groningen.yaml: cameras[2]``.
        chosen: Only these files and folders of pictures are looked at; None for all that the locations name.
    """

    camera: str
    locations: tuple[str, ...]
    zone: ZoneInfo
    start: datetime | None = None
    time_pattern: TimePattern | None = None
    clock_offset_s: float = 0.0
    fps: float | None = None
    max_fps: float | None = None
    key: str = "camera"
    chosen: frozenset[Path] | None = None
