"""The counted passages of a run as track files: where and when, never who or what it looked like."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pipeline.stages import Passage
from tracking.errors import UsageError
from tracking.values import Frame

REMEMBERED_S = 60.0
"""Frame numbers are kept this much longer than any passage that is still to come should need them."""


class CameraTracks:
    """Writes the passages of one camera in the format of the MOT Challenge.

    Columns: frame (from 1, counted on over all files of the camera), number of the passage (from 1), left,
    top, width, height, score, and three that are not used. Rows are in order of passages. A table beside it
    says when each passage began and ended.

    Args:
        path: File to write; it is there, under another name, from the beginning.
        table: File of the passages, likewise.
    """

    def __init__(self, path: Path, table: Path) -> None:
        self._path, self._table = path, table
        self._part, self._table_part = (one.with_name(f".{one.name}.part") for one in (path, table))
        self._numbers: dict[float, int] = {}
        self._source = ""
        self._before = 0
        self._last = 0
        with _explained(path):
            self._file: IO[str] = self._part.open("w", encoding="utf-8")
            self._rows: IO[str] = self._table_part.open("w", encoding="utf-8")
            self._rows.write("passage,enter_epoch_s,exit_epoch_s\n")

    def see(self, frame: Frame) -> None:
        """Learn the number of a frame; frames come in order."""
        if frame.source != self._source:
            # Those behind the last look at the source before were worked off with this one.
            unseen = max(frame.passed - frame.index - 1, 0) if self._source else 0
            self._source, self._before = frame.source, self._last + unseen
        self._last = self._before + frame.index + 1
        self._numbers[frame.time] = self._last

    def add(self, passage: Passage) -> None:
        """Write a passage whose frames were seen, with the times that the database keeps of it.

        Raises:
            UsageError: The file cannot be written.
        """
        tracklet = passage.tracklet
        rows = zip(tracklet.times.tolist(), tracklet.boxes.tolist(), tracklet.scores.tolist(), strict=True)
        with _explained(self._path):
            self._rows.write(f"{tracklet.local_id + 1},{passage.enter:.6f},{passage.leave:.6f}\n")
            for time, (left, top, right, bottom), score in rows:
                place = f"{left:.2f},{top:.2f},{right - left:.2f},{bottom - top:.2f}"
                identity = tracklet.local_id + 1
                self._file.write(f"{self._numbers[time]},{identity},{place},{score:.3f},-1,-1,-1\n")

    def settle(self, until: float) -> None:
        """Forget the numbers of frames that no passage will need.

        Args:
            until: No passage that begins before this moment is still to come.
        """
        if not math.isfinite(until):
            return
        # In order of time but for clocks set back, so that the first to keep ends the search.
        for time in list(self._numbers):
            if time >= until - REMEMBERED_S:
                return
            del self._numbers[time]

    def finish(self) -> None:
        """Give the files their names.

        Raises:
            UsageError: It cannot be written.
        """
        with _explained(self._path):
            self._file.close()
            self._rows.close()
            self._part.replace(self._path)
            self._table_part.replace(self._table)

    def abandon(self) -> None:
        """Leave nothing behind but what was there before."""
        self._file.close()
        self._rows.close()
        self._part.unlink(missing_ok=True)
        self._table_part.unlink(missing_ok=True)


class TrackFolder:
    """The track files of all cameras; leaving the block without an error gives them their names.

    Args:
        folder: Where to; made if it is not there.
        cameras: Camera ids.

    Raises:
        UsageError: It cannot be written.
    """

    def __init__(self, folder: Path, cameras: Iterable[str]) -> None:
        with _explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._cameras = {
            camera: CameraTracks(folder / f"boxes_{camera}.txt", folder / f"passages_{camera}.csv")
            for camera in cameras
        }

    def of(self, camera: str) -> CameraTracks:
        """The file of a camera."""
        return self._cameras[camera]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for camera in self._cameras.values():
            if kind is None:
                camera.finish()
            else:
                camera.abandon()


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn a failure of the file system into a sentence."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"--tracks: {path} cannot be written: {error.strerror or error}") from error
