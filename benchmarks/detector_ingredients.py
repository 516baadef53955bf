"""What each ingredient of the detector's training brings: the same short training with something left out.

    python -m benchmarks.detector_ingredients OUT --data DIR [--steps N] [--seeds S …] [--only NAME …]
    python -m benchmarks.detector_ingredients OUT --write docs/understand/cyclist_detector.md

An interrupted run goes on. Every training is measured on everything that the shipped description holds back.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.marked_page import mean_of, renew, table
from workshop.detector.description import DetectorDescription, load_description
from workshop.detector.train import Stage, learn_detector, measure_detector

STEPS, FRAMES = 500, 3
ALL_BLOCKS = 18
"""Of the backbone, MobileNetV2."""
_COLUMNS = {"simulated": "AP50 simulated", "pedestrians": "pedestrians", "real": "AP50 real street"}
STREETS, REAL_STREET = "backgrounds", "street_nyc"


@dataclass(frozen=True, slots=True)
class Result:
    """A short training.

    Attributes:
        name: What it learned from.
        seed: Of the training.
        steps: Batches.
        simulated: AP50 of cyclists, mean over the simulated scenarios.
        pedestrians: AP50 of pedestrians, the same mean.
        real: AP50 of cyclists of a real street camera.
    """

    name: str
    seed: int
    steps: int
    simulated: float
    pedestrians: float
    real: float


Change = Callable[[DetectorDescription], DetectorDescription]


def _everything(description: DetectorDescription) -> DetectorDescription:
    return description


def _simulation_only(description: DetectorDescription) -> DetectorDescription:
    painted = description.simulated.model_copy(update={"real_share": 0.0})
    return description.model_copy(update={"real": (), "streets": None, "simulated": painted})


def _simulation_in_real_streets(description: DetectorDescription) -> DetectorDescription:
    streets = tuple(folder for folder in description.real if folder.folder == STREETS)
    return description.model_copy(update={"real": streets})


def _without_negatives(description: DetectorDescription) -> DetectorDescription:
    people = ("cyclist", "pedestrian")
    kept = tuple(
        folder for folder in description.real if any(kind in people for kind in folder.classes.values())
    )
    return description.model_copy(update={"real": kept})


def _hardly_simulated(description: DetectorDescription) -> DetectorDescription:
    return description.model_copy(update={"simulated_weight": 1e-6})


def _frozen_backbone(description: DetectorDescription) -> DetectorDescription:
    """Only pyramid and head learn."""
    network = description.training.network.model_copy(update={"frozen_blocks": ALL_BLOCKS})
    training = description.training.model_copy(update={"network": network})
    return description.model_copy(update={"training": training})


VARIANTS: Mapping[str, Change] = {
    "everything": _everything,
    "simulation only": _simulation_only,
    "simulation, real empty streets": _simulation_in_real_streets,
    "without motorcycles and empty streets": _without_negatives,
    "real pictures only": _hardly_simulated,
    "backbone stays as on ImageNet": _frozen_backbone,
}


def measure(name: str, seed: int, steps: int, data: Path, work: Path) -> Result:
    """Train one variant and measure it."""
    shipped = load_description()
    full = shipped.with_seed(seed).with_budget(steps=steps, frames=FRAMES)
    folder = work / "trainings" / _stem(name, seed, steps)
    folder.mkdir(parents=True, exist_ok=True)
    share_frames(work / "frames", folder)
    weights = learn_detector(VARIANTS[name](full), data, folder, _tell)
    quality = measure_detector(weights, full, data, folder, _tell)
    share_frames(folder, work / "frames")
    scenarios = [quality[scenario] for scenario in full.held_back.scenarios]
    return Result(
        name,
        seed,
        steps,
        float(np.mean([one.cyclist.value for one in scenarios])),
        float(np.mean([one.pedestrian.value for one in scenarios])),
        quality[REAL_STREET].cyclist.value,
    )


def _stem(name: str, seed: int, steps: int) -> str:
    return f"{name.replace(' ', '_').replace(',', '')}-{seed}-{steps}"


def share_frames(source: Path, target: Path) -> None:
    """Painted frames of one training are those of another with the same settings."""
    target.mkdir(parents=True, exist_ok=True)
    for file in source.glob("frames-*.npz"):
        if not (target / file.name).exists():
            (target / file.name).hardlink_to(file)


def _tell(stage: Stage) -> None:
    if stage.done % 100 == 0 or stage.done == stage.total:
        print(f"{stage.name} {stage.done}/{stage.total} {stage.detail}", flush=True)


def page_table(results: Sequence[Result]) -> str:
    """Markdown: one row for each variant and number of steps, mean and deviation over seeds."""
    rows = []
    for name, steps in dict.fromkeys((name, one.steps) for name in VARIANTS for one in results):
        own = [one for one in results if (one.name, one.steps) == (name, steps)]
        if own:
            seeds = ", ".join(str(one.seed) for one in own)
            values = (mean_of([getattr(one, key) for one in own]) for key in _COLUMNS)
            rows.append((name, seeds, str(steps), *values))
    return table(("learned from", "seeds", "steps", *_COLUMNS.values()), rows)


def main() -> None:
    """Train, or write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path, help="folder of frames, trainings and results")
    parser.add_argument("--data", type=Path, help="folder of labelled data sets")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"batches of a training (default {STEPS})")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="seeds (default 1)")
    parser.add_argument("--only", nargs="+", choices=VARIANTS, default=list(VARIANTS), help="which variants")
    parser.add_argument("--write", type=Path, help="page whose table is renewed instead")
    given = parser.parse_args()
    kept = given.work / "results"
    kept.mkdir(parents=True, exist_ok=True)
    if given.write is not None:
        results = [Result(**json.loads(file.read_text("utf-8"))) for file in sorted(kept.glob("*.json"))]
        for name in renew(given.write, {"ingredients": page_table(results)}):
            print(f"{given.write}: has no place <!-- {name} -->")
        return
    if given.data is None:
        parser.error("--data is needed to train")
    for seed in given.seeds:
        for name in given.only:
            file = kept / f"{_stem(name, seed, given.steps)}.json"
            if not file.is_file():
                result = measure(name, seed, given.steps, given.data, given.work)
                file.write_text(json.dumps(asdict(result), indent=2) + "\n", encoding="utf-8")
                print(page_table([result]), flush=True)


if __name__ == "__main__":
    main()
