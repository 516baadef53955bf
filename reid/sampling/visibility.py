"""How well a rider can be seen, judged from boxes and from pixels."""

import cv2
import numpy as np

from tracking.arrays import FloatArray, Image

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
    corner = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    opposite = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.prod(np.maximum(0.0, opposite - corner), axis=2, dtype=np.float64)
    np.fill_diagonal(shared, 0.0)
    areas = np.prod(np.maximum(0.0, boxes[:, 2:] - boxes[:, :2]), axis=1, dtype=np.float64)
    return np.asarray(np.clip(shared.max(axis=1) / np.maximum(areas, 1e-9), 0.0, 1.0))


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
    whole = np.prod(np.maximum(0.0, boxes[:, 2:] - boxes[:, :2]), axis=1, dtype=np.float64)
    return np.asarray(np.clip(visible / np.maximum(whole, 1e-9), 0.0, 1.0))


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
