"""Algorithm 1 of the thesis with its defects resolved (T1 to T12)."""

import numpy as np

from tracking.arrays import BoolArray, IntArray
from tracking.boxes import paired_iou
from tracking.memory import Remembering
from tracking.region import RegionOfInterest
from tracking.tracklets.assignment import assign
from tracking.tracklets.qualify import BoxCriteria
from tracking.tracklets.register import Closed, TrackRegister
from tracking.tracklets.settings import TrackerSettings
from tracking.tracklets.similarity import Candidates
from tracking.tracklets.track import Track
from tracking.tracklets.turning import boxes_after_turn
from tracking.tracklets.updates import NO_TRACK, FrameStamp, Parting, TrackUpdate
from tracking.values import Detections


class TrackletBuilder(Remembering):
    """Joins the boxes of one camera into tracklets.

    Strong boxes (`min_score`) are assigned first, then weak ones (`extend_score`) to the tracks left
    over; of each, first by overlap with where a track should be, then with where it was, then by
    nearness. Strong boxes that no track wants each begin one.
    Everything is measured in seconds: a file boundary, a dropped frame or another frame rate is nothing
    but time. A frame whose time repeats or steps back a little is ignored (every box -1); a step back by
    more than the expiry closes all tracks, as when a camera's clock was set.

    The same boxes in another order within a frame give the same tracks with the same ids.
    """

    REMEMBERED = ("_register",)

    def __init__(
        self,
        camera: str,
        settings: TrackerSettings,
        frame_size: tuple[int, int] | None = None,
        region: RegionOfInterest | None = None,
    ) -> None:
        """Begin with no track.

        Args:
            camera: Camera id, copied to the tracklets.
            settings: Every value used.
            frame_size: Width and height in pixels, needed for `min_height_share`; also tells which boxes
                the frame cuts off.
            region: Where boxes come from; tells who has left it. None where that is not known.

        Raises:
            UsageError: `min_height_share` is set and the frame size is not known.
        """
        self._settings = settings
        self._criteria = BoxCriteria(settings, frame_size)
        self._register = TrackRegister(camera, settings)
        self._frame_width = None if frame_size is None else float(frame_size[0])
        self._region = region

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
            Where each box went, and the tracks that were closed before it.
        """
        assigned = np.full(len(detections), NO_TRACK, np.int64)
        stationary = np.zeros(len(detections), bool)
        closed = self._register.advance(stamp.time)
        if closed is None:
            return TrackUpdate(assigned, stationary, (), ())
        admitted = self._criteria.admit(detections)
        chosen = self._associate(stamp.time, detections, admitted)
        matched = np.flatnonzero(chosen >= 0)
        tracks = [self._register.open[row] for row in chosen[matched]]
        stationary[matched] = self._extend(tracks, detections[matched], stamp)
        tracks, left, parted = self._part_who_turned(tracks)
        assigned[matched] = [track.local_id for track in tracks]
        seeds = np.flatnonzero(admitted & (chosen < 0) & (detections.score >= self._settings.min_score))
        for column in seeds[np.lexsort(detections.xyxy[seeds].T[::-1])]:
            box, score = detections.xyxy[column], float(detections.score[column])
            assigned[column] = self._register.start(stamp, box, score).local_id
        closed = closed.then(left)
        return TrackUpdate(assigned, stationary, closed.ended, closed.dropped, parted, closed.short)

    def finish(self) -> TrackUpdate:
        """Close everything at the end of the footage."""
        closed = self._register.close_all()
        nothing = np.zeros(0, np.int64), np.zeros(0, bool)
        return TrackUpdate(*nothing, closed.ended, closed.dropped, (), closed.short)

    def _associate(self, time: float, detections: Detections, admitted: BoolArray) -> IntArray:
        """(N,) position among the open tracks of the track each box continues, -1 where none."""
        chosen = np.full(len(detections), -1, np.int64)
        if not self._register.open or not admitted.any():
            return chosen
        candidates = Candidates(self._register.open, time, self._settings)
        free = np.ones(len(self._register.open), bool)
        strong = detections.score >= self._settings.min_score
        weak = ~strong & (detections.score >= self._settings.extend_score)
        measures = [candidates.overlap, candidates.lingering]
        if self._settings.reach_speed > 0:
            measures.append(candidates.nearness)
        for group in (strong & admitted, weak & admitted):
            for measure in measures:
                columns = np.flatnonzero(group & (chosen < 0))
                if not len(columns) or not free.any():
                    continue
                similarity = measure(detections.xyxy[columns]) * free[:, None]
                rows, picked = assign(similarity, self._settings.assignment)
                chosen[columns[picked]] = rows
                free[rows] = False
        return chosen

    def _part_who_turned(self, tracks: list[Track]) -> tuple[list[Track], Closed, tuple[Parting, ...]]:
        """Give those who came in where another left a track of their own."""
        kept, partings = [], []
        left = Closed()
        for track in tracks:
            count = boxes_after_turn(
                track.times, track.boxes, self._settings.turn_speed, self._frame_width, self._region
            )
            if not count:
                kept.append(track)
                continue
            other, closed = self._register.split(track, count)
            kept.append(other)
            partings.append(Parting(track.local_id, other.local_id, other.begin.time))
            left = left.then(closed)
        return kept, left, tuple(partings)

    def _extend(self, tracks: list[Track], boxes: Detections, stamp: FrameStamp) -> BoolArray:
        """Give box i to track i; the mask says which met their track standing still (T7)."""
        references = [track.reference(stamp.time) for track in tracks]
        known = np.array([reference is not None for reference in references], bool)
        then = np.array(
            [
                box if reference is None else reference[1]
                for reference, box in zip(references, boxes.xyxy, strict=True)
            ]
        )
        standing = known & (paired_iou(then.reshape(-1, 4), boxes.xyxy) > self._settings.iou_max)
        for track, reference, stands, box, score in zip(
            tracks, references, standing.tolist(), boxes.xyxy, boxes.score.tolist(), strict=True
        ):
            if stands and reference is not None:
                track.stand(reference[0], stamp.time)
            # The first box is never overwritten, so that the time of entry is kept.
            if stands and len(track) > 1:
                track.overwrite_last(box, stamp, score)
            else:
                track.extend(box, stamp, score)
        return standing
