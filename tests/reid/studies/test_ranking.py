"""Rankings under other distances."""

import numpy as np
import pytest

from reid.evaluation import Comparison, EmbeddingSet, score_ranking
from reid.studies import Metric, Reranking, rank_by


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
