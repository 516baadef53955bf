"""What came out of an experiment: per run, per row, and together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Literal

from pydantic import Field, ValidationError

from reid.experiments.description import Scale
from reid.experiments.measures import Measure
from tracking.errors import UsageError
from tracking.settings import Settings

RESULT = "result.json"


class RunResult(Settings):
    """One row, one seed; kept on disk, so that it is not run again."""

    variant: str = Field(description="name of the row")
    seed: int = Field(ge=0, description="seed of the training")
    fingerprint: str = Field(description="of everything that decides the result")
    values: dict[Measure, float] = Field(description="what was measured, shares as 0..1")
    cpu_s: float = Field(ge=0.0, description="processor time of training and measuring, seconds")


@dataclass(frozen=True, slots=True)
class Spread:
    """A measure over the seeds.

    Attributes:
        mean: Mean.
        deviation: Sample standard deviation; 0 for a single seed.
        runs: Number of seeds.
    """

    mean: float
    deviation: float
    runs: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Summarise values.

        Args:
            values: One per seed, at least one.
        """
        return cls(fmean(values), stdev(values) if len(values) > 1 else 0.0, len(values))


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure of one row.

    Attributes:
        measure: Which.
        ours: What was measured here; None where it cannot be.
        paper: What the paper prints, None where it prints nothing.
    """

    measure: Measure
    ours: Spread | None
    paper: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table.

    Attributes:
        name: Short name.
        title: As the table calls it.
        cells: One per column.
        note: What a reader has to know.
    """

    name: str
    title: str
    cells: tuple[Cell, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claimed direction was seen.

    Attributes:
        text: The claim in words.
        measure: By which column.
        better: Mean of those that should win.
        worse: Mean of those that should lose.
        spread: Standard deviation over the seeds, of both sides together.
        outcome: What was found.
    """

    text: str
    measure: Measure
    better: float
    worse: float
    spread: float
    outcome: Literal["seen", "within spread", "not seen"]


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """A finished experiment.

    Attributes:
        name: Of the experiment.
        title: What is studied.
        source: Paper and table.
        scale: smoke or full.
        data: Which data were used, in words.
        start: Which weights the networks started from, in words.
        seeds: Number of repetitions.
        cpu_s: Processor time of all runs together, seconds.
        note: How it differs from the paper.
        columns: Measures of the table.
        rows: The table.
        verdicts: On the claims of the paper.
    """

    name: str
    title: str
    source: str
    scale: Scale
    data: str
    start: str
    seeds: int
    cpu_s: float
    note: str
    columns: tuple[Measure, ...]
    rows: tuple[Row, ...]
    verdicts: tuple[Verdict, ...]


def read_run(folder: Path, fingerprint: str) -> RunResult | None:
    """Find the result of a finished run.

    Args:
        folder: Of the run.
        fingerprint: Of what would be run now.

    Returns:
        None where it is not finished.

    Raises:
        UsageError: It is damaged, or belongs to other settings or data.
    """
    path = folder / RESULT
    if not path.is_file():
        return None
    try:
        found = RunResult.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise UsageError(f"{path}: is no result of an experiment; delete it to run it again") from error
    if found.fingerprint != fingerprint:
        raise UsageError(
            f"{path}: belongs to other settings or data; give another --output, or delete {folder}"
        )
    return found
