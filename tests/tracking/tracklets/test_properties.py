"""What holds for every scene, whatever the boxes."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tracking.tracklets.scenes import Replay, boxes_of, replay
from tracking.tracklets import TrackerSettings, build_tracker
from tracking.values import Detections

Scene = list[tuple[float, Detections]]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Up to four riders with random paths, jitter, misses and weak scores at a random frame rate."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    rate = draw(st.sampled_from([5, 10, 16, 32]))
    riders = draw(st.integers(1, 4))
    start, speed = random.uniform(0, 300, (riders, 2)), random.uniform(-150, 150, (riders, 2))
    size = random.uniform(15, 60, (riders, 2))
    scene = []
    for number in range(draw(st.integers(2, 40))):
        place = start + speed * number / rate + random.normal(0, 1, (riders, 2))
        boxes = np.concatenate([place, place + size], axis=1)[random.random(riders) < 0.8]
        found = boxes_of(*map(tuple, boxes.tolist()), scores=random.uniform(0.05, 1, len(boxes)).tolist())
        scene.append((number / rate, found))
    return scene


def watch(scene: Scene, assignment: str = "hungarian") -> Replay:
    given = {"assignment": assignment, "min_pickup_s": 0}
    return replay(build_tracker("A", TrackerSettings.model_validate(given)), scene)


@pytest.mark.parametrize("assignment", ["hungarian", "greedy"])
@given(scene=scenes())
@settings(max_examples=25, deadline=None)
def test_each_box_is_in_at_most_one_track_and_each_track_takes_one_box_a_frame(
    assignment: str, scene: Scene
) -> None:
    seen = watch(scene, assignment)
    taken: Counter[int] = Counter()
    for update in seen.updates[:-1]:
        ids = [one for one in update.assigned.tolist() if one >= 0]
        assert len(ids) == len(set(ids))
        taken.update(ids)
    kept = {track.local_id: track for track in seen.tracklets}
    assert sorted(kept) == list(range(len(kept))), "ids count up without gaps when nothing is dropped"
    for local_id, count in taken.items():
        assert len(kept[local_id].times) <= count


@given(scene=scenes())
@settings(max_examples=25, deadline=None)
def test_tracklets_are_well_formed_and_hold_given_boxes_only(scene: Scene) -> None:
    given_boxes = {(time, tuple(box)) for time, found in scene for box in found.xyxy.tolist()}
    for track in watch(scene).tracklets:
        assert (np.diff(track.times) > 0).all()
        assert len(track.times) == len(track.boxes) == len(track.scores)
        assert (track.boxes.dtype, track.scores.dtype, track.times.dtype) == (
            np.float32,
            np.float32,
            np.float64,
        )
        assert 0 <= track.stationary_s <= track.duration_s + 1e-6
        start = track.times[0]
        assert any(tuple(track.boxes[0].tolist()) == box for _, box in given_boxes), start


@given(scene=scenes())
@settings(max_examples=25, deadline=None)
def test_ids_count_up_in_order_of_beginning(scene: Scene) -> None:
    tracks = sorted(watch(scene).tracklets, key=lambda track: track.local_id)
    starts = [(float(track.times[0]), float(track.boxes[0, 0])) for track in tracks]
    assert starts == sorted(starts)


@given(scene=scenes(), seed=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_boxes_within_a_frame_changes_nothing(scene: Scene, seed: int) -> None:
    random = np.random.default_rng(seed)
    orders = [random.permutation(len(found)) for _, found in scene]
    shuffled = [(time, found[order]) for (time, found), order in zip(scene, orders, strict=True)]
    plain, mixed = watch(scene), watch(shuffled)
    for order, one, other in zip(orders, plain.updates[:-1], mixed.updates[:-1], strict=True):
        assert one.assigned[order].tolist() == other.assigned.tolist()
        assert one.stationary[order].tolist() == other.stationary.tolist()


@given(scene=scenes(), shift=st.integers(-1_000_000, 1_000_000))
@settings(max_examples=25, deadline=None)
def test_the_hour_of_the_day_changes_nothing(scene: Scene, shift: int) -> None:
    plain, later = watch(scene), watch([(time + shift, found) for time, found in scene])
    for one, other in zip(plain.updates, later.updates, strict=True):
        assert one.assigned.tolist() == other.assigned.tolist()
    for track, moved in zip(plain.tracklets, later.tracklets, strict=True):
        np.testing.assert_array_equal(track.boxes, moved.boxes)
        np.testing.assert_allclose(moved.times - track.times, shift, atol=1e-6)


@given(scene=scenes(), scale=st.sampled_from([0.25, 0.5, 2.0, 4.0]))
@settings(max_examples=25, deadline=None)
def test_the_default_preset_does_not_depend_on_the_resolution(scene: Scene, scale: float) -> None:
    resized = [
        (time, Detections(found.xyxy * np.float32(scale), found.score, found.class_id))
        for time, found in scene
    ]
    for one, other in zip(watch(scene).updates, watch(resized).updates, strict=True):
        assert one.assigned.tolist() == other.assigned.tolist()


@given(scene=scenes())
@settings(max_examples=10, deadline=None)
def test_the_same_scene_gives_the_same_answer_twice(scene: Scene) -> None:
    for one, other in zip(watch(scene).tracklets, watch(scene).tracklets, strict=True):
        np.testing.assert_array_equal(one.boxes, other.boxes)
        assert (one.local_id, one.stationary_s) == (other.local_id, other.stationary_s)
