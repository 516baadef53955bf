"""Blurs as pure functions of an image and a kernel."""

import cv2
import numpy as np

from anonymize.settings import PRESET_HEIGHT, BlurMethod
from tracking.arrays import Image

SMALLEST_KERNEL = 3
LARGEST_EXACT_KERNEL = 9
"""Above it the picture is shrunk first: same reach, bounded cost, and detail is lost for good."""


def kernel_for_height(height: int, preset: int = 5) -> int:
    """Scale a kernel that was chosen on 128-pixel crops to another height.

    Args:
        height: Height of the rider in pixels.
        preset: Kernel at 128 pixels.

    Returns:
        The next odd number, at least 3, so that a rider is never blurred less than by the preset.
    """
    kernel = max(SMALLEST_KERNEL, -(-preset * height // PRESET_HEIGHT))
    return kernel + 1 - kernel % 2


def blur(
    image: Image,
    kernel: int,
    method: BlurMethod = BlurMethod.MEDIAN,
    *,
    exact_up_to: int = LARGEST_EXACT_KERNEL,
) -> Image:
    """Blur a whole picture.

    Args:
        image: (H, W, 3) uint8 BGR; H and W may be zero.
        kernel: Odd side of the neighbourhood in pixels.
        method: How the neighbourhood becomes one colour.
        exact_up_to: Odd kernel above which the picture is shrunk by ``kernel / exact_up_to``,
            blurred with ``exact_up_to`` and enlarged again.

    Returns:
        A new image of the same shape.

    Raises:
        ValueError: If a kernel is even or not positive.
    """
    if kernel < 1 or kernel % 2 == 0 or exact_up_to < 1 or exact_up_to % 2 == 0:
        raise ValueError(f"a blur kernel is odd and positive, not {kernel} (exact up to {exact_up_to})")
    if image.size == 0:
        return image.copy()
    if method is BlurMethod.PIXELATE:
        return _pixelate(image, kernel)
    if kernel <= exact_up_to:
        return _blur_exactly(image, kernel, method)
    small = _shrink(image, kernel / exact_up_to)
    return _enlarge(_blur_exactly(small, exact_up_to, method), image, cv2.INTER_LINEAR)


def _blur_exactly(image: Image, kernel: int, method: BlurMethod) -> Image:
    image = np.ascontiguousarray(image)
    if method is BlurMethod.MEDIAN:
        return np.asarray(cv2.medianBlur(image, kernel), np.uint8)
    if method is BlurMethod.GAUSSIAN:
        return np.asarray(cv2.GaussianBlur(image, (kernel, kernel), 0), np.uint8)
    return np.asarray(cv2.blur(image, (kernel, kernel)), np.uint8)


def _pixelate(image: Image, block: int) -> Image:
    return _enlarge(_shrink(image, block), image, cv2.INTER_NEAREST)


def _shrink(image: Image, factor: float) -> Image:
    height, width = image.shape[:2]
    size = (max(1, int(width / factor)), max(1, int(height / factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _enlarge(small: Image, like: Image, interpolation: int) -> Image:
    height, width = like.shape[:2]
    return np.asarray(cv2.resize(small, (width, height), interpolation=interpolation), np.uint8)
