"""Finds and reads experiments, and gives them data."""

from collections.abc import Mapping, Set
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError

from pipeline.configuration.document import read_document
from pipeline.configuration.origin import Origin
from pipeline.configuration.sentences import explain
from reid.experiments import (
    EvaluationSettings,
    Experiment,
    ImagenetWeights,
    Scale,
    Task,
    Variant,
    describe_training,
    evaluation_of,
    packaged_weights,
    training_values,
    weights_in,
)
from reid.experiments.description import ScaleSettings
from reid.experiments.imagenet import PACKAGED
from reid.training.description import DataSettings, TrainingDescription
from tracking.errors import UsageError
from workshop.laboratory.smoke_data import smoke_data

_ANYWHERE = Path("data")


def experiment_names() -> tuple[str, ...]:
    """Names of the experiments that come with the program."""
    return tuple(sorted(Path(one.name).stem for one in _shipped().iterdir() if one.name.endswith(".yaml")))


def find_experiment(name: str) -> Experiment:
    """Read an experiment by its name, or from a file of the user's own.

    Raises:
        UsageError: There is none, or something in it is wrong; one sentence for each problem.
    """
    if name.endswith((".yaml", ".yml")):
        return read_experiment(Path(name))
    if name not in experiment_names():
        raise UsageError(
            f"experiment: there is no {name!r}; choose {', '.join(experiment_names())}, or give a .yaml file"
        )
    return read_experiment(_shipped() / f"{name}.yaml")


def read_experiment(path: Path) -> Experiment:
    """Read an experiment and check the training of every row at every scale.

    Raises:
        UsageError: Something is wrong; one sentence for each problem.
    """
    document = read_document(path, "experiment")
    try:
        experiment = Experiment.model_validate(document.content)
    except ValidationError as error:
        origin = Origin(path, document.lines)
        problems = explain(error.errors(include_url=False), Experiment)
        raise UsageError("\n".join(problem.sentence(origin) for problem in problems)) from None
    for scale in Scale:
        for row in experiment.rows(scale):
            _check_row(path, experiment, row, scale)
    return experiment


def prepare(
    experiment: Experiment,
    scale: Scale,
    output: Path,
    *,
    data: Path | None = None,
    seeds: int | None = None,
    weights: Path | None = None,
    overrides: Mapping[str, Any] = MappingProxyType({}),
    keep_weights: bool = False,
) -> Task:
    """Decide on data and weights.

    Args:
        experiment: What to run.
        scale: How large.
        output: Folder of results.
        data: Folder of the data; the small scale makes its own.
        seeds: Number of repetitions, if not the experiment's.
        weights: Folder of ImageNet weights, each file named by its backbone.
        overrides: Dotted keys of the training, over those of the scale; a row's own still win.
        keep_weights: Keep trained networks.

    Raises:
        UsageError: Data or weights are needed and not there.
    """
    settings = experiment.scale(scale)
    changed = settings.model_copy(update={"set": {**settings.set, **overrides}})
    experiment = experiment.model_copy(update={str(scale): changed})
    trained = {
        row.name: _check_row(Path("command line"), experiment, row, scale) for row in experiment.rows(scale)
    }
    anew = set(trained if not settings.imagenet else settings.random_start)
    return Task(
        experiment,
        scale,
        _made(settings) if data is None else data,
        seeds or settings.seeds,
        output,
        imagenet=_imagenet({trained[name] for name in trained.keys() - anew}, weights),
        simulated=data is None,
        keep_weights=keep_weights,
    )


def _made(settings: ScaleSettings) -> Path:
    if settings.data is None:
        raise UsageError(f"--data: is missing; name the folder of {settings.needs or 'the data set'}")
    return smoke_data(settings.data)


def _imagenet(backbones: Set[str], folder: Path | None) -> Mapping[str, ImagenetWeights]:
    """Weights of those backbones for which there are some."""
    found = {} if folder is None else weights_in(folder)
    if PACKAGED in backbones and PACKAGED not in found:
        found = {**found, **packaged_weights()}
    return {name: weights for name, weights in found.items() if name in backbones}


def _check_row(path: Path, experiment: Experiment, row: Variant, scale: Scale) -> str:
    """Validate a row.

    Returns:
        Name of the backbone that it trains from the start; empty where it has none, or where its weights come
        from another row.

    Raises:
        UsageError: Something is wrong; one sentence for each problem.
    """
    place = f"{path}: variants: {row.name}"
    try:
        evaluation_of(experiment, row)
    except ValidationError as error:
        raise UsageError(_sentences(f"{place}: evaluate", error, EvaluationSettings)) from None
    if row.network_of is not None:
        return ""
    try:
        values = training_values(experiment, row, scale)
        # Weights are files that only a run has; here it is enough that the row asks for some.
        start = _ANYWHERE if row.starts_from else None
        autoencoder = _ANYWHERE if row.autoencoder_of else None
        kind = values.get("objective", {}).get("kind") if isinstance(values.get("objective"), dict) else None
        data = DataSettings(layout="masks" if kind == "segmentation" else "own", folder=_ANYWHERE)
        described = describe_training(values, data, 0, {}, start, autoencoder)
    except ValidationError as error:
        raise UsageError(_sentences(f"{place}: at scale {scale}", error, TrainingDescription)) from None
    except UsageError as error:
        raise UsageError(f"{place}: at scale {scale}: {error}") from None
    return "" if start else getattr(described.model, "backbone", "")


def _sentences(place: str, error: ValidationError, model: type[BaseModel]) -> str:
    problems = explain(error.errors(include_url=False), model)
    return "\n".join(problem.sentence(Origin(Path(place))) for problem in problems)


def _shipped() -> Path:
    return Path(str(files("reid.experiments")))
