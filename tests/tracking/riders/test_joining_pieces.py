"""Which tracks are one passage, and what a passage looks like afterwards."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.tracking.riders.scenes import (
    FPS,
    Path,
    cyclists,
    detections_at,
    judged,
    pedestrian,
    rider,
    thing,
    told,
)
from tracking.riders import PassageJudge, Reason, RiderSettings, StitchSettings, associate
from tracking.riders.evidence import Evidence
from tracking.riders.merging import connected, merge_tracklets, partition
from tracking.riders.stitching import handover
from tracking.tracklets import FrameStamp, TrackerSettings, build_tracker
from tracking.values import Crop, ObjectClass, Tracklet


def tracklet(local_id: int, times: list[float], left: float = 0.0, width: float = 10.0) -> Tracklet:
    boxes = np.array([[left + time, 0, left + time + width, 20] for time in times], np.float32)
    scores = np.full(len(times), 0.5, np.float32)
    crop = Crop(times[0], np.zeros((2, 2, 3), np.uint8), 1.0, 0.0)
    return Tracklet(
        "A", f"{local_id}.mp4", local_id, local_id, np.array(times), boxes, scores, 0.5, crops=(crop,)
    )


def test_merged_tracklet_starts_with_the_first_piece_and_its_times_increase() -> None:
    merged = merge_tracklets([tracklet(3, [0.0, 0.1, 0.2]), tracklet(5, [0.2, 0.3, 0.4], width=30.0)])
    assert (merged.local_id, merged.source, merged.start_frame) == (3, "3.mp4", 3)
    assert merged.times.tolist() == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert (merged.boxes[2, 2] - merged.boxes[2, 0]) == pytest.approx(30), (
        "the larger box shows the bicycle too"
    )
    assert len(merged.boxes) == len(merged.scores) == len(merged.times)
    assert [crop.time for crop in merged.crops] == [0.0, 0.2]


def test_bicycle_that_two_riders_abreast_could_share_does_not_make_them_one() -> None:
    first, second, bicycle = 0, 1, 2
    strength = {(first, bicycle): 0.9, (second, bicycle): 0.8}

    def affinity(a: int, b: int) -> float:
        return strength.get((min(a, b), max(a, b)), 0.0)

    groups = partition([first, second, bicycle], affinity, lambda a, b: True)
    assert groups == [(first, bicycle), (second,)], groups


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.floats(0, 1)), max_size=20), st.randoms())
@hypothesis_settings(max_examples=100, deadline=None)
def test_partition_puts_each_track_into_one_group_without_contradiction(
    links: list[tuple[int, int, float]], random: object
) -> None:
    strength = {(min(a, b), max(a, b)): value for a, b, value in links if a != b}

    def affinity(a: int, b: int) -> float:
        return strength.get((min(a, b), max(a, b)), 0.0)

    groups = partition(range(8), affinity, lambda a, b: True)
    assert sorted(track for group in groups for track in group) == list(range(8))
    for group in groups:
        for a in group:
            assert all(affinity(a, b) > 0 for b in group if b != a), f"{group} contradicts itself"
    reached = connected([0], range(8), affinity)
    assert set(next(group for group in groups if 0 in group)) <= set(reached)


@pytest.mark.parametrize(
    ("gap_s", "expected"),
    [(1.8, 1), (2.8, 1), (6.0, 2)],
)
def test_pieces_are_joined_up_to_the_longest_gap(gap_s: float, expected: int) -> None:
    passages = judged(rider(Path(speed=2.0, end=12, hidden=(2.5, 2.5 + gap_s))), seconds=14)
    assert cyclists(passages) == expected, told(passages)


def test_rider_who_appears_where_the_lost_one_cannot_be_is_another() -> None:
    gone = rider(Path(speed=2.5, end=2.5))
    late = rider(Path(x=150, speed=2.5, start=4.6, end=9))
    passages = judged(gone, late)
    assert cyclists(passages) == 2, told(passages)


def test_person_track_and_bicycle_track_side_by_side_are_one_rider() -> None:
    settings = RiderSettings()
    alone = settings.association.model_copy(update={"max_offset": 0.01})
    passages = judged(
        rider(Path(speed=2.5), bicycle_every=0),
        thing(Path(x=110, speed=2.5), (ObjectClass.BICYCLE, 0.5)),
        settings=settings.model_copy(update={"association": alone}),
    )
    assert cyclists(passages) == 1, told(passages)
    assert any(len(passage.members) == 2 for passage in passages), told(passages)


def test_bicycle_that_changes_its_track_is_counted_once() -> None:
    ridden_first = rider(Path(speed=1.5, end=4))
    walks_on = pedestrian(Path(x=475, y=306, speed=0.6, start=4.1, end=11))
    new_track = rider(Path(x=480, speed=1.5, start=4.8, end=9))
    passages = judged(ridden_first, walks_on, new_track, seconds=14)
    assert cyclists(passages) == 1, told(passages)


def test_verdicts_come_with_a_bounded_delay() -> None:
    settings, tracker_settings = RiderSettings(), TrackerSettings()
    tracker = build_tracker("A", tracker_settings, (2000, 600))
    judge, jitter = PassageJudge(settings), np.random.default_rng(0)
    scene = [rider(Path(speed=2.5, end=3)), pedestrian(Path(x=900, speed=0.5, end=30))]
    decided: list[tuple[float, Reason]] = []
    for index in range(300):
        time = index / FPS
        candidates = associate(detections_at(time, scene, jitter), settings.association)
        update = tracker.update(FrameStamp("a", index, time), candidates.detections)
        judge.observe(update.assigned, candidates, time)
        decided += [
            (time, passage.verdict.reason) for passage in judge.conclude(update.ended, update.dropped, time)
        ]
    latest = 3 + tracker_settings.expiry_s + settings.stitch.max_gap_s + 0.3
    assert [reason for time, reason in decided if time <= latest] == [Reason.CYCLIST], decided
    assert judge.earliest_waiting_time is None
    assert not judge.quiet, "the pedestrian is still in view"


def test_parked_bicycle_that_is_in_view_all_day_holds_nothing_back() -> None:
    """It is a chain of tracks without end, each the continuation of the one before."""
    settings = RiderSettings.model_validate({"stitch": {"max_passage_s": 20.0}})
    actors = (
        thing(Path(x=800.0, end=1e9), (ObjectClass.BICYCLE, 0.5)),
        rider(Path(speed=2.0, start=60.0, end=66.0)),
    )
    tracker = build_tracker("A", TrackerSettings.model_validate({"max_age_s": 10.0}), (2000, 600))
    judge, jitter = PassageJudge(settings), np.random.default_rng(0)
    delays, passages = [], []
    for index in range(round(150 * FPS)):
        time = index / FPS
        candidates = associate(detections_at(time, actors, jitter), settings.association)
        update = tracker.update(FrameStamp("scene", index, time), candidates.detections)
        judge.observe(update.assigned, candidates, time)
        passages += judge.conclude(update.ended, update.dropped, time)
        waiting = judge.earliest_waiting_time
        delays.append(0.0 if waiting is None else time - waiting)
    assert max(delays) <= 20.0 + 10.0, f"a piece waited for {max(delays):.1f} s"
    counted = [passage for passage in passages if passage.verdict.is_cyclist]
    assert len(counted) == 1, told(passages)
    assert counted[0].tracklet.times[0] == pytest.approx(60.0, abs=1.0), told(passages)


def test_clock_that_is_set_back_leaves_nothing_waiting() -> None:
    settings = RiderSettings()
    tracker, judge = build_tracker("A", TrackerSettings(), (2000, 600)), PassageJudge(settings)
    jitter, found = np.random.default_rng(0), []
    for index in range(60):
        seconds = index / FPS
        time = seconds + (3600.0 if seconds < 4 else 0.0)
        candidates = associate(
            detections_at(seconds, [rider(Path(speed=2.5, end=3))], jitter), settings.association
        )
        update = tracker.update(FrameStamp("a", index, time), candidates.detections)
        found += judge.conclude(update.ended, update.dropped, time)
        judge.observe(update.assigned, candidates, time)
    assert cyclists(found) == 1, told(found)
    assert judge.quiet


def ridden(xs: list[float], start: float, swell: dict[int, float] | None = None) -> Evidence:
    """A whole cyclist's boxes, eight a second, whose upper edge rises at some of them."""
    rows = np.full((len(xs), 18), np.nan)
    rows[:, 13:] = 0.0
    for number, x in enumerate(xs):
        top = 100.0 - (swell or {}).get(number, 0.0)
        rows[number, :5] = (start + number / 8, x, top, x + 40, 140)
        rows[number, 13:15] = 0.7
    return Evidence(rows, 0.0)


def test_a_track_that_begins_on_the_box_of_another_is_the_same_ride_however_the_box_swelled() -> None:
    first = ridden([100 + 3.0 * n for n in range(24)], 0.0, {22: 8, 23: 20})
    second = ridden([172 + 3.0 * n for n in range(24)], 3.0, {0: 22, 1: 18, 2: 8})
    assert handover(first, second, StitchSettings())


def test_who_comes_in_where_another_leaves_is_another() -> None:
    first = ridden([100 + 14.0 * n for n in range(24)], 0.0)
    second = ridden([425 - 14.0 * n for n in range(24)], 3.0)
    assert not handover(first, second, StitchSettings())
