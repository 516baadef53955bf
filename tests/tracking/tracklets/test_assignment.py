"""One-to-one assignment against brute force."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tracking.arrays import FloatArray
from tracking.tracklets.assignment import AssignmentMethod, assign

METHODS: tuple[AssignmentMethod, ...] = ("hungarian", "greedy")
similarities = array_shapes(min_dims=2, max_dims=2, max_side=4).flatmap(
    lambda shape: arrays(
        np.float64, shape, elements=st.sampled_from([0.0, 0.0, 0.2, 0.35, 0.5, 0.77, 0.9, 1.0])
    )
)


def best_total(similarity: FloatArray) -> float:
    """Greatest total over every one-to-one choice of pairs."""
    rows, columns = similarity.shape
    best = 0.0
    for count in range(1, min(rows, columns) + 1):
        for chosen in combinations(range(rows), count):
            for partners in permutations(range(columns), count):
                best = max(best, float(similarity[list(chosen), list(partners)].sum()))
    return best


@pytest.mark.parametrize("method", METHODS)
@given(similarity=similarities)
@settings(max_examples=80, deadline=None)
def test_assignment_is_one_to_one_and_never_beyond_the_gate(
    method: AssignmentMethod, similarity: FloatArray
) -> None:
    rows, columns = assign(similarity, method)
    assert len(set(rows.tolist())) == len(rows) == len(set(columns.tolist())) == len(columns)
    assert (similarity[rows, columns] > 0).all()
    assert rows.tolist() == sorted(rows.tolist())


@given(similarity=similarities)
@settings(max_examples=80, deadline=None)
def test_hungarian_finds_the_greatest_total(similarity: FloatArray) -> None:
    rows, columns = assign(similarity, "hungarian")
    assert similarity[rows, columns].sum() == pytest.approx(best_total(similarity))


@given(similarity=similarities)
@settings(max_examples=80, deadline=None)
def test_greedy_leaves_no_admissible_pair_apart(similarity: FloatArray) -> None:
    rows, columns = assign(similarity, "greedy")
    left = np.delete(np.delete(similarity, rows, 0), columns, 1)
    assert not (left > 0).any(), f"left over: {left}"


def test_hungarian_and_greedy_differ_where_the_best_pair_spoils_two_good_ones() -> None:
    similarity = np.array([[0.9, 0.8], [0.8, 0.0]])
    assert [part.tolist() for part in assign(similarity, "greedy")] == [[0], [0]]
    assert [part.tolist() for part in assign(similarity, "hungarian")] == [[0, 1], [1, 0]]


def test_a_strong_pair_is_not_given_up_for_two_weak_ones() -> None:
    similarity = np.array([[0.9, 0.31], [0.35, 0.0]])
    assert [part.tolist() for part in assign(similarity, "hungarian")] == [[0], [0]]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (2, 2)])
@pytest.mark.parametrize("method", METHODS)
def test_nothing_to_assign(method: AssignmentMethod, shape: tuple[int, int]) -> None:
    rows, columns = assign(np.zeros(shape), method)
    assert (len(rows), len(columns)) == (0, 0)
