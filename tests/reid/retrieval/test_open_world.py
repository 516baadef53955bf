"""Decisions by a threshold, against a plain re-computation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.retrieval import (
    RATES,
    Comparison,
    EmbeddingSet,
    PairDistances,
    evaluate_reid,
    search,
    target_rates,
)
from tests.reid.retrieval.riders import crowd
from tests.reid.retrieval.textbook import decide_by_hand, search_by_hand


@pytest.mark.parametrize("exclude_same_camera", [False, True])
@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("threshold", [0.3, 0.7, 1.1])
def test_decisions_are_those_of_the_textbook(
    threshold: float, split: bool, exclude_same_camera: bool
) -> None:
    found = crowd(5, split=split)
    ours = PairDistances.of(Comparison(found, exclude_same_camera)).at(threshold)
    theirs = decide_by_hand(found, exclude_same_camera, threshold)
    counts = (ours.true_positives, ours.false_positives, ours.false_negatives, ours.true_negatives)
    assert counts == theirs
    tp, fp, fn, _ = theirs
    assert ours.f1 == pytest.approx(2 * tp / (2 * tp + fp + fn), abs=1e-6)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_no_threshold_beats_the_best(seed: int) -> None:
    pairs = PairDistances.of(Comparison(crowd(seed)))
    best = pairs.best()
    every = [pairs.at(float(one)).f1 for one in np.linspace(0, 2, 400)]
    assert best.f1 >= max(every) - 1e-12, f"best {best.f1}, but {max(every)} is possible"


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.1, 1.0])
def test_the_false_positive_rate_is_kept_and_used_up(rate: float) -> None:
    pairs = PairDistances.of(Comparison(crowd(3)))
    scores = pairs.at_false_positive_rate(rate)
    assert scores.false_positive_rate <= rate
    assert scores.false_positives >= np.floor(rate * len(pairs.different)) - 1


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("rate", RATES)
def test_searches_are_those_of_the_textbook(rate: float, split: bool) -> None:
    found = crowd(8, split=split)
    point = search(Comparison(found)).at(rate)
    # The threshold is the distance of a stranger, which the textbook rounds its own way.
    theirs = search_by_hand(found, point.threshold - 1e-6)
    ours = (point.false_positive_rate, point.detection_rate, point.miss_rate)
    assert ours == pytest.approx(theirs, abs=1e-6)
    assert point.false_positive_rate <= rate


def test_a_perfect_encoder_finds_every_target_and_nobody_else() -> None:
    found = crowd(2, noise=0.0)
    assert [one.true_target_rate for one in target_rates(found)] == [1.0, 1.0, 1.0]
    report = evaluate_reid(found)
    assert report.images.best.f1 == 1.0
    assert all(point.miss_rate == 0.0 for point in report.images.searches)


def test_an_encoder_that_knows_nothing_finds_targets_no_more_often_than_strangers() -> None:
    dice = np.random.default_rng(0)
    riders = np.repeat(np.arange(1, 61), 6)
    found = EmbeddingSet.of(dice.normal(size=(360, 64)), riders, np.tile([1, 2, 3], 120))
    rate = target_rates(found)[2]
    assert rate.true_target_rate == pytest.approx(0.1, abs=0.05), rate


def test_averaging_a_tracklet_beats_its_single_images() -> None:
    report = evaluate_reid(crowd(4, riders=40, images=8, noise=0.9))
    assert report.tracklets is not None
    assert report.tracklets.embeddings < report.images.embeddings
    assert report.tracklets.best.f1 > report.images.best.f1 + 0.1, (report.tracklets.best, report.images.best)
