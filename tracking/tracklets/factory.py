"""Which builder the settings ask for."""

from typing import Protocol

from tracking.region import RegionOfInterest
from tracking.tracklets.builder import TrackletBuilder
from tracking.tracklets.literal import LiteralTrackletBuilder
from tracking.tracklets.settings import TrackerSettings
from tracking.tracklets.updates import FrameStamp, TrackUpdate
from tracking.values import Detections


class Tracker(Protocol):
    """What both builders can do."""

    @property
    def earliest_live_time(self) -> float | None:
        """When the oldest open track may have come into view, seconds; None when nothing is open."""
        ...

    @property
    def open_tracks(self) -> int:
        """Tracks that are in view, or may come back."""
        ...

    def update(self, stamp: FrameStamp, detections: Detections) -> TrackUpdate:
        """Take in the boxes of one frame."""
        ...

    def finish(self) -> TrackUpdate:
        """Close everything at the end of the footage."""
        ...


def build_tracker(
    camera: str,
    settings: TrackerSettings,
    frame_size: tuple[int, int] | None = None,
    region: RegionOfInterest | None = None,
) -> Tracker:
    """Build the corrected or the literal tracklet builder, as `settings.mode` asks.

    Args:
        camera: Camera id, copied to the tracklets.
        settings: Every value used.
        frame_size: Width and height in pixels, needed for `min_height_share` only.
        region: Where boxes come from; tells the corrected one who has left it.

    Raises:
        UsageError: `min_height_share` is set and the frame size is not known.
    """
    if settings.mode == "literal":
        return LiteralTrackletBuilder(camera, settings, frame_size)
    return TrackletBuilder(camera, settings, frame_size, region)
