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


def judged_as(
    as_cyclist: float, as_pedestrian: float, speed_px: float, every: int = 1, at_first: float | None = None
) -> list[bool]:
    """One person of 80 pixels; the pedestrian box in every frame, the cyclist box in each n-th.

    The first frame may show the cyclist with another score, because faint boxes begin no track.
    """
    settings = RiderSettings()
    tracker = build_tracker("A", TrackerSettings.model_validate({}))
    judge = PassageJudge(settings)
    for number in range(80):
        left = 20.0 + speed_px * number / FPS
        score = as_cyclist if number or at_first is None else at_first
        seen = [(30.0, as_pedestrian, ObjectClass.PEDESTRIAN), (44.0, score, ObjectClass.CYCLIST)]
        seen = [one for one in seen if one[1] > 0 and (one[2] != ObjectClass.CYCLIST or number % every == 0)]
        boxes = [(left - width / 2, 100.0, left + width / 2, 180.0) for width, _, _ in seen]
        detections = Detections(
            np.array(boxes, np.float32),
            np.array([score for _, score, _ in seen], np.float32),
            np.array([kind for _, _, kind in seen], np.int64),
        )
        candidates = associate(detections, settings.association)
        update = tracker.update(FrameStamp("a.mp4", number, number / FPS), candidates.detections)
        judge.observe(update.assigned, candidates, number / FPS)
    end = tracker.finish()
    return [passage.verdict.is_cyclist for passage in judge.finish(end.ended, end.dropped)]


WALKING, RUNNING, RIDING = 60.0, 140.0, 220.0


@pytest.mark.parametrize(
    ("name", "as_cyclist", "as_pedestrian", "speed_px", "every", "expected"),
    [
        ("a cyclist", 0.7, 0.0, RIDING, 1, True),
        ("a cyclist who is a little like a pedestrian", 0.7, 0.4, RIDING, 1, True),
        ("a slow cyclist who is a little like a pedestrian", 0.6, 0.3, WALKING, 1, True),
        ("a cyclist found in half of the frames, hardly like a pedestrian", 0.7, 0.2, RIDING, 2, True),
        ("a pedestrian", 0.0, 0.7, WALKING, 1, False),
        ("a pedestrian who is a little like a cyclist", 0.3, 0.7, WALKING, 1, False),
        ("a pedestrian taken for a cyclist now and then", 0.8, 0.6, WALKING, 3, False),
        ("a runner taken for a cyclist now and then", 0.8, 0.6, RUNNING, 4, False),
    ],
)
def test_whoever_is_more_of_a_pedestrian_is_no_cyclist(
    name: str, as_cyclist: float, as_pedestrian: float, speed_px: float, every: int, expected: bool
) -> None:
    assert judged_as(as_cyclist, as_pedestrian, speed_px, every) == [expected], name


@pytest.mark.parametrize(
    ("name", "score", "speed_px", "expected"),
    [
        ("a car in which there is a trace of a cyclist", 0.15, RIDING, False),
        # Of a clearest quarter: where scores tremble, it is that much above the mean.
        ("a distant rider, faint but fast", 0.34, RIDING, True),
        ("somebody faint at walking pace", 0.34, WALKING, False),
        ("somebody clear at walking pace", 0.5, WALKING, True),
    ],
)
def test_who_walks_must_be_clear_and_who_is_fast_may_be_faint(
    name: str, score: float, speed_px: float, expected: bool
) -> None:
    assert judged_as(score, 0.0, speed_px, at_first=0.6) == [expected], name


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
    assert judge.decide(tracklet).measurements.seen_s == pytest.approx(3.0)
