"""Which images make a batch."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.batches import (
    CrossCameraSampler,
    IdentitySampler,
    ImageSampler,
    PairSampler,
    Sampler,
    SamplerSettings,
    SingleCameraSampler,
    TripletSampler,
    build_sampler,
)
from tracking.errors import UsageError


def labels(images_per_identity: list[int], cameras: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Shuffled identities 10, 11, …, and a random camera for each image."""
    rng = np.random.default_rng(seed)
    identities = np.repeat(np.arange(len(images_per_identity)) + 10, images_per_identity)
    return rng.permutation(identities), rng.integers(0, cameras, len(identities))


sizes = st.lists(st.integers(1, 7), min_size=3, max_size=12).filter(lambda counts: max(counts) > 1)


@settings(max_examples=40, deadline=None)
@given(
    counts=sizes, p=st.integers(2, 6), k=st.integers(2, 5), steps=st.integers(1, 9), seed=st.integers(0, 99)
)
def test_identities_come_round_evenly_and_each_batch_holds_p_times_k(
    counts: list[int], p: int, k: int, steps: int, seed: int
) -> None:
    identities, _ = labels(counts)
    p = min(p, len(counts))
    sampler = IdentitySampler(identities, p, k, seed, steps)
    seen: Counter[int] = Counter()
    for step in range(steps):
        batch = sampler.batch(1, step)
        rows = identities[batch].reshape(p, k)
        assert (rows == rows[:, :1]).all(), f"images of one identity must lie side by side: {rows}"
        assert len(set(rows[:, 0])) == p, f"an identity appears twice in a batch: {rows[:, 0]}"
        for images, identity in zip(batch.reshape(p, k), rows[:, 0], strict=True):
            available = counts[identity - 10]
            assert len(set(images)) == min(k, available), (
                f"identity {identity} has {available} images, {k} were asked for, got {sorted(images)}"
            )
        seen.update(rows[:, 0].tolist())
    appearances = [seen[identity] for identity in range(10, 10 + len(counts))]
    assert max(appearances) - min(appearances) <= 1, f"without replacement: {appearances}"


@settings(max_examples=30, deadline=None)
@given(counts=sizes, cameras=st.integers(1, 4), seed=st.integers(0, 99))
def test_a_single_camera_batch_shows_one_camera_only(counts: list[int], cameras: int, seed: int) -> None:
    identities, camera = labels(counts, cameras, seed)
    try:
        sampler = SingleCameraSampler(identities, camera, 3, 2, seed, 8)
    except UsageError:
        return
    for step in range(8):
        batch = sampler.batch(2, step)
        assert len(set(camera[batch])) == 1, f"cameras {set(camera[batch])} in one batch"
        assert len(set(identities[batch])) == len(batch) // 2 >= 2


def test_an_epoch_of_one_camera_batches_visits_every_camera_by_its_riders() -> None:
    identities = np.repeat(np.arange(40), 2)
    cameras = np.where(identities < 30, 0, 1)
    sampler = SingleCameraSampler(identities, cameras, 5, 2, seed=1)
    visits = Counter(int(cameras[sampler.batch(1, step)[0]]) for step in range(sampler.steps_per_epoch))
    assert visits == {0: 6, 1: 2}, visits
    shown = Counter(i for step in range(8) for i in set(identities[sampler.batch(1, step)].tolist()))
    assert len(shown) == 40
    assert set(shown.values()) == {1}, "each identity once per epoch"


def test_nine_of_ten_pairs_are_different_people_and_every_epoch_is_fresh() -> None:
    identities, _ = labels([4] * 20)
    sampler = PairSampler(identities, breadth=200, depth=3, pairs_per_batch=64)
    first, second = sampler.epoch(1), sampler.epoch(2)
    same = identities[first.left] == identities[first.right]
    assert len(first.left) == 600
    assert int(same.sum()) == 60, f"{same.sum()} of 600 pairs show one identity"
    assert not (first.left[same] == first.right[same]).any(), "an image is no pair with itself"
    assert not np.array_equal(first.left, second.left)
    batches = [sampler.batch(1, step) for step in range(sampler.steps_per_epoch)]
    assert [len(batch) // 2 for batch in batches] == [64] * 9 + [24]
    left = np.concatenate([batch[: len(batch) // 2] for batch in batches])
    assert np.array_equal(left, first.left)


def test_breadth_counts_identity_pairs_and_depth_image_pairs() -> None:
    identities, _ = labels([5] * 30)
    pairs = PairSampler(identities, breadth=7, depth=4, same_share=0.0, pairs_per_batch=99).epoch(3)
    combinations = Counter(
        zip(identities[pairs.left].tolist(), identities[pairs.right].tolist(), strict=True)
    )
    assert set(combinations.values()) <= {4, 8}, combinations
    assert sum(combinations.values()) == 28


@settings(max_examples=30, deadline=None)
@given(counts=sizes, seed=st.integers(0, 99))
def test_a_positive_comes_from_another_camera(counts: list[int], seed: int) -> None:
    identities, cameras = labels(counts, 2, seed)
    try:
        sampler = TripletSampler(identities, cameras, 5, seed)
    except UsageError:
        return
    for step in range(sampler.steps_per_epoch):
        anchors, positives, negatives = sampler.batch(1, step).reshape(3, -1)
        assert (identities[anchors] == identities[positives]).all()
        assert (cameras[anchors] != cameras[positives]).all()
        assert (identities[anchors] != identities[negatives]).all()


def test_about_the_asked_share_of_negatives_is_hard() -> None:
    identities, cameras = np.repeat(np.arange(50), 4), np.tile([0, 1, 0, 1], 50)
    hard = [np.array([(i + 4) % 200]) for i in range(200)]
    sampler = TripletSampler(identities, cameras, 100, 3, hard, hard_share=0.3, steps_per_epoch=10)
    drawn = np.concatenate([sampler.batch(1, step).reshape(3, -1) for step in range(10)], axis=1)
    share = float(np.mean(drawn[2] == (drawn[0] + 4) % 200))
    assert 0.25 < share < 0.35, f"{share:.3f} of 1000 negatives are hard"


def test_images_come_once_per_epoch_whoever_they_show() -> None:
    sampler = ImageSampler(23, 5, seed=1)
    shown = np.concatenate([sampler.batch(1, step) for step in range(sampler.steps_per_epoch)])
    assert len(shown) == len(set(shown.tolist())) == 20
    with pytest.raises(UsageError, match="1 training images"):
        ImageSampler(1)


@pytest.mark.parametrize("kind", ["identities", "single_camera", "pairs", "triplets", "images"])
def test_a_batch_depends_on_seed_epoch_and_step_alone(kind: str) -> None:
    identities, cameras = labels([6] * 20, 2)
    choice = SamplerSettings(
        kind=kind, identities_per_batch=4, images_per_identity=2, breadth=40, triplets_per_batch=8
    )

    def build(seed: int) -> Sampler:
        return build_sampler(choice, identities, cameras, seed)

    sampler = build(5)
    straight = [sampler.batch(epoch, step) for epoch in (1, 2) for step in range(sampler.steps_per_epoch)]
    resumed = build(5).batch(2, sampler.steps_per_epoch - 1)
    assert np.array_equal(resumed, straight[-1]), "a sampler that starts late must draw the same batch"
    assert not np.array_equal(build(6).batch(1, 0), straight[0])
    assert all(not np.array_equal(a, b) for a, b in pairwise(straight))


@pytest.mark.parametrize(
    ("kind", "identities", "cameras", "words"),
    [
        ("identities", [1, 2, 3, 4], [0, 0, 1, 1], "one image only"),
        ("identities", [1, 1, 1], [0, 0, 1], "1 identities"),
        ("identities", [1, 1, 2], [0, 0, 1], "identities_per_batch: 16"),
        ("single_camera", [1, 1, 2, 2], [0, 0, 1, 1], "no batch of one camera"),
        ("single_camera", [1, 1, 2, 2], [0, 1, 0, 1], "one image per camera only"),
        ("triplets", [1, 1, 2, 2], [0, 0, 1, 1], "two cameras"),
        ("triplets", [1, 1], [0, 1], "negative"),
        ("pairs", [1, 2], [0, 0], "one image only"),
    ],
)
def test_images_that_allow_no_batch_are_refused(
    kind: str, identities: list[int], cameras: list[int], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        build_sampler(SamplerSettings(kind=kind), np.array(identities), np.array(cameras), 0)


def linked(
    riders_per_city: list[int], cameras_per_city: int = 3, images: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    """Every rider of a city before each of its cameras; the last rider of each before one only."""
    rows = [
        (1000 * city + rider, 10 * city + camera)
        for city, riders in enumerate(riders_per_city)
        for rider in range(riders + 1)
        for camera in range(cameras_per_city if rider < riders else 1)
        for _ in range(images)
    ]
    identities, cameras = np.random.default_rng(0).permutation(np.array(rows)).T
    return identities, cameras


@settings(max_examples=30, deadline=None)
@given(
    cities=st.lists(st.integers(2, 20), min_size=1, max_size=5),
    k=st.integers(2, 5),
    pack=st.integers(2, 8),
    seed=st.integers(0, 99),
)
def test_linked_riders_come_in_packs_of_one_city_seen_by_different_cameras(
    cities: list[int], k: int, pack: int, seed: int
) -> None:
    identities, cameras = linked(cities)
    sampler = CrossCameraSampler(identities, cameras, 2 * pack, k, seed, pack=pack)
    met: set[int] = set()
    for step in range(sampler.steps_per_epoch):
        batch = sampler.batch(1, step)
        rows, places = identities[batch].reshape(-1, k), cameras[batch].reshape(-1, k)
        assert (rows == rows[:, :1]).all(), f"images of one rider must lie side by side: {rows}"
        assert all(len(set(place)) == min(k, 3) for place in places), f"cameras must differ: {places}"
        assert len(rows) <= 2 * pack
        met.update(rows[:, 0].tolist())
        assert len({rider // 1000 for rider in rows[:, 0]}) <= 2, f"two packs are of two cities: {rows[:, 0]}"
    alone = {1000 * city + riders for city, riders in enumerate(cities)}
    assert met.isdisjoint(alone), "a rider of one camera cannot be linked"
    assert met == set(identities.tolist()) - alone, "an epoch shows every linked rider"


def test_riders_of_single_cameras_cannot_be_linked() -> None:
    with pytest.raises(UsageError, match="only 0 of 2 identities were seen by two"):
        CrossCameraSampler(np.array([1, 1, 2, 2]), np.array([1, 1, 2, 2]))
