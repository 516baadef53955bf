"""Hard negatives from nearest neighbours."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the laboratory needs PyTorch")

from reid.batches import TripletSampler
from reid.training.mining import hard_share, mine_hard_negatives


def test_wrong_neighbours_are_hard_and_right_ones_are_not() -> None:
    places = np.array([[0.0], [0.1], [0.25], [5.0], [5.1], [9.0]])
    identities = np.array([1, 1, 2, 2, 3, 3])
    found = mine_hard_negatives(places, identities, neighbours=2)
    assert [row.tolist() for row in found] == [[2], [2], [1, 0], [4, 5], [3], [3]]
    assert hard_share(found) == 1.0


def test_clean_clusters_have_no_hard_negatives() -> None:
    places, identities = np.repeat(np.arange(4.0) * 10, 5)[:, None], np.repeat(np.arange(4), 5)
    found = mine_hard_negatives(places, identities, neighbours=4)
    assert hard_share(found) == 0.0


def test_the_sampler_of_the_second_round_takes_what_was_mined() -> None:
    rng = np.random.default_rng(0)
    identities, cameras = np.repeat(np.arange(20), 4), np.tile([1, 2], 40)
    hard = mine_hard_negatives(rng.normal(size=(80, 6)), identities, neighbours=3)
    sampler = TripletSampler(identities, cameras, 40, 1, hard, hard_share=1.0)
    anchors, _, negatives = sampler.batch(1, 0).reshape(3, -1)
    for anchor, negative in zip(anchors, negatives, strict=True):
        assert len(hard[anchor]) == 0 or negative in hard[anchor]
