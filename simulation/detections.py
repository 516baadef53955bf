"""Detections and sightings of a simulated city as files, for tests that need no rendering."""

from pathlib import Path

import numpy as np

from flows.values import Sighting
from simulation.observation import ObservedBoxes, ObservedPassages
from tracking.arrays import FloatArray
from tracking.errors import UsageError

MODEL_ID = "simulated-1"


def write_detections(
    folder: Path,
    camera: str,
    boxes: ObservedBoxes,
    passages: ObservedPassages,
    *,
    start_epoch_s: float,
    times_s: FloatArray,
) -> None:
    """Write what one camera observed as two compressed NumPy archives.

    ``boxes_A.npz`` has the arrays of `ObservedBoxes`, their ``time``, and ``frame_s``, the seconds of every
    recorded frame after the first, with or without boxes; ``sightings_A.npz`` those that a
    `flows.values.Sighting` needs, and ``rider``. Times are seconds since the epoch by the camera's clock.

    Args:
        folder: Where to.
        camera: Camera id.
        boxes: Boxes frame by frame.
        passages: Passages with their embeddings.
        start_epoch_s: Start of the recording by the camera's clock.
        times_s: (T,) times of the frames after the start.
    """
    folder.mkdir(exist_ok=True)
    np.savez_compressed(
        folder / f"boxes_{camera}.npz",
        frame=boxes.frame,
        time=start_epoch_s + times_s[boxes.frame],
        xyxy=boxes.xyxy,
        score=boxes.score,
        class_id=boxes.class_id,
        identity=boxes.identity,
        frame_s=times_s - times_s[0],
    )
    np.savez_compressed(
        folder / f"sightings_{camera}.npz",
        enter_time=start_epoch_s + passages.enter_s,
        exit_time=start_epoch_s + passages.exit_s,
        direction=np.asarray(passages.direction, np.str_),
        frames=passages.frames,
        embedding=passages.embedding,
        rider=passages.rider,
    )


def read_sightings(folder: Path) -> tuple[list[Sighting], dict[str, int]]:
    """Make sightings of all cameras from the archives.

    Args:
        folder: The folder ``detections`` of a simulation.

    Returns:
        Sightings by time of entering, and the true rider of each by sighting id (0: nobody).

    Raises:
        UsageError: There are no archives.
    """
    files = sorted(folder.glob("sightings_*.npz"))
    if not files:
        raise UsageError(f"{folder}: no sightings_*.npz; make them with pipeline simulate --detections-only")
    sightings: list[Sighting] = []
    riders: dict[str, int] = {}
    for file in files:
        camera = file.stem.removeprefix("sightings_")
        with np.load(file) as archive:
            columns = {name: archive[name] for name in archive.files}
        for row in range(len(columns["rider"])):
            sighting = Sighting(
                sighting_id=f"{camera}-{row:06d}",
                camera=camera,
                enter_time=float(columns["enter_time"][row]),
                exit_time=float(columns["exit_time"][row]),
                direction=str(columns["direction"][row]),
                frames=int(columns["frames"][row]),
                stationary_s=0.0,
                quality=1.0,
                embedding=columns["embedding"][row],
                model_id=MODEL_ID,
            )
            sightings.append(sighting)
            riders[sighting.sighting_id] = int(columns["rider"][row])
    return sorted(sightings, key=lambda s: (s.enter_time, s.sighting_id)), riders
