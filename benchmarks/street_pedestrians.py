"""How many pedestrians a detector finds on a real street, in frames in which everybody is marked.

    python -m benchmarks.street_pedestrians DETECTOR.onnx [DETECTOR.onnx …] --data FOLDER

The labels of the held-back day of ``street_nyc`` name a part of its pedestrians only. In every ninth frame of
that day all of them were marked by eye, in ``street_pedestrians.csv``: ``pedestrian``, or ``doubtful`` where
it could not be told, where people are less than about 10 pixels high, and where one cannot be told from the
next. What lies on a doubtful box is neither right nor wrong. Cyclists are those of the data set's labels; a
pedestrian found there is wrong, as in ``benchmarks.detector_quality``.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tracking.detectors import Detector
from tracking.errors import UsageError
from workshop.detector.description import load_description
from workshop.detector.learning.datasets import DatasetSettings, read_folder
from workshop.detector.learning.precision import AveragePrecision, average_precision
from workshop.detector.learning.samples import Label, LabelledImage
from workshop.detector.measure import open_detector

MARKS = Path(__file__).with_suffix(".csv")
FOLDER = "street_nyc"
EVERY = 9
"""Of the day's frames in order of time, the first and every ninth after it are marked."""
HEIGHTS = (16.0, 24.0)
"""Least heights of pedestrians that are measured apart, pixels."""

_LABELS = {"pedestrian": Label.PEDESTRIAN, "doubtful": Label.IGNORED}


@dataclass(frozen=True, slots=True)
class Mark:
    """Somebody, or perhaps somebody, in a frame.

    Attributes:
        frame: Stem of the frame's file.
        xyxy: Left, top, right, bottom edge in pixels of the whole frame.
        label: `Label.PEDESTRIAN`, or `Label.IGNORED` where it is doubtful.
    """

    frame: str
    xyxy: tuple[float, float, float, float]
    label: Label


@dataclass(frozen=True, slots=True)
class Found:
    """How well a detector finds pedestrians.

    Attributes:
        everybody: Where all are marked.
        tall: The same by least height, pixels; finding a smaller one is neither right nor wrong, while a
            box where nobody is counts whatever its height.
        partly: By the labels of the data set in the same frames, where nothing else is right or wrong.
    """

    everybody: AveragePrecision
    tall: Mapping[float, AveragePrecision]
    partly: AveragePrecision


def read_marks(path: Path = MARKS) -> list[Mark]:
    """Read what was marked.

    Raises:
        UsageError: The file is missing, or a line is not as it should be.
    """
    try:
        rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    except OSError as error:
        raise UsageError(f"{path}: not readable: {error}") from error
    return [_mark(row, f"{path}: line {number}") for number, row in enumerate(rows, 2)]


def _mark(row: Mapping[str, str], where: str) -> Mark:
    try:
        x, y, wide, high = (float(row[name]) for name in "xywh")
        return Mark(row["frame"], (x, y, x + wide, y + high), _LABELS[row["kind"]])
    except (KeyError, TypeError, ValueError) as error:
        kinds = " or ".join(_LABELS)
        raise UsageError(f"{where}: expected frame, x, y, w, h and {kinds}") from error


def read_frames(data: Path) -> list[LabelledImage]:
    """The frames in which everybody is marked, with the labels of the data set.

    Args:
        data: Folder above the data set.

    Raises:
        UsageError: The data set is missing or not readable.
    """
    return read_folder(street(), data, held_back=True)[::EVERY]


def street() -> DatasetSettings:
    """The data set as the shipped detector's training describes it."""
    return next(folder for folder in load_description().real if folder.folder == FOLDER)


def with_marks(frames: Sequence[LabelledImage], marks: Sequence[Mark], top_px: int) -> list[LabelledImage]:
    """The frames with the marks in place of their labels of pedestrians.

    Args:
        frames: Labelled in part.
        marks: Everybody in these frames.
        top_px: Rows that the frames lack above.

    Raises:
        UsageError: A mark is of another frame.
    """
    by_frame: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_frame[mark.frame].append(mark)
    marked = [_with_marks(frame, by_frame.pop(Path(frame.name).name, []), top_px) for frame in frames]
    if by_frame:
        raise UsageError(
            f"{min(by_frame)}: marked, but not one of the {len(frames)} frames; is it other data?"
        )
    return marked


def _with_marks(frame: LabelledImage, marks: Sequence[Mark], top_px: int) -> LabelledImage:
    kept = frame.labels != Label.PEDESTRIAN
    boxes = np.array([mark.xyxy for mark in marks], np.float32).reshape(-1, 4)
    boxes[:, 1::2] -= top_px
    background = frame.background.copy()
    background[Label.PEDESTRIAN] = 1.0
    labels = np.array([mark.label for mark in marks], np.int64)
    return replace(
        frame,
        boxes=np.concatenate([frame.boxes[kept], boxes]),
        labels=np.concatenate([frame.labels[kept], labels]),
        background=background,
    )


def measure_pedestrians(
    detector: Detector, marked: Sequence[LabelledImage], partly: Sequence[LabelledImage]
) -> Found:
    """Detect and compare.

    Args:
        detector: What is measured, by one look at each whole frame.
        marked: Frames in which everybody is marked.
        partly: The same frames with the labels of the data set.
    """
    found = [detector.detect([frame.image])[0] for frame in marked]
    tall = {
        least: average_precision(found, [_at_least(frame, least) for frame in marked], Label.PEDESTRIAN)
        for least in HEIGHTS
    }
    return Found(
        average_precision(found, marked, Label.PEDESTRIAN),
        tall,
        average_precision(found, partly, Label.PEDESTRIAN),
    )


def _at_least(frame: LabelledImage, height: float) -> LabelledImage:
    small = (frame.boxes[:, 3] - frame.boxes[:, 1] < height) & (frame.labels == Label.PEDESTRIAN)
    return replace(frame, labels=np.where(small, int(Label.IGNORED), frame.labels))


def rows(found: Mapping[str, Found]) -> list[str]:
    """A Markdown table of all detectors, by their names.

    Args:
        found: At least one, all measured on the same frames.
    """
    first = next(iter(found.values()))
    tall = [f"of at least {least:g} px ({one.objects}) | found" for least, one in first.tall.items()]
    of_all, in_part = f"AP50 of all ({first.everybody.objects})", f"labelled before ({first.partly.objects})"
    head = f"| detector | {' | '.join((of_all, 'found', *tall, in_part, 'best F1', 'at score'))} |"
    lines = [head, "| --- |" + " ---: |" * (head.count("|") - 2)]
    for name, one in found.items():
        pairs = [f"{part.value:.3f} | {part.recall:.2f}" for part in (one.everybody, *one.tall.values())]
        best = f"{one.everybody.best_f1:.3f} | {one.everybody.best_threshold:.2f}"
        lines.append(f"| {name} | {' | '.join(pairs)} | {one.partly.value:.3f} | {best} |")
    return lines


def main() -> None:
    """Measure the detectors and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("detector", nargs="+", type=Path, help="model file; those of COCO's classes too")
    parser.add_argument(
        "--data", type=Path, required=True, help=f"folder of labelled data sets with {FOLDER}"
    )
    parser.add_argument("--input-size", type=int, help="longer side at which frames are looked at, pixels")
    given = parser.parse_args()
    marks, partly = read_marks(), read_frames(given.data)
    marked = with_marks(partly, marks, street().top_px)
    doubtful = sum(mark.label == Label.IGNORED for mark in marks)
    print(f"{len(marked)} frames, {len(marks) - doubtful} pedestrians, {doubtful} doubtful\n")
    threshold = load_description().score_threshold
    found = {}
    for path in given.detector:
        detector = open_detector(path, threshold, input_size=given.input_size)
        found[path.stem] = measure_pedestrians(detector, marked, partly)
    print("\n".join(rows(found)))


if __name__ == "__main__":
    main()
