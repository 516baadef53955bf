from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.matching import assignment
from flows.matching.assignment import ASSIGNMENTS, Rivalry, cover_paths, match_greedily, match_nearest

LIMIT = 1.0


def rivalry(costs: dict[tuple[int, int], float]) -> Rivalry:
    """Candidates written as (departure, arrival): cost."""
    pairs = sorted(costs)
    departures, arrivals = (np.array(ends, int) for ends in zip(*pairs, strict=True))
    shape = (int(departures.max()) + 1, int(arrivals.max()) + 1)
    return Rivalry(departures, arrivals, np.array([costs[pair] for pair in pairs]), LIMIT, shape)


def pairs(chosen: list[int], case: Rivalry) -> list[tuple[int, int]]:
    return [(int(case.departures[k]), int(case.arrivals[k])) for k in chosen]


def gain(chosen: list[int], case: Rivalry) -> float:
    return sum(LIMIT - float(case.costs[k]) for k in chosen)


def one_to_one(chosen: list[tuple[int, int]]) -> bool:
    return all(len({pair[end] for pair in chosen}) == len(chosen) for end in (0, 1))


def best_gain_by_trying_all(case: Rivalry) -> float:
    every = range(len(case.costs))
    subsets = (list(s) for size in range(min(case.shape) + 1) for s in combinations(every, size))
    return max(gain(subset, case) for subset in subsets if one_to_one(pairs(subset, case)))


rivalries = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 0.95, 1 - 1e-12]) | st.floats(0, 0.999),
    min_size=1,
    max_size=9,
).map(rivalry)


@given(rivalries)
def test_path_cover_is_the_best_of_all_one_to_one_choices(case):
    chosen = cover_paths(case)
    assert gain(chosen, case) == pytest.approx(best_gain_by_trying_all(case), abs=1e-9)


@pytest.mark.parametrize("method", ASSIGNMENTS)
@given(case=rivalries)
def test_every_method_is_one_to_one_and_leaves_no_candidate_whose_ends_are_free(method, case):
    chosen = pairs(ASSIGNMENTS[method](case), case)
    assert one_to_one(chosen), chosen
    departed, arrived = {d for d, _ in chosen}, {a for _, a in chosen}
    every = pairs(list(range(len(case.costs))), case)
    left = [(d, a) for d, a in every if d not in departed and a not in arrived]
    assert not left, f"{left} could be joined beside {chosen}"


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(2, 60), degree=st.integers(1, 6))
def test_large_groups_are_solved_as_well_as_small_ones(seed, size, degree):
    rng = np.random.default_rng(seed)
    drawn = {(int(d), int(a)): float(rng.random()) for d, a in rng.integers(0, size, (size * degree, 2))}
    case = rivalry(drawn)
    dense = cover_paths(case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "DENSE_CELLS", 0)
        sparse = cover_paths(case)
    assert gain(sparse, case) == pytest.approx(gain(dense, case), abs=1e-9)


LOOK_ALIKES = rivalry({(0, 0): 0.2, (0, 1): 0.3, (1, 0): 0.3})


def test_look_alikes_are_resolved_together_where_greedy_fails():
    assert pairs(cover_paths(LOOK_ALIKES), LOOK_ALIKES) == [(0, 1), (1, 0)]
    assert pairs(match_greedily(LOOK_ALIKES), LOOK_ALIKES) == [(0, 0)]


def test_threshold_serves_arrivals_in_turn_of_time_whoever_is_nearer_later():
    case = rivalry({(0, 0): 0.5, (0, 1): 0.1, (1, 1): 0.6, (1, 2): 0.2})
    assert pairs(match_nearest(case), case) == [(0, 0), (1, 1)]
    assert pairs(match_greedily(case), case) == [(0, 1), (1, 2)]
    assert pairs(cover_paths(case), case) == [(0, 1), (1, 2)]


def test_a_weak_pair_is_given_up_for_two_of_which_one_is_good():
    case = rivalry({(0, 0): 0.1, (0, 1): 0.9, (1, 1): 0.2})
    assert pairs(cover_paths(case), case) == [(0, 0), (1, 1)]


@pytest.mark.parametrize("method", ["greedy", "threshold"])
def test_of_equals_the_earlier_departure_and_arrival_go_first(method):
    case = rivalry({(d, a): 0.4 for d in range(3) for a in range(2)})
    assert pairs(ASSIGNMENTS[method](case), case) == [(0, 0), (1, 1)]


def test_path_cover_of_equals_is_the_same_every_time():
    case = rivalry({(d, a): 0.4 for d in range(5) for a in range(5)})
    assert len({tuple(cover_paths(case)) for _ in range(5)}) == 1
