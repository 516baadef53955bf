"""From the runs of an experiment to its table and the verdicts on its claims."""

from collections.abc import Mapping, Sequence

from reid.experiments.data import describe_data
from reid.experiments.description import Variant
from reid.experiments.measures import PRESENTATIONS, Measure
from reid.experiments.results import Cell, ExperimentResult, Row, RunResult, Spread
from reid.experiments.runner import Task
from reid.experiments.verdicts import judge_claim


def summarise(name: str, task: Task, runs: Mapping[str, Sequence[RunResult]]) -> ExperimentResult:
    """Put results beside those of the paper.

    Args:
        name: Of the experiment.
        task: What was run.
        runs: Results by name of the row.
    """
    experiment, scale = task.experiment, task.experiment.scale(task.scale)
    verdicts = (judge_claim(claim, runs) for claim in experiment.claims)
    folders = sorted({row.train_on or "." for row in experiment.rows(task.scale) if row.network_of is None})
    return ExperimentResult(
        name=name,
        title=experiment.title,
        source=experiment.source,
        scale=task.scale,
        data=("simulated " if task.simulated else "")
        + "; ".join(describe_data(task.data / folder) for folder in folders),
        start=_start(task),
        seeds=task.seeds,
        cpu_s=sum(run.cpu_s for results in runs.values() for run in results),
        note=scale.note,
        columns=experiment.columns,
        rows=tuple(_row(row, runs[row.name], experiment.columns) for row in experiment.rows(task.scale)),
        verdicts=tuple(verdict for verdict in verdicts if verdict is not None),
    )


def _start(task: Task) -> str:
    if not task.imagenet:
        return "all networks start from random weights"
    return f"{', '.join(sorted(task.imagenet))} from ImageNet weights, other backbones from random ones"


def _row(row: Variant, runs: Sequence[RunResult], columns: tuple[Measure, ...]) -> Row:
    cells = []
    for measure in columns:
        values = [run.values[measure] for run in runs if measure in run.values]
        paper = row.paper.get(measure)
        scaled = None if paper is None else paper / PRESENTATIONS[measure].factor
        cells.append(Cell(measure, Spread.of(values) if values else None, scaled))
    return Row(row.name, row.title, tuple(cells), row.note)
