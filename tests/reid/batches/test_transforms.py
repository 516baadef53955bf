"""What happens to a crop before it enters the network."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="the laboratory needs PyTorch")
pytest.importorskip("torchvision", reason="the laboratory needs torchvision")

from anonymize import BlurMethod, blur  # noqa: E402
from reid.batches.transforms import (  # noqa: E402
    OPERATIONS,
    AffineSettings,
    BlurSettings,
    CropTransform,
    ErasingSettings,
    RandAugment,
    RandAugmentSettings,
    RandomErasing,
    TransformSettings,
    blur_crop,
)
from reid.encoders.preprocessing import Preprocessing  # noqa: E402
from reid.encoders.settings import IMAGENET_MEAN, IMAGENET_STD  # noqa: E402

THESIS_OPERATIONS = {
    *("identity", "color", "shear_x", "shear_y", "auto_contrast", "posterize", "equalize", "contrast"),
    *("translate_x", "translate_y", "rotate", "brightness", "solarize", "sharpness"),
}


def crop(height: int = 60, width: int = 30, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def picture() -> torch.Tensor:
    """A (3, 32, 16) ramp with one line across, in which every operation shows."""
    ramp = torch.linspace(40, 200, 32).view(1, 32, 1) + torch.linspace(0, 40, 16).view(1, 1, 16)
    ramp[:, 10:12] += 15
    return (ramp * torch.tensor([0.95, 0.7, 0.4]).view(3, 1, 1)).to(torch.uint8)


@pytest.mark.parametrize("shape", [(60, 30), (20, 9), (33, 1)])
def test_evaluation_sees_the_very_pixels_that_the_encoders_see(shape: tuple[int, int]) -> None:
    image = crop(*shape)
    ours = CropTransform(TransformSettings(size=(32, 16)), training=False)(image, np.random.default_rng(0))
    theirs = Preprocessing(32, 16, IMAGENET_MEAN, IMAGENET_STD).apply([image])[0]
    np.testing.assert_allclose(ours.numpy(), theirs, atol=2e-6)


def test_a_flip_mirrors_the_columns() -> None:
    settings_ = TransformSettings(size=(32, 16), flip=1.0, erasing=None)
    rng = np.random.default_rng(0)
    flipped = CropTransform(settings_, training=True)(crop(), rng)
    plain = CropTransform(settings_, training=False)(crop(), rng)
    assert torch.equal(flipped, plain.flip(-1))


def test_the_same_random_numbers_give_the_same_picture_and_others_another() -> None:
    everything = TransformSettings(
        size=(32, 16),
        blur=BlurSettings(),
        affine=AffineSettings(),
        rand_augment=RandAugmentSettings(),
        erasing=ErasingSettings(probability=1.0),
    )
    transform = CropTransform(everything, training=True)
    once, twice, other = (transform(crop(), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert once.shape == (3, 32, 16)
    assert once.dtype == torch.float32
    assert torch.equal(once, twice)
    assert not torch.equal(once, other)


def test_the_fourteen_operations_are_those_of_the_thesis() -> None:
    assert set(OPERATIONS) == THESIS_OPERATIONS


@pytest.mark.parametrize("name", sorted(THESIS_OPERATIONS))
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_every_operation_changes_a_picture_in_place_and_kind(name: str, sign: float) -> None:
    image = picture()
    result = OPERATIONS[name](image.clone(), sign)
    assert result.shape == image.shape
    assert result.dtype == torch.uint8
    changed = not torch.equal(result, image)
    assert changed == (name != "identity"), f"{name} at full strength changed the picture: {changed}"


DIRECTED = sorted(
    THESIS_OPERATIONS - {"identity", "auto_contrast", "equalize", "posterize", "solarize", "sharpness"}
)


@pytest.mark.parametrize("name", DIRECTED)
def test_a_larger_magnitude_changes_more(name: str) -> None:
    image = picture()
    change = [
        float((OPERATIONS[name](image, m / 30).float() - image.float()).abs().mean()) for m in (0, 6, 15, 30)
    ]
    assert change[0] < 0.5, f"{name} at magnitude 0 changes by {change[0]:.2f} grey levels"
    assert change[1] < change[2] < change[3], f"{name}: {change}"


def test_no_operations_leave_the_picture() -> None:
    assert torch.equal(RandAugment(0, 30)(picture(), np.random.default_rng(0)), picture())


def test_rand_augment_draws_only_the_named_operations() -> None:
    rng = np.random.default_rng(3)
    assert torch.equal(RandAugment(16, 30, ["identity"])(picture(), rng), picture())


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), height=st.integers(16, 256), width=st.integers(16, 128))
def test_an_erased_rectangle_has_the_asked_area_and_aspect(seed: int, height: int, width: int) -> None:
    found = RandomErasing(probability=1.0).choose(height, width, np.random.default_rng(seed))
    if found is None:
        return
    assert 0 <= found.top <= height - found.height
    assert 0 <= found.left <= width - found.width
    rounding = (found.height + found.width) / (height * width)
    share = found.height * found.width / (height * width)
    assert 0.02 - rounding <= share <= 0.4 + rounding, f"{share:.3f} of the picture"
    assert (found.height - 0.5) / (found.width + 0.5) <= 3.34
    assert (found.height + 0.5) / (found.width - 0.5) >= 0.29


def test_half_of_the_pictures_lose_a_rectangle_of_noise_and_nothing_else() -> None:
    erase, rng = RandomErasing(), np.random.default_rng(4)
    image, changed = torch.full((3, 64, 32), 9.0), 0
    for _ in range(400):
        erased = erase(image, rng)
        different = (erased != image).any(0)
        changed += bool(different.any())
        rows, columns = different.nonzero(as_tuple=True)
        if len(rows):
            inside = different[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
            assert bool(inside.all()), "the erased part is a full rectangle"
            assert 0.02 - 0.01 <= float(different.float().mean()) <= 0.42
    assert 170 <= changed <= 230, f"{changed} of 400 pictures were erased at probability 0.5"
    assert torch.equal(image, torch.full((3, 64, 32), 9.0)), "the input itself must stay"


@pytest.mark.parametrize("method", list(BlurMethod))
@pytest.mark.parametrize("kernel", [5, 7, 9])
def test_blur_uses_the_kernel_presets_of_the_thesis(method: BlurMethod, kernel: int) -> None:
    image = crop(128, 64)
    scaled = blur_crop(image, BlurSettings(method=method, kernel=f"thesis{kernel}"))
    np.testing.assert_array_equal(scaled, blur(image, kernel, method))
    exact = blur_crop(crop(256, 64), BlurSettings(method=method, kernel="thesis5", scale_with_height=False))
    np.testing.assert_array_equal(exact, blur(crop(256, 64), 5, method))


@pytest.mark.parametrize(
    "wrong", [{"area": (0.4, 0.02)}, {"area": (0.1, 1.5)}, {"aspect": (0.0, 1.0)}, {"probability": 2.0}]
)
def test_impossible_erasing_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"smaller value|at most 1|greater than|less than"):
        ErasingSettings.model_validate(wrong)
