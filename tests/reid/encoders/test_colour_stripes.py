"""Colour stripes tell riders in different clothes apart, whatever the light."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.encoders import ColourStripes, EncoderSettings, build_encoder
from tracking.arrays import Image
from tracking.errors import UsageError

RED, BLUE, GREEN = (40, 40, 200), (190, 80, 30), (60, 160, 60)
JEANS, GREY, DARK = (90, 60, 40), (120, 120, 120), (50, 50, 50)


def rider(jacket: tuple[int, int, int], trousers: tuple[int, int, int], height: int = 96) -> Image:
    """A head, a jacket and trousers before a grey street, as BGR."""
    image = np.full((height, height // 2, 3), GREY, np.uint8)
    middle = slice(height // 8, 3 * height // 8)
    image[: height // 5, middle] = (140, 170, 210)
    image[height // 5 : height // 2, middle] = jacket
    image[height // 2 : 4 * height // 5, middle] = trousers
    noise = np.random.default_rng(height).normal(0, 6, image.shape)
    return np.clip(cv2.GaussianBlur(image, (5, 5), 0) + noise, 0, 255).astype(np.uint8)


def distance(a: Image, b: Image) -> float:
    first, second = ColourStripes().encode([a, b])
    return float(np.linalg.norm(first - second))


def test_it_is_what_is_built_when_nothing_is_asked_for() -> None:
    encoder = build_encoder(EncoderSettings(name="colour_stripes"))
    assert isinstance(encoder, ColourStripes)
    assert encoder.threshold is not None
    assert 0 < encoder.threshold < 2


def test_it_cannot_be_asked_onto_a_graphics_card() -> None:
    with pytest.raises(UsageError, match="runs on the CPU only"):
        build_encoder(EncoderSettings(name="colour_stripes", device="cuda"))


@settings(max_examples=40, deadline=None)
@given(height=st.integers(1, 200), width=st.integers(1, 200), seed=st.integers(0, 5))
def test_any_crop_becomes_a_finite_unit_vector(height: int, width: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    rows = ColourStripes().encode([image, image // 16, np.zeros_like(image)])
    assert rows.shape == (3, ColourStripes().dimension)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_no_crops_give_no_rows() -> None:
    assert ColourStripes().encode([]).shape == (0, ColourStripes().dimension)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("dimmer", lambda image: (image * 0.6).astype(np.uint8)),
        ("brighter", lambda image: np.clip(image * 1.25, 0, 255).astype(np.uint8)),
        ("warm light", lambda image: np.clip(image * (0.85, 1.0, 1.15), 0, 255).astype(np.uint8)),
        ("smaller", lambda image: cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)),
        ("box a little high", lambda image: image[: -len(image) // 16]),
    ],
)
def test_a_change_of_light_or_size_matters_less_than_another_jacket(name: str, change: object) -> None:
    seen = rider(RED, JEANS)
    same = distance(seen, change(seen))  # type: ignore[operator]
    others = {
        "blue": distance(seen, rider(BLUE, JEANS)),
        "green": distance(seen, rider(GREEN, JEANS)),
        "upside down": distance(seen, rider(JEANS, RED)),
    }
    assert same < 0.8 * min(others.values()), f"{name}: {same:.3f}; other riders: {others}"


def test_the_edges_of_a_crop_count_less_than_its_middle() -> None:
    plain = rider(RED, JEANS)
    with_edge, with_middle = plain.copy(), plain.copy()
    with_edge[:, :6] = DARK
    with_middle[:, 21:27] = DARK
    edge, middle = distance(plain, with_edge), distance(plain, with_middle)
    assert edge < 0.7 * middle, f"edge {edge:.3f}, middle {middle:.3f}"


def test_another_street_behind_a_rider_matters_less_than_another_rider() -> None:
    def before(street: tuple[int, int, int], jacket: tuple[int, int, int]) -> Image:
        image = rider(jacket, JEANS)
        background = np.abs(image.astype(int) - GREY).max(axis=2) < 25
        image[background] = street
        return image

    red_path, grey_path = (60, 60, 140), (130, 130, 130)
    same = distance(before(red_path, BLUE), before(grey_path, BLUE))
    other = distance(before(grey_path, GREEN), before(grey_path, BLUE))
    assert same < other, f"same rider in another street {same:.3f}, other rider in the same {other:.3f}"
