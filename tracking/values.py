"""The values that flow from a camera to its finished tracklets."""

from dataclasses import dataclass, field
from enum import IntEnum
from math import inf
from typing import Self, TypeAlias

import numpy as np

from tracking.arrays import BoolArray, FloatArray, Image, IntArray
from tracking.memory import storable

Part: TypeAlias = tuple[int, int, int, int]
"""Left, top, right and bottom edge in pixels of a frame, right and bottom exclusive."""


class ObjectClass(IntEnum):
    """What a detection shows; the first eight carry their COCO-80 numbers."""

    PERSON = 0
    BICYCLE = 1
    CAR = 2
    MOTORCYCLE = 3
    BUS = 5
    TRUCK = 7
    CYCLIST = 100
    """Rider and bicycle in one box (a detector trained for it)."""
    MOVING = 101
    """Something that moves, of unknown kind (the motion detector)."""
    PEDESTRIAN = 102
    """A person on foot (a detector trained to tell cyclists from pedestrians)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture of one camera.

    Attributes:
        camera: Camera id of the site file.
        source: Name of the file or stream it came from, without folder and credentials.
        index: Position in the source, counted over every decodable picture, from 0.
        time: Seconds since the epoch, UTC: presentation time stamp + start + clock offset.
        image: (H, W, 3) uint8 BGR, upright.
        parts: What is looked at; none for the whole picture.
        passed: Frames that were worked off with it: itself, and those before it that were not looked at.
        before: Time of the look before it, or of the turn at which nothing moved; -inf where there was none.
    """

    camera: str
    source: str
    index: int
    time: float
    image: Image
    parts: tuple[Part, ...] = ()
    passed: int = 1
    before: float = -inf


@dataclass(frozen=True, slots=True)
class Detections:
    """Boxes found in one frame, as one structure of arrays.

    Attributes:
        xyxy: (N, 4) float32 left, top, right, bottom in pixels.
        score: (N,) float32 in 0..1.
        class_id: (N,) int64, values of `ObjectClass` or other COCO-80 numbers.
    """

    xyxy: FloatArray
    score: FloatArray
    class_id: IntArray

    @classmethod
    def empty(cls) -> Self:
        """No boxes."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.score)

    def __getitem__(self, selection: BoolArray | IntArray | slice) -> "Detections":
        return Detections(self.xyxy[selection], self.score[selection], self.class_id[selection])

    def of(self, *classes: int) -> "Detections":
        """Keep the boxes of the given classes."""
        kept = np.zeros(len(self), bool)
        for one in classes:
            kept |= self.class_id == one
        return self[kept]


@dataclass(frozen=True, slots=True)
class Crop:
    """The cut-out of one cyclist from one frame.

    Attributes:
        time: Seconds since the epoch.
        image: (h, w, 3) uint8 BGR; anonymised before it is embedded or written.
        sharpness: Variance of the Laplacian of the grey crop at a common height, higher is sharper.
        occlusion: Largest share of the crop that another box covers, 0..1.
    """

    time: float
    image: Image
    sharpness: float
    occlusion: float


@storable
@dataclass(frozen=True, slots=True)
class Tracklet:
    """One passage of one object through the view of one camera.

    Attributes:
        camera: Camera id.
        source: Source in which it began.
        start_frame: Frame index, within that source, at which it began.
        local_id: Number within the camera's run, from 0, in order of beginning.
        times: (N,) seconds since the epoch, increasing.
        boxes: (N, 4) float32 xyxy pixels.
        scores: (N,) float32 detection scores.
        stationary_s: Seconds for which it stood still.
        direction: Heading through the view, for example ``left`` or ``in``.
        crops: Sampled cut-outs, in time order.
        since: Time of the look before its first box, of that box where there was none; None where not known.
        until: Time by which another look did not show it any more; None where there was none.
    """

    camera: str
    source: str
    start_frame: int
    local_id: int
    times: FloatArray
    boxes: FloatArray
    scores: FloatArray
    stationary_s: float
    direction: str = "unknown"
    crops: tuple[Crop, ...] = field(default=())
    since: float | None = None
    until: float | None = None

    @property
    def duration_s(self) -> float:
        """Seconds between the first and the last box."""
        return float(self.times[-1] - self.times[0])
