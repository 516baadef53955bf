"""The tables of the source papers as small files, and what runs them. Needs PyTorch."""

from reid.experiments.description import Claim, EvaluationSettings, Experiment, Scale, Variant
from reid.experiments.imagenet import packaged_weights, weights_in
from reid.experiments.measures import PRESENTATIONS, Measure
from reid.experiments.plan import ImagenetWeights, describe_training, evaluation_of, training_values
from reid.experiments.results import ExperimentResult, RunResult, Verdict
from reid.experiments.runner import RunProgress, Task, run_experiment
from reid.experiments.summary import summarise
from reid.experiments.tables import cells, circumstances, headings, markdown, verdict_lines

__all__ = [
    "PRESENTATIONS",
    "Claim",
    "EvaluationSettings",
    "Experiment",
    "ExperimentResult",
    "ImagenetWeights",
    "Measure",
    "RunProgress",
    "RunResult",
    "Scale",
    "Task",
    "Variant",
    "Verdict",
    "cells",
    "circumstances",
    "describe_training",
    "evaluation_of",
    "headings",
    "markdown",
    "packaged_weights",
    "run_experiment",
    "summarise",
    "training_values",
    "verdict_lines",
    "weights_in",
]
