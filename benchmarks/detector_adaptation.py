"""What `pipeline adapt` brings where nobody labelled anything: from simulated streets alone to a real one.

    python -m benchmarks.detector_adaptation OUT --data DIR --teacher FILE … [--seeds S …] [--steps N]
    python -m benchmarks.detector_adaptation OUT --write docs/workshop/training.md

A detector learns from simulated frames alone, then on from frames of a real street camera as the teachers
label them; the labels that people made there are not read, but for the day on which it is measured, which
neither teachers nor training see. An interrupted run goes on.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.detector_ingredients import share_frames
from benchmarks.marked_page import renew, table
from workshop.adaptation.adapting import learn_on
from workshop.adaptation.description import AdaptationDescription
from workshop.adaptation.plan import AdaptationPlan
from workshop.detector.description import load_description
from workshop.detector.learning.datasets import read_folder
from workshop.detector.measure import Quality, measure, open_detector
from workshop.detector.train import FILE, Stage, learn_detector

REAL_STREET = "street_nyc"
STEPS, START_STEPS, FRAMES, RATE = 400, 300, 1200, 0.002


@dataclass(frozen=True, slots=True)
class Result:
    """One adaptation.

    Attributes:
        seed: Of both trainings.
        start_steps: Batches of the training on simulation.
        steps: Batches of the adaptation.
        rate: Its highest rate of learning.
        frames: Frames that the teachers labelled.
        cyclists: Boxes taught as cyclists.
        pedestrians: As pedestrians.
        before: AP50 of cyclists on the held-back day, from simulation alone.
        after: The same, adapted.
        pedestrians_before: AP50 of pedestrians; those without a label count as neither right nor wrong.
        pedestrians_after: The same, adapted.
    """

    seed: int
    start_steps: int
    steps: int
    rate: float
    frames: int
    cyclists: int
    pedestrians: int
    before: float
    after: float
    pedestrians_before: float
    pedestrians_after: float


def adapted(seed: int, steps: int, given: argparse.Namespace) -> Result:
    """Train on simulation alone, adapt, and measure both."""
    shipped = load_description()
    street = next(folder for folder in shipped.real if folder.folder == REAL_STREET)
    name = f"{seed}-{given.start_steps}"
    start = _simulation_only(seed, given, given.work / f"simulation-{name}")
    output = given.work / f"adapted-{name}-{steps}-{given.frames}-{given.rate}"
    share_frames(start.parent, output)
    plan = AdaptationPlan(
        (given.data / REAL_STREET,),
        tuple(map(str, given.teacher)),
        str(start),
        output,
        left_out=street.held_back,
        threads=given.threads or None,
    )
    path, taught = learn_on(plan, _description(seed, steps, given), _tell)
    held_back = read_folder(street, given.data, held_back=True)
    before, after = (_quality(file, held_back, given.threads or None) for file in (start, path))
    return Result(
        seed,
        given.start_steps,
        steps,
        given.rate,
        taught.frames,
        taught.cyclists,
        taught.pedestrians,
        before.cyclist.value,
        after.cyclist.value,
        before.pedestrian.value,
        after.pedestrian.value,
    )


def _description(seed: int, steps: int, given: argparse.Namespace) -> AdaptationDescription:
    usual = AdaptationDescription()
    optimisation = usual.optimisation.model_copy(
        update={
            "steps": steps,
            "seed": seed,
            "threads": given.threads,
            "precision": given.precision,
            "batch": given.batch,
            "learning_rate": given.rate,
        }
    )
    teaching = usual.teaching.model_copy(update={"most_frames": given.frames})
    update: dict[str, object] = {"optimisation": optimisation, "teaching": teaching}
    if given.picture is not None:
        composition = load_description().training.composition
        update["composition"] = composition.model_copy(update={"size": tuple(given.picture)})
    return usual.model_copy(update=update)


def _simulation_only(seed: int, given: argparse.Namespace, folder: Path) -> Path:
    """The detector that never saw a real picture."""
    full = load_description().with_seed(seed).with_budget(steps=given.start_steps)
    seeds = full.simulated.seeds[: AdaptationDescription().worlds]
    painted = full.simulated.model_copy(update={"real_share": 0.0, "seeds": seeds})
    how = {"threads": given.threads, "precision": given.precision, "batch": given.batch}
    optimisation = full.training.optimisation.model_copy(update=how)
    training = full.training.model_copy(update={"optimisation": optimisation})
    changes = {"real": (), "streets": None, "simulated": painted, "training": training}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    return path if path.is_file() else learn_detector(full.model_copy(update=changes), folder, folder, _tell)


def _quality(path: Path, images: Sequence, threads: int | None) -> Quality:
    return measure(open_detector(path, threads=threads), {REAL_STREET: images})[REAL_STREET]


def _tell(stage: Stage) -> None:
    if stage.done % 50 == 0 or stage.done == stage.total:
        print(f"{stage.name} {stage.done}/{stage.total} {stage.detail}", flush=True)


def page_table(results: Sequence[Result]) -> str:
    """Markdown: one row for each adaptation."""
    columns = ("seed", "steps", "rate", "frames", "taught cyclists", "pedestrians", "AP50 before", "after")
    columns += ("pedestrians before", "after")
    rows = [
        (
            str(one.seed),
            f"{one.start_steps} + {one.steps}",
            f"{one.rate:g}",
            *(str(value) for value in (one.frames, one.cyclists, one.pedestrians)),
            *(f"{value:.3f}" for value in (one.before, one.after)),
            *(f"{value:.3f}" for value in (one.pedestrians_before, one.pedestrians_after)),
        )
        for one in results
    ]
    return table(columns, rows)


def main() -> None:
    """Adapt, or write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path, help="folder of trainings and results")
    parser.add_argument("--data", type=Path, help="folder of labelled data sets")
    parser.add_argument("--teacher", type=Path, nargs="+", help="detectors that label the street")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="seeds (default 1)")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"batches of the adaptation ({STEPS})")
    parser.add_argument(
        "--start-steps", type=int, default=START_STEPS, help=f"batches on simulation ({START_STEPS})"
    )
    parser.add_argument("--frames", type=int, default=FRAMES, help=f"frames that are labelled ({FRAMES})")
    parser.add_argument(
        "--precision", choices=("fp32", "bf16"), default="fp32", help="bf16 pays where the processor knows it"
    )
    parser.add_argument("--rate", type=float, default=RATE, help=f"of learning, highest ({RATE})")
    parser.add_argument("--batch", type=int, default=16, help="pictures in a batch (16)")
    parser.add_argument("--picture", type=int, nargs=2, help="height and width of training pictures, pixels")
    parser.add_argument("--threads", type=int, default=0, help="of the processor; 0 takes all")
    parser.add_argument("--write", type=Path, help="page whose table is renewed instead")
    given = parser.parse_args()
    kept = given.work / "results"
    kept.mkdir(parents=True, exist_ok=True)
    if given.write is not None:
        results = [Result(**json.loads(file.read_text("utf-8"))) for file in sorted(kept.glob("*.json"))]
        for name in renew(given.write, {"adaptation": page_table(results)}):
            print(f"{given.write}: has no place <!-- {name} -->")
        return
    if given.data is None or not given.teacher:
        parser.error("--data and --teacher are needed to adapt")
    for seed in given.seeds:
        result = adapted(seed, given.steps, given)
        file = kept / f"{seed}-{given.start_steps}-{given.steps}-{given.frames}-{given.rate}.json"
        file.write_text(json.dumps(asdict(result), indent=2) + "\n", encoding="utf-8")
        print(page_table([result]), flush=True)


if __name__ == "__main__":
    main()
