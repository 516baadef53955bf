"""Riders in embedding space."""

import numpy as np

from reid.retrieval import EmbeddingSet


def crowd(
    seed: int, riders: int = 12, images: int = 3, noise: float = 0.6, split: bool = False, alone: int = 3
) -> EmbeddingSet:
    """Riders at up to three cameras, some of them at one camera only.

    Args:
        seed: Of everything.
        riders: Who may be seen by several cameras.
        images: Of each rider at each camera.
        noise: Scatter of the images of a rider.
        split: Let a third of the images ask, and the rest be searched.
        alone: Riders at a single camera.
    """
    dice = np.random.default_rng(seed)
    rows = []
    for rider in range(riders + alone):
        centre = dice.normal(size=8)
        seen = dice.choice(3, 1 if rider >= riders else int(dice.integers(2, 4)), replace=False)
        for camera in seen:
            rows += [(centre + noise * dice.normal(size=8), rider + 1, camera) for _ in range(images)]
    query = dice.random(len(rows)) < 1 / 3 if split else None
    return EmbeddingSet.of(
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows]),
        np.array([row[2] for row in rows]),
        query=query,
    )
