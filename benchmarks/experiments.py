"""Runs the experiments of the laboratory one after another, and writes their tables into a page.

python -m benchmarks.experiments OUT                            # all
python -m benchmarks.experiments OUT blur models                # some
python -m benchmarks.experiments OUT --write docs/workshop/experiments.md
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.marked_page import renew
from pipeline.commands import main as run_pipeline
from reid.experiments import PRESENTATIONS, Measure, Scale, Verdict
from workshop.laboratory.experiments import experiment_names

TABLE, RESULT = "table.md", "result.json"
DIRECTIONS = "directions"
ORDER = ("seen", "within spread", "not seen")


@dataclass(frozen=True, slots=True)
class Direction:
    """A verdict and where it comes from.

    Attributes:
        experiment: Name of the experiment.
        verdict: The verdict.
    """

    experiment: str
    verdict: Verdict

    def cells(self) -> tuple[str, ...]:
        """One row of the overview."""
        shown = PRESENTATIONS[self.verdict.measure]
        better, worse, spread = (
            shown.write(value) for value in (self.verdict.better, self.verdict.worse, self.verdict.spread)
        )
        numbers = f"{shown.title} {better} against {worse}, spread {spread}"
        return self.verdict.outcome, self.verdict.text, self.experiment, numbers


def place(out: Path, name: str, scale: Scale) -> Path:
    """Folder of the results of one experiment."""
    return out / f"{name}-{scale}"


def read_directions(out: Path, scale: Scale) -> Iterator[Direction]:
    """Verdicts of all finished experiments, those that were seen first."""
    found = []
    for name in experiment_names():
        path = place(out, name, scale) / RESULT
        if path.is_file():
            verdicts = json.loads(path.read_text("utf-8"))["verdicts"]
            found += [
                Direction(name, Verdict(**{**one, "measure": Measure(one["measure"])})) for one in verdicts
            ]
    yield from sorted(found, key=lambda direction: ORDER.index(direction.verdict.outcome))


def overview(directions: Iterator[Direction]) -> str:
    """All verdicts as a Markdown table."""
    rows = [("", "what the papers claim", "experiment", "measured"), ("---",) * 4]
    return "\n".join(
        "| " + " | ".join(cells) + " |" for cells in (*rows, *(one.cells() for one in directions))
    )


def write_page(page: Path, out: Path, scale: Scale) -> list[str]:
    """Renew the tables of a page, each between ``<!-- NAME -->`` and ``<!-- end -->``; the text stays.

    Returns:
        Names of experiments whose results are missing, or that have no place in the page.
    """
    left_out = []
    contents = {DIRECTIONS: overview(read_directions(out, scale))}
    for name in experiment_names():
        table = place(out, name, scale) / TABLE
        if table.is_file():
            contents[name] = table.read_text("utf-8").rstrip()
        else:
            left_out.append(name)
    return left_out + renew(page, contents)


def run(name: str, out: Path, scale: Scale) -> int:
    """Run one experiment, as the command line does."""
    print(f"=== {name}", file=sys.stderr, flush=True)
    try:
        run_pipeline(["reid", "experiment", name, "--scale", scale, "--output", str(place(out, name, scale))])
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("names", nargs="*", help="default: all")
    parser.add_argument("--scale", type=Scale, choices=list(Scale), default=Scale.SMOKE)
    parser.add_argument("--write", type=Path, help="page whose tables are renewed; nothing is run")
    chosen = parser.parse_args()
    if chosen.write is not None:
        for name in write_page(chosen.write, chosen.out, chosen.scale):
            print(f"{name}: no result in {chosen.out}, or no place in {chosen.write}", file=sys.stderr)
        return
    failed = [name for name in chosen.names or experiment_names() if run(name, chosen.out, chosen.scale) != 0]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
