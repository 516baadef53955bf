"""Algorithm 1 as printed, branch by branch, with overlaps computed by hand.

All boxes are 90 x 160 pixels (aspect 0.5625), so that a sideways shift of d pixels gives an overlap of
(90 - d) / (90 + d): d = 4 gives 0.915, 9 gives 0.818, 30 gives 0.5, 45 gives 0.333, 50 gives 0.286.
"""

from typing import Any

import numpy as np
import pytest

from tests.tracking.tracklets.scenes import Box, boxes_of, replay, stamp
from tracking.errors import FietsflowError
from tracking.tracklets import LiteralTrackletBuilder, TrackerSettings
from tracking.values import Detections


def at(x: float, y: float = 0.0) -> Box:
    return (x, y, x + 90, y + 160)


def literal(**values: Any) -> LiteralTrackletBuilder:
    given = {"preset": "thesis", "mode": "literal", "literal_seed": True, "min_pickup_s": 0.0, **values}
    return LiteralTrackletBuilder("A", TrackerSettings.model_validate(given))


def after(*places: float, step: float = 0.1, **values: Any) -> LiteralTrackletBuilder:
    """A builder whose one track has taken a box at each of these places."""
    builder = literal(**values)
    for number, place in enumerate(places):
        update = builder.update(stamp(number * step, number), boxes_of(at(place)))
        assert update.assigned.tolist() == [0]
    return builder


def test_as_printed_no_track_can_ever_start() -> None:
    seen = replay(literal(literal_seed=False), [(i / 10, boxes_of(at(i * 20))) for i in range(20)])
    assert all(update.assigned.tolist() == [-1] for update in seen.updates[:-1])
    assert (seen.tracklets, seen.dropped) == ([], [])


def test_seeding_opens_a_track_for_each_box_of_the_first_frame() -> None:
    update = literal().update(stamp(0), boxes_of(at(0), at(300)))
    assert update.assigned.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("second", "assigned", "lengths", "branch"),
    [
        (50, 1, [1, 1], "IoU 0.286 below the minimum: no match"),
        (4, 0, [1], "IoU 0.915 above the maximum: stationary"),
        (30, 0, [2], "IoU 0.5, short track, 0.1 s: tracked"),
        (45, 0, [2], "IoU 0.333, just above the minimum: tracked"),
        (9, 0, [2], "IoU 0.818, below the maximum: tracked"),
    ],
)
def test_match_of_a_short_track(second: float, assigned: int, lengths: list[int], branch: str) -> None:
    builder = after(0)
    update = builder.update(stamp(0.1, 1), boxes_of(at(second)))
    found = [len(track.times) for track in builder.finish().ended]
    assert (update.assigned.tolist(), found) == ([assigned], lengths), branch


def test_stationary_overwrites_even_the_first_box() -> None:
    builder = after(0)
    update = builder.update(stamp(0.1, 1), boxes_of(at(4)))
    (track,) = builder.finish().ended
    assert update.stationary.tolist() == [True]
    np.testing.assert_allclose(track.boxes, [at(4)])
    assert track.times[0] - stamp(0).time == pytest.approx(0.1)
    assert track.stationary_s == pytest.approx(0.1)


@pytest.mark.parametrize(("gap", "assigned"), [(1.0, 0), (1.1, 1)])
@pytest.mark.parametrize("length", [1, 2])
def test_a_short_track_matches_up_to_one_second(gap: float, assigned: int, length: int) -> None:
    builder = after(*[0, 30][:length], expiry_s=3.0)
    last = (length - 1) * 0.1
    update = builder.update(stamp(last + gap, 9), boxes_of(at(30 * length)))
    assert update.assigned.tolist() == [assigned]


def test_a_long_track_takes_the_box_at_the_predicted_place() -> None:
    builder = after(0, 30, 60)
    update = builder.update(stamp(0.3, 3), boxes_of(at(90)))
    assert update.assigned.tolist() == [0]
    assert [len(track.times) for track in builder.finish().ended] == [4]


def test_a_long_track_refuses_a_box_that_turned_back() -> None:
    """Last box at 60, predicted about 90; the box at 40 overlaps 0.64 and about 0.29."""
    builder = after(0, 30, 60)
    update = builder.update(stamp(0.3, 3), boxes_of(at(40)))
    assert update.assigned.tolist() == [1]


def test_the_gate_on_the_last_box_blocks_a_fast_rider() -> None:
    """After a missed frame the box lies at its predicted place, 60 pixels from the last: overlap 0.2."""
    builder = after(0, 30, 60)
    update = builder.update(stamp(0.4, 4), boxes_of(at(120)))
    assert update.assigned.tolist() == [1]


@pytest.mark.parametrize(
    ("second", "assigned", "lengths"),
    [
        (0, -1, [1]),
        (4, -1, [1]),
        (9, -1, [1]),
        (22.5, 0, [2]),
        (30, 0, [2]),
        (50, 1, [1, 1]),
    ],
)
def test_line_9_as_printed_rejects_the_best_overlaps(
    second: float, assigned: int, lengths: list[int]
) -> None:
    """IoU 1, 0.915 and 0.818 are refused, so standing still is never reached; 0.6 and 0.5 pass."""
    builder = after(0, iou_prefilter=0.6)
    update = builder.update(stamp(0.1, 1), boxes_of(at(second)))
    assert update.assigned.tolist() == [assigned]
    assert update.stationary.tolist() == [False]
    assert [len(track.times) for track in builder.finish().ended] == lengths


@pytest.mark.parametrize(
    ("box", "score", "class_id", "reason"),
    [
        ((0, 0, 97, 160), 0.9, 0, "aspect 0.606 above 0.6"),
        ((0, 0, 60, 160), 0.9, 0, "width 60 not above 60"),
        ((0, 0, 90, 160), 0.69, 0, "score below 0.7"),
        ((0, 0, 90, 160), 0.9, 2, "not a person"),
    ],
)
def test_line_9_refuses_a_box(box: Box, score: float, class_id: int, reason: str) -> None:
    found = Detections(np.array([box], np.float32), np.array([score], np.float32), np.array([class_id]))
    builder = literal(classes=(0,))
    assert builder.update(stamp(0), found).assigned.tolist() == [-1], reason
    builder.update(stamp(0.1, 1), boxes_of(at(400)))
    assert builder.update(stamp(0.2, 2), found).assigned.tolist() == [-1], reason


@pytest.mark.parametrize("box", [(0, 0, 96, 160), (0, 0, 61, 160)])
def test_line_9_admits_aspect_06_and_width_61(box: Box) -> None:
    assert literal().update(stamp(0), boxes_of(box)).assigned.tolist() == [0]


def test_as_printed_the_score_is_not_asked() -> None:
    assert literal(iou_prefilter=0.6).update(stamp(0), boxes_of(at(0), score=0.2)).assigned.tolist() == [0]


def test_a_box_opens_a_track_for_each_track_it_does_not_match() -> None:
    builder = literal()
    builder.update(stamp(0), boxes_of(at(0), at(300)))
    update = builder.update(stamp(0.1, 1), boxes_of(at(600)))
    assert update.assigned.tolist() == [2]
    assert [track.local_id for track in builder.finish().ended] == [0, 1, 2, 3]


def test_two_boxes_of_one_frame_extend_one_track() -> None:
    builder = after(0)
    update = builder.update(stamp(0.1, 1), boxes_of(at(30), at(45)))
    assert update.assigned.tolist() == [0, 0]
    assert [len(track.times) for track in builder.finish().ended] == [3]


def test_one_box_extends_two_tracks() -> None:
    builder = literal()
    builder.update(stamp(0), boxes_of(at(0), at(40)))
    update = builder.update(stamp(0.1, 1), boxes_of(at(20)))
    assert update.assigned.tolist() == [0]
    assert [len(track.times) for track in builder.finish().ended] == [2, 2]


def test_two_riders_double_the_tracks_until_the_limit_says_so() -> None:
    builder = literal(literal_track_limit=100)
    scene = [(i / 10, boxes_of(at(i * 9), at(500 + i * 9))) for i in range(10)]
    with pytest.raises(FietsflowError, match=r"a\.mp4, frame 6: .* mode: corrected"):
        replay(builder, scene)


def test_expiry_and_pick_up_count_seconds() -> None:
    builder = literal(min_pickup_s=0.3)
    for number in range(3):
        builder.update(stamp(number / 10, number), boxes_of(at(30 * number)))
    assert builder.earliest_live_time == stamp(0).time
    ended = builder.update(stamp(0.8, 8), boxes_of())
    assert (ended.ended, ended.dropped) == ((), (0,)), "0.2 s in view is shorter than 0.3 s"
    assert builder.earliest_live_time is None


def test_a_repeated_frame_is_ignored() -> None:
    builder = after(0)
    update = builder.update(stamp(0), boxes_of(at(30)))
    assert update.assigned.tolist() == [-1]
