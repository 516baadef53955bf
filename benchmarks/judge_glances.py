"""What the crops of passages show, as a run would cut, blur and classify them; no crop is kept."""

from collections.abc import Sequence

from anonymize import Anonymizer
from pipeline.stages.camera_chain import spread
from reid.encoders.settings import EncoderSettings
from reid.sampling import CropReservoir
from tracking.region import RegionOfInterest
from tracking.riders import CropClassifier, Glance, PassageJudge, RiderSettings, associate
from tracking.tracklets import FrameStamp, TrackerSettings, build_tracker
from tracking.values import Detections, Frame

_LEARNT = RiderSettings.model_validate({"judge": {"by": "learnt"}})


class Glancer:
    """Follows everybody at one camera, as `judge_seen` does, and has their crops classified.

    Args:
        camera: Camera id.
        frame_size: Width and height, pixels.
        classifier: Looks at the crops.
    """

    def __init__(self, camera: str, frame_size: tuple[int, int], classifier: CropClassifier) -> None:
        self.glances: dict[tuple[int, ...], Glance] = {}
        self._classifier = classifier
        region = RegionOfInterest(frame_size, None)
        self._tracker = build_tracker(camera, TrackerSettings.model_validate({}), frame_size, region)
        self._crops = CropReservoir(Anonymizer().crop)
        self._judge = PassageJudge(_LEARNT, look=self._look)

    def add(self, frame: Frame, found: Detections) -> None:
        """Take in one frame and what a detector says of it."""
        candidates = associate(found, _LEARNT.association)
        stamp = FrameStamp(frame.source, frame.index, frame.time, frame.before)
        update = self._tracker.update(stamp, candidates.detections)
        for parting in update.parted:
            self._judge.part(parting.earlier, parting.later, parting.since)
        self._judge.observe(update.assigned, candidates, frame.time)
        tracked = (update.assigned >= 0) & ~update.stationary
        self._crops.observe(update.assigned[tracked], candidates.xyxy[tracked], frame)
        for passage in self._judge.conclude(update.ended, update.dropped, frame.time):
            for member in passage.members:
                self._crops.drop(member)
        for dropped in update.dropped:
            self._crops.drop(dropped)

    def finish(self) -> dict[tuple[int, ...], Glance]:
        """Judge who is still in view; local ids of the pieces of a passage → what its crops show."""
        update = self._tracker.finish()
        self._judge.finish(update.ended, update.dropped)
        return self.glances

    def _look(self, members: Sequence[int]) -> Glance | None:
        crops = sorted(
            (crop for member in members for crop in self._crops.take(member)), key=lambda crop: crop.time
        )
        kept = spread(crops, EncoderSettings().crops_per_tracklet)
        glance = self._classifier.look([crop.image for crop in kept])
        if glance is not None:
            self.glances[tuple(members)] = glance
        return glance
