"""Grouping a gallery into people by density."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.studies import NOBODY, cluster_identities


def reference(rows: np.ndarray, radius: float, fewest: int) -> list[frozenset[int]]:
    """Cores and what they reach, with plain sets; border points left out."""
    near = np.linalg.norm(rows[:, None] - rows[None], axis=2) <= radius
    cores = {i for i in range(len(rows)) if near[i].sum() >= fewest}
    groups: list[frozenset[int]] = []
    while cores:
        group, waiting = set(), [min(cores)]
        while waiting:
            core = waiting.pop()
            if core in cores:
                cores.discard(core)
                group.add(core)
                waiting += [j for j in np.flatnonzero(near[core]) if j in cores]
        groups.append(frozenset(group))
    return groups


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(0, 30), fewest=st.integers(1, 5))
def test_clusters_are_connected_cores_and_what_lies_beside_them(seed: int, count: int, fewest: int) -> None:
    rows = np.random.default_rng(seed).integers(0, 12, (count, 2)) / 2.0
    labels = cluster_identities(rows, 1.0, fewest)
    groups = reference(rows, 1.0, fewest)
    cores = {core for group in groups for core in group}
    for group in groups:
        assert len({int(labels[i]) for i in group}) == 1
    assert len({int(labels[min(group)]) for group in groups}) == len(groups)
    for i in set(range(count)) - cores:
        near = [c for c in cores if np.linalg.norm(rows[i] - rows[c]) <= 1.0]
        nearest = min((np.linalg.norm(rows[i] - rows[c]) for c in near), default=None)
        allowed = {int(labels[c]) for c in near if np.linalg.norm(rows[i] - rows[c]) == nearest}
        assert int(labels[i]) in (allowed or {NOBODY})


def test_two_people_a_chain_and_a_loner() -> None:
    one, other = [[0.0], [0.1], [0.2], [0.3]], [[5.0], [5.1], [5.0]]
    labels = cluster_identities(np.array([*other, [9.0], *one]), 0.11, 3)
    assert labels.tolist() == [0, 0, 0, NOBODY, 1, 1, 1, 1]
