"""Threshold and probabilities from labelled riders."""

import numpy as np
import pytest

from reid.retrieval import (
    EmbeddingSet,
    RehearsedMatches,
    Traffic,
    calibrate,
    fit_curve,
    judge,
    rehearse,
)
from tests.reid.retrieval.riders import crowd
from tracking.errors import UsageError
from tracking.match_curve import LogisticCurve, TableCurve


def halves(seed: int = 3, noise: float = 0.5) -> tuple[EmbeddingSet, EmbeddingSet]:
    """Tracklets of forty riders and of forty others."""
    found = crowd(seed, riders=80, images=2, noise=noise, alone=20).averaged()
    names = np.unique(found.identity)
    first = np.random.default_rng(seed).permutation(names)[: len(names) // 2]
    return found.of_identities(first), found.of_identities(np.setdiff1d(names, first))


def simulated_matches(dice: np.random.Generator, count: int) -> RehearsedMatches:
    """Matches that are right with a probability of 1 / (1 + exp(12 (d − 0.6)))."""
    distance = dice.uniform(0.1, 1.1, count)
    right = dice.random(count) < 1 / (1 + np.exp(12 * (distance - 0.6)))
    return RehearsedMatches(distance, right, count)


@pytest.mark.parametrize("kind", ["logistic", "table"])
def test_a_curve_recovers_the_probabilities_the_matches_were_drawn_from(kind: str) -> None:
    dice = np.random.default_rng(1)
    curve = fit_curve(simulated_matches(dice, 4000), kind)  # type: ignore[arg-type]
    places = np.linspace(0.2, 1.0, 33)
    apart = np.abs(curve.at(places) - 1 / (1 + np.exp(12 * (places - 0.6))))
    assert apart.max() < 0.08, f"off by {apart.max():.3f} at {places[apart.argmax()]:.2f}"
    quality = judge(curve, simulated_matches(dice, 4000))
    assert quality.calibration_error < 0.05, quality
    assert quality.believed == pytest.approx(quality.right, abs=0.03)


def test_a_logistic_curve_has_the_parameters_of_its_matches() -> None:
    curve = fit_curve(simulated_matches(np.random.default_rng(2), 5000), "logistic")
    assert isinstance(curve, LogisticCurve)
    assert curve.midpoint == pytest.approx(0.6, abs=0.02)
    assert curve.steepness == pytest.approx(12, rel=0.15)


@pytest.mark.parametrize("kind", ["logistic", "table"])
def test_matches_that_are_all_right_do_not_make_certainty(kind: str) -> None:
    matches = RehearsedMatches(np.linspace(0.1, 0.5, 40), np.ones(40, bool), 40)
    probability = fit_curve(matches, kind).at(np.array([0.1, 0.5]))  # type: ignore[arg-type]
    assert (probability < 1).all(), probability
    assert (probability > 0.9).all(), probability


def test_a_table_never_rises_with_the_distance() -> None:
    curve = fit_curve(simulated_matches(np.random.default_rng(3), 300), "table")
    assert isinstance(curve, TableCurve)
    assert (np.diff(curve.distances) > 0).all(), curve
    assert (np.diff(curve.probabilities) <= 0).all(), curve


def test_riders_in_both_parts_are_refused() -> None:
    first, second = halves()
    overlapping = EmbeddingSet(
        np.concatenate([second.embedding, first.embedding[:1]]),
        np.concatenate([second.identity, first.identity[:1]]),
        np.concatenate([second.camera, first.camera[:1]]),
        np.concatenate([second.tracklet, first.tracklet[:1]]),
    )
    with pytest.raises(UsageError, match=f"1 riders, such as {first.identity[0]}, are in the part"):
        calibrate(first, overlapping)


def test_probabilities_can_be_believed_on_other_riders() -> None:
    first, second = halves()
    found = calibrate(first, second)
    assert found.quality.believed == pytest.approx(found.quality.right, abs=0.12), found.quality
    assert found.oracle.f1 >= found.reported_on.f1, "nothing can beat the best threshold of the report itself"


def test_a_false_positive_rate_sets_the_threshold() -> None:
    first, second = halves(noise=0.7)
    strict, loose = (calibrate(first, second, false_positive_rate=rate) for rate in (0.005, 0.05))
    assert strict.threshold < loose.threshold
    assert strict.chosen_on.false_positive_rate <= 0.005
    assert loose.chosen_on.false_positive_rate <= 0.05


def test_a_threshold_that_matches_nobody_is_one_sentence() -> None:
    first, second = halves()
    with pytest.raises(UsageError, match="label more riders or allow more false positives"):
        calibrate(first, second, false_positive_rate=0.0, traffic=Traffic(draws=1))


def test_perfect_embeddings_are_always_matched_right_and_never_alone() -> None:
    found = crowd(1, riders=30, images=1, noise=0.0, alone=10)
    matches = rehearse(found, threshold=0.3, traffic=Traffic(draws=50))
    assert (matches.precision, matches.recall) == (1.0, 1.0)


def test_the_same_seed_rehearses_the_same_matches() -> None:
    found = crowd(1)
    first, second = (rehearse(found, 1.0, Traffic(draws=20, seed=4)) for _ in range(2))
    np.testing.assert_array_equal(first.distance, second.distance)


def test_the_threshold_for_matches_makes_better_matches_than_that_for_pairs() -> None:
    first, second = halves(noise=0.8)
    traffic = Traffic(draws=60)
    by_pairs, by_matches = (
        calibrate(first, second, traffic=traffic, objective=option) for option in ("pairs", "matches")
    )
    scores = [rehearse(first, one.threshold, traffic).f1 for one in (by_pairs, by_matches)]
    assert scores[1] > scores[0] + 0.01, f"pairs {scores[0]:.3f}, matches {scores[1]:.3f}"
    assert by_matches.threshold > by_pairs.threshold
