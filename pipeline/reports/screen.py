"""The evaluation for a traffic engineer to read on a terminal."""

from rich.console import Console
from rich.table import Table

from flows.accuracy import GOOD_GEH, Cell, FlowScores, LinkScore
from pipeline.reports.words import UNKNOWN, share, signed_share
from pipeline.screen import new_table

MOST_ROWS = 25
"""Rows of a long table on the screen; ``--json`` has them all."""


def print_scores(scores: FlowScores, console: Console) -> None:
    """Print what a database is worth against the truth.

    Args:
        scores: The numbers.
        console: Where to.
    """
    _print_counts(scores, console)
    _print_links(scores, console)
    _print_matrix(scores, console)
    _print_travel_times(scores, console)
    _print_coverage(scores, console)


def _print_counts(scores: FlowScores, console: Console) -> None:
    columns = ("truth", "counted", "error", "GEH", "matched", "precision", "recall")
    table = new_table(["camera"], columns, "Cyclists per camera")
    for one in scores.cameras:
        table.add_row(
            one.camera,
            str(one.truth),
            str(one.counted),
            signed_share(one.error),
            f"{one.geh:.1f}",
            str(one.matched),
            share(one.precision) if one.counted else UNKNOWN,
            share(one.recall),
        )
    _print_table(table, console)
    invented, unseen = scores.counted - scores.matched, scores.truth - scores.matched
    console.print(
        f"{scores.truth} cyclists passed the cameras in observed time, {scores.counted} were counted: "
        f"{unseen} were not seen, {invented} were counted that were none or a second time. "
        "(GEH below 5 is a good count; it compares volumes per hour.)"
    )
    intervals = [interval for camera in scores.cameras for interval in camera.intervals]
    good = sum(interval.geh < GOOD_GEH for interval in intervals)
    console.print(
        f"{good} of {len(intervals)} intervals have a GEH below {GOOD_GEH:g}; --json has each of them."
    )


def _print_links(scores: FlowScores, console: Console) -> None:
    columns = ("truth", "claimed", "correct", "precision", "recall", "F1")
    table = new_table(["measure"], columns, "Links between cameras and journeys")
    table.add_row("links, whole chain", *_link_cells(scores.links.whole_chain))
    table.add_row("links, of cyclists seen", *_link_cells(scores.links.of_seen))
    if scores.strict is not None:
        table.add_row("links, whole chain, by boxes", *_link_cells(scores.strict.links.whole_chain))
        table.add_row("links, of cyclists seen, by boxes", *_link_cells(scores.strict.links.of_seen))
    _print_table(table, console)
    _print_journeys(scores, console)


def _print_journeys(scores: FlowScores, console: Console) -> None:
    journeys = scores.journeys
    console.print(
        f"Cross-camera IDF1 is {share(journeys.idf1)}. {journeys.exact} of {journeys.truth} journeys are "
        f"exactly right ({share(journeys.exact_share)}); of the {journeys.truth_linked} over at least two "
        f"cameras {journeys.exact_linked} ({share(journeys.exact_linked_share)})."
    )
    if scores.strict is not None:
        strict, untold = scores.strict.journeys, scores.counted - scores.strict.told
        rest = f" Of {untold} the boxes are not known: they are paired by time." if untold else ""
        console.print(
            f"By boxes, where nobody gets the benefit of the doubt, IDF1 is {share(strict.idf1)}, and "
            f"{strict.exact} journeys are exactly right ({share(strict.exact_share)}); "
            f"{scores.strict.matched} of {scores.counted} sightings show somebody who rode there then.{rest}"
        )


def _link_cells(links: LinkScore) -> tuple[str, ...]:
    counts = (links.truth, links.claimed, links.correct)
    precision = share(links.precision) if links.claimed else UNKNOWN
    return (*map(str, counts), precision, share(links.recall), share(links.f1))


def _print_matrix(scores: FlowScores, console: Console) -> None:
    columns = ("truth", "estimate", "GEH", "error, 95 %")
    table = new_table(["from", "to"], columns, "O-D matrix")
    worst = sorted(scores.matrix.cells, key=lambda cell: -max(cell.truth, cell.estimate))
    for cell in worst[:MOST_ROWS]:
        counts = (str(cell.truth), str(cell.estimate), f"{cell.geh:.1f}")
        table.add_row(cell.origin, cell.destination, *counts, _interval(cell))
    _print_table(table, console, len(worst))
    console.print(
        f"All cells together are off by {share(scores.matrix.relative_error)} of the true journeys (95 % of "
        f"samples of this size: {share(scores.matrix.low)} to {share(scores.matrix.high)}); "
        f"{share(scores.matrix.good_share)} of the cells have a GEH below 5."
    )


def _interval(cell: Cell) -> str:
    if cell.error_low is None or cell.error_high is None:
        return UNKNOWN
    return f"{signed_share(cell.error_low)} to {signed_share(cell.error_high)}"


def _print_travel_times(scores: FlowScores, console: Console) -> None:
    times = scores.travel_times
    columns = ("n true", "n found", "median true s", "median found s", "error s", "distance s")
    table = new_table(["from", "to"], columns, "Travel times")
    for one in sorted(times.pairs, key=lambda pair: -pair.truth)[:MOST_ROWS]:
        table.add_row(
            one.origin,
            one.destination,
            str(one.truth),
            str(one.estimate),
            f"{one.truth_median_s:.1f}",
            f"{one.estimate_median_s:.1f}",
            f"{one.median_error_s:+.1f}",
            f"{one.distance_s:.1f}",
        )
    if times.pairs:
        _print_table(table, console, len(times.pairs))
    if times.median_error_s is None or times.distance_s is None:
        console.print("No pair of cameras has travel times in both the truth and the database.")
    else:
        console.print(
            f"On average the median is off by {times.median_error_s:.1f} s and the distributions lie "
            f"{times.distance_s:.1f} s apart (Wasserstein distance)."
        )
    for count, what in ((times.unknown_pairs, "the truth"), (times.invented_pairs, "the database")):
        if count:
            console.print(f"{count} pairs of cameras have travel times in {what} only.")


def _print_coverage(scores: FlowScores, console: Console) -> None:
    gaps = [one for one in scores.coverage if one.observed_s < one.period_s - 0.5 or one.passages_missed]
    if not gaps:
        minutes = scores.period_s / 60
        console.print(f"\nEvery camera was observed for the whole {minutes:.1f} minutes.")
        return
    columns = ("observed", "observed s", "recorded s", "wrongly observed s", "passages outside")
    table = new_table(["camera"], columns, "Coverage")
    for one in gaps:
        table.add_row(
            one.camera,
            share(one.coverage),
            f"{one.observed_s:.1f}",
            UNKNOWN if one.recorded_s is None else f"{one.recorded_s:.1f}",
            UNKNOWN if one.claimed_too_much_s is None else f"{one.claimed_too_much_s:.1f}",
            str(one.passages_missed),
        )
    _print_table(table, console)
    console.print("Passages outside the observed time are in no other table: missing is not zero.")


def _print_table(table: Table, console: Console, rows: int = 0) -> None:
    console.print()
    console.print(table)
    if rows > MOST_ROWS:
        console.print(f"… and {rows - MOST_ROWS} more rows; --json has them all.")
