"""Riders cut out of a world without video."""

from collections import Counter

import numpy as np

from simulation.camera import place_camera
from simulation.crops import CropPlan, RenderedCrop, render_crops
from simulation.scene import Scene
from simulation.streams import Purpose, stream
from simulation.world import Kind
from tests.simulation.conftest import small_city
from tests.simulation.test_pixels import NIGHT, SIZE, TIMES, look_at, passing

PLAN = CropPlan(per_passage=3, least_height_px=16.0, masks=True)


def crops_of(seed: int, plan: CropPlan = PLAN) -> list[RenderedCrop]:
    return list(render_crops(small_city(seed, cameras=2, seconds=40), plan))


def test_the_same_world_gives_the_same_pixels_and_another_seed_others() -> None:
    one, two, other = crops_of(3), crops_of(3), crops_of(4)
    assert len(one) == len(two) > 10
    for left, right in zip(one, two, strict=True):
        assert (left.rider, left.camera, left.frame) == (right.rider, right.camera, right.frame)
        assert np.array_equal(left.image, right.image)
        assert np.array_equal(left.mask, right.mask)
    assert [crop.frame for crop in one] != [crop.frame for crop in other]


def test_a_passage_gives_no_more_pictures_than_asked_for_and_only_well_seen_ones() -> None:
    crops = crops_of(3)
    per_passage = Counter((crop.camera, crop.passage) for crop in crops)
    assert max(per_passage.values()) == PLAN.per_passage
    assert min(crop.visible for crop in crops) >= PLAN.least_visible
    assert min(crop.image.shape[0] for crop in crops) >= PLAN.least_height_px
    riders = {(crop.camera, crop.passage): crop.rider for crop in crops}
    assert all(riders[crop.camera, crop.passage] == crop.rider for crop in crops)


def test_masks_do_not_change_the_pictures() -> None:
    with_masks, without = crops_of(3), crops_of(3, CropPlan(per_passage=3, least_height_px=16.0))
    for left, right in zip(with_masks, without, strict=True):
        assert np.array_equal(left.image, right.image)
        assert right.mask is None
        assert left.mask is not None
        assert left.mask.shape == left.image.shape[:2]
        assert 0.1 < (left.mask > 0).mean() < 0.9


def test_a_mask_marks_the_pixels_that_a_rider_changes() -> None:
    scene, (seen,) = look_at(3, passing(Kind.CYCLIST))
    compared = 0
    for frame, visible in zip(seen.frames, seen.visible, strict=True):
        changed = np.abs(scene.clean(int(frame)).astype(int) - scene.background).max(axis=2) > 12
        marked = scene.mask(1, int(frame)) > 0.5
        if visible < 0.99 or marked.sum() < 200:
            continue
        overlap = (changed & marked).sum() / (changed | marked).sum()
        assert overlap > 0.75, f"frame {frame}: {overlap:.2f} of mask and change overlap"
        compared += 1
    assert compared >= 5


def test_who_is_hidden_is_not_in_the_mask_and_who_is_absent_has_none() -> None:
    near, far = passing(Kind.CYCLIST, 1, lateral_m=-1.0), passing(Kind.CYCLIST, 2, lateral_m=0.6)
    scene, (_, hidden) = look_at(3, near, far)
    camera = place_camera(3, SIZE, stream(2, Purpose.CAMERA, 3))
    alone = Scene(camera, 3, [far], TIMES, settings=NIGHT, seed=2)
    shares = []
    for frame in hidden.frames:
        covered, free = scene.mask(2, int(frame)), alone.mask(2, int(frame))
        assert (covered <= free + 1e-6).all()
        if free.sum() > 200:
            shares.append(float(covered.sum() / free.sum()))
    assert min(shares) < 0.7, f"the nearer one leaves {min(shares):.2f} of the rider"
    assert scene.mask(99, int(hidden.frames[-1])).max() == 0
