"""Who goes with whom, once a group of competing sightings is complete.

A candidate joins a departure (a sighting that may have a successor) to an arrival (one that may have a
predecessor). Each departure and each arrival is used at most once, so the chosen candidates chain the
sightings to journeys; because an arrival always comes later than its departure, no chain closes to a ring.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np

from tracking.arrays import FloatArray, IntArray

Method: TypeAlias = Literal["path_cover", "greedy", "threshold"]

DENSE_CELLS = 40_000
"""Largest departures × arrivals matrix that is solved faster densely than sparsely."""


@dataclass(frozen=True, slots=True)
class Rivalry:
    """A group of candidates that compete for departures and arrivals.

    Departures and arrivals are numbered in (time, id) order, candidates sorted by (departure, arrival).

    Attributes:
        departures: (E,) number of the earlier sighting of each candidate.
        arrivals: (E,) number of the later one.
        costs: (E,) what joining them costs; below `limit`.
        limit: Cost of joining nobody: the threshold τ.
        shape: Number of departures, number of arrivals.
    """

    departures: IntArray
    arrivals: IntArray
    costs: FloatArray
    limit: float
    shape: tuple[int, int]


class Assignment(Protocol):
    """A way to settle a rivalry.

    The choice is one-to-one and maximal: no candidate is left whose departure and arrival are both free.
    It depends on the rivalry alone.
    """

    def __call__(self, rivalry: Rivalry) -> list[int]:
        """Return the positions of the chosen candidates, increasing."""
        ...


def cover_paths(rivalry: Rivalry) -> list[int]:
    """Choose the candidates with the largest Σ (τ − cost): the minimum-cost path cover."""
    dense = rivalry.shape[0] * rivalry.shape[1] <= DENSE_CELLS
    best = _best_dense(rivalry) if dense else _best_sparse(rivalry)
    # Rounding may drop a candidate that is worth less than about 1e-15; taking it keeps the choice maximal.
    return _take(rivalry, [*best, *_by_cost(rivalry)])


def match_greedily(rivalry: Rivalry) -> list[int]:
    """Take the cheapest candidate again and again; the earlier one of two equals."""
    return _take(rivalry, _by_cost(rivalry))


def match_nearest(rivalry: Rivalry) -> list[int]:
    """Let each arrival in turn of time take its cheapest departure that is still free.

    This is the plain d < τ of the thesis, made one-to-one: no arrival waits for the claims of later ones.
    """
    order = np.lexsort((rivalry.departures, rivalry.costs, rivalry.arrivals))
    return _take(rivalry, order.tolist())


ASSIGNMENTS: Mapping[Method, Assignment] = {
    "path_cover": cover_paths,
    "greedy": match_greedily,
    "threshold": match_nearest,
}


def _by_cost(rivalry: Rivalry) -> list[int]:
    order: list[int] = np.lexsort((rivalry.arrivals, rivalry.departures, rivalry.costs)).tolist()
    return order


def _take(rivalry: Rivalry, order: Iterable[int]) -> list[int]:
    departures, arrivals = rivalry.departures.tolist(), rivalry.arrivals.tolist()
    departed: set[int] = set()
    arrived: set[int] = set()
    taken = []
    for candidate in order:
        departure, arrival = departures[candidate], arrivals[candidate]
        if departure not in departed and arrival not in arrived:
            departed.add(departure)
            arrived.add(arrival)
            taken.append(candidate)
    return sorted(taken)


def _best_dense(rivalry: Rivalry) -> list[int]:
    from scipy.optimize import linear_sum_assignment  # Takes a moment; settings must not wait for it

    gains = np.zeros(rivalry.shape)
    gains[rivalry.departures, rivalry.arrivals] = rivalry.limit - rivalry.costs
    position = np.full(rivalry.shape, -1)
    position[rivalry.departures, rivalry.arrivals] = np.arange(len(rivalry.costs))
    chosen = position[linear_sum_assignment(gains, maximize=True)]
    best: list[int] = chosen[chosen >= 0].tolist()
    return best


def _best_sparse(rivalry: Rivalry) -> list[int]:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    leaving, coming = rivalry.shape
    # Each departure gets an arrival of its own for "nobody", so that a full matching exists; all costs are
    # raised because the sparse solver takes 0 for "no edge"; none is below −2.
    rows = np.concatenate([rivalry.departures, np.arange(leaving)])
    columns = np.concatenate([rivalry.arrivals, coming + np.arange(leaving)])
    costs = 3.0 + np.concatenate([rivalry.costs, np.full(leaving, rivalry.limit)])
    graph = csr_array((costs, (rows, columns)), shape=(leaving, coming + leaving))
    partner = np.full(leaving, -1)
    matched, partners = min_weight_full_bipartite_matching(graph)
    partner[matched] = partners
    best: list[int] = np.flatnonzero(partner[rivalry.departures] == rivalry.arrivals).tolist()
    return best
