"""Distance metrics against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from reid.studies import Metric, pairwise_distances

A, B = np.array([[3.0, 4.0, 0.0]]), np.array([[0.0, 0.0, 0.0], [3.0, 4.0, 12.0], [4.0, 3.0, 0.0]])


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (Metric.EUCLIDEAN, [5.0, 12.0, np.sqrt(2)]),
        (Metric.SQUARED_EUCLIDEAN, [25.0, 144.0, 2.0]),
        (Metric.CITYBLOCK, [7.0, 12.0, 2.0]),
        (Metric.MINKOWSKI, [91 ** (1 / 3), 12.0, 2 ** (1 / 3)]),
    ],
)
def test_metrics_by_hand(metric: Metric, expected: list[float]) -> None:
    np.testing.assert_allclose(pairwise_distances(A, B, metric)[0], expected, rtol=1e-6)


def test_angle_metrics_by_hand() -> None:
    found = pairwise_distances(
        A, np.array([[6.0, 8.0, 0.0], [-4.0, 3.0, 0.0], [-3.0, -4.0, 0.0]]), Metric.COSINE
    )
    np.testing.assert_allclose(found[0], [0.0, 1.0, 2.0], atol=1e-6)
    shifted = pairwise_distances(A, 2 * A + 7, Metric.CORRELATION)
    assert abs(float(shifted[0, 0])) < 1e-6, "correlation ignores scale and offset"


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        (Metric.EUCLIDEAN, "euclidean"),
        (Metric.SQUARED_EUCLIDEAN, "sqeuclidean"),
        (Metric.COSINE, "cosine"),
        (Metric.CORRELATION, "correlation"),
    ],
)
@given(seed=st.integers(0, 999))
def test_the_matrix_products_agree_with_scipy(metric: Metric, name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(4, 9)), rng.normal(size=(6, 9))
    np.testing.assert_allclose(pairwise_distances(one, other, metric), cdist(one, other, name), atol=2e-6)


@given(seed=st.integers(0, 999))
def test_on_unit_vectors_euclid_its_square_and_cosine_rank_alike(seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(12, 5))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    orders = [
        np.argsort(pairwise_distances(rows[:3], rows[3:], metric), axis=1).tolist()
        for metric in (Metric.EUCLIDEAN, Metric.SQUARED_EUCLIDEAN, Metric.COSINE)
    ]
    assert orders[0] == orders[1] == orders[2]
