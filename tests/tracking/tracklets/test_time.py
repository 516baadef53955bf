"""Expiry, pick-up, gaps and standing still are matters of seconds, at every frame rate."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.tracking.tracklets.scenes import START, Box, Replay, boxes_of, replay, ride, stamp
from tracking.tracklets import FrameStamp, TrackerSettings, build_tracker
from tracking.values import Detections

RATES = pytest.mark.parametrize("rate", [5, 10.7, 15, 25, 30])
# Epoch times round differently at each tenth of a second.
TENTHS = pytest.mark.parametrize("tenths", range(0, 20, 3))
Scene = list[tuple[float, Detections]]


def watch(scene: Scene, **values: Any) -> Replay:
    return replay(build_tracker("A", TrackerSettings.model_validate(values)), scene)


def passage(rate: float, seconds: float, seen: Callable[[float], bool] = lambda time: True) -> Scene:
    """A rider of 30 x 60 pixels at 90 pixels per second, detected where `seen` says so."""
    times = np.arange(0, seconds + 1e-9, 1 / rate)
    path = ride(times, (0, 100), (90, 0), (30, 60))
    return [
        (time, boxes_of(box) if seen(time) else boxes_of())
        for time, box in zip(times.tolist(), path, strict=True)
    ]


@RATES
def test_a_passage_is_one_tracklet(rate: float) -> None:
    scene = passage(rate, 4)
    (track,) = watch(scene).tracklets
    assert track.duration_s == pytest.approx(scene[-1][0], abs=1e-6)
    assert (track.camera, track.local_id, track.start_frame, track.source) == ("A", 0, 0, "a.mp4")
    assert len(track.times) == len(scene)
    assert track.stationary_s == 0


@RATES
@pytest.mark.parametrize(("missed_s", "tracks"), [(0.7, 1), (1.4, 1), (2.0, 2)])
def test_a_rider_lost_from_sight_is_found_again_until_the_expiry(
    rate: float, missed_s: float, tracks: int
) -> None:
    seen = watch(passage(rate, 6, lambda time: not 2.05 < time < 2.0 + missed_s))
    assert len(seen.tracklets) == tracks, [track.times - stamp(0).time for track in seen.tracklets]


@pytest.mark.parametrize("next_day", [(), ((86400.0, boxes_of()),)], ids=["the end", "a pause"])
@pytest.mark.parametrize("looks_without", [0, 1, 3])
def test_who_was_missed_at_a_look_left_before_it_whether_footage_ends_or_pauses(
    looks_without: int, next_day: tuple[tuple[float, Detections], ...]
) -> None:
    scene = passage(10, 4)
    last = scene[-1][0]
    scene += [(last + (number + 1) / 10, boxes_of()) for number in range(looks_without)]
    (track,) = watch([*scene, *next_day]).tracklets
    until = None if track.until is None else track.until - START
    assert until == (pytest.approx(last + 0.1, abs=1e-6) if looks_without else None)


@TENTHS
@pytest.mark.parametrize(("gap", "tracks"), [(1.5, 1), (1.51, 2)])
def test_the_expiry_itself_still_belongs_to_the_track(tenths: int, gap: float, tracks: int) -> None:
    start = tenths / 10
    scene = [(start, boxes_of((0, 0, 30, 60))), (start + gap, boxes_of((0, 0, 30, 60)))]
    assert len(watch(scene, min_pickup_s=0).tracklets) == tracks


@pytest.mark.parametrize("hundredths", [0, 9, 20, 34, 50])
def test_rounding_of_epoch_times_moves_no_limit(hundredths: int) -> None:
    """0.3 s between two epoch times is a little more or less than 0.3."""
    start = hundredths / 100
    scene = [(start, boxes_of((0, 0, 30, 60))), (start + 0.3, boxes_of((0, 0, 30, 60)))]
    seen = watch(scene, expiry_s=0.3, stationary_window_s=0.3, min_pickup_s=0.28)
    assert (len(seen.tracklets), seen.updates[1].stationary.tolist()) == (1, [True])


@RATES
def test_a_detector_that_misses_two_frames_of_three_still_gives_one_tracklet(rate: float) -> None:
    scene = passage(rate, 6)
    blinking = [
        (time, found if number % 3 == 0 else boxes_of()) for number, (time, found) in enumerate(scene)
    ]
    assert len(watch(blinking).tracklets) == 1


@RATES
@pytest.mark.parametrize(("seconds", "confirmed"), [(0.2, False), (1.2, True)])
def test_short_tracks_are_dropped_and_reported(rate: float, seconds: float, confirmed: bool) -> None:
    seen = watch(passage(rate, seconds))
    assert ([track.local_id for track in seen.tracklets], seen.dropped) == (
        ([0], []) if confirmed else ([], [0])
    )


@TENTHS
def test_pick_up_counts_time(tenths: int) -> None:
    scene = [(tenths / 10 + t, boxes_of((90 * t, 0, 90 * t + 30, 60))) for t in (0.0, 0.2, 0.4)]
    assert len(watch(scene, min_pickup_s=0.4).tracklets) == 1
    assert watch(scene, min_pickup_s=0.5).dropped == [0]


@TENTHS
def test_what_was_dropped_says_what_it_lacked(tenths: int) -> None:
    scene = [(tenths / 10 + t, boxes_of((90 * t, 0, 90 * t + 30, 60))) for t in (0.0, 0.2, 0.4)]
    (short,) = [one for update in watch(scene, min_pickup_s=0.5).updates for one in update.short]
    assert (short.boxes, short.seen_s, short.needed_s) == (3, pytest.approx(0.4), 0.5)
    assert (short.begin, short.end) == (START + scene[0][0], START + scene[2][0])
    assert (short.first_box.tolist(), short.last_box.tolist()) == ([0, 0, 30, 60], [36, 0, 66, 60])
    assert short.local_id == 0


def red_light(rate: float, wait_s: float, jitter: float = 0.0) -> Scene:
    """Two seconds of riding, a wait, two seconds of riding; 40 x 80 pixels, 100 pixels per second."""
    random = np.random.default_rng(5)
    scene = []
    for time in np.arange(0, 4 + wait_s, 1 / rate).tolist():
        moving = min(time, 2.0) + max(time - 2.0 - wait_s, 0.0)
        box = np.array([100 * moving, 50, 100 * moving + 40, 130]) + random.normal(0, jitter, 4)
        scene.append((time, boxes_of(tuple(box.tolist()))))
    return scene


@RATES
def test_a_rider_at_a_red_light_neither_expires_nor_grows(rate: float) -> None:
    seen = watch(red_light(rate, 40))
    (track,) = seen.tracklets
    assert track.stationary_s == pytest.approx(40, abs=1.5)
    assert len(track.times) < 6.5 * rate, "the wait of 40 s must not add boxes"
    assert (np.diff(track.times) > 0).all()
    assert track.duration_s == pytest.approx(44, abs=0.3)


@RATES
def test_waiting_is_recognised_under_jitter_of_the_boxes(rate: float) -> None:
    (track,) = watch(red_light(rate, 40, jitter=0.8)).tracklets
    assert track.stationary_s > 30


@RATES
def test_a_slow_rider_does_not_stand(rate: float) -> None:
    """40 pixels per second: at 30 frames per second neighbouring boxes overlap by 0.97."""
    times = np.arange(0, 5, 1 / rate)
    scene = [
        (time, boxes_of(box))
        for time, box in zip(times.tolist(), ride(times, (0, 0), (40, 0), (80, 80)), strict=True)
    ]
    seen = watch(scene)
    (track,) = seen.tracklets
    assert track.stationary_s == 0
    assert len(track.times) == len(scene)


@TENTHS
def test_standing_boxes_are_marked_once_the_window_has_passed(tenths: int) -> None:
    scene = [((tenths + number) / 10, boxes_of((0, 0, 30, 60))) for number in range(30)]
    flags = [bool(update.stationary[0]) for update in watch(scene).updates[:-1]]
    assert flags == [False] * 10 + [True] * 20


@RATES
def test_a_fast_small_rider_whose_boxes_do_not_overlap_is_one_tracklet(rate: float) -> None:
    """12 x 40 pixels at 180 pixels per second, 4.5 box heights per second."""
    times = np.arange(0, 3, 1 / rate)
    path = ride(times, (0, 0), (180, 0), (12, 40))
    scene = [(time, boxes_of(box)) for time, box in zip(times.tolist(), path, strict=True)]
    assert len(watch(scene).tracklets) == 1


def test_without_reach_boxes_that_do_not_overlap_are_not_joined() -> None:
    times = np.arange(0, 3, 0.1)
    path = ride(times, (0, 0), (180, 0), (12, 40))
    scene = [(time, boxes_of(box)) for time, box in zip(times.tolist(), path, strict=True)]
    seen = watch(scene, reach_speed=0)
    assert (seen.tracklets, len(seen.dropped)) == ([], len(scene))


@pytest.mark.parametrize(
    ("gap", "distance", "tracks"), [(0.1, 20, 1), (0.1, 25, 2), (0.4, 35, 1), (0.4, 45, 2)]
)
def test_reach_grows_with_the_gap_up_to_its_bound(gap: float, distance: float, tracks: int) -> None:
    """40 pixels high: 6 heights per second reach 24 pixels in 0.1 s; one height is 40 pixels."""
    scene = [(0.0, boxes_of((0, 0, 12, 40))), (gap, boxes_of((distance, 0, distance + 12, 40)))]
    assert len(watch(scene, min_pickup_s=0).tracklets) == tracks


def test_reach_does_not_join_boxes_of_different_height() -> None:
    scene = [(0.0, boxes_of((0, 0, 12, 40))), (0.1, boxes_of((14, -40, 34, 40)))]
    assert watch(scene).dropped == [0, 1]


def test_weak_boxes_continue_a_track_but_start_none() -> None:
    scene = passage(10, 4)
    scores = [0.15, 0.15, 0.9] + [0.15] * (len(scene) - 3)
    weak = [
        (time, boxes_of(tuple(found.xyxy[0]), score=score))
        for (time, found), score in zip(scene, scores, strict=True)
    ]
    (track,) = watch(weak).tracklets
    assert track.start_frame == 2
    assert len(track.times) == len(scene) - 2


def test_a_strong_box_takes_the_track_before_a_weak_one_that_fits_better() -> None:
    scene = [
        (0.0, boxes_of((0, 0, 30, 60))),
        (0.1, boxes_of((0, 0, 30, 60), (4, 0, 34, 60), scores=[0.2, 0.9])),
    ]
    assert watch(scene).updates[1].assigned.tolist() == [-1, 0]


def test_a_track_over_a_file_boundary_goes_on() -> None:
    tracker = build_tracker("A", TrackerSettings())
    for number, (time, found) in enumerate(passage(10, 4)):
        source, index = ("a.mp4", number) if number < 20 else ("b.mp4", number - 20)
        tracker.update(FrameStamp(source, index + 7, stamp(time).time), found)
    (track,) = tracker.finish().ended
    assert (track.source, track.start_frame, len(track.times)) == ("a.mp4", 7, 41)


def test_repeated_and_slightly_earlier_frames_change_nothing() -> None:
    scene = passage(10, 4)
    stutter = [*scene[:20], scene[19], scene[18], scene[10], *scene[20:]]
    seen, plain = watch(stutter), watch(scene)
    assert [update.assigned.tolist() for update in seen.updates[20:23]] == [[-1]] * 3
    np.testing.assert_array_equal(seen.tracklets[0].boxes, plain.tracklets[0].boxes)


def test_a_clock_set_back_closes_the_tracks_and_goes_on_from_there() -> None:
    scene = passage(10, 4)
    seen = watch([*[(time + 3600, found) for time, found in scene], *scene])
    assert [track.local_id for track in seen.tracklets] == [0, 1]
    assert [len(track.times) for track in seen.tracklets] == [41, 41]


def test_the_oldest_open_track_holds_the_watermark_back() -> None:
    tracker = build_tracker("A", TrackerSettings())
    assert tracker.earliest_live_time is None
    for number in range(20):
        box: Box = (9.0 * number, 0, 9.0 * number + 30, 60)
        others = [(500.0, 0, 530, 60)] if number < 5 else []
        tracker.update(stamp(number / 10, number), boxes_of(box, *others))
        assert tracker.earliest_live_time == stamp(0).time
    tracker.finish()
    assert tracker.earliest_live_time is None


def test_tracks_end_in_order_of_beginning_with_the_frame_that_finds_them_expired() -> None:
    tracker = build_tracker("A", TrackerSettings())
    for number in range(10):
        tracker.update(
            stamp(number / 10, number), boxes_of((500, 0, 530, 60), (9.0 * number, 0, 30 + 9.0 * number, 60))
        )
    assert tracker.update(stamp(2.3, 23), boxes_of()).ended == ()
    assert [track.local_id for track in tracker.update(stamp(2.5, 25), boxes_of()).ended] == [0, 1]


def test_what_stands_for_ever_is_closed_at_the_greatest_age_and_begins_anew() -> None:
    scene = [(number / 2, boxes_of((0, 0, 30, 60))) for number in range(100)]
    seen = watch(scene, max_age_s=20)
    assert [round(track.duration_s, 3) for track in seen.tracklets] == [20.0, 20.0, 8.5]


def test_an_empty_camera_gives_nothing() -> None:
    seen = watch([(number / 10, boxes_of()) for number in range(5)])
    assert (seen.tracklets, seen.dropped) == ([], [])


def test_the_smallest_boxes_may_be_left_out_by_share_of_the_frame() -> None:
    tracker = build_tracker("A", TrackerSettings(min_height_share=0.1), (800, 600))
    update = tracker.update(stamp(0), boxes_of((0, 0, 30, 60), (100, 0, 130, 61)))
    assert update.assigned.tolist() == [-1, 0]


@pytest.mark.parametrize("rate", [5, 6.25, 8.33, 12.5, 25, 30])
def test_how_long_somebody_must_be_seen_is_the_same_at_every_rate(rate: float) -> None:
    """To within the time between two looks."""
    assert len(watch(passage(rate, 0.4 + 1 / rate)).tracklets) == 1
    assert watch(passage(rate, 0.4 - 1 / rate)).tracklets == []


def test_two_boxes_far_from_each_other_are_no_half_a_second_in_view() -> None:
    scene = [(0.0, boxes_of((0, 0, 30, 60))), (0.6, boxes_of((5, 0, 35, 60)))]
    assert watch(scene).dropped == [0]
    assert len(watch([*scene, (1.2, boxes_of((10, 0, 40, 60)))]).tracklets) == 1
