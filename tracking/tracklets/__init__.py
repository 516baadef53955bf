"""Boxes over time to the tracklets of one camera: Kalman prediction, IoU, one-to-one assignment.

`build_tracker` picks the corrected builder or the literal replay of the paper's Algorithm 1; both take
one `FrameStamp` and the `Detections` inside the region of interest, and answer with a `TrackUpdate`.
"""

from tracking.tracklets.builder import TrackletBuilder
from tracking.tracklets.factory import Tracker, build_tracker
from tracking.tracklets.literal import LiteralTrackletBuilder
from tracking.tracklets.settings import TrackerSettings
from tracking.tracklets.updates import FrameStamp, Parting, ShortTrack, TrackUpdate

__all__ = [
    "FrameStamp",
    "LiteralTrackletBuilder",
    "Parting",
    "ShortTrack",
    "TrackUpdate",
    "Tracker",
    "TrackerSettings",
    "TrackletBuilder",
    "build_tracker",
]
