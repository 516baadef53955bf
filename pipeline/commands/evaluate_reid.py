"""``pipeline evaluate-reid``: measures an encoder, or embeddings that are there already."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.evaluate import Form, FormOption, HtmlOption, JsonOption
from pipeline.commands.output import write_file

SourceArgument = Annotated[
    Path,
    typer.Argument(
        help="An .npz file (embedding, identity, camera; if there, tracklet, query), or a folder of crops "
        "named like Market-1501 or like rider_0001_cam1.jpg."
    ),
]
EncoderOption = Annotated[
    str | None, typer.Option("--encoder", help="For crops: colour_stripes, a .onnx file or a model's name.")
]
QueryCameraOption = Annotated[
    str | None,
    typer.Option(
        "--query-camera", help="What this camera saw is searched in all else. Default: each against the rest."
    ),
]
BlurredOption = Annotated[
    bool, typer.Option("--blurred", help="The crops are anonymised already; else they are blurred first.")
]
IdentitiesOption = Annotated[
    str, typer.Option("--identities", help="Part of the riders, sorted: 272:322, or as shares 0.7:1.0.")
]
ExcludeOption = Annotated[
    bool, typer.Option("--exclude-same-camera", help="Compare across cameras only, as the program does.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("evaluate-reid")(evaluate_reid)


def evaluate_reid(
    source: SourceArgument,
    encoder: EncoderOption = None,
    query_camera: QueryCameraOption = None,
    blurred: BlurredOption = False,
    identities: IdentitiesOption = "0:",
    exclude_same_camera: ExcludeOption = False,
    json_file: JsonOption = None,
    html_file: HtmlOption = None,
    form: FormOption = Form.TABLE,
) -> None:
    """Measure an encoder: CMC, mAP, pairs by threshold, searches, per image and per averaged tracklet."""
    from rich.console import Console

    from pipeline.reports import print_reid, read_part, reid_page, to_json
    from reid.retrieval import evaluate_reid as measure

    found = read_part(source, encoder, query_camera, blurred, identities)
    report = measure(found, exclude_same_camera=exclude_same_camera)
    if json_file is not None:
        write_file(json_file, to_json(report) + "\n", "--json")
    if html_file is not None:
        write_file(html_file, reid_page(report, source.name), "--html")
    if form is Form.JSON:
        typer.echo(to_json(report))
    else:
        print_reid(report, Console(highlight=False))
