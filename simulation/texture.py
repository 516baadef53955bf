"""Grain of the ground and the walls."""

import cv2
import numpy as np
from numpy.random import Generator

from tracking.arrays import FloatArray


def grain(rng: Generator, size: int = 512) -> FloatArray:
    """Make a seamless picture of soft noise over several octaves.

    Args:
        rng: Stream of `Purpose.BACKGROUND`.
        size: Edge length, a power of two.

    Returns:
        (size, size) float32 with mean 0 and standard deviation 1.
    """
    total = np.zeros((size, size), np.float32)
    for octave in range(2, 10):
        cells = 2**octave
        if cells > size:
            break
        noise = rng.standard_normal((cells, cells)).astype(np.float32)
        wrapped = np.pad(noise, 2, mode="wrap")
        scale = size // cells
        big = cv2.resize(wrapped, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        total += big[2 * scale : -2 * scale, 2 * scale : -2 * scale] * 0.72**octave
    return np.asarray((total - total.mean()) / total.std(), np.float32)


def sample(tile: FloatArray, u: FloatArray, v: FloatArray, metres: float) -> FloatArray:
    """Look up a seamless tile that repeats every so many metres.

    Args:
        tile: (S, S) values.
        u: (...) metres in the one direction.
        v: (...) metres in the other.
        metres: Edge length of the tile in the street.

    Returns:
        (...) values.
    """
    size = len(tile)
    column = (u / metres * size).astype(np.int64) % size
    row = (v / metres * size).astype(np.int64) % size
    return tile[row, column]
