import gc
import math
import tracemalloc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from flows.matching import (
    EventTimeMatcher,
    LateSightingError,
    MatchingSettings,
)
from flows.values import Sighting, journey_id
from tests.flows.matching.streets import match_all, routes, seen, street
from tracking.errors import UsageError
from tracking.match_curve import LogisticCurve

STREET = street(("AB", 20, 60), ("BC", 20, 60), ("BA", 20, 60))


def test_a_rider_seen_by_three_cameras_is_one_journey():
    matches, journeys = match_all([seen("A1", 0), seen("B1", 30, 5), seen("C1", 85, 3)], STREET)
    assert routes(journeys) == ["A1>B1>C1"]
    assert [m.travel_s for m in journeys[0].matches] == [30, 55]
    assert journeys[0].matches == matches
    assert matches[0].distance == pytest.approx(2 * math.sin(math.radians(2.5)), abs=1e-6)


@pytest.mark.parametrize(
    ("arrival_s", "expected"),
    [
        (19.9, ["A1", "B1"]),
        (20.0, ["A1>B1"]),
        (60.0, ["A1>B1"]),
        (60.1, ["A1", "B1"]),
    ],
)
def test_travel_times_outside_the_window_are_no_match(arrival_s, expected):
    assert routes(match_all([seen("A1", 0), seen("B1", arrival_s)], STREET)[1]) == expected


def test_a_long_stay_in_the_first_view_does_not_shift_the_window():
    sightings = [seen("A1", 0, stay_s=50), seen("B1", 20)]
    assert routes(match_all(sightings, STREET)[1]) == ["A1>B1"]


@pytest.mark.parametrize(("angle", "expected"), [(47, ["A1>B1"]), (48, ["A1", "B1"])])
def test_a_pair_at_the_threshold_is_no_match(angle, expected):
    assert routes(match_all([seen("A1", 0), seen("B1", 30, angle)], STREET)[1]) == expected, (
        f"distance {2 * math.sin(math.radians(angle / 2)):.3f} against 0.8"
    )


def test_cameras_without_a_link_are_never_joined():
    assert routes(match_all([seen("A1", 0), seen("C1", 40), seen("Z1", 41)], STREET)[1]) == ["A1", "C1", "Z1"]


def test_a_sighting_without_embedding_is_a_journey_of_its_own():
    assert routes(match_all([seen("A1", 0, None), seen("B1", 30, None)], STREET)[1]) == ["A1", "B1"]


def test_strangers_seen_once_are_not_matched():
    riders = [seen(f"A{n}", 10 * n, 60 * n) for n in range(3)]
    strangers = [seen(f"B{n}", 10 * n + 30, 60 * n + 180) for n in range(3)]
    matches, journeys = match_all(riders + strangers, STREET)
    assert matches == ()
    assert len(journeys) == 6


def test_look_alikes_are_told_apart_by_the_joint_optimum():
    sightings = [seen("A1", 0, 0), seen("A2", 1, 14), seen("B1", 30, 20), seen("B2", 31, 2)]
    greedy = [seen("A1", 0, 0), seen("A2", 1, 40), seen("B1", 30, 20), seen("B2", 31, -30)]
    assert routes(match_all(sightings, STREET)[1]) == ["A1>B2", "A2>B1"]
    assert routes(match_all(greedy, STREET)[1]) == ["A1>B2", "A2>B1"]
    # A1 is as near to B1 as A2 is; the greedy method takes it first and leaves the other two alone.
    plain = MatchingSettings(method="greedy")
    assert routes(match_all(greedy, STREET, settings=plain)[1]) == ["A1>B1", "A2", "B2"]


def test_threshold_gives_each_sighting_its_nearest_free_predecessor_in_turn():
    settings = MatchingSettings(method="threshold")
    sightings = [
        seen("A1", 0, 0),
        seen("A2", 1, 30),
        seen("B1", 30, 10),
        seen("B2", 31, 1),
        seen("B3", 32, 2),
    ]
    assert routes(match_all(sightings, STREET, settings=settings)[1]) == ["A1>B1", "A2>B2", "B3"]


def test_perfect_embeddings_give_the_exact_truth():
    rng = np.random.default_rng(3)
    riders = {n: sorted(rng.choice(list("ABC"), rng.integers(1, 4), replace=False)) for n in range(60)}
    network = street(("AB", 20, 60), ("BC", 20, 60), ("AC", 40, 120))
    sightings = []
    for rider, cameras in riders.items():
        embedding = np.eye(60, dtype=np.float32)[rider]
        moment = float(rng.uniform(0, 300))
        for camera in cameras:
            key = f"{camera}{rider:02d}"
            sightings.append(replace(seen(key, moment), embedding=embedding))
            moment += 30.0 if camera != "A" or "B" in cameras else 80.0
    expected = sorted(">".join(f"{c}{rider:02d}" for c in cameras) for rider, cameras in riders.items())
    assert routes(match_all(sightings, network)[1]) == expected


def test_views_entered_at_the_same_moment_are_ordered_by_id():
    overlapping = street(("AB", 0, 10), ("BA", 0, 10))
    matches, journeys = match_all([seen("B1", 5), seen("A1", 5)], overlapping)
    assert routes(journeys) == ["A1>B1"]
    assert matches[0].travel_s == 0


def test_a_rider_may_pass_the_same_camera_twice():
    sightings = [seen("A1", 0), seen("B1", 40), seen("A2", 80), seen("B2", 120)]
    assert routes(match_all(sightings, STREET)[1]) == ["A1>B1>A2>B2"]


def test_a_match_says_how_sure_it_is_where_the_model_is_calibrated():
    settings = MatchingSettings(calibration=LogisticCurve(midpoint=0.5, steepness=8))
    matches, _ = match_all([seen("A1", 0), seen("B1", 30, 29)], STREET, settings=settings)
    assert matches[0].distance == pytest.approx(0.5, abs=0.01)
    assert matches[0].probability == pytest.approx(0.5, abs=0.01)
    assert match_all([seen("A1", 0), seen("B1", 30)], STREET)[0][0].probability is None


def test_the_name_of_a_journey_comes_from_its_first_sighting_only():
    one = match_all([seen("A1", 0, 0), seen("B1", 30, 0)], STREET)[1][0]
    other = match_all([seen("A1", 7, 120)], STREET)[1][0]
    assert one.journey_id == other.journey_id == journey_id("A1")
    assert journey_id("A1") != journey_id("A2")


def test_a_journey_is_completed_when_no_later_sighting_can_join_it():
    matcher = EventTimeMatcher(STREET, MatchingSettings(), 0.8)
    matcher.add([seen("A1", 0), seen("B1", 30)])
    assert matcher.advance(60.0).matches == (), "a better B may still enter at 60.0"
    assert [m.to_sighting for m in matcher.advance(60.1).matches] == ["B1"]
    assert matcher.advance(90.0).journeys == (), "B1 can be followed until 90.0"
    assert routes(matcher.advance(90.1).journeys) == ["A1>B1"]
    assert matcher.finish().journeys == ()


def test_traffic_that_never_pauses_is_decided_after_the_commit_lag():
    settings = MatchingSettings(commit_lag_s=90)
    matcher = EventTimeMatcher(STREET, settings, 0.8)
    first_decision = math.inf
    for second in range(0, 600, 5):
        matcher.add(
            [seen(f"A{second:03d}", second, second % 40), seen(f"B{second:03d}", second, second % 40)]
        )
        outcome = matcher.advance(second + 0.5)
        if outcome.matches:
            first_decision = min(first_decision, second)
        assert matcher.oldest_needed_time >= second - 90
    assert first_decision == 90


@pytest.mark.parametrize("lag_s", [60.0, None])
def test_the_commit_lag_decides_only_those_whose_windows_have_closed(lag_s):
    sightings = [seen("A1", 0, 0), seen("A2", 30, 40), seen("B1", 55, 20), seen("B2", 58, 62)]
    better = seen("B3", 80, 40)
    settings = MatchingSettings(commit_lag_s=lag_s)
    _, journeys = match_all([*sightings, better], STREET, settings=settings)
    assert routes(journeys) == ["A1>B1", "A2>B3", "B2"], "A2 waits for B3, whatever A1 can wait for"


def test_a_rival_that_still_has_time_leaves_nothing_for_one_that_has_none():
    sightings = [seen("A1", 0, 0), seen("A2", 30, 20), seen("B1", 55, 20)]
    better = seen("B2", 80, 20)
    hurried = MatchingSettings(commit_lag_s=60.0)
    _, journeys = match_all([*sightings, better], STREET, settings=hurried)
    assert routes(journeys) == ["A1", "A2>B1", "B2"], "at 60 s A1 loses B1 to A2, which is nearer"
    _, journeys = match_all([*sightings, better], STREET)
    assert routes(journeys) == ["A1>B1", "A2>B2"], "with patience both are served"


@pytest.mark.parametrize(("lag_s", "fits"), [(59.9, False), (60.0, True)])
def test_a_commit_lag_shorter_than_a_window_is_refused(lag_s, fits):
    settings = MatchingSettings(commit_lag_s=lag_s)
    if fits:
        assert routes(match_all([seen("A1", 0), seen("B1", 60)], STREET, settings=settings)[1]) == ["A1>B1"]
    else:
        with pytest.raises(UsageError, match=r"matching\.commit_lag_s: 59\.9 s is shorter than .* \(60 s\)"):
            EventTimeMatcher(STREET, settings, 0.8)


def test_a_sighting_behind_the_watermark_is_an_error():
    matcher = EventTimeMatcher(STREET, MatchingSettings(), 0.8)
    matcher.advance(100.0)
    matcher.add([seen("A1", 100.0)])
    with pytest.raises(
        LateSightingError, match=r"A2 of camera A entered at 99\.900, before the watermark 100"
    ):
        matcher.add([seen("A2", 99.9)])
    with pytest.raises(LateSightingError):
        matcher.add([seen("A3", math.nan)])


@pytest.mark.parametrize("watermark", [99.0, math.nan])
def test_the_watermark_cannot_go_back(watermark):
    matcher = EventTimeMatcher(STREET, MatchingSettings(), 0.8)
    matcher.advance(100.0)
    with pytest.raises(ValueError, match="cannot go back from 100"):
        matcher.advance(watermark)


def test_embeddings_of_two_models_are_not_compared():
    matcher = EventTimeMatcher(STREET, MatchingSettings(), 0.8)
    matcher.add([seen("A1", 0), replace(seen("B1", 30, None), model_id="other")])
    with pytest.raises(UsageError, match="camera B embeds with 'other', others 'circle'"):
        matcher.add([replace(seen("B2", 31), model_id="other")])


def test_a_sighting_reported_twice_counts_once():
    matcher = EventTimeMatcher(STREET, MatchingSettings(), 0.8)
    matcher.add([seen("A1", 0), seen("B1", 30)])
    matcher.add([seen("A1", 0)])
    assert routes(matcher.finish().journeys) == ["A1>B1"]


def test_embeddings_are_forgotten_when_they_are_needed_no_more():
    matcher = EventTimeMatcher(STREET, MatchingSettings(), 0.8)
    lone, pair = seen("A1", 0), seen("B1", 30)
    kept = [weakref.ref(s.embedding) for s in (lone, pair)]
    matcher.add([lone, pair])
    needed = [matcher.oldest_needed_time]
    for watermark in (10.0, 60.1, 200.0):
        outcome = matcher.advance(watermark)
        needed.append(matcher.oldest_needed_time)
        assert all(s.embedding is None for journey in outcome.journeys for s in journey.sightings)
    assert needed == [-math.inf, 2.0, 32.0, 200.0], "A1 exits at 2 and waits until 60, B1 exits at 32"
    matcher.finish()
    assert matcher.oldest_needed_time == math.inf
    del lone, pair
    gc.collect()
    assert [reference() for reference in kept] == [None, None]


def ride_by(moment: int, rng: np.random.Generator) -> list[Sighting]:
    embeddings = rng.normal(size=(3, 256)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    return [
        replace(seen(f"{camera}{moment}", moment), embedding=embedding)
        for camera, embedding in zip("ABC", embeddings, strict=True)
    ]


def test_a_long_run_needs_no_more_memory_than_a_short_one():
    matcher = EventTimeMatcher(STREET, MatchingSettings(), 1.37)
    rng = np.random.default_rng(0)
    used = []
    tracemalloc.start()
    for moment in range(1200):
        matcher.add(ride_by(moment, rng))
        matcher.advance(moment - 10.0)
        if moment in (300, 1199):
            gc.collect()
            used.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert used[1] < 1.2 * used[0], f"{used[0]} bytes after 300 s, {used[1]} after 1200 s"
