"""``pipeline calibrate``: threshold and match probabilities from labelled data."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.evaluate import Form, FormOption, JsonOption
from pipeline.commands.evaluate_reid import BlurredOption, EncoderOption, SourceArgument
from pipeline.commands.output import write_file


class Objective(StrEnum):
    """Of what F1 is made as large as possible."""

    MATCHES = "matches"
    PAIRS = "pairs"


class CurveKind(StrEnum):
    """Shape of the curve from distance to probability."""

    LOGISTIC = "logistic"
    TABLE = "table"


RateOption = Annotated[
    float | None,
    typer.Option(
        "--false-positive-rate", min=0, max=1, help="Largest share of false pairs. Default: maximum F1."
    ),
]
ObjectiveOption = Annotated[
    Objective,
    typer.Option("--objective", help="Maximum F1 of matches made one to one, or of loose pairs."),
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("calibrate")(calibrate)


def calibrate(
    source: SourceArgument,
    encoder: EncoderOption = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Other labelled data to measure on, such as that of other minutes."),
    ] = None,
    choose_on: Annotated[
        str | None,
        typer.Option(
            "--choose-on",
            help="Riders to choose on, sorted: 222:272, or as shares. Default 0:0.5, or all with --report.",
        ),
    ] = None,
    report_on: Annotated[
        str | None,
        typer.Option("--report-on", help="Other riders, to measure on. Default 0.5:1.0, or all of --report."),
    ] = None,
    false_positive_rate: RateOption = None,
    objective: ObjectiveOption = Objective.MATCHES,
    curve: Annotated[
        CurveKind, typer.Option("--curve", help="Shape of the curve.", show_choices=True)
    ] = CurveKind.LOGISTIC,
    riders: Annotated[
        int, typer.Option("--riders", min=1, help="Riders who compete within a travel-time window.")
    ] = 20,
    alone: Annotated[
        float, typer.Option("--alone", min=0, max=1, help="Share of them seen by one camera only.")
    ] = 0.4,
    card: Annotated[
        Path | None, typer.Option("--card", help="Model card to write threshold, precision and recall into.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the section `matching:` to this file.")
    ] = None,
    blurred: BlurredOption = False,
    json_file: JsonOption = None,
    form: FormOption = Form.TABLE,
) -> None:
    """Choose the threshold and the probability of a match on some riders, and measure them on others."""
    from rich.console import Console

    from pipeline.reports import (
        matching_section,
        print_calibration,
        read_part,
        riders_part,
        to_json,
        updated_card,
    )
    from reid.retrieval import Traffic
    from reid.retrieval import calibrate as choose

    given = read_part(source, encoder, None, blurred, "0:")
    other = given if report is None else read_part(report, encoder, None, blurred, "0:")
    halves = ("0:0.5", "0.5:1.0") if report is None else (":", ":")
    labelled = riders_part(given, choose_on or halves[0], "--choose-on")
    held_back = riders_part(other, report_on or halves[1], "--report-on")
    found = choose(
        labelled,
        held_back,
        false_positive_rate=false_positive_rate,
        kind=curve.value,
        traffic=Traffic(riders, alone),
        objective=objective.value,
    )
    section = matching_section(found)
    if card is not None:
        write_file(card, updated_card(card, found, source.name), "--card")
    if output is not None:
        write_file(output, section, "--output")
    if json_file is not None:
        write_file(json_file, to_json(found) + "\n", "--json")
    if form is Form.JSON:
        typer.echo(to_json(found))
        return
    print_calibration(found, Console(highlight=False))
    typer.echo(f"\nFor the site file:\n\n{section}", nl=False)
