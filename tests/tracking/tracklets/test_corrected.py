"""Algorithm 1 with its defects resolved, branch by branch, with overlaps computed by hand.

Boxes and overlaps as in the tests of the literal replay, values of the thesis.
"""

from typing import Any

import numpy as np
import pytest

from tests.tracking.tracklets.scenes import Box, boxes_of, stamp
from tracking.tracklets import TrackerSettings, TrackletBuilder
from tracking.values import Detections


def at(x: float, y: float = 0.0) -> Box:
    return (x, y, x + 90, y + 160)


def corrected(**values: Any) -> TrackletBuilder:
    given = {"preset": "thesis", "min_pickup_s": 0.0, **values}
    return TrackletBuilder("A", TrackerSettings.model_validate(given))


def after(*places: float, step: float = 0.1, **values: Any) -> TrackletBuilder:
    """A builder whose one track has taken a box at each of these places."""
    builder = corrected(**values)
    for number, place in enumerate(places):
        update = builder.update(stamp(number * step, number), boxes_of(at(place)))
        assert update.assigned.tolist() == [0]
    return builder


def test_each_box_of_the_first_frame_begins_a_track_from_left_to_right() -> None:
    assert corrected().update(stamp(0), boxes_of(at(300), at(0))).assigned.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("second", "assigned", "lengths", "branch"),
    [
        (50, 1, [1, 1], "IoU 0.286 below the minimum: no match"),
        (30, 0, [2], "IoU 0.5, short track, 0.1 s: tracked"),
        (45, 0, [2], "IoU 0.333, just above the minimum: tracked"),
        (9, 0, [2], "IoU 0.818, which line 9 as printed refuses: tracked"),
    ],
)
def test_match_of_a_short_track(second: float, assigned: int, lengths: list[int], branch: str) -> None:
    builder = after(0)
    update = builder.update(stamp(0.1, 1), boxes_of(at(second)))
    found = [len(track.times) for track in builder.finish().ended]
    assert (update.assigned.tolist(), found) == ([assigned], lengths), branch


def test_standing_still_keeps_the_first_box_and_overwrites_later_ones() -> None:
    builder = after(0)
    flags = [builder.update(stamp(i / 10, i), boxes_of(at(4))).stationary.tolist() for i in (1, 2, 3)]
    (track,) = builder.finish().ended
    assert flags == [[True], [True], [True]]
    np.testing.assert_allclose(track.boxes, [at(0), at(4)])
    np.testing.assert_allclose(track.times - stamp(0).time, [0.0, 0.3], atol=1e-6)
    assert track.stationary_s == pytest.approx(0.3, abs=1e-6)


@pytest.mark.parametrize(("gap", "assigned"), [(1.0, 0), (1.1, 1)])
@pytest.mark.parametrize("length", [1, 2])
def test_a_short_track_matches_up_to_one_second(gap: float, assigned: int, length: int) -> None:
    builder = after(*[0, 30][:length], expiry_s=3.0)
    update = builder.update(stamp((length - 1) * 0.1 + gap, 9), boxes_of(at(30 * length)))
    assert update.assigned.tolist() == [assigned]


@pytest.mark.parametrize(
    ("place", "seconds", "assigned", "branch"),
    [
        (90, 0.3, 0, "at the predicted place: tracked"),
        (40, 0.3, 1, "turned back, overlap with the prediction about 0.29: no match"),
        (120, 0.4, 0, "fast, last box overlaps 0.2 only, prediction fits: tracked (T6)"),
        (57, 0.3, 0, "stopped dead, overlap 0.935 with the last box, 0.46 with the prediction: stationary"),
        (600, 0.3, 1, "elsewhere: no match"),
    ],
)
def test_match_of_a_long_track(place: float, seconds: float, assigned: int, branch: str) -> None:
    update = after(0, 30, 60).update(stamp(seconds, 9), boxes_of(at(place)))
    assert update.assigned.tolist() == [assigned], branch


@pytest.mark.parametrize(
    ("box", "score", "class_id", "reason"),
    [
        ((0, 0, 97, 160), 0.9, 0, "aspect 0.606 above 0.6"),
        ((0, 0, 60, 160), 0.9, 0, "width 60 not above 60"),
        ((0, 0, 90, 160), 0.69, 0, "score below 0.7"),
        ((0, 0, 90, 160), 0.9, 2, "not a person"),
    ],
)
def test_a_box_that_fails_the_criteria_neither_starts_nor_continues(
    box: Box, score: float, class_id: int, reason: str
) -> None:
    found = Detections(np.array([box], np.float32), np.array([score], np.float32), np.array([class_id]))
    assert corrected(classes=(0,)).update(stamp(0), found).assigned.tolist() == [-1], reason
    assert after(9, classes=(0,)).update(stamp(0.1, 1), found).assigned.tolist() == [-1], reason


def test_a_box_that_matches_no_track_begins_exactly_one() -> None:
    builder = corrected()
    builder.update(stamp(0), boxes_of(at(0), at(300)))
    update = builder.update(stamp(0.1, 1), boxes_of(at(600)))
    assert update.assigned.tolist() == [2]
    assert [track.local_id for track in builder.finish().ended] == [0, 1, 2]


@pytest.mark.parametrize("assignment", ["hungarian", "greedy"])
def test_of_two_boxes_the_nearer_extends_the_track(assignment: str) -> None:
    builder = after(0, assignment=assignment)
    assert builder.update(stamp(0.1, 1), boxes_of(at(45), at(30))).assigned.tolist() == [1, 0]


def test_one_box_extends_one_of_two_tracks() -> None:
    builder = corrected()
    builder.update(stamp(0), boxes_of(at(0), at(40)))
    assert builder.update(stamp(0.1, 1), boxes_of(at(21))).assigned.tolist() == [1]
    assert [len(track.times) for track in builder.finish().ended] == [1, 2]


def test_riders_side_by_side_keep_their_tracks() -> None:
    """Each box overlaps both tracks; together they fit one way only."""
    builder = corrected()
    builder.update(stamp(0), boxes_of(at(0), at(40)))
    for number in range(1, 10):
        places = (at(40 + 15 * number), at(15 * number))
        update = builder.update(stamp(number / 10, number), boxes_of(*places))
        assert update.assigned.tolist() == [1, 0], f"frame {number}"


@pytest.mark.parametrize("other", [60.0, 66.0])
def test_who_rides_where_another_was_is_not_taken_for_them(other: float) -> None:
    """One is predicted at 90 and seen at 112; another fills, wholly or nearly, the place they had before."""
    update = after(0, 30, 60).update(stamp(0.3, 9), boxes_of(at(other), at(112)))
    assert update.assigned.tolist() == [1, 0]


def test_who_brakes_while_nobody_is_where_they_should_be_stays_the_same() -> None:
    builder = after(0, 30, 60, iou_kalman=0.0)
    assert builder.update(stamp(0.3, 9), boxes_of(at(48))).assigned.tolist() == [0]


def test_overlap_with_an_old_last_box_does_not_count_once_the_rider_has_gone_on() -> None:
    """A second rider appears where the first was seen 0.6 s ago, longer than `naive_max_dt_s`."""
    given = {"min_pickup_s": 0, "reach_speed": 0}
    builder = TrackletBuilder("A", TrackerSettings.model_validate(given))
    for number in range(4):
        builder.update(stamp(number / 10, number), boxes_of(at(30.0 * number)))
    update = builder.update(stamp(0.9, 9), boxes_of(at(75)))
    assert update.assigned.tolist() == [1]
