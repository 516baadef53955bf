"""The blur removes detail, and nothing but detail."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize import BlurMethod, blur, kernel_for_height
from tracking.arrays import Image

METHODS = tuple(BlurMethod)
sizes = st.integers(1, 90)
kernels = st.integers(1, 40).map(lambda k: 2 * k + 1)


def fine_energy(image: Image) -> float:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())


@pytest.mark.parametrize("preset", [5, 7, 9])
def test_the_presets_are_the_thesis_kernels_on_its_crops(preset: int) -> None:
    assert kernel_for_height(128, preset) == preset


@given(height=st.integers(0, 5000), more=st.integers(0, 500), preset=st.sampled_from([5, 7, 9]))
def test_the_kernel_is_odd_and_never_weaker_than_the_preset(height: int, more: int, preset: int) -> None:
    kernel = kernel_for_height(height, preset)
    assert kernel % 2 == 1
    assert kernel >= 3
    assert kernel * 128 >= preset * height
    assert kernel_for_height(height + more, preset) >= kernel


@settings(max_examples=60, deadline=None)
@given(height=sizes, width=sizes, kernel=kernels, method=st.sampled_from(METHODS))
def test_blurring_keeps_shape_and_type_and_leaves_the_original_alone(
    height: int, width: int, kernel: int, method: BlurMethod
) -> None:
    image = np.random.default_rng(height * width).integers(0, 256, (height, width, 3), np.uint8)
    before = image.copy()
    result = blur(image, kernel, method)
    assert (result.shape, result.dtype) == (image.shape, np.uint8)
    assert np.array_equal(image, before)
    assert not np.shares_memory(result, image)


@settings(max_examples=40, deadline=None)
@given(
    height=sizes,
    width=sizes,
    kernel=kernels,
    method=st.sampled_from(METHODS),
    colour=st.tuples(*[st.integers(0, 255)] * 3),
)
def test_a_flat_picture_stays_as_it_is(
    height: int, width: int, kernel: int, method: BlurMethod, colour: tuple[int, int, int]
) -> None:
    image = np.full((height, width, 3), colour, np.uint8)
    assert np.array_equal(blur(image, kernel, method), image)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(0, 10, 3), (10, 0, 3)])
def test_an_empty_picture_stays_empty(method: BlurMethod, shape: tuple[int, int, int]) -> None:
    assert blur(np.zeros(shape, np.uint8), 5, method).shape == shape


@pytest.mark.parametrize("kernel", [0, -1, 4])
def test_an_even_kernel_is_refused(kernel: int) -> None:
    with pytest.raises(ValueError, match="odd and positive"):
        blur(np.zeros((8, 8, 3), np.uint8), kernel)


@pytest.mark.parametrize("method", [BlurMethod.MEDIAN, BlurMethod.GAUSSIAN, BlurMethod.AVERAGE])
@pytest.mark.parametrize("height", [64, 128, 256, 512, 1024])
def test_fine_detail_is_gone_at_every_size_of_rider(
    picture: Callable[..., Image], method: BlurMethod, height: int
) -> None:
    image = picture(height, height // 2)
    # A sharp camera: give the picture detail at the scale of its pixels.
    noise = np.random.default_rng(1).normal(0, 20, image.shape)
    image = np.clip(image + noise, 0, 255).astype(np.uint8)
    left = fine_energy(blur(image, kernel_for_height(height), method)) / fine_energy(image)
    assert left < 0.2, f"{left:.3f} of the fine energy survives {method} at {height} px"


@pytest.mark.parametrize("kernel", [11, 21, 41])
def test_a_large_kernel_hides_at_least_as_much_as_the_exact_median(
    picture: Callable[..., Image], kernel: int
) -> None:
    image = picture(256, 128, seed=kernel)
    exact = fine_energy(np.asarray(cv2.medianBlur(image, kernel), np.uint8))
    shrunk = fine_energy(blur(image, kernel))
    assert shrunk <= exact, f"fine energy {shrunk:.1f} against {exact:.1f} of the exact median"


def test_pixels_of_a_pixelated_block_are_equal() -> None:
    image = np.random.default_rng(3).integers(0, 256, (45, 45, 3), np.uint8)
    blocks = blur(image, 9, BlurMethod.PIXELATE).reshape(5, 9, 5, 9, 3)
    assert np.ptp(blocks, axis=(1, 3)).max() == 0


def test_a_second_median_changes_far_less_than_the_first(picture: Callable[..., Image]) -> None:
    image = picture(128, 64)
    once = blur(image, 5)
    first = np.abs(image.astype(int) - once).mean()
    second = np.abs(once.astype(int) - blur(once, 5)).mean()
    assert second < 0.75 * first, f"first pass changes {first:.2f}, second {second:.2f} grey levels"
