"""Runs an experiment: trains and measures every row with every seed, and picks up where it was stopped."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reid.experiments.blackened import blackened_copy
from reid.experiments.data import training_data
from reid.experiments.description import Experiment, Scale, Variant
from reid.experiments.evaluation import Subject, measure
from reid.experiments.plan import ImagenetWeights, describe_training, evaluation_of, training_values
from reid.experiments.results import RESULT, RunResult, read_run
from reid.training import Progress
from reid.training.checkpoint import STATE, write_atomically
from reid.training.session import run_training
from reid.training.trained import WEIGHTS, load_trained

BLACKENED = "blackened"
"""Folder of pictures with a black background, beside the network that made them."""


@dataclass(frozen=True, slots=True)
class Task:
    """An experiment to run.

    Attributes:
        experiment: The table.
        scale: How large.
        data: Folder of the data.
        seeds: Number of repetitions.
        output: Folder of results; what is finished there is not run again.
        imagenet: Weights to start from, by backbone.
        simulated: Whether the data come from the simulation.
        keep_weights: Keep trained networks after the rows of their seed are finished.
    """

    experiment: Experiment
    scale: Scale
    data: Path
    seeds: int
    output: Path
    imagenet: Mapping[str, ImagenetWeights] = field(default_factory=dict)
    simulated: bool = False
    keep_weights: bool = False


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far an experiment is.

    Attributes:
        number: Run that is worked on, from 1.
        total: Number of runs.
        title: Its row.
        seed: Its seed.
        training: How far its training is; None where there is none, or it is over.
    """

    number: int
    total: int
    title: str
    seed: int
    training: Progress | None = None


OnProgress = Callable[[RunProgress], None]


def run_experiment(
    task: Task, on_progress: OnProgress = lambda progress: None
) -> Mapping[str, tuple[RunResult, ...]]:
    """Run what is not finished yet.

    Args:
        task: What to run.
        on_progress: Called when a run begins, and while it trains.

    Returns:
        Results by name of the row, one per seed.

    Raises:
        UsageError: The data do not fit, or the output belongs to other settings or data.
        TrainingError: A loss is not finite, or a training collapses that must not.
    """
    runs = _Runs(task)
    rows = task.experiment.rows(task.scale)
    found: dict[str, list[RunResult]] = {row.name: [] for row in rows}
    for seed in range(task.seeds):
        for place, row in enumerate(rows):
            start = RunProgress(seed * len(rows) + place + 1, task.seeds * len(rows), row.title, seed)
            found[row.name].append(runs.result(row, start, on_progress))
        if not task.keep_weights:
            _forget_weights(task.output, seed)
    return {name: tuple(results) for name, results in found.items()}


class _Runs:
    """Runs of one task."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._rows = {row.name: row for row in task.experiment.variants}
        self._data = _data_digest(task.data)

    def result(self, row: Variant, start: RunProgress, on_progress: OnProgress) -> RunResult:
        """Result of one run, from disk or made now."""
        folder = self._folder(row, start.seed)
        fingerprint = self._fingerprint(row, start.seed)
        if (found := read_run(folder, fingerprint)) is not None:
            return found
        on_progress(start)

        def report(progress: Progress) -> None:
            on_progress(RunProgress(start.number, start.total, start.title, start.seed, progress))

        since = time.process_time()
        source = row if row.network_of is None else self._rows[row.network_of]
        model = load_trained(self._train(source, start.seed, report))
        settings = evaluation_of(self._task.experiment, row)
        columns = frozenset(self._task.experiment.columns)
        place = self._pictures(row, settings.folder, start.seed, report)
        values = measure(Subject(model, place, settings, columns))
        result = RunResult(
            variant=row.name,
            seed=start.seed,
            fingerprint=fingerprint,
            values={name: value for name, value in values.items() if name in columns},
            cpu_s=time.process_time() - since,
        )
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / RESULT, result.model_dump_json(indent=1).encode())
        return result

    def _train(self, row: Variant, seed: int, report: Callable[[Progress], None]) -> Path:
        """Weights of a row, trained where they are not there."""
        folder = self._folder(row, seed)
        if (folder / WEIGHTS).is_file():
            return folder / WEIGHTS
        start, autoencoder = (
            None if name is None else self._train(self._rows[name], seed, report)
            for name in (row.starts_from, row.autoencoder_of)
        )
        description = describe_training(
            training_values(self._task.experiment, row, self._task.scale),
            training_data(self._pictures(row, row.train_on or ".", seed, report)),
            seed,
            {} if self._starts_anew(row) else self._task.imagenet,
            start,
            autoencoder,
        )
        # Of several rounds, the last one's weights lie in a folder of their own.
        return run_training(description, folder, report).replace(folder / WEIGHTS)

    def _pictures(self, row: Variant, part: str, seed: int, report: Callable[[Progress], None]) -> Path:
        """Data that a row sees: as they are, or with a black background."""
        folder = self._task.data / part
        if row.blacken_with is None:
            return folder
        segmenter = self._rows[row.blacken_with]
        weights = self._train(segmenter, seed, report)
        out = self._folder(segmenter, seed) / BLACKENED / part.replace("/", "_").replace(".", "_")
        return blackened_copy(load_trained(weights), folder, out)

    def _starts_anew(self, row: Variant) -> bool:
        return row.name in self._task.experiment.scale(self._task.scale).random_start

    def _folder(self, row: Variant, seed: int) -> Path:
        return self._task.output / row.name / f"seed-{seed}"

    def _fingerprint(self, row: Variant, seed: int) -> str:
        told = {
            "training": self._told(row),
            "evaluation": evaluation_of(self._task.experiment, row).model_dump(mode="json"),
            "blackened": None if row.blacken_with is None else self._told(self._rows[row.blacken_with]),
            "columns": sorted(self._task.experiment.columns),
            "data": self._data,
            "imagenet": sorted((name, one.path.name) for name, one in self._task.imagenet.items()),
            "seed": seed,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()

    def _told(self, row: Variant) -> dict[str, Any]:
        """Everything that decides the weights of a row but paths."""
        if row.network_of is not None:
            return self._told(self._rows[row.network_of])
        names = (row.starts_from, row.autoencoder_of, row.blacken_with)
        before = [self._rows[name] for name in names if name is not None]
        return {
            "values": training_values(self._task.experiment, row, self._task.scale),
            "train_on": row.train_on,
            "random_start": self._starts_anew(row),
            "before": [self._told(one) for one in before],
        }


def _data_digest(folder: Path) -> str:
    """Changes with the names and sizes of the files."""
    files = sorted((str(path.relative_to(folder)), path.stat().st_size) for path in folder.rglob("*.*"))
    return hashlib.sha256(json.dumps(files).encode()).hexdigest()


def _forget_weights(output: Path, seed: int) -> None:
    for folder in output.glob(f"*/seed-{seed}/{BLACKENED}"):
        shutil.rmtree(folder)
    for pattern in ("*.safetensors", STATE):
        for path in output.glob(f"*/seed-{seed}/**/{pattern}"):
            path.unlink()
