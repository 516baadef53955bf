"""Boxes with identities, as the MOT Challenge writes them."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from tracking.arrays import BoolArray, FloatArray, IntArray
from tracking.errors import UsageError

CYCLIST_CLASS = 2
"""Class of a rider in MOT files: "person on vehicle"."""


@dataclass(frozen=True, slots=True)
class IdentifiedBoxes:
    """Who was where in which frame.

    Attributes:
        frame: (N,) frame numbers.
        identity: (N,) one number per object, over all frames.
        xyxy: (N, 4) left, top, right, bottom in pixels.
    """

    frame: IntArray
    identity: IntArray
    xyxy: FloatArray

    def __len__(self) -> int:
        return len(self.frame)

    def __getitem__(self, selection: BoolArray | IntArray | slice) -> Self:
        return type(self)(self.frame[selection], self.identity[selection], self.xyxy[selection])

    @classmethod
    def joined(cls, parts: "Collection[IdentifiedBoxes]") -> Self:
        """Set several cameras side by side, so that neither frames nor identities are shared."""
        shifts = [number * _GAP for number in range(len(parts))]
        nothing = np.zeros(0, np.int64)
        return cls(
            np.concatenate([nothing, *(one.frame + by for one, by in zip(parts, shifts, strict=True))]),
            np.concatenate([nothing, *(one.identity + by for one, by in zip(parts, shifts, strict=True))]),
            np.concatenate([np.zeros((0, 4)), *(one.xyxy for one in parts)]),
        )


_GAP = 10**9
"""More frames and identities than any camera has."""


def read_truth(path: Path, classes: Collection[int] = (CYCLIST_CLASS,)) -> IdentifiedBoxes:
    """Read a ground-truth file: frame, identity, left, top, width, height, valid, class, ….

    Rows whose seventh column is 0 do not count; a row without class is of any class.

    Args:
        path: Text file.
        classes: Classes that count.

    Raises:
        UsageError: The file cannot be read, or holds boxes but none of these classes.
    """
    rows = _read(path, 7)
    valid = rows[:, 6] != 0
    if rows.shape[1] < 8:
        return _boxes(rows[valid])
    wanted = valid & np.isin(rows[:, 7], list(classes))
    if len(rows) and not wanted.any():
        held = ", ".join(f"{number:g}" for number in np.unique(rows[valid, 7])) or "none that counts"
        asked = ", ".join(map(str, sorted(classes)))
        raise UsageError(
            f"{path}: holds no box of class {asked}; its classes are {held}, name one with --class"
        )
    return _boxes(rows[wanted])


def read_prediction(path: Path) -> IdentifiedBoxes:
    """Read a result file: frame, identity, left, top, width, height, ….

    Raises:
        UsageError: The file cannot be read.
    """
    return _boxes(_read(path, 6))


def _boxes(rows: FloatArray) -> IdentifiedBoxes:
    corners = np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], axis=1)
    return IdentifiedBoxes(rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64), corners)


def _read(path: Path, columns: int) -> FloatArray:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); give an existing MOT file") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is no text; give a MOT file of comma-separated numbers") from error
    lines = [line for line in lines if line.strip()]
    if not lines:
        return np.zeros((0, max(columns, 8)))
    try:
        rows = np.array([line.split(",") for line in lines], np.float64)
    except ValueError as error:
        raise UsageError(
            f"{path}: every line must hold the same number of comma-separated numbers: "
            "frame,identity,left,top,width,height,…"
        ) from error
    if rows.shape[1] < columns or not np.isfinite(rows[:, :columns]).all():
        raise UsageError(
            f"{path}: {columns} finite numbers are needed in a line: frame,identity,left,top,width,height,…"
        )
    _require_single(path, rows)
    return rows


def _require_single(path: Path, rows: FloatArray) -> None:
    keys, counts = np.unique(rows[:, :2], axis=0, return_counts=True)
    if (counts > 1).any():
        frame, identity = keys[counts > 1][0]
        raise UsageError(f"{path}: identity {identity:g} has two boxes in frame {frame:g}; give it one")
