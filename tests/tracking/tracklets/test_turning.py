"""One rider leaves where another comes in: two tracklets, not one that turns on the spot."""

import numpy as np
import pytest

from tests.tracking.tracklets.scenes import Replay, boxes_of, replay
from tracking.region import RegionOfInterest
from tracking.tracklets import TrackerSettings, build_tracker
from tracking.values import Detections

HEIGHT, WIDTH = 80.0, 60.0
EDGE = 600.0
"""Where the region of interest ends: the centre of a box is never beyond it."""
Scene = list[tuple[float, Detections]]


SIZE = 640, 360
REGION = RegionOfInterest(SIZE, [(0, 0), (EDGE, 0), (EDGE, 360), (0, 360)])


def watch(scene: Scene, region: RegionOfInterest | None = None, **settings: object) -> Replay:
    return replay(build_tracker("A", TrackerSettings.model_validate(settings), SIZE, region), scene)


def box(centre: float, frame: float = np.inf) -> tuple[float, float, float, float]:
    return max(centre - WIDTH / 2, 0), 100.0, min(centre + WIDTH / 2, frame), 100.0 + HEIGHT


def handover(speed: float, gap_s: float, *, fps: float = 10, jitter: float = 0.0) -> Scene:
    """One rider leaves over the edge; some time later another comes in over it; pixels per second."""
    random = np.random.default_rng(3)
    scene = []
    for time in np.arange(1, 5 + gap_s, 1 / fps).tolist():
        ahead = speed * (time - 3)
        centres = [EDGE + ahead, EDGE - (ahead - speed * gap_s)]
        inside = [centre for number, centre in enumerate(centres) if centre <= EDGE and number == (ahead > 0)]
        found = [tuple((np.array(box(c)) + random.normal(0, jitter, 4)).tolist()) for c in inside]
        scene.append((time, boxes_of(*found)))
    return scene


@pytest.mark.parametrize("fps", [6.25, 8, 10, 30])
@pytest.mark.parametrize("gap_s", [0.0, 0.15, 0.4, 0.9, 1.4])
@pytest.mark.parametrize("speed", [60, 120, 240])
def test_who_comes_in_where_another_left_is_somebody_else(speed: float, gap_s: float, fps: float) -> None:
    seen = watch(handover(speed, gap_s, fps=fps))
    spans = [
        (round(float(t.times[0] % 1000), 2), round(float(t.times[-1] % 1000), 2)) for t in seen.tracklets
    ]
    assert len(seen.tracklets) == 2, spans
    first, second = seen.tracklets
    assert np.all(np.diff(first.boxes[:, 0]) > 0), spans
    assert np.all(np.diff(second.boxes[:, 0]) < 0), spans


def lingering(speed: float, edge: float = EDGE, frame: float = np.inf) -> Scene:
    """Somebody leaves slowly, as riders far away seem to; what is left of him stays in view for a moment."""
    scene = []
    for number, time in enumerate(np.arange(0, 6, 0.1).tolist()):
        ahead = speed * (time - 3)
        centre = edge + ahead if ahead < 0 else edge - (ahead - 0.6 * speed)
        rest = edge + (-5, 4)[number % 2]
        scene.append((time, boxes_of(box(rest if 0 < ahead < 0.6 * speed else centre, frame))))
    return scene


@pytest.mark.parametrize("speed", [48, 60, 80])
def test_who_leaves_the_region_slowly_did_not_turn_at_its_edge(speed: float) -> None:
    assert len(watch(lingering(speed), REGION).tracklets) == 2
    assert len(watch(lingering(speed), RegionOfInterest((800, 360))).tracklets) == 1, "within it he may have"


def test_who_leaves_the_frame_slowly_did_not_turn_at_its_edge() -> None:
    scene = lingering(60, 639, 640)
    assert len(watch(scene, RegionOfInterest(SIZE)).tracklets) == 2
    assert len(watch(scene).tracklets) == 1, "nobody knows that it was left"


@pytest.mark.parametrize("edge", [EDGE - 0.1, EDGE, EDGE + 10, EDGE + 40])
def test_a_rider_who_turns_round_at_the_edge_of_the_region_stays_one(edge: float) -> None:
    """Brakes by 2.5 m/s², stands for half a second and starts by 0.6 m/s²."""
    scene = []
    for time in np.arange(0, 9, 0.1).tolist():
        before, after = max(4 - time, 0.0), max(time - 4.5, 0.0)
        eased = min(1.5 * before**2 / 2, 1.5 * before - 0.75) if before > 1 else 1.5 * before**2 / 2
        scene.append((time, boxes_of(box(EDGE - HEIGHT * (eased + 0.35 * after**2 / 2)))))
    region = RegionOfInterest(SIZE, [(0, 0), (edge, 0), (edge, 360), (0, 360)])
    assert len(watch(scene, region).tracklets) == 1


def test_the_update_says_since_when_the_boxes_belong_to_somebody_else() -> None:
    seen = watch(handover(120, 0.4))
    (parting,) = [parting for update in seen.updates for parting in update.parted]
    first, second = seen.tracklets
    assert (parting.earlier, parting.later) == (first.local_id, second.local_id)
    assert parting.since == second.times[0] > first.times[-1]


def test_riders_abreast_who_leave_one_after_the_other_do_not_hide_the_turn() -> None:
    scene = handover(120, 0.8)
    left = max(number for number, (time, _) in enumerate(scene) if time <= 3.0)
    scene[left + 3] = (scene[left + 3][0], boxes_of(box(EDGE - 4)))
    assert len(watch(scene).tracklets) == 2


def test_a_rider_cut_off_by_the_frame_tells_by_the_side_that_is_seen() -> None:
    scene = []
    for time in np.arange(0, 6, 0.1).tolist():
        centre = 640 + 120 * (time - 3) if time < 3.2 else 640 - 120 * (time - 3.4)
        scene.append((time, boxes_of(box(centre, 640)) if centre < 660 else boxes_of()))
    assert len(watch(scene).tracklets) == 2


def turn(pause_s: float, fps: float = 10, jitter: float = 0.0) -> Scene:
    """A rider brakes by 2.5 m/s² (1.5 heights), stands, and rides back."""
    random, scene = np.random.default_rng(4), []
    brake, speed = 1.5 * HEIGHT, 120.0
    stop = speed / brake
    for time in np.arange(0, 8 + pause_s, 1 / fps).tolist():
        since = abs(time - 4 - pause_s / 2) - pause_s / 2
        eased = brake * max(since, 0.0) ** 2 / 2 if since < stop else speed * (since - stop / 2)
        found = np.array(box(EDGE - eased)) + random.normal(0, jitter, 4)
        scene.append((time, boxes_of(tuple(found.tolist()))))
    return scene


@pytest.mark.parametrize("jitter", [0.0, 2.0, 5.0])
@pytest.mark.parametrize("pause_s", [0.0, 0.5, 3.0])
def test_a_rider_who_brakes_and_turns_back_stays_one(pause_s: float, jitter: float) -> None:
    seen = watch(turn(pause_s, jitter=jitter))
    assert len(seen.tracklets) == 1, [len(track.times) for track in seen.tracklets]


@pytest.mark.parametrize("jitter", [1.0, 4.0, 8.0])
def test_jitter_of_somebody_who_stands_is_no_turn(jitter: float) -> None:
    random = np.random.default_rng(5)
    scene = []
    for number in range(600):
        found = np.array(box(300.0)) + random.normal(0, jitter, 4)
        scene.append((number / 10, boxes_of(tuple(found.tolist()))))
    assert not [update for update in watch(scene).updates if update.parted]


def test_a_bicycle_that_is_seen_now_and_then_is_no_turn() -> None:
    """The box reaches down to the wheels in some frames only."""
    scene = []
    for number, time in enumerate(np.arange(0, 6, 0.1).tolist()):
        left, top, right, bottom = box(100 + 40 * time)
        low = 35.0 if number // 3 % 2 else 0.0
        scene.append((time, boxes_of((left - low / 2, top, right + low / 2, bottom + low))))
    assert len(watch(scene).tracklets) == 1


def test_the_preset_of_the_thesis_and_zero_never_part() -> None:
    assert TrackerSettings.model_validate({"preset": "thesis"}).turn_speed == 0
    assert not [update for update in watch(handover(120, 0.2), turn_speed=0).updates if update.parted]
