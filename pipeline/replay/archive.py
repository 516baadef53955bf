"""Detections with faults, as `pipeline simulate --detections-only` writes them."""

import numpy as np

from pipeline.replay.files import CameraFiles, read_archive
from pipeline.replay.recording import Recording, rows_of_frames
from tracking.arrays import FloatArray, IntArray
from tracking.values import Detections

MODEL_ID = "recorded"
THRESHOLD = 0.75
"""Between one rider at two cameras (0.63 at the simulation's usual separability of 2) and riders who are
dressed alike (0.83); strangers lie 1.4 apart."""

_BOXES = ("frame", "time", "xyxy", "score", "class_id", "identity", "frame_s")
_SIGHTINGS = ("enter_time", "exit_time", "embedding", "rider")


def read_observed(files: CameraFiles) -> Recording:
    """Read what a detector and an encoder with faults reported of one camera.

    A box carries the embedding of its rider's nearest passage; a box that shows no rider carries none.

    Args:
        files: Where the camera's archives lie.

    Raises:
        UsageError: An archive is missing or damaged.
    """
    boxes = read_archive(files.boxes, _BOXES)
    sightings = read_archive(files.sightings, _SIGHTINGS)
    seconds = np.asarray(boxes["frame_s"], np.float64)
    return Recording(
        camera=files.camera,
        path=files.boxes,
        frame_size=files.frame_size,
        seconds=seconds,
        first_row=rows_of_frames(boxes["frame"].astype(np.int64), len(seconds)),
        detections=Detections(
            boxes["xyxy"].astype(np.float32),
            boxes["score"].astype(np.float32),
            boxes["class_id"].astype(np.int64),
        ),
        embedding_of=_nearest_passage(boxes["identity"].astype(np.int64), boxes["time"], sightings),
        embeddings=np.asarray(sightings["embedding"], np.float32),
    )


def _nearest_passage(identity: IntArray, time: FloatArray, sightings: dict[str, FloatArray]) -> IntArray:
    """(N,) for each box the passage of its rider that is nearest in time, -1 for nobody."""
    found = np.full(len(identity), -1, np.int64)
    riders = sightings["rider"].astype(np.int64)
    middle = (sightings["enter_time"] + sightings["exit_time"]) / 2
    for rider in np.unique(riders[riders > 0]).tolist():
        passages, own = np.flatnonzero(riders == rider), np.flatnonzero(identity == rider)
        away = np.abs(time[own, None] - middle[None, passages])
        if len(own):
            found[own] = passages[away.argmin(axis=1)]
    return found
