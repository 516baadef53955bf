"""Paint the simulated frames of the detector's training ahead of it: painting takes one core, learning all.

    python -m workshop.detector.paint --data DIR --output FOLDER [--scale reduced]

``pipeline models train cyclist_detector`` with the same folders finds them there.
"""

import argparse
import sys
from pathlib import Path

from workshop.detector.description import DetectorDescription, load_description
from workshop.detector.train import Report, Stage, empty_streets, paint, paint_held_back

_TOLD_EVERY = 200


def main() -> None:
    """Paint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--scale", choices=["reduced", "full"], default="full")
    asked = parser.parse_args()
    description = load_description()
    chosen = description.reduced() if asked.scale == "reduced" else description
    paint_all(chosen, asked.data, asked.output, _tell)


def paint_all(description: DetectorDescription, data: Path, output: Path, on_progress: Report) -> None:
    """Paint what is learned from and what is measured on, as far as it is not there yet.

    Raises:
        UsageError: A data set is missing or wrong.
    """
    paint(description, empty_streets(description, data), output, on_progress)
    paint_held_back(description, output, on_progress)


def _tell(stage: Stage) -> None:
    if stage.done % _TOLD_EVERY == 0 or stage.done == stage.total:
        print(f"{stage.name} {stage.done}/{stage.total}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
