"""What the measures say about databases of which the truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.accuracy import match_passages
from tests.flows.accuracy.rides import CAMERAS, HOUR, Stop, passages, random_rides, ride, score

SEEDS = st.integers(0, 10**6)


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_a_perfect_database_scores_1_everywhere(seed: int) -> None:
    rides = random_rides(seed)
    scores = score(rides, rides)
    assert (scores.passage_precision, scores.passage_recall) == (1.0, 1.0)
    assert (scores.links.whole_chain.f1, scores.links.of_seen.f1) == (1.0, 1.0), scores.links
    assert (scores.journeys.idf1, scores.journeys.exact_share) == (1.0, 1.0), scores.journeys
    assert (scores.matrix.relative_error, scores.matrix.good_share) == (0.0, 1.0)
    assert all(camera.error == camera.geh == 0.0 for camera in scores.cameras)
    assert (scores.travel_times.median_error_s, scores.travel_times.distance_s) in ((0.0, 0.0), (None, None))


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_where_nobody_passed_every_sighting_is_one_that_was_none(seed: int) -> None:
    claimed = random_rides(seed)
    scores = score([], claimed)
    counted = sum(camera.counted for camera in scores.cameras)
    assert counted == sum(len(stops) for stops in claimed)
    assert [camera.truth for camera in scores.cameras] == [0] * len(CAMERAS)
    assert (scores.passage_precision, scores.links.whole_chain.correct) == (0.0, 0)


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_an_empty_database_scores_0_everywhere(seed: int) -> None:
    scores = score([ride("AB", 3.0), *random_rides(seed)], [])
    assert (scores.passage_precision, scores.passage_recall, scores.passage_f1) == (0.0, 0.0, 0.0)
    assert scores.links.whole_chain.f1 == 0.0
    assert (scores.journeys.idf1, scores.journeys.exact_share) == (0.0, 0.0)
    assert scores.matrix.relative_error == 1.0
    assert scores.travel_times.median_error_s is None


@given(seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_names_and_order_of_journeys_do_not_matter(seed: int) -> None:
    true, claimed = random_rides(seed), random_rides(seed)[::-1]
    dice = np.random.default_rng(seed)
    claimed = [[s for s in stops if dice.random() < 0.8] for stops in claimed]
    claimed = [stops for stops in claimed if stops]
    shuffled = [claimed[place] for place in dice.permutation(len(claimed))]
    first, second = score(true, claimed), score(true, shuffled)
    assert first.links == second.links
    assert first.journeys == second.journeys
    assert first.matrix == second.matrix
    assert first.cameras == second.cameras


def test_a_shifted_sighting_is_still_the_same_passage_within_the_tolerance() -> None:
    late = [[replace(stop, enter=stop.enter + 4.9) for stop in ride("AB", 10)]]
    too_late = [[replace(stop, enter=stop.enter + 5.1) for stop in ride("AB", 10)]]
    assert score([ride("AB", 10)], late).matched == 2
    assert score([ride("AB", 10)], too_late).matched == 0


def test_a_passage_that_is_counted_twice_is_right_only_once() -> None:
    twice = [[Stop("A", HOUR + 10, 2.0)], [Stop("A", HOUR + 12.1, 1.9)]]
    (camera, *_) = score([[Stop("A", HOUR + 10, 4.0)]], twice).cameras
    assert (camera.truth, camera.counted, camera.matched) == (1, 2, 1)
    assert (camera.precision, camera.recall, camera.error) == (0.5, 1.0, 1.0)


def test_direction_tells_riders_apart_who_meet() -> None:
    meeting = [ride("AB", 10, direction="left"), ride("AC", 10, direction="right")]
    shifted = [
        [replace(stop, enter=stop.enter + shift) for stop in stops]
        for stops, shift in zip(meeting, (0.4, -0.4), strict=True)
    ]
    assert score(meeting, shifted[::-1]).links.whole_chain.f1 == 1.0


def test_riders_abreast_are_given_the_benefit_of_the_doubt() -> None:
    abreast = [ride("ABC", 10), ride("ABC", 10)]
    for seed in range(20):
        shaken = [
            [replace(s, enter=s.enter + d) for s, d in zip(one, jolts, strict=True)]
            for one, jolts in zip(
                abreast, np.random.default_rng(seed).uniform(-0.15, 0.15, (2, 3)), strict=True
            )
        ]
        scores = score(abreast, shaken)
        assert scores.links.whole_chain.f1 == 1.0, f"seed {seed}: {scores.links}"


def test_riders_who_follow_each_other_are_not() -> None:
    true = [ride("AB", 10), ride("AB", 18)]
    crossed = [[true[0][0], true[1][1]], [true[1][0], true[0][1]]]
    scores = score(true, crossed)
    assert scores.links.whole_chain.correct == 0, scores.links
    assert scores.passage_f1 == 1.0


@pytest.mark.parametrize(
    ("true", "claimed", "whole_chain", "of_seen"),
    [
        # (truth, claimed, correct) of both kinds of links
        ("ABC", ["ABC"], (2, 2, 2), (2, 2, 2)),
        ("ABC", ["AB", "C"], (2, 1, 1), (2, 1, 1)),
        ("ABC", ["A", "B", "C"], (2, 0, 0), (2, 0, 0)),
        # The camera between missed the rider: the link is all that matching could do, but not the truth.
        ("ABC", ["A.C"], (2, 1, 0), (1, 1, 1)),
        # The camera between saw the rider, and the link skips it.
        ("ABC", ["A.C", "B"], (2, 1, 0), (2, 1, 0)),
    ],
)
def test_links_are_counted_as_by_hand(
    true: str, claimed: list[str], whole_chain: tuple[int, ...], of_seen: tuple[int, ...]
) -> None:
    whole = ride(true, 10)
    parts = []
    for route in claimed:
        first = 0 if "." in route else true.index(route[0])
        parts.append([whole[first + step] for step, name in enumerate(route) if name != "."])
    links = score([whole], parts).links
    for got, wanted in ((links.whole_chain, whole_chain), (links.of_seen, of_seen)):
        assert (got.truth, got.claimed, got.correct) == wanted


def test_a_journey_is_exactly_right_only_as_a_whole() -> None:
    true = [ride("ABC", 10), ride("AB", 400), ride("D", 700)]
    claimed = [true[0][:2], [true[0][2]], true[1], true[2]]
    journeys = score(true, claimed).journeys
    assert (journeys.truth, journeys.claimed, journeys.exact) == (3, 4, 2)
    assert (journeys.truth_linked, journeys.exact_linked) == (2, 1)
    # 2 of the 3 stops of the first journey keep their identity, and all of the others.
    assert journeys.idtp == 5
    assert journeys.idf1 == pytest.approx(2 * 5 / (6 + 6))


def test_the_matrix_is_off_by_the_sum_of_its_cells() -> None:
    true = [ride("AB", 10), ride("ACB", 300), ride("BD", 700), ride("C", 900)]
    claimed = [true[0], true[1][:2], [true[1][2]], true[2], true[3]]
    matrix = score(true, claimed).matrix
    cells = {(cell.origin, cell.destination): (cell.truth, cell.estimate) for cell in matrix.cells}
    assert cells == {("A", "B"): (2, 1), ("A", "C"): (0, 1), ("B", "D"): (1, 1)}
    assert matrix.relative_error == pytest.approx(2 / 3)


def test_the_error_of_a_cell_has_an_interval_that_narrows_with_the_riders() -> None:
    widths = []
    for count in (10, 100):
        true = [ride("AB", 30.0 * n) for n in range(count)] + [
            ride("CD", 9.0 + 30.0 * n) for n in range(count)
        ]
        claimed = [stops if n % 10 else stops[:1] for n, stops in enumerate(true)]
        first, second = score(true, claimed).matrix.cells
        assert first.error == pytest.approx(-0.1)
        assert first.error_low is not None
        assert first.error_high is not None
        assert first.error_low < -0.1 < first.error_high
        assert second.error_low == pytest.approx(first.error_low, abs=0.05), "the same happened there"
        widths.append(first.error_high - first.error_low)
    assert widths[1] < 0.6 * widths[0]


def test_what_goes_right_in_a_small_sample_leaves_room_for_errors() -> None:
    true = [ride("AB", 30.0 * n) for n in range(8)]
    matrix = score(true, true).matrix
    (cell,) = matrix.cells
    assert cell.error == matrix.relative_error == matrix.low == 0.0
    assert cell.error_low is not None
    assert -0.4 < cell.error_low < -0.05
    assert 0 < matrix.high < 0.5


def test_a_cell_where_nobody_rode_has_no_relative_error() -> None:
    first, second = score([ride("AB", 10.0)], [ride("AB", 10.0), ride("CD", 50.0)]).matrix.cells
    assert (second.truth, second.error_low, second.error_high) == (0, None, None)
    assert first.error_low is not None


def test_geh_is_that_of_hourly_volumes() -> None:
    quarter = {name: [(0.0, 900.0)] for name in CAMERAS}
    true = [ride("A", 8.0 * n) for n in range(100)]
    (camera, *_) = score(true, true[:75], quarter).cameras
    # 400 and 300 an hour: √(2 · 100² / 700)
    assert camera.geh == pytest.approx((2 * 100**2 / 700) ** 0.5)
    assert [(one.truth, one.counted) for one in camera.intervals] == [(100, 75)]
    assert camera.intervals[0].geh == pytest.approx(camera.geh)


def test_travel_times_compare_medians_and_distributions() -> None:
    true = [ride("AB", 100.0 * n, seconds) for n, seconds in enumerate((50, 60, 70))]
    claimed = [ride("AB", 100.0 * n, seconds) for n, seconds in enumerate((52, 62, 72))]
    (pair,) = score(true, claimed).travel_times.pairs
    assert (pair.truth_median_s, pair.estimate_median_s) == (60.0, 62.0)
    assert pair.distance_s == pytest.approx(2.0)
    assert score(true, [[stop] for stops in true for stop in stops]).travel_times.unknown_pairs == 1


def test_what_no_camera_could_see_is_missing_and_not_zero() -> None:
    seen, unseen = ride("ABC", 10), ride("AD", 2000)
    half = {"A": [(0.0, 1800.0)]}
    scores = score([seen, unseen], [seen, unseen[1:]], half)
    assert scores.cameras[0].error == 0.0
    assert (scores.journeys.exact_share, scores.links.whole_chain.f1) == (1.0, 1.0)
    assert [one.passages_missed for one in scores.coverage] == [1, 0, 0, 0]
    assert scores.coverage[0].coverage == pytest.approx(0.5)


def test_a_camera_that_only_one_side_knows_is_scored_too() -> None:
    true = [[Stop("Z", HOUR + 10)], ride("A", 10)]
    rows = score([true[1]], [true[1], ride("B", 50)])
    assert rows.cameras[1].error == float("inf")
    assert rows.cameras[1].precision == 0.0


def test_two_riders_who_swap_journeys_half_way_are_both_wrong() -> None:
    first, second = ride("ABC", 10), ride("ABC", 30)
    swapped = [[*first[:2], second[2]], [*second[:2], first[2]]]
    journeys = score([first, second], swapped).journeys
    assert (journeys.exact, journeys.claimed) == (0, 2)


def test_direction_outweighs_a_small_difference_in_time() -> None:
    truth = passages([[Stop("A", HOUR + 10, direction="left")], [Stop("A", HOUR + 10.5, direction="right")]])
    seen = passages([[Stop("A", HOUR + 10.1, direction="right")], [Stop("A", HOUR + 10.4, direction="left")]])
    assert match_passages(truth, seen).partner.tolist() == [1, 0]


def test_an_unknown_direction_or_other_words_for_it_decide_nothing() -> None:
    truth = passages([[Stop("A", HOUR + 10, direction="left")], [Stop("A", HOUR + 10.5, direction="right")]])
    for words in (("unknown", "unknown"), ("in", "out")):
        seen = passages([[Stop("A", HOUR + 10.1 + n * 0.3, direction=words[n])] for n in range(2)])
        assert match_passages(truth, seen).partner.tolist() == [0, 1], words
