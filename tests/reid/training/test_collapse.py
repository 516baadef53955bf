"""How healthy embeddings lie, and how collapsed ones do."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the laboratory needs PyTorch")

from reid.training import CollapseDetector, EmbeddingHealth, effective_rank

WHO = np.repeat(np.arange(8), 4)
RNG = np.random.default_rng(2)


def test_mean_distances_by_hand() -> None:
    health = EmbeddingHealth.of(np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 8.0]]), np.array([1, 1, 2]))
    assert health.within == pytest.approx(5.0)
    assert health.between == pytest.approx((8.0 + 5.0) / 2)
    assert health.norm == pytest.approx(np.sqrt((25 + 64) / 3))


@pytest.mark.parametrize("rank", [1, 3, 7])
def test_the_effective_rank_counts_equally_used_directions(rank: int) -> None:
    axes = np.concatenate([np.eye(10)[:rank], -np.eye(10)[:rank]])
    assert effective_rank(axes) == pytest.approx(rank)


def test_equal_embeddings_have_no_rank() -> None:
    assert effective_rank(np.ones((6, 5))) == 0.0


@pytest.mark.parametrize(
    ("embeddings", "words"),
    [
        (RNG.normal(size=(32, 16)), ""),
        (np.ones((32, 16)) + 1e-4 * RNG.normal(size=(32, 16)), "one point"),
        (np.zeros((32, 16)), "one point"),
        (RNG.normal(size=(32, 1)) * np.ones((1, 16)), "on a line"),
        (np.ones((3, 16)), ""),
    ],
)
def test_a_collapse_is_named(embeddings: np.ndarray, words: str) -> None:
    health = EmbeddingHealth.of(embeddings, WHO[: len(embeddings)])
    assert (words in health.collapse) if words else not health.collapse, health


def test_the_detector_waits_for_several_in_a_row() -> None:
    good = EmbeddingHealth.of(RNG.normal(size=(32, 16)), WHO)
    bad = EmbeddingHealth.of(np.ones((32, 16)), WHO)
    detector = CollapseDetector(patience=2)
    said = [bool(detector.update(health)) for health in (bad, good, bad, bad, bad, good)]
    assert said == [False, False, False, True, True, False]
