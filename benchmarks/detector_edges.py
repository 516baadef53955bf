"""How far the edges of a detector's boxes lie off, by the height of the rider.

The encoder's threshold is chosen on riders who are cut as inexactly as the detector cuts them; this is where
the numbers in `pipeline/models/encoder_training/pictures.py` come from (riders of 25 pixels and more). The
frames are those that the detector's training holds back. Run:

    python -m benchmarks.detector_edges DETECTOR --work FOLDER
"""

import argparse
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from tracking.arrays import FloatArray
from tracking.boxes import iou_matrix
from tracking.detectors import Detector
from tracking.values import ObjectClass
from workshop.detector.description import load_description
from workshop.detector.frames import cached_frames
from workshop.detector.learning.samples import Label, LabelledImage
from workshop.detector.measure import open_detector

THRESHOLD = 0.25
"""Score from which the program follows a box."""
FOUND = 0.5
"""Overlap from which a box is one of a rider."""
HEIGHTS_PX = (0.0, 25.0, 40.0, 80.0, np.inf)


def offsets(detector: Detector, image: LabelledImage) -> Iterator[tuple[float, FloatArray]]:
    """Height of each found rider, and how far outside each edge lies, as a share of width or height."""
    riders = image.boxes[image.labels == int(Label.CYCLIST)].astype(np.float64)
    detections = detector.detect([image.image])[0]
    # The detector answers a box for pedestrians too, whose edges are not those of the bicycle.
    found = detections.xyxy[detections.class_id == ObjectClass.CYCLIST].astype(np.float64)
    if not len(riders) or not len(found):
        return
    overlap = iou_matrix(riders, found)
    for rider, row in zip(riders, overlap, strict=True):
        if row.max() >= FOUND:
            sides = np.tile(rider[2:] - rider[:2], 2)
            outside = np.array([-1, -1, 1, 1]) * (found[row.argmax()] - rider)
            yield float(sides[1]), outside / sides


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("detector", type=Path, help="model file")
    parser.add_argument("--work", type=Path, required=True, help="folder for painted frames")
    given = parser.parse_args()
    detector = open_detector(given.detector, THRESHOLD)
    images = cached_frames(load_description().held_back, (), given.work, lambda done: None)
    measured = [one for image in images for one in offsets(detector, image)]
    heights, outside = (np.array(column) for column in zip(*measured, strict=True))
    print("| height, px | riders | outside: left, top, right, bottom | deviation |\n|---|---:|---|---|")
    for low, high in [*pairwise(HEIGHTS_PX), (HEIGHTS_PX[0], HEIGHTS_PX[-1])]:
        part = outside[(heights >= low) & (heights < high)]
        mean, deviation = (
            ", ".join(f"{x:.3f}" for x in row) for row in (part.mean(axis=0), part.std(axis=0))
        )
        print(f"| {low:.0f} to {high:.0f} | {len(part)} | {mean} | {deviation} |")


if __name__ == "__main__":
    main()
