"""From the boxes of one camera to the passages of its cyclists."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.stages.passage import Passage
from pipeline.stages.sampler import CropSampler
from pipeline.telemetry import Stage, StageClock
from reid.sampling import CropReservoir, FrameKey
from tracking.arrays import Image
from tracking.memory import Remembering
from tracking.region import CountingLine, RegionOfInterest, direction_of, passing_times
from tracking.riders import CropClassifier, Glance, JudgedPassage, PassageJudge, RiderSettings, associate
from tracking.tracklets import FrameStamp, ShortTrack, TrackerSettings, TrackUpdate, build_tracker
from tracking.values import Crop, Detections, Frame


@dataclass(frozen=True, slots=True)
class ChainSettings:
    """What the chain of one camera needs to know.

    Attributes:
        camera: Camera id.
        frame_size: Width and height of every frame, pixels.
        region: Where cyclists count.
        counting_line: Gives passages their direction; None for the heading through the view.
        rider: What a cyclist is.
        tracker: Boxes to tracklets.
        crops_per_tracklet: Most crops kept of one passage.
        keep_crop_size: Crops stay as large as they are in the frame instead of being shrunk.
    """

    camera: str
    frame_size: tuple[int, int]
    region: RegionOfInterest
    counting_line: CountingLine | None
    rider: RiderSettings
    tracker: TrackerSettings
    crops_per_tracklet: int
    keep_crop_size: bool = False


class CameraChain(Remembering):
    """Region of interest, tracklets, riders and crops of one camera; keeps no frame.

    Args:
        settings: Of this camera.
        anonymise: Blurs a crop before it is kept.
        clock: Where the time goes.
        crops: Keeps crops of the riders in view; None cuts them from the frames. Only a chain that cuts
            them itself can be remembered.
        refused: Told of every track that is not counted; None where nobody asks.
        classifier: Looks at the crops of a passage before it is judged; None where nobody does.
    """

    REMEMBERED = ("_tracker", "_judge", "_crops", "_last_time")

    def __init__(
        self,
        settings: ChainSettings,
        anonymise: Callable[[Image], Image],
        clock: StageClock,
        crops: CropSampler | None = None,
        refused: Callable[[JudgedPassage | ShortTrack], None] | None = None,
        classifier: CropClassifier | None = None,
    ) -> None:
        self._settings = settings
        self._refused = refused
        self._clock = clock
        self._tracker = build_tracker(settings.camera, settings.tracker, settings.frame_size, settings.region)
        self._classifier = classifier
        self._judge = PassageJudge(settings.rider, look=self._look if classifier else None)
        if crops is None:
            crops = CropReservoir(anonymise, settings.crops_per_tracklet, keep_size=settings.keep_crop_size)
        self._crops = crops
        self._last_time = -np.inf

    def process(self, frame: Frame, detections: Detections) -> list[Passage]:
        """Take in one frame; hand out the passages that it completes."""
        self._last_time = frame.time
        with self._clock.measure(Stage.TRACK):
            candidates = associate(detections, self._settings.rider.association)
            candidates = candidates[self._settings.region.contains(candidates.xyxy)]
            stamp = FrameStamp(frame.source, frame.index, frame.time, frame.before)
            update = self._tracker.update(stamp, candidates.detections)
            for parting in update.parted:
                self._judge.part(parting.earlier, parting.later, parting.since)
            self._judge.observe(update.assigned, candidates, frame.time)
        with self._clock.measure(Stage.ANONYMISE):
            tracked = (update.assigned >= 0) & ~update.stationary
            self._crops.observe(update.assigned[tracked], candidates.xyxy[tracked], frame)
        with self._clock.measure(Stage.TRACK):
            judged = self._judge.conclude(update.ended, update.dropped, frame.time)
            return self._settle(judged, update)

    def finish(self) -> list[Passage]:
        """Close what is still in view at the end of the footage."""
        with self._clock.measure(Stage.TRACK):
            update = self._tracker.finish()
            return self._settle(self._judge.finish(update.ended, update.dropped), update)

    @property
    def wanted(self) -> frozenset[FrameKey]:
        """After `restore`: the frames that `recall` is waiting for."""
        return self._crops.wanted if isinstance(self._crops, CropReservoir) else frozenset()

    def recall(self, frame: Frame) -> None:
        """Look once more at a frame from before the restart, for the crops that were cut from it."""
        if isinstance(self._crops, CropReservoir):
            with self._clock.measure(Stage.ANONYMISE):
                self._crops.recall(frame)

    def end_recall(self) -> int:
        """Go on with the crops that are there; the number of those that could not be cut again."""
        return self._crops.end_recall() if isinstance(self._crops, CropReservoir) else 0

    @property
    def settled_until(self) -> float:
        """No passage that begins before this moment is still to come, seconds since the epoch."""
        open_since = (self._tracker.earliest_live_time, self._judge.earliest_waiting_time)
        return min([self._last_time, *(start for start in open_since if start is not None)])

    @property
    def open_tracklets(self) -> int:
        """Tracklets that are in view, or may come back."""
        return self._tracker.open_tracks

    @property
    def quiet(self) -> bool:
        """Nobody is in view, so a restart behind the last frame would see the same as going on."""
        return self._tracker.earliest_live_time is None and self._judge.quiet

    def _settle(self, judged: Iterable[JudgedPassage], update: TrackUpdate) -> list[Passage]:
        passages = []
        for one in judged:
            if one.verdict.is_cyclist:
                passages.append(self._complete(one))
            elif self._refused is not None:
                self._refused(one)
            self._forget(one.members)
        if self._refused is not None:
            for short in update.short:
                self._refused(short)
        self._forget(update.dropped)
        return passages

    def _complete(self, judged: JudgedPassage) -> Passage:
        """Give a counted passage its direction and its crops."""
        settings, tracklet = self._settings, judged.tracklet
        direction = direction_of(tracklet.boxes, settings.counting_line, settings.frame_size)
        kept = self._kept_of(judged.members)
        first, last = float(tracklet.times[0]), float(tracklet.times[-1])
        since = first if tracklet.since is None else tracklet.since
        until = last if tracklet.until is None else tracklet.until
        enter, leave = passing_times(tracklet.times, tracklet.boxes, settings.region, since, until)
        counted = replace(tracklet, direction=direction, crops=kept)
        return Passage(counted, judged.verdict.confidence, enter, leave)

    def _kept_of(self, members: Sequence[int]) -> tuple[Crop, ...]:
        """The crops of a passage that consists of these tracks."""
        crops = sorted(
            (crop for member in members for crop in self._crops.take(member)), key=lambda crop: crop.time
        )
        return spread(crops, self._settings.crops_per_tracklet)

    def _look(self, members: Sequence[int]) -> Glance | None:
        if self._classifier is None:
            return None
        return self._classifier.look([crop.image for crop in self._kept_of(members)])

    def _forget(self, local_ids: Iterable[int]) -> None:
        for local_id in local_ids:
            self._crops.drop(local_id)


def spread(crops: Sequence[Crop], most: int) -> tuple[Crop, ...]:
    """Keep at most so many crops, spread evenly over the passage."""
    if len(crops) <= most:
        return tuple(crops)
    chosen = np.linspace(0, len(crops) - 1, most).round().astype(int)
    return tuple(crops[index] for index in chosen)
