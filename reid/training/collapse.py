"""Early signs that a training collapses: all embeddings at one point, or along one line."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch

from tracking.arrays import FloatArray, IntArray

SMALLEST_SPREAD = 0.01
"""Mean distance of two embeddings over their mean norm; less is one point."""
SMALLEST_RANK = 1.5
"""Effective rank; less is a line."""
FEWEST_EMBEDDINGS = 8
"""Below it neither says anything."""


@dataclass(frozen=True, slots=True)
class EmbeddingHealth:
    """How the embeddings of a batch lie.

    Attributes:
        within: Mean distance of two images of one identity; NaN where there is no such pair.
        between: Mean distance of two images of different identities; NaN where there is no such pair.
        norm: Root mean square norm.
        effective_rank: Number of directions that the embeddings really use: the exponential of the
            entropy of the normalised singular values, after centring (Roy & Vetterli 2007).
        count: Number of embeddings.
        spread: Mean distance of two embeddings over their norm.
    """

    within: float
    between: float
    norm: float
    effective_rank: float
    count: int
    spread: float

    @classmethod
    def of(cls, embeddings: FloatArray, identities: IntArray) -> Self:
        """Measure embeddings.

        Args:
            embeddings: (N, D), finite.
            identities: (N,).
        """
        rows = np.asarray(embeddings, np.float64)
        norm = float(np.sqrt((rows**2).sum(axis=1).mean()))
        squared = (rows**2).sum(axis=1)
        distances = np.sqrt(np.maximum(0.0, squared[:, None] + squared[None, :] - 2.0 * rows @ rows.T))
        same = identities[:, None] == identities[None, :]
        other_image = ~np.eye(len(rows), dtype=bool)
        spread = _mean(distances[other_image]) / norm if norm > 0 else 0.0
        return cls(
            within=_mean(distances[same & other_image]),
            between=_mean(distances[~same]),
            norm=norm,
            effective_rank=effective_rank(rows),
            count=len(rows),
            spread=spread,
        )

    @property
    def collapse(self) -> str:
        """What has collapsed, in words; empty where nothing has."""
        if self.count < FEWEST_EMBEDDINGS:
            return ""
        if self.spread < SMALLEST_SPREAD:
            return f"embeddings lie at one point (mean distance {self.spread:.1e} of their norm)"
        if self.effective_rank < SMALLEST_RANK:
            return f"embeddings lie on a line (effective rank {self.effective_rank:.2f})"
        return ""


class CollapseDetector:
    """Speaks up when several measurements in a row show a collapse."""

    def __init__(self, patience: int = 3) -> None:
        """Set the patience.

        Args:
            patience: Measurements in a row that must agree.
        """
        self._patience, self._in_a_row = patience, 0

    def update(self, health: EmbeddingHealth) -> str:
        """Take the next measurement in.

        Returns:
            What has collapsed, once it has for as long as the patience lasts; else an empty text.
        """
        self._in_a_row = self._in_a_row + 1 if health.collapse else 0
        return health.collapse if self._in_a_row >= self._patience else ""


def effective_rank(embeddings: FloatArray) -> float:
    """Number of directions that embeddings use (Roy & Vetterli 2007), after centring.

    Args:
        embeddings: (N, D).

    Returns:
        0 where all are equal, else between 1 and the smaller of N - 1 and D.
    """
    centred = np.asarray(embeddings, np.float64) - np.mean(embeddings, axis=0)
    values = np.linalg.svd(centred, compute_uv=False)
    total = values.sum()
    if total <= 1e-9 * max(1.0, float(np.abs(embeddings).max(initial=0.0))):
        return 0.0
    shares = values[values > 0] / total
    return float(np.exp(-(shares * np.log(shares)).sum()))


def measure_health(embeddings: torch.Tensor, identities: torch.Tensor) -> EmbeddingHealth:
    """Measure the embeddings of a batch on whatever device they are."""
    return EmbeddingHealth.of(embeddings.detach().float().cpu().numpy(), identities.cpu().numpy())


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if values.size else float("nan")
