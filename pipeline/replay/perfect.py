"""The truth of a simulation as a perfect detector and a perfect encoder would report it."""

import numpy as np

from pipeline.replay.files import CameraFiles, frame_seconds, read_table
from pipeline.replay.recording import Recording, rows_of_frames
from tracking.arrays import FloatArray, IntArray
from tracking.mot import CYCLIST_CLASS
from tracking.values import Detections, ObjectClass

MODEL_ID = "perfect"
THRESHOLD = 0.7
"""Half of the distance between riders' own vectors, which is 1.41 ± 0.09 in 128 dimensions."""
DIMENSION = 128


def read_perfect(files: CameraFiles) -> Recording:
    """Read the exact boxes of the riders of one camera, hidden ones too; everybody else stays unseen.

    Args:
        files: Where the camera's truth lies.

    Raises:
        UsageError: The truth is missing or damaged.
    """
    path = files.truth_boxes
    table = read_table(path, columns=9)
    seconds = frame_seconds(files)
    table = table[table[:, 7] == CYCLIST_CLASS]
    frames = table[:, 0].astype(np.int64) - 1
    corners = np.concatenate([table[:, 2:4], table[:, 2:4] + table[:, 4:6]], axis=1)
    identities, embedding_of = np.unique(table[:, 1].astype(np.int64), return_inverse=True)
    boxes = Detections(
        corners.astype(np.float32),
        np.ones(len(table), np.float32),
        np.full(len(table), int(ObjectClass.CYCLIST), np.int64),
    )
    return Recording(
        camera=files.camera,
        path=path,
        frame_size=files.frame_size,
        seconds=seconds,
        first_row=rows_of_frames(frames, len(seconds)),
        detections=boxes,
        embedding_of=embedding_of.astype(np.int64),
        embeddings=own_vectors(identities),
    )


def own_vectors(identities: IntArray) -> FloatArray:
    """A unit vector for each identity, the same at every camera, far from all others.

    Args:
        identities: (M,) numbers from 1.

    Returns:
        (M, 128) float32.
    """
    rows = [np.random.default_rng(int(identity)).standard_normal(DIMENSION) for identity in identities]
    matrix = np.array(rows).reshape(-1, DIMENSION)
    return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True), np.float32)
