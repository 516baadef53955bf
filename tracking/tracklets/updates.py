"""What goes into a tracklet builder beside the boxes, and what comes out."""

from dataclasses import dataclass
from math import inf

from tracking.arrays import BoolArray, FloatArray, IntArray
from tracking.memory import storable
from tracking.values import Tracklet

NO_TRACK = -1
"""Stands in `TrackUpdate.assigned` for a box that went to no track."""


@storable
@dataclass(frozen=True, slots=True)
class FrameStamp:
    """Where and when a frame was taken.

    Attributes:
        source: Name of the file or stream.
        index: Position in the source, from 0.
        time: Seconds since the epoch, UTC.
        before: Time of the look before; -inf where there was none.
    """

    source: str
    index: int
    time: float
    before: float = -inf


@dataclass(frozen=True, slots=True)
class Parting:
    """A track whose newest boxes turned out to be somebody else's.

    Attributes:
        earlier: Local id of the track that ended before them.
        later: Local id of the track that begins with them.
        since: Time of the first of them, seconds since the epoch.
    """

    earlier: int
    later: int
    since: float


@dataclass(frozen=True, slots=True)
class ShortTrack:
    """A track that was closed before it was long enough to be one.

    Attributes:
        local_id: Numbered as tracklets are.
        begin: Time of its first box, seconds since the epoch.
        end: Time of its last box.
        first_box: (4,) xyxy pixels.
        last_box: (4,) xyxy pixels.
        boxes: Number of frames in which it was seen.
        seen_s: Seconds from the first to the last of them, each gap as far as it was watched.
        needed_s: Seconds that it needed (`TrackerSettings.min_pickup_s`).
    """

    local_id: int
    begin: float
    end: float
    first_box: FloatArray
    last_box: FloatArray
    boxes: int
    seen_s: float
    needed_s: float


@dataclass(frozen=True, slots=True)
class TrackUpdate:
    """What one frame changed.

    Attributes:
        assigned: (N,) local id of the track each input box went to, -1 where none.
        stationary: (N,) True where the box met its track standing still; such a box adds no crop.
        ended: Tracks closed at this moment that were in view long enough, in order of beginning.
        dropped: Local ids closed without reaching the minimum pick-up time.
        parted: Tracks of which earlier frames said something that is now known better.
        short: Those that were dropped, with what they lacked.
    """

    assigned: IntArray
    stationary: BoolArray
    ended: tuple[Tracklet, ...]
    dropped: tuple[int, ...]
    parted: tuple[Parting, ...] = ()
    short: tuple[ShortTrack, ...] = ()
