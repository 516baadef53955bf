"""Simulated frames on disk, so that a training that goes on does not paint them again."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from tracking.arrays import Image
from tracking.files import whole_file
from workshop.detector.learning.samples import LabelledImage
from workshop.detector.simulated import SimulatedFrameSettings, render_frames


def cached_frames(
    settings: SimulatedFrameSettings,
    streets: Sequence[Image],
    folder: Path,
    on_progress: Callable[[int], None] = lambda _: None,
) -> list[LabelledImage]:
    """Paint frames, or read those that were painted for the same settings and streets.

    Args:
        settings: Which frames; see `render_frames`.
        streets: Real empty streets.
        folder: Where they are kept.
        on_progress: Told the number of frames painted so far.

    Returns:
        The frames in the order of painting.
    """
    path = folder / f"frames-{_fingerprint(settings, streets)}.npz"
    if not path.is_file():
        frames = []
        for frame in render_frames(settings, streets):
            frames.append(frame)
            on_progress(len(frames))
        _write(path, frames)
    return _read(path)


def _fingerprint(settings: SimulatedFrameSettings, streets: Sequence[Image]) -> str:
    digest = hashlib.sha256(settings.model_dump_json().encode())
    for street in streets:
        digest.update(np.ascontiguousarray(street).data)
    return digest.hexdigest()[:16]


def _write(path: Path, frames: Sequence[LabelledImage]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as part, part.open("wb") as file:
        np.savez(
            file,
            names=np.array([frame.name for frame in frames], np.str_),
            images=np.stack([frame.image for frame in frames]),
            boxes=np.concatenate([frame.boxes for frame in frames]),
            labels=np.concatenate([frame.labels for frame in frames]),
            counts=np.array([len(frame.labels) for frame in frames]),
        )


def _read(path: Path) -> list[LabelledImage]:
    with np.load(path) as archive:
        names, images, boxes, labels, counts = (
            archive[name] for name in ("names", "images", "boxes", "labels", "counts")
        )
    ends = np.cumsum(counts)
    rows = [slice(end - count, end) for end, count in zip(ends, counts, strict=True)]
    return [
        LabelledImage(str(name), image, boxes[row], labels[row], np.ones(2, np.float32))
        for name, image, row in zip(names, images, rows, strict=True)
    ]
