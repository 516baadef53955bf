"""A passage: the tracklet of one riding cyclist, ready to be embedded."""

from dataclasses import dataclass

from tracking.values import Tracklet


@dataclass(frozen=True, slots=True)
class Passage:
    """One cyclist who passed one camera.

    Attributes:
        tracklet: With direction and anonymised crops.
        confidence: 0..1, how sure it is that this was a riding cyclist.
        enter: Moment at which it entered the region, seconds since the epoch; between two looks.
        leave: Moment at which it left.
    """

    tracklet: Tracklet
    confidence: float
    enter: float
    leave: float
