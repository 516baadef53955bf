"""What a folder of `pipeline simulate` holds of each camera."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.configuration import Configuration
from pipeline.sources.video import open_video
from tracking.arrays import FloatArray
from tracking.errors import FootageError, UsageError


@dataclass(frozen=True, slots=True)
class CameraFiles:
    """Where everything about one camera lies.

    Attributes:
        camera: Camera id.
        folder: Folder of the simulation.
        video: Its video, which need not be there.
        frame_size: Width and height of its pictures, pixels.
    """

    camera: str
    folder: Path
    video: Path
    frame_size: tuple[int, int]

    @property
    def truth_boxes(self) -> Path:
        """Exact boxes in the format of the MOT Challenge."""
        return self.folder / "truth" / f"boxes_{self.camera}.txt"

    @property
    def boxes(self) -> Path:
        """Boxes of a detector with faults, and the times of all frames."""
        return self.folder / "detections" / f"boxes_{self.camera}.npz"

    @property
    def sightings(self) -> Path:
        """Embeddings of an encoder with faults."""
        return self.folder / "detections" / f"sightings_{self.camera}.npz"


def find_files(folder: Path, configuration: Configuration) -> tuple[CameraFiles, ...]:
    """Locate the files of all cameras.

    Args:
        folder: Folder of the simulation.
        configuration: Of its site.

    Raises:
        UsageError: The folder does not tell the size of its pictures.
    """
    path = folder / "truth" / "parameters.json"
    try:
        width, height = json.loads(path.read_text("utf-8"))["size"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path}: does not tell the size of the pictures; name a folder that `pipeline simulate` wrote"
        ) from error
    return tuple(
        CameraFiles(camera.id, folder, Path(camera.source[0]), (int(width), int(height)))
        for camera in configuration.cameras
    )


def read_archive(path: Path, names: tuple[str, ...]) -> dict[str, FloatArray]:
    """Read arrays of a NumPy archive.

    Args:
        path: The archive.
        names: Arrays that are needed.

    Raises:
        UsageError: It is missing or damaged, or lacks an array.
    """
    if not path.is_file():
        raise UsageError(f"{path}: is not there; make it with `pipeline simulate --detections-only`")
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in names}
    except (ValueError, OSError, KeyError, EOFError) as error:
        raise UsageError(f"{path}: is damaged ({error}); make it again") from error


def read_table(path: Path, columns: int) -> FloatArray:
    """Read rows of numbers separated by commas, (N, columns).

    Raises:
        UsageError: The file is missing, or holds something else.
    """
    if not path.is_file():
        raise UsageError(f"{path}: is not there; name a folder that `pipeline simulate` wrote")
    try:
        table = np.loadtxt(path, delimiter=",", ndmin=2) if path.stat().st_size else np.zeros((0, columns))
    except ValueError as error:
        raise UsageError(f"{path}: is no table of numbers ({error}); make it again") from error
    if table.shape[1] != columns:
        raise UsageError(f"{path}: has {table.shape[1]} columns instead of {columns}; make it again")
    return np.asarray(table)


def frame_seconds(files: CameraFiles) -> FloatArray:
    """Times of all frames after the first, (T,) seconds: as recorded, or from the video's time stamps.

    Raises:
        UsageError: There is neither an archive nor a video.
    """
    if files.boxes.is_file():
        return np.asarray(read_archive(files.boxes, ("frame_s",))["frame_s"], np.float64)
    try:
        container, stream = open_video(files.video)
    except FootageError as error:
        raise UsageError(f"{files.boxes}: is not there, and neither is {files.video}") from error
    with container:
        stamps = sorted(packet.pts for packet in container.demux(stream) if packet.pts is not None)
    base = stream.time_base
    if base is None or not stamps:
        raise UsageError(f"{files.video}: has no time stamps; make it again")
    return np.asarray([float((stamp - stamps[0]) * base) for stamp in stamps])
