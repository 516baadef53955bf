"""What can be told of a live camera at any moment."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.sources.report import Unseen
from tracking.attention import Movement


class Timing(StrEnum):
    """What the times of a stream's frames rest on."""

    SENDER = "sender"
    STAMPS = "stamps"
    ARRIVAL = "arrival"


ERRORS_S = {Timing.SENDER: 0.1, Timing.STAMPS: 0.5, Timing.ARRIVAL: 1.0}
"""By how much a moment may be wrong, seconds: a camera's own clock; what coding and network delay; and what
they delay unevenly."""


@dataclass(frozen=True, slots=True)
class CameraState:
    """A live camera at one moment; all counts are since the program began.

    Attributes:
        camera: Camera id.
        connected: Pictures come.
        reason: Why not; None while they do.
        frames: Pictures decoded.
        looks: Of those, handed on to the detector.
        thinned: Of those, not handed on so that the detector keeps up.
        dropped: Of those, lost because it did not keep up all the same.
        out_of_order: Of those, left out for their time: not behind the one before, or too old.
        lag_s: Seconds from the oldest frame that waits for its look to the newest.
        connections: How often a connection was made.
        last_frame: Time of the last picture, seconds since the epoch; None before the first.
        timing: What its times rest on, or did last.
        clock_error_s: By how much they may be wrong.
        clock_steps: How often its stamps jumped.
        size: Width and height of its pictures; None before the first.
        moved: By how much its view has moved since its settings were taken up; None where it has not.
    """

    camera: str
    connected: bool
    reason: Unseen | None
    frames: int
    looks: int
    thinned: int
    dropped: int
    out_of_order: int
    lag_s: float
    connections: int
    last_frame: float | None
    timing: Timing
    clock_error_s: float
    clock_steps: int
    size: tuple[int, int] | None
    moved: Movement | None = None

    @property
    def reconnects(self) -> int:
        """How often it was connected to again."""
        return max(self.connections - 1, 0)
