"""All people of a gallery at once, by density (DBSCAN: Ester, Kriegel, Sander & Xu 1996).

SciPy's connected components are all that is needed, so scikit-learn is not.
"""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from reid.studies.distances import Metric, pairwise_distances
from tracking.arrays import FloatArray, IntArray

NOBODY = -1
"""Label of embeddings that belong to no cluster."""
_ROWS = 2048
"""Embeddings whose distances to all others are in memory at once."""


def cluster_identities(embeddings: FloatArray, radius: float, fewest: int = 3) -> IntArray:
    """Group embeddings into people.

    An embedding with at least `fewest` embeddings (itself among them) within the radius is a core; cores
    within the radius of each other are one person. An embedding that is no core joins the person of
    the nearest core within the radius, so that the result does not depend on the order.

    Args:
        embeddings: (N, D).
        radius: Largest Euclidean distance of neighbours.
        fewest: Embeddings that make a core.

    Returns:
        (N,) labels from 0 in the order of appearance; -1 for nobody.
    """
    count = len(embeddings)
    if count == 0:
        return np.zeros(0, np.int64)
    neighbours = _neighbour_graph(embeddings, radius)
    core = np.diff(neighbours.indptr) >= fewest
    cores = np.flatnonzero(core)
    labels = np.full(count, NOBODY, np.int64)
    if len(cores) == 0:
        return labels
    _, labels[cores] = connected_components(neighbours[cores][:, cores], directed=False)
    for image in np.flatnonzero(~core):
        part = slice(neighbours.indptr[image], neighbours.indptr[image + 1])
        near = neighbours.indices[part]
        distances = np.where(core[near], neighbours.data[part], np.inf)
        if np.isfinite(distances).any():
            labels[image] = labels[near[int(np.argmin(distances))]]
    return _by_appearance(labels)


def _neighbour_graph(embeddings: FloatArray, radius: float) -> csr_matrix:
    """(N, N) distances within the radius, with the diagonal."""
    indptr, indices, data = [0], [], []
    for start in range(0, len(embeddings), _ROWS):
        distances = pairwise_distances(embeddings[start : start + _ROWS], embeddings, Metric.EUCLIDEAN)
        own = np.arange(len(distances))
        distances[own, start + own] = 0.0
        for row in distances:
            near = np.flatnonzero(row <= radius)
            indices.append(near)
            # Explicit zeros, of copies, must count as neighbours and survive slicing.
            data.append(np.maximum(row[near], np.finfo(np.float32).tiny))
            indptr.append(indptr[-1] + len(near))
    shape = (len(embeddings), len(embeddings))
    return csr_matrix((np.concatenate(data), np.concatenate(indices), indptr), shape)


def _by_appearance(labels: IntArray) -> IntArray:
    names, first = np.unique(labels[labels != NOBODY], return_index=True)
    order = np.empty(len(names), np.int64)
    order[np.argsort(first)] = np.arange(len(names))
    return np.where(labels == NOBODY, NOBODY, order[np.searchsorted(names, labels)] if len(names) else NOBODY)
