"""``pipeline evaluate``: measures a database against the truth."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import CamerasOption, DatabaseOption, settings_of
from pipeline.commands.output import write_file


class Form(StrEnum):
    """How the result is printed."""

    TABLE = "table"
    JSON = "json"


FormOption = Annotated[Form, typer.Option("--format", help="What to print.", show_choices=True)]
HtmlOption = Annotated[
    Path | None, typer.Option("--html", help="Write a page with curves and examples to this file.")
]
JsonOption = Annotated[Path | None, typer.Option("--json", help="Write every number to this file.")]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("evaluate")(evaluate)


def evaluate(
    truth: Annotated[
        Path, typer.Option("--truth", help="Folder with the truth; `pipeline simulate` writes one.")
    ],
    database: DatabaseOption = None,
    cameras: CamerasOption = None,
    site: Annotated[
        str | None, typer.Option("--site", help="The site, where the database holds several.")
    ] = None,
    tolerance_s: Annotated[
        float,
        typer.Option("--tolerance", min=0, help="Seconds a sighting may lie beside the passage it shows."),
    ] = 1.0,
    interval_min: Annotated[
        float | None,
        typer.Option(
            "--interval",
            min=0.1,
            help="Minutes of a counting interval; else as statistics.interval says: 15.",
        ),
    ] = None,
    tracks: Annotated[
        Path | None,
        typer.Option(
            "--tracks", help="Folder of tracks, boxes_<camera>.txt, held against those of the truth."
        ),
    ] = None,
    json_file: JsonOption = None,
    html_file: HtmlOption = None,
    form: FormOption = Form.TABLE,
) -> None:
    """Measure counts, links, journeys, O-D matrix and travel times against the truth."""
    from rich.console import Console

    from flows.accuracy import evaluate as measure
    from flows.accuracy import read_evidence, read_stored, read_truth
    from flows.database import FlowStore
    from pipeline.reports import flow_page, measure_tracks, print_scores, print_tracks, to_json
    from tracking.mot import CYCLIST_CLASS, OVERLAP

    known = read_truth(truth)
    settings, named_site = settings_of(cameras, {"database": database})
    store = FlowStore.open_for_reading(settings.database)
    try:
        stored = read_stored(store.database, site or named_site)
    finally:
        store.close()
    interval_s = settings.statistics.interval.longest_s if interval_min is None else interval_min * 60
    evidence = None if tracks is None else read_evidence(truth, tracks)
    result = measure(known, stored, tolerance_s, interval_s, evidence)
    followed = None if tracks is None else measure_tracks(truth, tracks, (CYCLIST_CLASS,), OVERLAP)
    if json_file is not None:
        write_file(json_file, to_json(result.scores, tracks=followed) + "\n", "--json")
    if html_file is not None:
        write_file(html_file, flow_page(result, followed), "--html")
    if form is Form.JSON:
        typer.echo(to_json(result.scores, tracks=followed))
        return
    console = Console(highlight=False)
    print_scores(result.scores, console)
    if followed is not None:
        print_tracks(followed, console)
