"""Nearest neighbours, exact and approximate."""

import numpy as np
import pytest

from reid.studies import build_index


def unit_rows(count: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 32)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_exact_search_sorts_by_distance() -> None:
    gallery, queries = unit_rows(300, 1), unit_rows(7, 2)
    found = build_index(gallery).search(queries, 5)
    distances = np.linalg.norm(queries[:, None] - gallery[None], axis=2)
    np.testing.assert_array_equal(found.indices, np.argsort(distances, axis=1)[:, :5])
    np.testing.assert_allclose(found.distances, np.sort(distances, axis=1)[:, :5], atol=1e-5)


def test_an_approximate_index_finds_nearly_all_of_the_true_neighbours() -> None:
    pytest.importorskip("faiss", reason="approximate search needs FAISS")
    gallery, queries = unit_rows(3000, 3), unit_rows(100, 4)
    exact, near = (build_index(gallery, kind).search(queries, 10) for kind in ("exact", "hnsw"))
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact.indices, near.indices, strict=True)])
    assert recall > 0.95, f"recall of 10 neighbours {recall:.3f}"
    same = exact.indices == near.indices
    np.testing.assert_allclose(near.distances[same], exact.distances[same], atol=1e-4)


@pytest.mark.parametrize("kind", ["exact", "hnsw"])
def test_more_neighbours_than_there_are_gives_all_and_no_queries_give_none(kind: str) -> None:
    if kind == "hnsw":
        pytest.importorskip("faiss", reason="approximate search needs FAISS")
    index = build_index(unit_rows(4, 5), kind)
    assert sorted(index.search(unit_rows(1, 6), 9).indices[0].tolist()) == [0, 1, 2, 3]
    assert index.search(unit_rows(1, 6)[:0], 2).indices.shape == (0, 2)
