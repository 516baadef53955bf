"""The open tracks of one camera: numbering, time, expiry."""

from collections.abc import Iterable
from math import inf
from typing import NamedTuple

from tracking.arrays import FloatArray
from tracking.memory import Remembering, State
from tracking.seconds import TIME_TOLERANCE_S
from tracking.tracklets.settings import TrackerSettings
from tracking.tracklets.track import Track
from tracking.tracklets.updates import FrameStamp, ShortTrack
from tracking.values import Tracklet


class Closed(NamedTuple):
    """Tracks that were closed: the confirmed ones, and the others, which were too short."""

    ended: tuple[Tracklet, ...] = ()
    short: tuple[ShortTrack, ...] = ()

    @property
    def dropped(self) -> tuple[int, ...]:
        """Ids of those that were too short."""
        return tuple(one.local_id for one in self.short)

    def then(self, later: "Closed") -> "Closed":
        """Both together."""
        return Closed(self.ended + later.ended, self.short + later.short)


class TrackRegister(Remembering):
    """Opens and closes tracks by time; frames play no part."""

    REMEMBERED = ("open", "_next_id", "_now")

    def __init__(self, camera: str, settings: TrackerSettings) -> None:
        """Begin with no track, at local id 0."""
        self.open: list[Track] = []
        self._camera = camera
        self._settings = settings
        self._next_id = 0
        self._now: float | None = None

    def memory(self) -> State:
        """See `Remembering.memory`."""
        return {**super().memory(), "open": [track.memory() for track in self.open]}

    def restore(self, memory: State) -> None:
        """See `Remembering.restore`."""
        super().restore(memory)
        self.open = [Track.restored(one, self._settings) for one in memory["open"]]

    def advance(self, time: float) -> Closed | None:
        """Move on to a time and close what has expired by then.

        A time that repeats, or that lies before the newest one by no more than the expiry (a file that
        overlaps the one before it), is no progress. A longer step back means that the camera's clock was
        set: what was open is closed, and the new time counts.

        Returns:
            What was closed, or None when the frame is to be ignored.
        """
        if self._now is not None and time <= self._now:
            if self._now - time <= self._settings.expiry_s:
                return None
            closed = self.close_all()
        else:
            closed = self._close(track for track in self.open if self._is_over(track, time))
        self._now = time
        return closed

    def _is_over(self, track: Track, time: float) -> bool:
        unseen, age = time - track.last_time, time - track.begin.time
        return max(unseen - self._settings.expiry_s, age - self._settings.max_age_s) > TIME_TOLERANCE_S

    def start(self, stamp: FrameStamp, box: FloatArray, score: float) -> Track:
        """Open a track with its first box (4,) xyxy."""
        track = Track(self._next_id, stamp, box, score, self._settings)
        self._next_id += 1
        self.open.append(track)
        return track

    def split(self, track: Track, count: int) -> tuple[Track, Closed]:
        """End a track before its newest boxes and begin another one with them.

        Args:
            track: An open track of more boxes than that.
            count: How many boxes belong to the other one.

        Returns:
            The other track, and the one that was closed.
        """
        stamps, boxes = track.stamps[-count:], track.boxes[-count:]
        scores = track.scores[-count:]
        track.give_up(count)
        other = self.start(stamps[0], boxes[0], scores[0])
        for stamp, box, score in zip(stamps[1:], boxes[1:], scores[1:], strict=True):
            other.extend(box, stamp, score)
        return other, self._close([track], turned=True)

    def close_all(self) -> Closed:
        """Close every track, as at the end of the footage."""
        return self._close(self.open)

    def _close(self, tracks: Iterable[Track], *, turned: bool = False) -> Closed:
        over = list(tracks)
        # Who is there at the newest look was not lost: the footage ends there, or pauses.
        lost = {track.local_id for track in over if not turned and track.last_time < self._newest}
        gone = {track.local_id for track in over}
        self.open = [track for track in self.open if track.local_id not in gone]
        kept = [track for track in over if self._is_confirmed(track)]
        confirmed = {track.local_id for track in kept}
        short = sorted((track for track in over if track.local_id not in confirmed), key=lambda t: t.local_id)
        return Closed(
            tuple(track.tracklet(self._camera, lost=track.local_id in lost) for track in kept),
            tuple(map(self._short, short)),
        )

    def _short(self, track: Track) -> ShortTrack:
        return ShortTrack(
            track.local_id,
            track.begin.time,
            track.last_time,
            track.boxes[0],
            track.boxes[-1],
            track.seen,
            track.seen_s,
            self._settings.min_pickup_s,
        )

    @property
    def _newest(self) -> float:
        """Time of the newest look."""
        return -inf if self._now is None else self._now

    def _is_confirmed(self, track: Track) -> bool:
        return track.seen_s >= self._settings.min_pickup_s - TIME_TOLERANCE_S

    @property
    def earliest_time(self) -> float | None:
        """Earliest moment at which an open track may have come into view; None when nothing is open."""
        return min((track.since for track in self.open), default=None)
