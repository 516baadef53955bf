"""What a trained verification head says about pairs, for `reid.studies.rank_by` and `compare_by`."""

from collections.abc import Callable

import numpy as np
import torch

from reid.models.pairs import VerificationNetwork
from tracking.arrays import FloatArray, IntArray

_ROWS_AT_ONCE = 4096


def pair_score(network: VerificationNetwork) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """Make a score of pairs of a verification network, a `reid.studies.PairScore`.

    Args:
        network: Judges embeddings as they leave it (`embed_images` with ``unit_norm=False``).

    Returns:
        (Q, D) and (G, D) to (Q, G) probability of the same rider, the same whichever comes first.
    """

    def score(queries: FloatArray, gallery: FloatArray) -> FloatArray:
        device = next(network.parameters()).device
        network.eval()
        left, right = (
            torch.from_numpy(np.asarray(rows, np.float32)).to(device) for rows in (queries, gallery)
        )
        table = np.empty((len(left), len(right)))
        step = max(1, _ROWS_AT_ONCE // max(1, len(right)))
        with torch.inference_mode():
            for start in range(0, len(left), step):
                part = left[start : start + step]
                judged = network.verify(part.repeat_interleave(len(right), 0), right.repeat(len(part), 1))
                table[start : start + step] = judged.double().cpu().numpy().reshape(len(part), -1)
        return table

    return score


def average_rows(rows: FloatArray, tracklet: IntArray) -> FloatArray:
    """Mean of the rows of each tracklet, at their own scale.

    Args:
        rows: (N, D).
        tracklet: (N,) number of the tracklet.

    Returns:
        (T, D), in the order of `reid.retrieval.EmbeddingSet.averaged`.
    """
    numbers, place = np.unique(tracklet, return_inverse=True)
    sums = np.zeros((len(numbers), rows.shape[1]))
    np.add.at(sums, place.reshape(-1), rows)
    return np.asarray(sums / np.bincount(place.reshape(-1))[:, None], np.float32)
