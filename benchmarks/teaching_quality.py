"""How right teachers are: what `pipeline adapt` would teach of a street, against the labels of people.

    python -m benchmarks.teaching_quality WORK --data DIR --teacher FILE … [--frames N] [--write PAGE]

Labels are read here to compare alone, those of days that are trained on; nothing learns from them. The
teachers look once: WORK keeps what they saw, and may be a folder of `benchmarks.detector_adaptation`.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.detector_adaptation import REAL_STREET
from benchmarks.marked_page import renew, table
from pipeline.registry import resolve_weights
from tracking.boxes import iou_matrix
from workshop.adaptation.looks import open_teachers
from workshop.adaptation.memory import TeachersMemory
from workshop.adaptation.settings import TeachingSettings
from workshop.adaptation.teaching import teach
from workshop.detector.description import load_description
from workshop.detector.learning.datasets import read_folder
from workshop.detector.learning.samples import Label, LabelledImage
from workshop.detector.train import Stage

_FITS = 0.5
_NEVER = 1e9
USUAL = TeachingSettings()
RULES: dict[str, dict[str, float]] = {
    "as teachers name it": {"pace": _NEVER, "fastest": _NEVER, "clear_wheels": 1e-6},
    "clear two-wheelers alone": {"pace": _NEVER, "fastest": _NEVER},
    "clear, or faster than walkers": {},
    "the same, fainter (0.12)": {"accepted_riding": 0.12},
    "the same, surer (0.2)": {"accepted_riding": 0.2},
    "the same, from 0.5 heights a second": {"pace": 0.5},
    "the same, from 0.8 heights a second": {"pace": 0.8},
}


@dataclass(frozen=True, slots=True)
class Taught:
    """What one rule teaches.

    Attributes:
        rule: Its name.
        cyclists: Boxes taught as cyclists.
        right: Cyclists of people with such a box.
        riders: All cyclists of people.
        doubted: Those whom no such box shows, but doubt covers.
        walkers: Boxes taught as pedestrians.
        mistaken: Cyclists of people with such a box.
    """

    rule: str
    cyclists: int
    right: int
    riders: int
    doubted: int
    walkers: int
    mistaken: int


def compare(rule: str, taught: Sequence[LabelledImage], people: dict[str, LabelledImage]) -> Taught:
    """What was taught beside what people say, in frames in which they labelled every cyclist."""
    pairs = [(image, people[image.name.split("/")[-1]]) for image in taught]
    pairs = [(image, known) for image, known in pairs if known.background[Label.CYCLIST] >= 1]
    found = np.zeros((3, 0), bool)
    for image, known in pairs:
        riders = known.boxes[known.labels == Label.CYCLIST]
        shown = [
            _shown(riders, image, labels)
            for labels in ((Label.CYCLIST,), (Label.IGNORED, Label.NOT_CYCLING), (Label.PEDESTRIAN,))
        ]
        found = np.concatenate([found, np.stack(shown)], axis=1)
    cyclist, doubt, walker = found
    cyclists, walkers = (
        sum(int((image.labels == label).sum()) for image, _ in pairs)
        for label in (Label.CYCLIST, Label.PEDESTRIAN)
    )
    return Taught(
        rule,
        cyclists,
        int(cyclist.sum()),
        found.shape[1],
        int((doubt & ~cyclist).sum()),
        walkers,
        int((walker & ~cyclist).sum()),
    )


def _shown(riders: np.ndarray, image: LabelledImage, labels: Sequence[Label]) -> np.ndarray:
    boxes = image.boxes[np.isin(image.labels, labels)]
    return np.asarray(iou_matrix(riders, boxes).max(axis=1, initial=0.0) >= _FITS)


def page_table(rows: Sequence[Taught]) -> str:
    """Markdown: one row for each rule."""
    columns = (
        "a cyclist is taught",
        "boxes",
        "riders so shown",
        "of",
        "in doubt",
        "pedestrians",
        "riders among them",
    )
    return table(
        columns,
        [
            (
                one.rule,
                *(
                    str(v)
                    for v in (one.cyclists, one.right, one.riders, one.doubted, one.walkers, one.mistaken)
                ),
            )
            for one in rows
        ],
    )


def main() -> None:
    """Compare every rule, print, and renew the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path, help="folder that keeps what teachers saw")
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled data sets")
    parser.add_argument("--teacher", nargs="+", required=True, help="detectors that label the street")
    parser.add_argument("--frames", type=int, default=USUAL.most_frames, help="frames that are labelled")
    parser.add_argument("--threads", type=int, default=None, help="of the processor; all if not given")
    parser.add_argument("--write", type=Path, help="page whose table is renewed")
    given = parser.parse_args()
    street = next(folder for folder in load_description().real if folder.folder == REAL_STREET)
    # Frames of footage keep the rows that the labelled folder cuts off above.
    uncut = street.model_copy(update={"top_px": 0})
    people = {image.name.split("/")[-1]: image for image in read_folder(uncut, given.data)}
    files = [resolve_weights(name, "detector") for name in given.teacher]
    memory = TeachersMemory(given.work, open_teachers(given.teacher, USUAL, given.threads), files, USUAL)
    rows = []
    for rule, changes in RULES.items():
        settings = USUAL.model_copy(update={"most_frames": given.frames, **changes})
        taught = teach((given.data / REAL_STREET,), (), street.held_back, settings, memory, _tell)
        rows.append(compare(rule, taught, people))
    print(page_table(rows))
    for name in renew(given.write, {"teaching": page_table(rows)}) if given.write else ():
        print(f"{given.write}: has no place <!-- {name} -->")


def _tell(stage: Stage) -> None:
    if stage.done % 100 == 0:
        print(f"{stage.name} {stage.done}/{stage.total}", flush=True)


if __name__ == "__main__":
    main()
