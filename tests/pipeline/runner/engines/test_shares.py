"""Who works on what, and with how many cores."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.runner import local
from pipeline.runner.engines.fleet import KEEPING_S, saving_every_s
from pipeline.runner.engines.shares import cores_each, deal

NODES = st.lists(st.integers(1, 64), min_size=1, max_size=6)
FRAMES = st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(0, 10**6), min_size=1)


@given(NODES, st.integers(1, 300))
def test_every_worker_fits_on_a_machine_and_no_core_is_given_twice(nodes: list[int], cameras: int) -> None:
    share = cores_each(nodes, cameras)

    assert 1 <= share <= max(nodes)
    assert share == 1 or sum(cores // share for cores in nodes) >= cameras


@given(NODES, st.integers(1, 300))
def test_a_core_more_for_each_would_leave_a_camera_without_worker(nodes: list[int], cameras: int) -> None:
    more = cores_each(nodes, cameras) + 1

    assert more > max(nodes) or sum(cores // more for cores in nodes) < cameras


@given(FRAMES, st.integers(1, 20))
def test_every_camera_is_dealt_once_and_no_worker_is_idle(frames: dict[str, int], hands: int) -> None:
    dealt = deal(frames, hands)

    assert sorted(one for some in dealt for one in some) == sorted(frames)
    assert len(dealt) == min(hands, len(frames))
    assert all(dealt)


@given(FRAMES, st.integers(1, 20))
def test_no_worker_has_more_to_do_than_another_by_more_than_one_camera(
    frames: dict[str, int], hands: int
) -> None:
    loads = [sum(max(frames[one], 1) for one in some) for some in deal(frames, hands)]

    assert max(loads) - min(loads) <= max(*frames.values(), 1)


@given(st.integers(1, 10_000))
def test_one_driver_is_never_asked_to_keep_more_savings_than_it_can(workers: int) -> None:
    every_s = saving_every_s(workers)

    assert every_s >= local.SAVE_EVERY_S
    assert workers / every_s <= 1 / KEEPING_S + 1e-9


def test_a_long_recording_is_dealt_against_several_short_ones() -> None:
    assert deal({"a": 10, "b": 3, "c": 3, "d": 3}, 2) == [["a"], ["b", "c", "d"]]
