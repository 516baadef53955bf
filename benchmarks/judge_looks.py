"""Let the detector look at what the judge of passages learns from; boxes, scores and times are kept.

Beside them lies what the crops of passages show, never a crop.

    python -m benchmarks.judge_looks WORK [--data DIR] [--detector FILE [--worlds]] [--classifier FILE]

It goes on where it was interrupted. DIR holds the folders ``video`` and ``detection`` of real footage;
without it only simulated streets are looked at. Another detector than the package's, FILE, looks at real
footage alone: what the judges, who learnt from the package's, count with it; with ``--worlds`` at
everything, so that a judge can learn from it. The classifier that looks at crops is the package's, or
FILE.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.judge_footage import look_at_footage
from benchmarks.judge_settings import WorldSettings
from benchmarks.judge_streets import look_at_worlds
from pipeline.cameras import DetectorShelf
from pipeline.registry import resolve_weights
from tracking.arrays import Image
from tracking.detectors import DetectorSettings
from tracking.files import whole_file
from tracking.riders import CropClassifier, OnnxClassifier, RiderSettings
from tracking.riders.classifier import KINDS
from workshop.judge.clips import real_clips
from workshop.judge.seen import Seen

SEEDS = {"learn": 5000, "held": 5900}
"""First seeds of the simulated streets to learn from, and of those held back."""
WORLDS = {"learn": 6, "held": 4}
_EMPTY = "detection/london_jamcams"
_STREETS = "detection/backgrounds"
_VIDEO = "video"


def main() -> None:
    """Look."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--detector", default="")
    parser.add_argument("--worlds", action="store_true")
    parser.add_argument("--classifier", default=RiderSettings().classifier)
    asked = parser.parse_args()
    worlds = asked.worlds or not asked.detector
    if asked.data is None and not worlds:
        parser.error("--detector looks at real footage; name it by --data")
    classifier = OnnxClassifier(resolve_weights(asked.classifier, "classifier"))
    if asked.data is not None:
        look_at_real(asked.work, asked.data, classifier, asked.detector)
    if worlds:
        look_at_simulated(asked.work, asked.data, classifier, asked.detector)


def look_at_real(work: Path, data: Path, classifier: CropClassifier, detector: str = "") -> None:
    """Let a detector, the package's if none is named, look at all real footage that was not looked at yet."""
    for clip in real_clips():
        footage = data / _VIDEO / clip.files
        _keep(
            work / "clip" / f"{clip.name}.npz",
            partial(look_at_footage, clip.name, footage, classifier, detector, timed=clip.timed),
        )
    for file in sorted((data / _EMPTY).glob("*.mp4")):
        _keep(
            work / "none" / f"{file.stem}.npz",
            partial(look_at_footage, file.stem, file, classifier, detector),
        )


def look_at_simulated(
    work: Path, data: Path | None, classifier: CropClassifier, detector_name: str = ""
) -> None:
    """Let a detector look at simulated streets, some on real pictures of `data`, not looked at yet."""
    chosen = {"name": detector_name} if detector_name else {}
    detector, streets = DetectorShelf().take(DetectorSettings.model_validate(chosen)), _streets(data)
    defaults = WorldSettings.model_validate({})
    for source, first in SEEDS.items():
        for number in range(WORLDS[source]):
            one = defaults.only(number, first)
            if len(list((work / source).glob(f"*-{first + number}-*.npz"))) == one.cameras:
                continue
            for seen in look_at_worlds(one, detector, classifier, streets):
                write_seen(seen, work / source / f"{seen.name}.npz")


def write_seen(seen: Seen, file: Path) -> None:
    """Keep what was seen: boxes, scores and times."""
    rows = [
        np.column_stack([one.found.xyxy, one.found.score, one.found.class_id]).reshape(-1, 6)
        for one in seen.looks
    ]
    columns: dict[str, Any] = {
        "name": np.array(seen.name),
        "frame_size": np.array(seen.frame_size),
        "source": np.array([one.source for one in seen.looks]),
        "index": np.array([one.index for one in seen.looks]),
        "time": np.array([one.time for one in seen.looks]),
        "before": np.array([one.before for one in seen.looks]),
        "first_row": np.cumsum([0, *map(len, rows)]),
        "rows": np.concatenate([np.zeros((0, 6)), *rows]),
    }
    glances = seen.glances
    columns |= {
        "glance_members": np.array([" ".join(map(str, members)) for members in glances], np.str_),
        "glance_odds": np.array([one.odds for one in glances.values()], np.float64),
        "glance_not_motor": np.array([one.not_motor for one in glances.values()], np.float64),
        "glance_otherwise": np.array([KINDS.index(one.otherwise) for one in glances.values()], np.int64),
    }
    if seen.truth is not None:
        truth = seen.truth
        columns |= {
            "truth_frames": truth.frames,
            "truth_actors": truth.actors,
            "truth_boxes": truth.boxes,
            "truth_visible": truth.visible,
            "truth_kinds": np.array(truth.kinds, np.str_),
        }
    file.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(file) as part, part.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **columns)


def _streets(data: Path | None) -> list[Image]:
    if data is None:
        return []
    return [
        picture
        for file in sorted((data / _STREETS).glob("*.jpg"))
        if (picture := cv2.imread(str(file))) is not None
    ]


def _keep(file: Path, look: Callable[[], Seen]) -> None:
    if not file.is_file():
        write_seen(look(), file)
        print(file, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
