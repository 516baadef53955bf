"""What teachers saw, on disk: boxes and scores without a pixel, so that they look once."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tracking.detectors import Detector
from tracking.files import sha256_of, whole_file
from tracking.values import Detections
from workshop.adaptation.footage import Glimpse
from workshop.adaptation.looks import look
from workshop.adaptation.settings import TeachingSettings

_SAVED_EVERY = 50


class TeachersMemory:
    """What given teachers see in frames, each frame once.

    Args:
        folder: Where it is kept.
        teachers: Who look.
        files: Their weights, which with the way of looking tell one memory from another.
        settings: How they look.
    """

    def __init__(
        self, folder: Path, teachers: Sequence[Detector], files: Sequence[Path], settings: TeachingSettings
    ) -> None:
        looking = settings.model_dump_json(include={"tiles", "mirror", "seen_from", "same"})
        told = looking + "".join(sorted(sha256_of(file) for file in files))
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"seen-{hashlib.sha256(told.encode()).hexdigest()[:16]}.json"
        self._teachers, self._settings = teachers, settings
        self._known = _read(self._path) if self._path.is_file() else {}
        self._unsaved = 0

    def of(self, glimpse: Glimpse) -> Detections:
        """What the teachers see in a frame, fused; they look where they have not."""
        key = hashlib.sha256(np.ascontiguousarray(glimpse.image).data).hexdigest()[:24]
        if key not in self._known:
            self._known[key] = look(glimpse.image, self._teachers, self._settings)
            self._unsaved += 1
            if self._unsaved >= _SAVED_EVERY:
                self.keep()
        return self._known[key]

    def keep(self) -> None:
        """Write what is not on disk yet."""
        if self._unsaved:
            told = json.dumps({key: _rows(seen) for key, seen in self._known.items()})
            with whole_file(self._path) as part:
                part.write_text(told, encoding="utf-8")
            self._unsaved = 0


def _read(path: Path) -> dict[str, Detections]:
    told: dict[str, list[list[float]]] = json.loads(path.read_text(encoding="utf-8"))
    return {key: _boxes(np.array(rows, np.float64).reshape(-1, 6)) for key, rows in told.items()}


def _boxes(rows: NDArray[np.float64]) -> Detections:
    return Detections(
        rows[:, :4].astype(np.float32), rows[:, 4].astype(np.float32), rows[:, 5].astype(np.int64)
    )


def _rows(seen: Detections) -> list[list[float]]:
    """Left, top, right, bottom, score and kind of each box; every digit of them."""
    rows: list[list[float]] = np.column_stack([seen.xyxy, seen.score, seen.class_id]).tolist()
    return rows
