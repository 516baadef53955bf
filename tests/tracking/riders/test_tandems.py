"""Two people on one vehicle are one; two on two bicycles are two, however alike their boxes lie."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.tracking.riders.scenes import FPS, told
from tracking.arrays import FloatArray
from tracking.riders import JudgedPassage, PassageJudge, RiderSettings, StitchSettings, associate
from tracking.riders.evidence import Evidence
from tracking.riders.stitching import affinity
from tracking.tracklets import FrameStamp, TrackerSettings, build_tracker
from tracking.values import Detections, ObjectClass

METRE, RIDER_M, LONG_M, SHOULDERS_M = 50.0, 1.7, 1.75, 0.5
"""Pixels; metres of a rider on a bicycle: height, length, width."""
SPEED_MS, SECONDS = 5.0, 3.0
EDGES = 0.02 * RIDER_M * METRE
"""By how many pixels the edges of boxes are off."""

Place = Callable[[float], tuple[float, float]]
"""Metres along and across the picture at a moment, of the foot of somebody who rides to the right."""


def rider(ahead_m: float = 0.0, beside_m: float = 0.0, gains_ms: float = 0.0, view: float = 1.0) -> Place:
    """Somebody ahead of a place and beside it, who gains on it; a view aslant shows a share of the way."""
    return lambda time: (view * (ahead_m + (SPEED_MS + gains_ms) * time), beside_m)


def swapping(front: bool) -> Place:
    """One of two boxes of a tandem, which change places every half second."""
    return lambda time: (SPEED_MS * time + 0.7 * (front ^ (int(time * 2) % 2 == 1)), 0.0)


def swaying(time: float) -> tuple[float, float]:
    """Somebody who rides ahead of a place and swings to both sides of the line."""
    return SPEED_MS * time + 0.7, 0.3 * float(np.sin(2 * np.pi * time / 1.5))


def wide(view: float) -> float:
    """Metres that a bicycle with its rider is wide, where so large a share of their length is seen."""
    return float(view * LONG_M + SHOULDERS_M * np.sqrt(1 - view**2))


def box(place: tuple[float, float], width_m: float) -> FloatArray:
    """(4,) px of one whole cyclist."""
    middle, foot, half = 150.0 + METRE * place[0], 300.0 - METRE * place[1], METRE * width_m / 2
    return np.array([middle - half, foot - METRE * RIDER_M, middle + half, foot])


def passages_of(
    *riders: Place, kind: ObjectClass = ObjectClass.CYCLIST, view: float = 1.0
) -> list[JudgedPassage]:
    """What tracker and judge make of riders whom the detector sees in every frame."""
    settings, noise = RiderSettings(), np.random.default_rng(3)
    tracker, judge = build_tracker("A", TrackerSettings.model_validate({})), PassageJudge(settings)
    for number in range(round(SECONDS * FPS)):
        time = number / FPS
        boxes = np.stack([box(one(time), wide(view)) for one in riders])
        boxes = (boxes + noise.normal(0, EDGES, boxes.shape)).astype(np.float32)
        found = Detections(
            boxes, np.full(len(boxes), 0.8, np.float32), np.full(len(boxes), int(kind), np.int64)
        )
        candidates = associate(found, settings.association)
        update = tracker.update(FrameStamp("a.mp4", number, time), candidates.detections)
        judge.observe(update.assigned, candidates, time)
    end = tracker.finish()
    return list(judge.finish(end.ended, end.dropped))


def joined(
    first: Place, second: Place, view: float = 1.0, start: float = 0.0, seconds: float = SECONDS
) -> bool:
    """Whether two tracks of whole cyclists, seen together for so long, are pieces of one passage."""
    noise, times = np.random.default_rng(5), start + np.arange(round(seconds * FPS)) / FPS
    tracks = []
    for one in (first, second):
        rows = np.full((len(times), 18), np.nan)
        rows[:, 13:] = 0.0
        rows[:, 0], rows[:, 13:15] = times, 0.8
        rows[:, 1:5] = [box(one(time - start), wide(view)) for time in times]
        rows[:, 1:5] += noise.normal(0, EDGES, (len(times), 4))
        tracks.append(Evidence(rows, 0.0))
    return affinity(tracks[0], tracks[1], StitchSettings()) > 0


@pytest.mark.parametrize(
    ("name", "first", "second", "view"),
    [
        ("from the side", rider(), rider(0.7), 1.0),
        ("aslant", rider(view=0.7), rider(0.7, view=0.7), 0.7),
        ("tracks that change places", swapping(True), swapping(False), 1.0),
    ],
)
def test_two_on_a_tandem_are_one_passage(name: str, first: Place, second: Place, view: float) -> None:
    passages = passages_of(first, second, view=view)
    assert [one.verdict.is_cyclist for one in passages] == [True], f"{name}: {told(passages)}"
    assert len(passages[0].members) == 2, f"{name}: the detector of this scene reports both riders"


@pytest.mark.parametrize(
    ("name", "first", "second", "view"),
    [
        ("close behind, seen aslant", rider(view=0.5), rider(-1.6, view=0.5), 0.5),
        ("abreast", rider(), rider(0.0, 0.15), 1.0),
        ("abreast, half a metre ahead", rider(), rider(0.5, 0.15), 1.0),
        ("on one line, but swaying", rider(), swaying, 1.0),
    ],
)
def test_two_on_two_bicycles_are_two_passages(name: str, first: Place, second: Place, view: float) -> None:
    passages = passages_of(first, second, view=view)
    assert [one.verdict.is_cyclist for one in passages] == [True, True], f"{name}: {told(passages)}"


def test_two_tandems_close_behind_each_other_are_two() -> None:
    passages = passages_of(rider(), rider(0.7), rider(3.5), rider(4.2))
    assert sorted(len(one.members) for one in passages) == [2, 2], told(passages)


@given(st.floats(0.6, 0.8), st.floats(0.55, 1.0))
@hypothesis_settings(max_examples=60, deadline=None)
def test_two_seats_are_one_vehicle(seats_m: float, view: float) -> None:
    assert joined(rider(view=view), rider(seats_m, view=view), view)


@given(st.floats(0.6, 0.8), st.floats(0.8, 1.0))
@hypothesis_settings(max_examples=60, deadline=None)
def test_half_a_second_is_enough(seats_m: float, view: float) -> None:
    assert joined(rider(view=view), rider(seats_m, view=view), view, seconds=0.5)


@given(
    st.one_of(
        st.tuples(st.floats(-1.0, 1.0), st.floats(0.12, 0.6)), st.tuples(st.floats(1.75, 4.0), st.just(0.0))
    )
)
@hypothesis_settings(max_examples=100, deadline=None)
def test_half_a_second_does_not_make_two_riders_one(apart: tuple[float, float]) -> None:
    """Five looks tell less finely than thirty what is beside (12 cm) and what ahead (a whole bicycle)."""
    assert not joined(rider(), rider(*apart), seconds=0.5)


def test_who_hardly_moves_is_not_joined_whatever_the_epoch_of_the_times() -> None:
    """Of large times, squares leave no digit for a tenth of a second."""
    for start in (0.0, 1_790_000_000.0):
        assert not joined(rider(gains_ms=-4.7), rider(0.7, gains_ms=-4.7), start=start), f"times from {start}"


@given(
    st.one_of(
        st.tuples(st.floats(1.6, 4.0), st.floats(0.5, 1.0)),
        st.tuples(st.floats(2.2, 4.0), st.floats(0.3, 0.5)),
    )
)
@hypothesis_settings(max_examples=100, deadline=None)
def test_riders_in_line_are_two(gap_and_view: tuple[float, float]) -> None:
    """A view along the way makes their distance and their bicycles shorter, but not their shoulders."""
    gap_m, view = gap_and_view
    assert not joined(rider(view=view), rider(gap_m, view=view), view)


@given(st.floats(-1.0, 1.0), st.floats(0.09, 0.6), st.sampled_from([-1, 1]))
@hypothesis_settings(max_examples=100, deadline=None)
def test_riders_abreast_are_two(ahead_m: float, beside_m: float, side: int) -> None:
    """Of 60 cm beside each other a camera shows 9 cm or more if it looks down by 9° or more."""
    assert not joined(rider(), rider(ahead_m, side * beside_m))


@given(st.floats(-1.0, 1.0), st.floats(0.8, 1.5), st.sampled_from([-1, 1]))
@hypothesis_settings(max_examples=100, deadline=None)
def test_riders_on_one_line_who_do_not_keep_their_distance_are_two(
    ahead_m: float, gains_ms: float, sign: int
) -> None:
    """A camera as low as a head shows riders abreast on one line; one of them overtakes the other."""
    assert not joined(rider(), rider(ahead_m, gains_ms=sign * gains_ms))


def test_two_pedestrians_as_near_as_that_stay_two() -> None:
    passages = passages_of(rider(), rider(0.7), kind=ObjectClass.PEDESTRIAN)
    assert len(passages) == 2, told(passages)
