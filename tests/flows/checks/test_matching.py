"""Keys and passages find each other by time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flows.checks import TOLERANCE_S, match_times

Stay = tuple[float, float, str]

_stays = st.lists(
    st.tuples(st.floats(0, 60), st.floats(0.1, 5), st.sampled_from(["left", "right"])), max_size=12
)


def matched(keys: list[tuple[float, str]], stays: list[Stay], tolerance_s: float = TOLERANCE_S) -> list[int]:
    enter = np.array([begin for begin, _, _ in stays], np.float64)
    leave = enter + np.array([length for _, length, _ in stays], np.float64)
    times, ways = np.array([time for time, _ in keys], np.float64), [way for _, way in keys]
    return match_times(times, ways, enter, leave, [way for _, _, way in stays], tolerance_s).tolist()


@given(_stays)
def test_who_presses_in_the_middle_of_each_passage_finds_every_one(stays: list[Stay]) -> None:
    keys = [(begin + length / 2, way) for begin, length, way in stays]
    assert sorted(matched(keys, stays)) == list(range(len(stays)))


@given(
    _stays,
    st.lists(st.tuples(st.floats(0, 65), st.sampled_from(["left", "right", ""])), max_size=10),
    st.randoms(use_true_random=False),
)
def test_the_order_of_keys_does_not_matter(
    stays: list[Stay], keys: list[tuple[float, str]], dice: object
) -> None:
    found = matched(keys, stays)
    places = list(range(len(keys)))
    dice.shuffle(places)  # type: ignore[attr-defined]
    again = matched([keys[place] for place in places], stays)
    assert sum(one >= 0 for one in again) == sum(one >= 0 for one in found)
    assert sorted(one for one in found if one >= 0) == sorted({one for one in found if one >= 0})


def test_no_pair_is_further_apart_than_the_tolerance() -> None:
    stays = [(10.0, 2.0, "left")]
    assert matched([(14.1, "left")], stays) == [-1]
    assert matched([(13.9, "left")], stays) == [0]
    assert matched([(7.9, "left")], stays) == [-1]


def test_one_key_more_is_worth_more_than_a_nearer_one() -> None:
    # The first key fits both passages, the second only the first.
    stays = [(10.0, 1.0, "left"), (13.0, 1.0, "left")]
    assert sorted(matched([(11.2, "left"), (8.1, "left")], stays)) == [0, 1]


def test_of_two_abreast_each_key_finds_its_direction() -> None:
    stays = [(10.0, 2.0, "right"), (10.0, 2.0, "left")]
    assert matched([(11.0, "left"), (11.0, "right")], stays) == [1, 0]
