"""A track that is still open."""

from collections import deque
from typing import Self

import numpy as np

from tracking.arrays import FloatArray
from tracking.memory import Remembering, State
from tracking.seconds import MOST_S, TIME_TOLERANCE_S
from tracking.tracklets.kalman import BoxFilter
from tracking.tracklets.settings import TrackerSettings
from tracking.tracklets.updates import FrameStamp
from tracking.values import Tracklet


class Track(Remembering):
    """The boxes of one object so far."""

    REMEMBERED = (
        *("local_id", "begin", "stamps", "boxes", "times", "scores", "seen", "stationary_s", "filter"),
        *("_recent", "_stood_until", "seen_s"),
    )

    def __init__(
        self, local_id: int, stamp: FrameStamp, box: FloatArray, score: float, settings: TrackerSettings
    ) -> None:
        """Begin with one box (4,) xyxy."""
        self.local_id = local_id
        self.begin = stamp
        self.stamps = [stamp]
        self.boxes = [box]
        self.times = [stamp.time]
        self.scores = [score]
        self.seen = 1
        self.stationary_s = 0.0
        self.filter = BoxFilter(box, stamp.time, settings)
        self._window = settings.stationary_window_s
        self._recent = deque([(stamp.time, box)])
        self._stood_until = stamp.time
        self.seen_s = 0.0

    @classmethod
    def restored(cls, memory: State, settings: TrackerSettings) -> Self:
        """The track that gave a memory.

        Raises:
            UnreadableMemoryError: It is the memory of something else.
        """
        track = cls(0, FrameStamp("", 0, 0.0), np.zeros(4), 0.0, settings)
        track.restore(memory)
        return track

    def __len__(self) -> int:
        """|t| of Algorithm 1: boxes kept, without those that overwrote the one before."""
        return len(self.boxes)

    @property
    def last_time(self) -> float:
        """Time of the newest box."""
        return self.times[-1]

    @property
    def since(self) -> float:
        """Time of the look before the first box; the time of that box where nobody watched before."""
        watched = self.begin.time - self.begin.before <= MOST_S + TIME_TOLERANCE_S
        return self.begin.before if watched else self.begin.time

    def reference(self, time: float) -> tuple[float, FloatArray] | None:
        """Time and box against which standing still is judged: the newest at least a window old."""
        reference = None
        for moment, box in self._recent:
            if moment > time - self._window + TIME_TOLERANCE_S:
                break
            reference = (moment, box)
        return reference

    def extend(self, box: FloatArray, stamp: FrameStamp, score: float) -> None:
        """Append a box."""
        self._observe(box, stamp.time)
        self.stamps.append(stamp)
        self.boxes.append(box)
        self.times.append(stamp.time)
        self.scores.append(score)

    def overwrite_last(self, box: FloatArray, stamp: FrameStamp, score: float) -> None:
        """Replace the newest box, so that the track stays alive but does not grow (T7)."""
        self._observe(box, stamp.time)
        self.stamps[-1], self.boxes[-1], self.times[-1] = stamp, box, stamp.time
        self.scores[-1] = score

    def give_up(self, count: int) -> None:
        """Forget the newest boxes, which belong to somebody else; the track can only be closed then."""
        self.seen_s -= float(np.minimum(np.diff(self.times[-count - 1 :]), MOST_S).sum())
        self.seen -= count
        for values in (self.stamps, self.boxes, self.times, self.scores):
            del values[-count:]

    def stand(self, since: float, time: float) -> None:
        """Count the time stood still from `since` to `time`, no moment twice."""
        self.stationary_s += max(time - max(since, self._stood_until), 0.0)
        self._stood_until = max(time, self._stood_until)

    def _observe(self, box: FloatArray, time: float) -> None:
        self.seen += 1
        self.seen_s += min(time - self.times[-1], MOST_S)
        self.filter.update(box, time)
        self._recent.append((time, box))
        while len(self._recent) > 1 and self._recent[1][0] <= time - self._window + TIME_TOLERANCE_S:
            self._recent.popleft()

    def tracklet(self, camera: str, *, lost: bool = False) -> Tracklet:
        """The finished value.

        Args:
            camera: Camera id.
            lost: Later looks did not show it any more.
        """
        look_s = min(self.times[-1] - self.times[-2], MOST_S) if len(self) > 1 else 0.0
        return Tracklet(
            camera=camera,
            source=self.begin.source,
            start_frame=self.begin.index,
            local_id=self.local_id,
            times=np.array(self.times, np.float64),
            boxes=np.array(self.boxes, np.float32).reshape(-1, 4),
            scores=np.array(self.scores, np.float32),
            stationary_s=self.stationary_s,
            since=self.since,
            until=self.last_time + look_s if lost else None,
        )
