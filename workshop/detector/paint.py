"""Paint the simulated frames of the detector's training ahead of it: painting takes one core, learning all.

    python -m workshop.detector.paint --data DIR --output FOLDER [--scale reduced]

``pipeline models train cyclist_detector`` with the same folders finds them there.
"""

import argparse
import sys
from pathlib import Path

from workshop.detector.description import DetectorDescription, load_description
from workshop.detector.train import Report, empty_streets, paint, paint_held_back
from workshop.telling import stages


def main() -> None:
    """Paint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--scale", choices=["reduced", "full"], default="full")
    asked = parser.parse_args()
    description = load_description()
    chosen = description.reduced() if asked.scale == "reduced" else description
    paint_all(chosen, asked.data, asked.output, stages(lambda text: print(text, file=sys.stderr, flush=True)))


def paint_all(description: DetectorDescription, data: Path, output: Path, on_progress: Report) -> None:
    """Paint what is learned from and what is measured on, as far as it is not there yet.

    Raises:
        UsageError: A data set is missing or wrong.
    """
    paint(description, empty_streets(description, data), output, on_progress)
    paint_held_back(description, output, on_progress)


if __name__ == "__main__":
    main()
