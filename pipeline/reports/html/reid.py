"""The page about an encoder."""

from pipeline.reports.html.chart import Line, line_chart
from pipeline.reports.html.page import charts, heading, page, paragraph, table
from pipeline.reports.reid import reid_columns, reid_rows
from reid.retrieval import ReidReport, ReidScores


def reid_page(report: ReidReport, name: str) -> str:
    """Write the page.

    Args:
        report: The measures.
        name: What was measured.
    """
    columns = reid_columns(report)
    rows = reid_rows(report)
    parts = [
        paragraph("How well embeddings tell riders apart, per image and per averaged tracklet."),
        table(("measure", *columns), rows),
    ]
    for title, scores in columns.items():
        parts += [heading(title.capitalize()), charts(_drawings(scores))]
    return page(f"Re-identification: {name}", parts)


def _drawings(scores: ReidScores) -> list[str]:
    curve = [one for one in scores.curve if one.true_positives + one.false_positives]
    thresholds = [one.threshold for one in curve]
    ranks = list(range(1, len(scores.ranking.cmc) + 1))
    return [
        line_chart(
            "Decisions by a threshold",
            "threshold τ",
            "share",
            (
                Line("precision", thresholds, [one.precision for one in curve]),
                Line("recall", thresholds, [one.recall for one in curve]),
                Line("F1", thresholds, [one.f1 for one in curve]),
            ),
        ),
        line_chart(
            "Precision and recall",
            "recall",
            "precision",
            (Line("pairs", [c.recall for c in curve], [c.precision for c in curve]),),
        ),
        line_chart("CMC", "rank", "share of queries", (Line("answered", ranks, scores.ranking.cmc),)),
    ]
