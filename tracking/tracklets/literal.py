"""Algorithm 1 as printed, to replay the thesis and to show what its defects do."""

from enum import Enum

import numpy as np

from tracking.arrays import BoolArray, FloatArray
from tracking.boxes import paired_iou
from tracking.errors import FietsflowError
from tracking.memory import Remembering
from tracking.seconds import TIME_TOLERANCE_S
from tracking.tracklets.kalman import predict_boxes
from tracking.tracklets.qualify import BoxCriteria
from tracking.tracklets.register import TrackRegister
from tracking.tracklets.settings import TrackerSettings
from tracking.tracklets.similarity import NAIVE_LENGTH
from tracking.tracklets.track import Track
from tracking.tracklets.updates import NO_TRACK, FrameStamp, TrackUpdate
from tracking.values import Detections


class Outcome(Enum):
    """What became of one track and one box."""

    REFUSED = "the pair fails line 9"
    NO_MATCH = "the pair opens a track"
    TRACKED = "the box extends the track"
    STATIONARY = "the box overwrites the last one"


class LiteralTrackletBuilder(Remembering):
    """Every open track meets every box, in order, and each pair is decided by itself.

    What is printed and what it does:

    * Line 9 asks for IoU <= 0.6, so the stationary branch (> 0.9) is never reached (T1). That is
      `iou_prefilter: 0.6`; without it line 9 is read as the score test of Table II.
    * Each pair that does not match opens a track, and none can open while there is none (T2):
      `literal_seed` opens one for each admissible box when the list is empty. Tracks opened during a
      frame meet boxes from the next frame on; otherwise the loop would never end.
    * A box may extend several tracks and a track may take several boxes of one frame (T3). Reported is
      the first track that took the box, or else the first that it opened.
    * A short track after too long a gap returns nothing, taken as no match (T5); the gate stands on the
      last box (T6); standing still overwrites the last box, even the first (T7).

    Two riders in view double the number of tracks with every frame, hence `literal_track_limit`.
    Expiry, pick-up time and the treatment of time are those of `TrackletBuilder`.
    """

    REMEMBERED = ("_register",)

    def __init__(
        self, camera: str, settings: TrackerSettings, frame_size: tuple[int, int] | None = None
    ) -> None:
        """Begin with no track; the arguments are those of `TrackletBuilder`."""
        self._settings = settings
        self._criteria = BoxCriteria(settings, frame_size)
        self._register = TrackRegister(camera, settings)

    @property
    def earliest_live_time(self) -> float | None:
        """When the oldest open track may have come into view, seconds; None when nothing is open."""
        return self._register.earliest_time

    @property
    def open_tracks(self) -> int:
        """Tracks that are in view, or may come back."""
        return len(self._register.open)

    def update(self, stamp: FrameStamp, detections: Detections) -> TrackUpdate:
        """Take in the boxes of one frame.

        Args:
            stamp: Where and when the frame was taken.
            detections: N boxes inside the region of interest.

        Returns:
            Where each box went first, and the tracks that were closed before it.

        Raises:
            FietsflowError: More than `literal_track_limit` tracks are open.
        """
        assigned = np.full(len(detections), NO_TRACK, np.int64)
        stationary = np.zeros(len(detections), bool)
        closed = self._register.advance(stamp.time)
        if closed is None:
            return TrackUpdate(assigned, stationary, (), ())
        columns = np.flatnonzero(self._line_9(detections)).tolist()
        present = list(self._register.open)
        opened: list[tuple[int, int]] = []
        for track in present:
            for column in columns:
                outcome = self._meet(track, detections, column, stamp)
                if outcome is Outcome.NO_MATCH:
                    opened.append((column, self._open(stamp, detections, column)))
                elif outcome is not Outcome.REFUSED and assigned[column] == NO_TRACK:
                    assigned[column] = track.local_id
                    stationary[column] = outcome is Outcome.STATIONARY
        if not present and self._settings.literal_seed:
            opened = [(column, self._open(stamp, detections, column)) for column in columns]
        for column, local_id in opened:
            if assigned[column] == NO_TRACK:
                assigned[column] = local_id
        return TrackUpdate(assigned, stationary, closed.ended, closed.dropped, (), closed.short)

    def finish(self) -> TrackUpdate:
        """Close everything at the end of the footage."""
        closed = self._register.close_all()
        nothing = np.zeros(0, np.int64), np.zeros(0, bool)
        return TrackUpdate(*nothing, closed.ended, closed.dropped, (), closed.short)

    def _line_9(self, detections: Detections) -> BoolArray:
        """(N,) what line 9 asks of the box alone; the score only where the printed IoU test is off."""
        admitted = self._criteria.admit(detections)
        if self._settings.iou_prefilter is None:
            admitted &= detections.score >= self._settings.min_score
        return admitted

    def _meet(self, track: Track, detections: Detections, column: int, stamp: FrameStamp) -> Outcome:
        box, score = detections.xyxy[column], float(detections.score[column])
        overlap = float(paired_iou(track.boxes[-1][None], box[None])[0])
        if self._settings.iou_prefilter is not None and overlap > self._settings.iou_prefilter:
            return Outcome.REFUSED
        outcome = self._match(track, box, overlap, stamp.time)
        if outcome is Outcome.STATIONARY:
            track.stand(track.last_time, stamp.time)
            track.overwrite_last(box, stamp, score)
        elif outcome is Outcome.TRACKED:
            track.extend(box, stamp, score)
        return outcome

    def _match(self, track: Track, box: FloatArray, overlap: float, time: float) -> Outcome:
        """MATCH of Algorithm 1."""
        if overlap < self._settings.iou_min:
            return Outcome.NO_MATCH
        if overlap > self._settings.iou_max:
            return Outcome.STATIONARY
        if len(track) <= NAIVE_LENGTH:
            within = time - track.last_time <= self._settings.naive_max_dt_s + TIME_TOLERANCE_S
        else:
            predicted = predict_boxes([track.filter], time)
            within = float(paired_iou(predicted, box[None])[0]) >= self._settings.iou_kalman
        return Outcome.TRACKED if within else Outcome.NO_MATCH

    def _open(self, stamp: FrameStamp, detections: Detections, column: int) -> int:
        if len(self._register.open) >= self._settings.literal_track_limit:
            raise FietsflowError(
                f"{stamp.source}, frame {stamp.index}: the literal replay of Algorithm 1 has "
                f"{len(self._register.open)} tracks open, its limit; as printed it opens one for each pair "
                "that does not match; use mode: corrected, or footage with one rider at a time"
            )
        return self._register.start(stamp, detections.xyxy[column], float(detections.score[column])).local_id
