"""Independent random streams, one for each purpose, all from one seed."""

from enum import IntEnum

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence


class Purpose(IntEnum):
    """What a random stream is for; the numbers are part of the meaning of a seed and never change."""

    NETWORK = 0
    DEMAND = 1
    RIDER = 2
    CAMERA = 3
    BACKGROUND = 4
    NOISE = 5
    DISTRACTORS = 6
    RECORDING = 7
    DETECTIONS = 8
    EMBEDDINGS = 9
    SHAPE = 10
    LIGHT = 11
    VEHICLES = 12


def stream(seed: int, purpose: Purpose, *index: int) -> Generator:
    """Open the random stream of one purpose.

    Adding draws to one purpose never changes another, so a new feature leaves old worlds as they were.

    Args:
        seed: Seed of the whole simulation.
        purpose: What the numbers are for.
        index: Number of the camera, rider, … within the purpose.

    Returns:
        A PCG64 generator (the children that `SeedSequence.spawn` would make).
    """
    return np.random.Generator(PCG64(SeedSequence(seed, spawn_key=(int(purpose), *index))))
