"""Rankings under other distances."""

import numpy as np
import pytest

from reid.retrieval import Comparison, EmbeddingSet, PairDistances, score_ranking
from reid.studies import Metric, Reranking, compare_by, rank_by


def riders(spread: float, seed: int = 0, asks: bool = False) -> EmbeddingSet:
    """Thirty riders, four images each of two cameras."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(30, 12)).repeat(8, axis=0) + spread * rng.normal(size=(240, 12))
    camera = np.tile([1, 1, 1, 1, 2, 2, 2, 2], 30)
    query = np.tile([True] + [False] * 7, 30) if asks else None
    return EmbeddingSet.of(rows, np.repeat(np.arange(1, 31), 8), camera, query=query)


@pytest.mark.parametrize("asks", [False, True])
def test_euclid_gives_the_scores_of_the_evaluation_and_cosine_the_same(asks: bool) -> None:
    found = riders(1.2, asks=asks)
    expected = score_ranking(Comparison(found))
    for metric in (Metric.EUCLIDEAN, Metric.COSINE, Metric.SQUARED_EUCLIDEAN):
        scores = rank_by(found, metric)
        np.testing.assert_allclose(scores.cmc, expected.cmc)
        assert scores.mean_average_precision == pytest.approx(expected.mean_average_precision, abs=1e-6)


@pytest.mark.parametrize("metric", [Metric.CORRELATION, Metric.CITYBLOCK, Metric.MINKOWSKI])
def test_other_metrics_find_most_of_what_euclid_finds(metric: Metric) -> None:
    found = riders(0.8)
    euclid, other = rank_by(found, Metric.EUCLIDEAN), rank_by(found, metric)
    assert other.mean_average_precision > euclid.mean_average_precision - 0.1


@pytest.mark.parametrize("asks", [False, True])
def test_re_ranking_lifts_the_precision_of_riders_with_several_images(asks: bool) -> None:
    for seed in range(3):
        found = riders(0.7, seed, asks)
        plain, again = rank_by(found, Metric.EUCLIDEAN), rank_by(found, Reranking(k1=8, k2=3))
        gain = again.mean_average_precision - plain.mean_average_precision
        assert gain > 0.02, f"mAP {plain.mean_average_precision:.3f}, re-ranked by {gain:+.3f}"


def test_averaging_first_lifts_it_too() -> None:
    found = riders(1.2)
    alone, averaged = rank_by(found, Metric.EUCLIDEAN), rank_by(found.averaged(), Metric.EUCLIDEAN)
    assert averaged.mean_average_precision > alone.mean_average_precision + 0.05


def near_is_same(queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    """A score of pairs that falls with their distance."""
    return np.exp(-((queries[:, None, :] - gallery[None, :, :]) ** 2).sum(axis=2))


@pytest.mark.parametrize("asks", [False, True])
def test_a_score_of_pairs_ranks_like_the_distance_that_it_falls_with(asks: bool) -> None:
    found = riders(1.2, asks=asks)
    expected, scores = rank_by(found, Metric.EUCLIDEAN), rank_by(found, near_is_same)
    np.testing.assert_allclose(scores.cmc, expected.cmc)
    assert scores.mean_average_precision == pytest.approx(expected.mean_average_precision, abs=1e-6)


def test_pairs_are_decided_by_one_minus_the_probability() -> None:
    found = EmbeddingSet.of(np.eye(4), np.array([1, 1, 2, 2]), np.array([1, 2, 1, 2]))
    table = np.array([[1, 0.9, 0.2, 0.6], [0.9, 1, 0.1, 0.3], [0.2, 0.1, 1, 0.5], [0.6, 0.3, 0.5, 1]])
    pairs = PairDistances.of(compare_by(found, lambda queries, gallery: table))
    np.testing.assert_allclose(pairs.same, [0.1, 0.5])
    np.testing.assert_allclose(pairs.different, [0.4, 0.7, 0.8, 0.9])
    best = pairs.best()
    assert best.f1 == pytest.approx(0.8)
    assert (best.true_positives, best.false_positives) == (2, 1)
    assert pairs.at(0.3).f1 == pytest.approx(2 / 3)


def test_rows_at_their_own_scale_can_take_the_place_of_unit_ones() -> None:
    rows = np.array([[1.0, 0.0], [1.2, 0.0], [9.0, 0.1], [9.1, 0.0]])
    found = EmbeddingSet.of(rows, np.array([1, 1, 2, 2]), np.array([1, 2, 1, 2]))
    unit = score_ranking(compare_by(found, Metric.EUCLIDEAN))
    own = score_ranking(compare_by(found, Metric.EUCLIDEAN, rows=rows))
    assert own.rank1 == 1.0
    assert unit.rank1 < 1.0
