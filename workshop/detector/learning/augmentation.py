"""What lenses, weather, night, codecs and anonymisers do to a picture."""

import cv2
import numpy as np
from numpy.random import Generator
from pydantic import Field

from tracking.arrays import Image
from tracking.settings import Settings


class AugmentationSettings(Settings):
    """How often each change is made."""

    colour: float = Field(default=0.8, ge=0, le=1, description="brightness, contrast, gamma, colour balance")
    grey: float = Field(default=0.25, ge=0, le=1, description="no colour at all")
    night: float = Field(default=0.10, ge=0, le=1, description="dark and noisy")
    coarse: float = Field(default=0.25, ge=0, le=1, description="taken at a lower resolution")
    blur: float = Field(default=0.25, ge=0, le=1, description="Gaussian, motion or median blur")
    noise: float = Field(default=0.25, ge=0, le=1, description="sensor noise")
    codec: float = Field(default=0.4, ge=0, le=1, description="JPEG blocks")


def augment(image: Image, settings: AugmentationSettings, rng: Generator) -> Image:
    """Change a picture, never what is where in it.

    Args:
        image: (H, W, 3) uint8 BGR.
        settings: How often.
        rng: Decides.
    """
    if rng.random() < settings.colour:
        image = _colour(image, rng)
    if rng.random() < settings.grey:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if rng.random() < settings.night:
        image = _noise(_curve(image, gamma=float(rng.uniform(1.3, 2.4)), gain=0.85), rng)
    if rng.random() < settings.coarse:
        image = _coarse(image, rng)
    if rng.random() < settings.blur:
        image = _blur(image, rng)
    if rng.random() < settings.noise:
        image = _noise(image, rng)
    if rng.random() < settings.codec:
        image = jpeg(image, int(rng.integers(25, 85)))
    return np.ascontiguousarray(image, np.uint8)


def _curve(image: Image, *, gamma: float, gain: float, offset: float = 0.0) -> Image:
    values = np.linspace(0, 1, 256) ** gamma * gain + offset
    return np.asarray(cv2.LUT(image, np.clip(255 * values, 0, 255).astype(np.uint8)), np.uint8)


def _colour(image: Image, rng: Generator) -> Image:
    image = _curve(
        image,
        gamma=float(np.exp(rng.uniform(-0.4, 0.4))),
        gain=float(rng.uniform(0.6, 1.3)),
        offset=float(rng.uniform(-0.12, 0.12)),
    )
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    colourful = float(rng.uniform(0.3, 1.4))
    image = np.asarray(cv2.addWeighted(image, colourful, grey, 1 - colourful, 0), np.uint8)
    balance = rng.uniform(0.88, 1.12, 3)
    return np.asarray(cv2.multiply(image, (*balance.tolist(), 0.0)), np.uint8)


def _coarse(image: Image, rng: Generator) -> Image:
    height, width = image.shape[:2]
    share = float(rng.uniform(0.35, 0.85))
    small = cv2.resize(image, (int(width * share), int(height * share)), interpolation=cv2.INTER_AREA)
    back = cv2.INTER_LINEAR if rng.random() < 0.7 else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(small, (width, height), interpolation=back), np.uint8)


def _blur(image: Image, rng: Generator) -> Image:
    kind = rng.random()
    if kind < 0.4:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, 1.6))), np.uint8)
    if kind < 0.7:
        return np.asarray(cv2.medianBlur(image, int(rng.choice((3, 5)))), np.uint8)
    length = int(rng.integers(3, 8))
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    ends = np.array([np.cos(angle), np.sin(angle)]) * (length - 1) / 2
    middle = (length - 1) / 2
    first, last = np.rint(middle - ends).astype(int), np.rint(middle + ends).astype(int)
    cv2.line(kernel, (int(first[0]), int(first[1])), (int(last[0]), int(last[1])), 1.0)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.uint8)


def jpeg(image: Image, quality: int) -> Image:
    """A picture as it comes out of JPEG, in memory.

    Args:
        image: (H, W, 3) uint8 BGR.
        quality: 1 to 100.
    """
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def _noise(image: Image, rng: Generator) -> Image:
    noise = np.empty(image.shape, np.int16)
    cv2.setRNGSeed(int(rng.integers(2**31)))
    cv2.randn(noise, 0, float(rng.uniform(2, 14)))
    return np.asarray(cv2.add(image, noise, dtype=cv2.CV_8U), np.uint8)
