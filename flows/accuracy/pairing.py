"""One-to-one choice of the pairs that together are worth most, for sparse problems of any size."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from tracking.arrays import FloatArray, IntArray

_LEAST = 1.0
"""Added to each cost: SciPy takes a cost of 0 for no edge."""


def choose_pairs(rows: IntArray, columns: IntArray, worth: FloatArray) -> IntArray:
    """Choose pairs, each row and each column at most once, with the largest sum of worth.

    Each row may also stay alone, which is worth 0 (a private dummy column stands for that).

    Args:
        rows: (E,) any numbers that are not negative.
        columns: (E,) likewise; no pair occurs twice.
        worth: (E,) pairs worth 0 or less are not chosen.

    Returns:
        Positions of the chosen pairs, increasing.
    """
    useful = np.flatnonzero(worth > 0)
    if not len(useful):
        return useful
    _, row = np.unique(rows[useful], return_inverse=True)
    names, column = np.unique(columns[useful], return_inverse=True)
    high, count = float(worth[useful].max()), int(row.max()) + 1
    costs = np.append(high - worth[useful], np.full(count, high)) + _LEAST
    everyone = np.arange(count)
    ends = (np.append(row, everyone), np.append(column, len(names) + everyone))
    graph = csr_array((costs, ends), shape=(count, len(names) + count))
    chosen_rows, chosen_columns = min_weight_full_bipartite_matching(graph)
    key = row * (len(names) + count) + column
    chosen = chosen_rows.astype(np.int64) * (len(names) + count) + chosen_columns
    return useful[np.isin(key, chosen)]
