"""``pipeline replay``: recorded boxes and embeddings in, database out."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import (
    DatabaseOption,
    ExplainOption,
    MetricsOption,
    ReplaceOption,
    SetOption,
    given,
)
from pipeline.commands.sink_options import (
    SinkCertificatesOption,
    SinkOption,
    SinkPlainOption,
    SinkTokenOption,
    SinkWaitOption,
    sending_of,
)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("replay")(replay)


def replay(
    folder: Annotated[
        Path, typer.Argument(help="Folder that `pipeline simulate` wrote, with or without video.")
    ],
    database: DatabaseOption = None,
    perfect: Annotated[
        bool, typer.Option("--perfect", help="The truth's boxes of all riders, and exact embeddings.")
    ] = False,
    set_: SetOption = None,
    replace: ReplaceOption = False,
    tracks: Annotated[
        Path | None, typer.Option("--tracks", help="Also write the boxes of every counted cyclist here.")
    ] = None,
    explain: ExplainOption = None,
    sink: SinkOption = None,
    sink_token_file: SinkTokenOption = None,
    sink_certificates: SinkCertificatesOption = None,
    sink_plain_http: SinkPlainOption = False,
    sink_wait: SinkWaitOption = 30.0,
    metrics_address: MetricsOption = None,
    summary_json: Annotated[
        Path | None, typer.Option(help="Also write the summary to this file, as JSON.")
    ] = None,
) -> None:
    """Take simulated detections instead of pixels through the same chain as footage."""
    from pipeline.commands.outcome import tell
    from pipeline.configuration import load_configuration
    from pipeline.edge import sending
    from pipeline.replay import replay_site

    overrides = given(set_, {"database": database})
    how = sending_of(sink, sink_token_file, sink_certificates, sink_plain_http, sink_wait)
    with sending(load_configuration(folder / "site.yaml", overrides), how):
        summary = replay_site(
            folder,
            overrides,
            exact=perfect,
            replace=replace,
            tracks=tracks,
            explain=explain,
            metrics_address=metrics_address,
        )
    tell(summary, summary_json)
