"""A detector of whole cyclists says itself how many there are."""

import numpy as np
import pytest

from tracking.riders import PassageJudge, RiderSettings, associate
from tracking.tracklets import FrameStamp, TrackerSettings, build_tracker
from tracking.values import Detections, ObjectClass

FPS = 10


def riders_abreast(apart_px: float) -> list[Detections]:
    """Two riders side by side, seen from the side, as two boxes of 70 x 80 pixels in every frame."""
    frames = []
    for number in range(40):
        left = 20.0 + 14 * number
        boxes = [(x, y, x + 70, y + 80) for x, y in ((left, 100.0), (left + apart_px, 100.0 + apart_px / 2))]
        frames.append(
            Detections(
                np.array(boxes, np.float32),
                np.full(2, 0.9, np.float32),
                np.full(2, ObjectClass.CYCLIST, np.int64),
            )
        )
    return frames


@pytest.mark.parametrize("apart_px", [4, 8, 16, 40])
def test_riders_abreast_are_two_however_close_they_ride(apart_px: float) -> None:
    settings = RiderSettings()
    tracker = build_tracker("A", TrackerSettings.model_validate({}))
    judge = PassageJudge(settings)
    for number, detections in enumerate(riders_abreast(apart_px)):
        candidates = associate(detections, settings.association)
        update = tracker.update(FrameStamp("a.mp4", number, number / FPS), candidates.detections)
        judge.observe(update.assigned, candidates, number / FPS)
    end = tracker.finish()
    judged = judge.finish(end.ended, end.dropped)
    assert [passage.verdict.is_cyclist for passage in judged] == [True, True], judged


def test_evidence_of_somebody_else_goes_to_the_track_of_somebody_else() -> None:
    """What was seen since the parting no longer counts for the track that ended."""
    settings = RiderSettings()
    tracker = build_tracker("A", TrackerSettings.model_validate({}))
    judge = PassageJudge(settings)
    frames = [one[:1] for one in riders_abreast(0)]
    for number, detections in enumerate(frames):
        candidates = associate(detections, settings.association)
        update = tracker.update(FrameStamp("a.mp4", number, number / FPS), candidates.detections)
        judge.observe(update.assigned, candidates, number / FPS)
    judge.part(earlier=0, later=7, since=3.0)
    (tracklet,) = tracker.finish().ended
    assert judge.decide(tracklet).measurements.boxes == 30
