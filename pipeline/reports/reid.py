"""The measures of an encoder as a table with sentences."""

from rich.console import Console

from pipeline.reports.words import UNKNOWN, share
from pipeline.screen import new_table
from reid.retrieval import ReidReport, ReidScores


def print_reid(report: ReidReport, console: Console) -> None:
    """Print what embeddings are worth, per image and per averaged tracklet."""
    table = new_table(["measure"], reid_columns(report), "Re-identification")
    for row in reid_rows(report):
        table.add_row(*row)
    console.print(table)
    scores = report.tracklets or report.images
    console.print(
        f"Taking pairs nearer than {scores.best.threshold:.3f} for one rider finds "
        f"{share(scores.best.recall)} of the pairs there are, and {share(scores.best.precision)} of those "
        "found are right. This threshold was chosen on the data it is measured on; `pipeline calibrate` "
        "chooses on other data."
    )


def reid_columns(report: ReidReport) -> dict[str, ReidScores]:
    """The kinds of embeddings that were measured, by name."""
    columns = {"images": report.images}
    if report.tracklets is not None:
        columns["averaged tracklets"] = report.tracklets
    return columns


def reid_rows(report: ReidReport) -> list[tuple[str, ...]]:
    """A name and a text for each kind of embeddings, measure by measure."""
    columns = [_column(scores) for scores in reid_columns(report).values()]
    return [(cells[0][0], *(text for _, text in cells)) for cells in zip(*columns, strict=True)]


def _column(scores: ReidScores) -> list[tuple[str, str]]:
    ranking, best = scores.ranking, scores.best
    rows = [
        ("embeddings", str(scores.embeddings)),
        ("riders", str(scores.identities)),
        ("queries with an answer", str(ranking.queries)),
        ("rank 1", share(ranking.rank1)),
        ("rank 5", share(ranking.rank5)),
        ("mAP", share(ranking.mean_average_precision)),
        ("best F1 of pairs", share(best.f1)),
        ("  precision there", share(best.precision)),
        ("  recall there", share(best.recall)),
        ("  threshold there", f"{best.threshold:.3f}"),
    ]
    for pairs in scores.at_rates[1:2]:
        rows.append(("pairs found at 1 % false pairs", share(pairs.recall)))
    for point in scores.searches:
        rows.append((f"FNIR at FPIR {point.rate:.1%}", share(point.miss_rate)))
        rows.append((f"DIR at FAR {point.rate:.1%}", share(point.detection_rate)))
    targets = scores.targets or (None,) * len(scores.searches)
    for point, target in zip(scores.searches, targets, strict=True):
        value = UNKNOWN if target is None else share(target.true_target_rate)
        rows.append((f"TTR at FTR {point.rate:.1%}", value))
    return rows
