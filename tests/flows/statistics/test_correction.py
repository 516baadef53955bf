"""Corrected counts and their intervals."""

from pathlib import Path

import numpy as np
import pytest

from flows.statistics import ErrorRates, LabelledSample, Reliability, corrected_count
from tracking.errors import UsageError


def test_the_expected_count_is_matches_times_precision_over_recall() -> None:
    estimate = corrected_count(300, LabelledSample(correct=9000, claimed=10_000, truth=12_000))
    assert estimate.expected == pytest.approx(300 * 0.9 / 0.75, rel=1e-3)
    assert estimate.low < estimate.expected < estimate.high


def test_a_flawless_and_large_sample_leaves_the_count_as_it_is() -> None:
    estimate = corrected_count(40, LabelledSample(10**6, 10**6, 10**6))
    assert (estimate.low, estimate.high) == (40.0, 40.0)
    assert estimate.expected == pytest.approx(40, rel=1e-3)


def test_more_labels_make_the_interval_narrower() -> None:
    widths = []
    for size in (1, 10, 100):
        estimate = corrected_count(200, LabelledSample(8 * size, 9 * size, 10 * size))
        widths.append(estimate.high - estimate.low)
    assert widths == sorted(widths, reverse=True), widths


def test_no_match_is_not_yet_no_cyclist() -> None:
    estimate = corrected_count(0, LabelledSample(20, 25, 40))
    assert (estimate.expected, estimate.low) == (0.0, 0.0)
    assert 1 <= estimate.high <= 6, estimate


def test_the_same_question_gets_the_same_answer() -> None:
    sample = LabelledSample(17, 20, 25)
    assert corrected_count(33, sample) == corrected_count(33, sample)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    dice = np.random.default_rng(5)
    held, cells = 0, 500
    for _ in range(cells):
        rates = dice.uniform([40, 2, 4], [120, 30, 60])
        correct, wrong, lost = dice.poisson(rates)
        sample = LabelledSample(int(correct), int(correct + wrong), int(correct + lost))
        level = dice.uniform(0.5, 3)
        right, false, missed = dice.poisson(level * rates)
        held += corrected_count(int(right + false), sample).holds(int(right + missed))
    share = held / cells
    assert 0.93 <= share <= 0.97, f"{held} of {cells} intervals held the truth: {share:.1%}"


def test_a_rare_route_leans_on_all_routes() -> None:
    common = {f"A>{name}": LabelledSample(correct=80, claimed=100, truth=100) for name in "BCDEFG"}
    known = Reliability.of(common | {"Z": LabelledSample(1, 1, 1)})
    assert known.correct("never seen", 50).expected == pytest.approx(50, rel=0.05)
    lonely = corrected_count(50, LabelledSample(1, 1, 1))
    rare = known.correct("Z", 50)
    assert rare.high - rare.low < (lonely.high - lonely.low) / 3, (rare, lonely)


def test_routes_that_differ_are_not_made_alike() -> None:
    samples = {
        "A": LabelledSample(correct=380, claimed=800, truth=400),
        "A>B": LabelledSample(correct=190, claimed=200, truth=400),
        "B": LabelledSample(correct=490, claimed=500, truth=500),
    }
    known = Reliability.of(samples)
    assert known.correct("A", 100).expected == pytest.approx(50, rel=0.1)
    assert known.correct("A>B", 100).expected == pytest.approx(200, rel=0.15)


@pytest.mark.parametrize(("correct", "claimed", "truth"), [(3, 2, 9), (3, 9, 2), (-1, 5, 5)])
def test_an_impossible_sample_is_refused(correct: int, claimed: int, truth: int) -> None:
    with pytest.raises(ValueError, match="impossible"):
        LabelledSample(correct, claimed, truth)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="impossible"):
        corrected_count(-1, ErrorRates(1, 1, 1))


def test_reliability_is_read_from_the_json_of_an_evaluation(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.write_text(
        '{"routes": [{"route": "A>B", "truth": 400, "claimed": 200, "correct": 190, "recall": 0.5}]}'
    )
    known = Reliability.load(path)
    assert known == Reliability.of({"A>B": LabelledSample(correct=190, claimed=200, truth=400)})


@pytest.mark.parametrize("text", ["{}", "no json", '{"routes": [{"route": "A"}]}', '{"routes": 3}', "[]"])
def test_a_file_that_is_no_evaluation_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scores.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="is no evaluation"):
        Reliability.load(path)
    with pytest.raises(UsageError, match="cannot be read"):
        Reliability.load(tmp_path / "missing.json")
