"""The page about counts, links, journeys and travel times."""

import numpy as np

from flows.accuracy import Correspondence, FlowEvaluation, FlowScores, Passages, StrictScores
from pipeline.reports.html.chart import Line, line_chart
from pipeline.reports.html.failures import failures
from pipeline.reports.html.page import charts, heading, page, paragraph, table
from pipeline.reports.tracks import TRACK_COLUMNS, TrackReport, track_rows
from pipeline.reports.words import UNKNOWN, share, signed_share
from tracking.arrays import FloatArray

_MOST_CHARTS = 12
_MOST_CELLS = 60


def flow_page(result: FlowEvaluation, tracks: TrackReport | None = None) -> str:
    """Write the page.

    Args:
        result: Scores and what they rest on.
        tracks: How well cyclists were followed within each camera.
    """
    scores = result.scores
    parts = [
        *_overview(scores),
        *_counts(scores),
        *_matrix(scores),
        *_travel_times(scores, result.found),
        *(
            []
            if tracks is None
            else [heading("Tracks, in percent"), table(TRACK_COLUMNS, track_rows(tracks))]
        ),
        *failures(result.found),
    ]
    return page(f"Evaluation of {scores.site}", parts)


def _overview(scores: FlowScores) -> list[str]:
    links, journeys, times = scores.links, scores.journeys, scores.travel_times
    error = UNKNOWN if times.median_error_s is None else f"{times.median_error_s:.1f} s"
    rows = [
        ("cyclists counted", f"{scores.counted} of {scores.truth}"),
        ("passages, precision", share(scores.passage_precision)),
        ("passages, recall", share(scores.passage_recall)),
        ("links, F1 of the whole chain", share(links.whole_chain.f1)),
        ("links, F1 among cyclists seen", share(links.of_seen.f1)),
        *_strict_rows(scores.strict),
        ("cross-camera IDF1", share(journeys.idf1)),
        ("journeys exactly right", f"{journeys.exact} of {journeys.truth}"),
        ("O-D matrix, relative error", share(scores.matrix.relative_error)),
        ("travel times, error of the median", error),
        ("observed", f"{scores.period_s / 60:.1f} minutes"),
    ]
    return [
        paragraph("What the database says, held against what really happened."),
        table(("measure", "value"), rows),
    ]


def _counts(scores: FlowScores) -> list[str]:
    rows = [
        (
            one.camera,
            str(one.truth),
            str(one.counted),
            signed_share(one.error),
            f"{one.geh:.1f}",
            share(one.precision),
            share(one.recall),
            share(coverage.coverage),
        )
        for one, coverage in zip(scores.cameras, scores.coverage, strict=True)
    ]
    header = ("camera", "truth", "counted", "error", "GEH", "precision", "recall", "observed")
    drawings = []
    for one in scores.cameras[:_MOST_CHARTS]:
        if len(one.intervals) < 2:
            continue
        hours = [(interval.start - one.intervals[0].start) / 3600 for interval in one.intervals]
        truth = Line("truth", hours, [interval.truth for interval in one.intervals])
        counted = Line("counted", hours, [interval.counted for interval in one.intervals])
        drawings.append(
            line_chart(f"Camera {one.camera}", "hours", "cyclists per interval", (truth, counted))
        )
    return [heading("Cyclists per camera"), table(header, rows), charts(drawings)]


def _strict_rows(strict: StrictScores | None) -> list[tuple[str, str]]:
    if strict is None:
        return []
    return [
        ("links, F1 of the whole chain, by boxes", share(strict.links.whole_chain.f1)),
        ("links, F1 among cyclists seen, by boxes", share(strict.links.of_seen.f1)),
        ("cross-camera IDF1, by boxes", share(strict.journeys.idf1)),
        ("sightings whose boxes are known", str(strict.told)),
    ]


def _matrix(scores: FlowScores) -> list[str]:
    cells = sorted(scores.matrix.cells, key=lambda cell: -max(cell.truth, cell.estimate))
    if not cells:
        return []
    most = max(cells[0].truth, cells[0].estimate)
    chart = line_chart(
        "O-D matrix, one point per cell",
        "true journeys",
        "estimated journeys",
        (
            Line("cells", [cell.truth for cell in cells], [cell.estimate for cell in cells], points=True),
            Line("equal", [0, most], [0, most]),
        ),
    )
    rows = [
        (f"{cell.origin} → {cell.destination}", str(cell.truth), str(cell.estimate), f"{cell.geh:.1f}")
        for cell in cells[:_MOST_CELLS]
    ]
    return [heading("O-D matrix"), charts([chart]), table(("cell", "truth", "estimate", "GEH"), rows)]


def _travel_times(scores: FlowScores, found: Correspondence) -> list[str]:
    pairs = sorted(scores.travel_times.pairs, key=lambda pair: -pair.truth)[:_MOST_CHARTS]
    drawings = []
    for pair in pairs:
        lines = [
            Line(name, np.repeat(times, 2), _stairs(len(times)))
            for name, passages in (("truth", found.truth), ("database", found.estimate))
            if len(times := _between(passages, pair.origin, pair.destination))
        ]
        drawings.append(
            line_chart(
                f"{pair.origin} → {pair.destination}", "travel time, seconds", "share of riders", lines
            )
        )
    return [heading("Travel times, cumulated"), charts(drawings)] if drawings else []


def _between(passages: Passages, origin: str, destination: str) -> FloatArray:
    """Travel times from one camera to any later stop at another, increasing."""
    start, end = passages.cameras.index(origin), passages.cameras.index(destination)
    times: list[FloatArray] = []
    for apart in range(1, len(passages)):
        together = passages.journey[apart:] == passages.journey[:-apart]
        if not together.any():
            break
        ends = together & (passages.camera[:-apart] == start) & (passages.camera[apart:] == end)
        times.append((passages.enter[apart:] - passages.enter[:-apart])[ends])
    return np.sort(np.concatenate(times)) if times else np.zeros(0)


def _stairs(count: int) -> FloatArray:
    """Heights before and after each of so many steps, from 0 to 1."""
    return np.append(0.0, np.repeat(np.arange(1, count + 1) / count, 2)[:-1])
