"""What teachers saw, on disk: boxes and scores without a pixel, so that they look once."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import numpy as np

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
        self._path = folder / f"seen-{hashlib.sha256(told.encode()).hexdigest()[:16]}.npz"
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
                self.save()
        return self._known[key]

    def save(self) -> None:
        """Write what is not on disk yet."""
        if self._unsaved:
            with whole_file(self._path) as part, part.open("wb") as file:
                _write(file, self._known)
            self._unsaved = 0


def _write(file: IO[bytes], known: Mapping[str, Detections]) -> None:
    seen = [Detections.empty(), *known.values()]
    np.savez(
        file,
        keys=np.array(list(known), np.str_),
        counts=np.array([len(one) for one in known.values()], np.int64),
        boxes=np.concatenate([one.xyxy for one in seen]),
        scores=np.concatenate([one.score for one in seen]),
        kinds=np.concatenate([one.class_id for one in seen]),
    )


def _read(path: Path) -> dict[str, Detections]:
    with np.load(path) as archive:
        keys, counts, boxes, scores, kinds = (
            archive[name] for name in ("keys", "counts", "boxes", "scores", "kinds")
        )
    ends = np.cumsum(counts)
    rows = [slice(end - count, end) for end, count in zip(ends, counts, strict=True)]
    return {
        str(key): Detections(boxes[row], scores[row], kinds[row]) for key, row in zip(keys, rows, strict=True)
    }
