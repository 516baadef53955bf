import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.datasets.manifest import LinkEntry
from pipeline.datasets.review import Answer, Verdict, propose
from pipeline.datasets.review.groups import RiderGroups
from reid.datasets import StoredCrop, StoredTracklet

CROP = (StoredCrop(1, 0, 0, 0),)
WINDOW = LinkEntry(from_camera=1, to_camera=2, earliest_s=10, latest_s=60)


def passages(*seen: tuple[int, int]) -> list[StoredTracklet]:
    """(camera, enter) of each, numbered from 1."""
    return [StoredTracklet(n, camera, at, at + 3, None, CROP) for n, (camera, at) in enumerate(seen, 1)]


def embeddings(count: int, seed: int = 1) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 4))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


seen = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 200)), max_size=20)
windows = st.lists(
    st.tuples(st.sampled_from([(1, 2), (2, 3), (1, 3), (2, 1)]), st.integers(0, 50), st.integers(0, 80)),
    max_size=4, unique_by=lambda one: one[0],
).map(
    lambda found: [
        LinkEntry(from_camera=a, to_camera=b, earliest_s=s, latest_s=s + more) for (a, b), s, more in found
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(seen, windows, st.integers(1, 4))
def test_every_proposal_is_plausible_in_time(
    seen: list[tuple[int, int]], windows: list[LinkEntry], nearest: int
) -> None:
    made = passages(*seen)
    found = propose(made, embeddings(len(made)), windows, nearest)
    allowed = {(one.from_camera, one.to_camera): one for one in windows}
    for one in found:
        first, second = made[one.first - 1], made[one.second - 1]
        window = allowed[first.camera, second.camera]
        travel = second.enter - first.enter
        assert window.earliest_s - 1 <= travel <= window.latest_s + 1, one
        assert one.travel_s == travel
    assert len({one.key for one in found}) == len(found)
    assert [one.distance for one in found] == sorted(one.distance for one in found)


@settings(max_examples=60, deadline=None)
@given(seen)
def test_the_nearest_candidate_of_everybody_is_proposed(seen: list[tuple[int, int]]) -> None:
    made, rows = passages(*seen), embeddings(len(seen))
    found = {(one.first, one.second) for one in propose(made, rows, [WINDOW], nearest=1)}
    every = propose(made, rows, [WINDOW], nearest=100)
    for number in range(1, len(made) + 1):
        for position in ("first", "second"):
            own = [one for one in every if getattr(one, position) == number]
            if own:
                best = min(own, key=lambda one: one.distance)
                assert (best.first, best.second) in found


def test_the_more_alike_pair_is_asked_first() -> None:
    made = passages((1, 0), (2, 20), (2, 25))
    rows = np.array([[1, 0], [0, 1], [0.8, 0.6]])
    assert [one.key for one in propose(made, rows, [WINDOW])] == ["1-3", "1-2"]


def groups(*answers: tuple[int, int, Verdict]) -> RiderGroups:
    cameras = {1: 1, 2: 2, 3: 2, 4: 3, 5: 1}
    return RiderGroups(cameras, [Answer(first=a, second=b, verdict=v) for a, b, v in answers])


def settled(found: RiderGroups, first: int, second: int) -> bool:
    rows = np.ones((5, 1))
    made = passages((1, 0), (2, 20), (2, 21), (3, 40), (1, 2))
    every = [
        LinkEntry(from_camera=a, to_camera=b, earliest_s=0, latest_s=99)
        for a in (1, 2, 3) for b in (1, 2, 3) if a != b
    ]  # fmt: skip
    pairs = {(one.first, one.second): one for one in propose(made, rows, every, 50)}
    return found.settles(pairs[first, second])


def test_answers_settle_what_follows_from_them() -> None:
    chain = groups((1, 2, Verdict.SAME), (2, 4, Verdict.SAME))
    assert chain.rider(4) == 1
    assert settled(chain, 1, 4), "the same rider over a third camera"
    assert settled(chain, 1, 3), "somebody else at the camera where the rider was seen already"
    assert not settled(chain, 5, 3), "nobody asked about these two yet"

    apart = groups((1, 2, Verdict.SAME), (2, 4, Verdict.DIFFERENT))
    assert settled(apart, 1, 4), "the one rider was told from the other"
    assert apart.rider(4) == 4
