"""k-reciprocal re-ranking, by hand and against the equations written out with sets."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.studies import Reranking


def by_the_equations(rows: np.ndarray, queries: int, k1: int, k2: int, share: float) -> np.ndarray:
    """Equations 2 to 12 of the paper with plain sets, an image counted as its own nearest."""
    d = ((rows[:, None] - rows[None]) ** 2).sum(-1)
    d /= d.max()
    n = len(rows)
    ranks = [sorted(range(n), key=lambda j: (-1.0 if i == j else d[i, j], j)) for i in range(n)]

    def nearest(i: int, k: int) -> set[int]:
        return set(ranks[i][: k + 1])

    def reciprocal(i: int, k: int) -> set[int]:
        return {j for j in nearest(i, k) if i in nearest(j, k)}

    def expanded(i: int) -> set[int]:
        first = reciprocal(i, k1)
        result = set(first)
        for q in first:
            candidate = reciprocal(q, round(k1 / 2))
            if len(first & candidate) >= 2 / 3 * len(candidate):
                result |= candidate
        return result

    v = np.zeros((n, n))
    for i in range(n):
        for j in expanded(i):
            v[i, j] = np.exp(-d[i, j])
    v = np.array([np.mean([v[j] for j in ranks[i][:k2]], axis=0) for i in range(n)])
    jaccard = np.array([[1 - np.minimum(p, g).sum() / np.maximum(p, g).sum() for g in v] for p in v])
    return ((1 - share) * jaccard + share * d)[:queries, queries:]


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(4, 14),
    k1=st.integers(1, 6),
    k2=st.integers(1, 4),
    share=st.sampled_from([0.0, 0.3, 1.0]),
)
def test_the_fast_way_gives_what_the_equations_say(
    seed: int, count: int, k1: int, k2: int, share: float
) -> None:
    rows = np.random.default_rng(seed).normal(size=(count, 3))
    k1, k2 = min(k1, count - 1), min(k2, count)
    found = Reranking(k1, k2, share).distances(rows[:2], rows[2:])
    np.testing.assert_allclose(found, by_the_equations(rows, 2, k1, k2, share), atol=1e-5)


def test_a_stranger_in_front_of_the_true_match_falls_behind_it() -> None:
    # The query belongs to a chain of three images on the left; the stranger is nearer to it than the
    # far end of its chain, but at home in a cluster of its own.
    query = np.array([[0.0, 0.0]])
    chain = np.array([[0.5, 0.0], [1.1, 0.0]])
    strangers = np.array([[0.0, 1.0], [0.05, 1.1], [-0.05, 1.1], [0.0, 1.15]])
    gallery = np.concatenate([chain, strangers])
    plain = np.linalg.norm(gallery - query, axis=1)
    assert plain[1] > plain[2], "by plain distance the stranger comes first"
    reranked = Reranking(k1=2, k2=1, original_share=0.0).distances(query, gallery)[0]
    assert reranked[1] < reranked[2], f"re-ranked: match {reranked[1]:.3f}, stranger {reranked[2]:.3f}"


def test_with_the_original_share_of_one_nothing_changes() -> None:
    rows = np.random.default_rng(0).normal(size=(9, 4))
    found = Reranking(3, 2, original_share=1.0).distances(rows[:3], rows[3:])
    plain = np.linalg.norm(rows[:3, None] - rows[None, 3:], axis=2)
    assert np.argsort(found, axis=1).tolist() == np.argsort(plain, axis=1).tolist()
