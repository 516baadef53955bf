"""Verification heads as a score of pairs."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the laboratory needs PyTorch")

from reid.models.registry import build  # noqa: E402
from reid.retrieval import EmbeddingSet  # noqa: E402
from reid.studies import rank_by  # noqa: E402
from reid.training.pair_scores import average_rows, pair_score  # noqa: E402


def test_a_head_judges_every_pair_the_same_whichever_comes_first() -> None:
    torch.manual_seed(0)
    network = build("verification", backbone="resnet18", embedding_size=6, hidden_size=8).eval()
    rows = np.random.default_rng(0).normal(size=(5, 6)).astype(np.float32)
    table = pair_score(network)(rows[:3], rows)
    assert table.shape == (3, 5)
    first, second = torch.from_numpy(rows[1:2]), torch.from_numpy(rows[3:4])
    assert table[1, 3] == pytest.approx(network.verify(first, second).item(), abs=1e-6)
    np.testing.assert_allclose(pair_score(network)(rows, rows[:3]), table.T, atol=1e-6)
    assert ((table > 0) & (table < 1)).all()


def test_a_head_that_knows_squared_differences_ranks_riders() -> None:
    network = build(
        "verification", backbone="resnet18", embedding_size=4, mode="squared_difference", hidden_size=None
    )
    with torch.no_grad():
        network.head.layers.weight.fill_(-1.0)
        network.head.layers.bias.fill_(2.0)
    rng = np.random.default_rng(1)
    rows = np.eye(4).repeat(4, axis=0) + 0.05 * rng.normal(size=(16, 4))
    found = EmbeddingSet.of(rows, np.arange(4).repeat(4) + 1, np.tile([1, 1, 2, 2], 4))
    assert rank_by(found, pair_score(network)).rank1 == 1.0


def test_averages_keep_their_scale_and_the_order_of_the_evaluation() -> None:
    rows = np.array([[2.0, 0.0], [4.0, 0.0], [0.0, 6.0], [0.0, 2.0]])
    tracklet = np.array([7, 7, 3, 3])
    found = EmbeddingSet.of(rows, np.array([1, 1, 2, 2]), np.array([1, 1, 2, 2]), tracklet)
    averaged = found.averaged()
    np.testing.assert_allclose(average_rows(rows, found.tracklet), [[0.0, 4.0], [3.0, 0.0]])
    np.testing.assert_allclose(averaged.embedding, [[0.0, 1.0], [1.0, 0.0]])
