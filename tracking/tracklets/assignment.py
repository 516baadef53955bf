"""One-to-one assignment of boxes to tracks (T3)."""

from typing import Literal, TypeAlias

import numpy as np

from tracking.arrays import FloatArray, IntArray

AssignmentMethod: TypeAlias = Literal["hungarian", "greedy"]


def assign(similarity: FloatArray, method: AssignmentMethod = "hungarian") -> tuple[IntArray, IntArray]:
    """Give each row at most one column and each column at most one row.

    `hungarian` maximises the total similarity, which is least total cost 1 - IoU when a pair left apart
    costs 1: a strong pair is not given up to make two weak ones. `greedy` takes the best pair left until
    none is left.

    Args:
        similarity: (M, N) above 0 where the pair may be joined, 0 where it may not.
        method: How the pairs are chosen.

    Returns:
        Rows and columns of the pairs, both (K,), rows increasing.
    """
    if not similarity.size or not np.any(similarity > 0):
        nothing = np.zeros(0, np.int64)
        return nothing, nothing
    if method == "greedy":
        return _greedy(similarity)
    from scipy.optimize import linear_sum_assignment  # Takes a moment; settings must not wait for it

    rows, columns = linear_sum_assignment(np.maximum(similarity, 0.0), maximize=True)
    joined = similarity[rows, columns] > 0
    return rows[joined], columns[joined]


def _greedy(similarity: FloatArray) -> tuple[IntArray, IntArray]:
    order = np.argsort(-similarity, axis=None, kind="stable")
    rows, columns = np.unravel_index(order, similarity.shape)
    free_row, free_column = np.ones(similarity.shape[0], bool), np.ones(similarity.shape[1], bool)
    pairs = []
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if similarity[row, column] <= 0:
            break
        if free_row[row] and free_column[column]:
            free_row[row] = free_column[column] = False
            pairs.append((row, column))
    chosen = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    return chosen[:, 0], chosen[:, 1]
