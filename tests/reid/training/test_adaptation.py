"""Pseudo-identities for riders nobody has labelled."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the laboratory needs PyTorch")

from pathlib import Path

from reid.datasets import CropFile, ReidDataset
from reid.training.adaptation import AdaptationSettings, pseudo_identities, relabel
from tracking.errors import UsageError


def people(count: int, images: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    centres = np.linalg.qr(rng.normal(size=(16, 16)))[0][:count]
    rows = centres.repeat(images, axis=0) + spread * rng.normal(size=(count * images, 16))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), np.repeat(np.arange(count), images)


@pytest.mark.parametrize("method", ["kmeans", "density"])
def test_clear_clusters_are_the_people(method: str) -> None:
    rows, truth = people(6, 8, 0.05)
    settings = AdaptationSettings(method=method, clusters=6)
    labels = pseudo_identities(rows, settings)
    pairs = {(int(a), int(b)) for a, b in zip(labels, truth, strict=True)}
    assert len(pairs) == 6, pairs
    assert sorted({label for label, _ in pairs}) == list(range(6))


def test_images_far_from_the_middle_are_not_trusted() -> None:
    rows, _ = people(4, 8, 0.05)
    rows[3] = -rows[3] * 0.2 + rows[9]
    rows[3] /= np.linalg.norm(rows[3])
    labels = pseudo_identities(rows, AdaptationSettings(clusters=4, similarity=0.985))
    assert labels[3] == -1
    dataset = ReidDataset("new city", tuple(CropFile(Path(f"{i}.jpg"), i, 1) for i in range(32)))
    kept = relabel(dataset, labels)
    assert len(kept) == int((labels >= 0).sum()) < 32
    assert set(kept.identities) == set(labels[labels >= 0].tolist())


def test_the_same_seed_gives_the_same_clusters() -> None:
    rows, _ = people(6, 8, 0.4)
    settings = AdaptationSettings(clusters=6, similarity=0.3)
    first, again = (pseudo_identities(rows, settings, seed=4) for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"clusters": 99}, "cannot be made of 48 images"), ({"similarity": 1.0}, "only 0 clusters")],
)
def test_clusters_that_cannot_be_trusted_are_refused(changes: dict[str, float], words: str) -> None:
    rows, _ = people(6, 8, 0.1)
    with pytest.raises(UsageError, match=words):
        pseudo_identities(rows, AdaptationSettings(**{"clusters": 6} | changes))
