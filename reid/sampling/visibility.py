"""How well a rider can be seen, judged from boxes and from pixels."""

import cv2
import numpy as np

from tracking.arrays import FloatArray, Image
from tracking.boxes import areas, covered_shares, ratios

SHARPNESS_HEIGHT = 64
"""Common height at which sharpness is measured, so that near and far riders compare."""


def occlusions(boxes: FloatArray) -> FloatArray:
    """Largest share of each box that one other box covers.

    Args:
        boxes: (N, 4) xyxy pixels.

    Returns:
        (N,) in 0..1.
    """
    if len(boxes) < 2:
        return np.zeros(len(boxes))
    covered = covered_shares(boxes, boxes)
    np.fill_diagonal(covered, 0.0)
    return np.asarray(covered.max(axis=1))


def inside_shares(boxes: FloatArray, height: int, width: int) -> FloatArray:
    """Share of each box that lies inside the frame.

    Args:
        boxes: (N, 4) xyxy pixels.
        height: Height of the frame.
        width: Width of the frame.

    Returns:
        (N,) in 0..1; 0 for empty boxes.
    """
    limits = np.array([width, height, width, height])
    clipped = np.clip(boxes, 0, limits).astype(np.float64)
    visible = np.prod(clipped[:, 2:] - clipped[:, :2], axis=1)
    return np.clip(ratios(visible, areas(boxes)), 0.0, 1.0)


def sharpness(image: Image) -> float:
    """Variance of the Laplacian of the grey picture at a common height (Pech-Pacheco et al. 2000).

    Args:
        image: (h, w, 3) uint8 BGR, not empty.

    Returns:
        0 for a flat picture, higher for a sharper one.
    """
    height, width = image.shape[:2]
    columns = max(1, round(width * SHARPNESS_HEIGHT / height))
    small = cv2.resize(image, (columns, SHARPNESS_HEIGHT), interpolation=cv2.INTER_AREA)
    laplacian = cv2.Laplacian(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), cv2.CV_32F)
    return float(laplacian.var())
