"""Batches of crops, in which every kind has its share."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from tracking.arrays import FloatArray, IntArray
from tracking.riders.classifier import squares
from workshop.classifier.crops import LabelledCrop
from workshop.classifier.description import LearningSettings
from workshop.classifier.finish import finished


class CropBatches:
    """Draws batches; the one of a number is always the same.

    Of each origin (real, painted) and kind a share is drawn; among its sources each as often as the square
    root of its size.

    Args:
        crops: All of them.
        settings: Shares, sizes, seed.
    """

    def __init__(self, crops: Sequence[LabelledCrop], settings: LearningSettings) -> None:
        self._settings = settings
        groups: dict[tuple[bool, str, str], list[LabelledCrop]] = defaultdict(list)
        for crop in crops:
            groups[crop.simulated, crop.shown.name.lower(), crop.source].append(crop)
        self._groups = list(groups.values())
        sizes: dict[tuple[bool, str], float] = defaultdict(float)
        for (simulated, kind, _), members in groups.items():
            sizes[simulated, kind] += len(members) ** 0.5
        share = {True: 1 - settings.real_share, False: settings.real_share}
        weights = [
            share[simulated] * settings.shares[kind] * len(members) ** 0.5 / sizes[simulated, kind]
            for (simulated, kind, _), members in groups.items()
        ]
        self._weights = np.array(weights) / sum(weights)

    def batch(self, number: int) -> tuple[FloatArray, IntArray]:
        """One batch.

        Args:
            number: Which, from 0.

        Returns:
            (N, 3, S, S) float32 RGB 0..1, and (N,) of `Shown`.
        """
        settings = self._settings
        rng = np.random.default_rng((settings.seed, number, 37))
        drawn = [self._groups[one] for one in rng.choice(len(self._groups), settings.batch, p=self._weights)]
        crops = [group[int(rng.integers(len(group)))] for group in drawn]
        pictures = squares([finished(crop, rng) for crop in crops], settings.side)
        return pictures, np.array([int(crop.shown) for crop in crops])
