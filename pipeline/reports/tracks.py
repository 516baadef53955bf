"""Pairs of true and predicted track files, their scores, and the table of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from pipeline.reports.words import share
from pipeline.screen import new_table
from tracking.errors import UsageError
from tracking.mot import IdentifiedBoxes, TrackScores, evaluate_tracks, read_prediction, read_truth

PATTERN = "boxes_*.txt"
"""Track files of a folder, one per camera."""

TRACK_COLUMNS = (
    "camera", "HOTA", "DetA", "AssA", "MOTA", "IDF1", "prec.", "recall", "switch", "frag.", "true", "found",
)  # fmt: skip
"""Columns of the table: shares, switches, fragments, true objects and tracks found."""


@dataclass(frozen=True, slots=True)
class NamedScores:
    """Scores of one camera, or of all together.

    Attributes:
        name: Camera or file; ``all`` for all together.
        scores: The numbers.
    """

    name: str
    scores: TrackScores


@dataclass(frozen=True, slots=True)
class TrackReport:
    """Scores of several cameras.

    Attributes:
        cameras: In order of their names.
        together: All boxes of all cameras as one long sequence; None for a single camera.
    """

    cameras: tuple[NamedScores, ...]
    together: NamedScores | None


def measure_tracks(truth: Path, prediction: Path, classes: Collection[int], overlap: float) -> TrackReport:
    """Measure one file against one, or each file of a folder against its namesake.

    Args:
        truth: MOT file, or folder of files ``boxes_<camera>.txt``.
        prediction: Likewise.
        classes: Classes of the truth that count.
        overlap: Least IoU of a match, for all but HOTA.

    Raises:
        UsageError: A file is missing or cannot be read, or one is a file and the other a folder.
    """
    pairs = [
        (name, read_truth(true, classes), read_prediction(predicted))
        for name, true, predicted in _pairs(truth, prediction)
    ]
    cameras = tuple(NamedScores(name, evaluate_tracks(a, b, overlap)) for name, a, b in pairs)
    if len(pairs) == 1:
        return TrackReport(cameras, None)
    true = IdentifiedBoxes.joined([a for _, a, _ in pairs])
    predicted = IdentifiedBoxes.joined([b for _, _, b in pairs])
    return TrackReport(cameras, NamedScores("all", evaluate_tracks(true, predicted, overlap)))


def _pairs(truth: Path, prediction: Path) -> list[tuple[str, Path, Path]]:
    for path in (truth, prediction):
        if not path.exists():
            raise UsageError(f"{path}: does not exist; give a MOT file, or a folder of {PATTERN}")
    if truth.is_dir() != prediction.is_dir():
        raise UsageError(f"{truth} and {prediction}: give two files or two folders")
    if not truth.is_dir():
        return [(truth.stem.removeprefix("boxes_"), truth, prediction)]
    found = sorted(truth.glob(PATTERN))
    if not found:
        raise UsageError(f"{truth}: holds no {PATTERN}; `pipeline simulate` writes such a folder")
    for path in found:
        if not (prediction / path.name).is_file():
            raise UsageError(f"{prediction}: lacks {path.name}, which {truth} has; an empty file will do")
    return [(path.stem.removeprefix("boxes_"), path, prediction / path.name) for path in found]


def track_rows(report: TrackReport) -> list[tuple[str, ...]]:
    """The values of `TRACK_COLUMNS` as text, for each camera and for all together; shares in percent."""
    rows = (*report.cameras, *([report.together] if report.together else []))
    return [(one.name, *_cells(one.scores)) for one in rows]


def print_tracks(report: TrackReport, console: Console) -> None:
    """Print the scores as a table and what they mean."""
    table = new_table(TRACK_COLUMNS[:1], TRACK_COLUMNS[1:], "Tracks, shares in percent")
    for row in track_rows(report):
        table.add_row(*row)
    console.print(table)
    last = (report.together or report.cameras[-1]).scores
    console.print(
        f"{last.clear.mostly_tracked} of {last.objects} objects were followed for more than 80 % of their "
        f"frames, {last.clear.mostly_lost} for less than 20 %; their tracks changed identity "
        f"{last.clear.switches} times and broke off {last.clear.fragments} times."
    )


def _cells(scores: TrackScores) -> Sequence[str]:
    clear = scores.clear
    shares = (
        scores.hota.hota,
        scores.hota.deta,
        scores.hota.assa,
        clear.mota,
        scores.identity.idf1,
        clear.precision,
        clear.recall,
    )
    counts = (clear.switches, clear.fragments, scores.objects, scores.tracks)
    return (*(share(value).removesuffix(" %") for value in shares), *map(str, counts))
