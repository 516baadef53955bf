"""``pipeline send``: what a database holds and a centre has not heard yet, to that centre."""

import threading
from typing import Annotated

import typer

from pipeline.commands.sink_options import (
    SinkCertificatesOption,
    SinkPlainOption,
    SinkTokenOption,
    SinkWaitOption,
    sending_of,
)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("send")(send)


def send(
    database: Annotated[str, typer.Argument(help="The box's SQLite file.")],
    sink: Annotated[str, typer.Option("--sink", metavar="URL", help="Address of the centre, https://….")],
    sink_token_file: SinkTokenOption = None,
    sink_certificates: SinkCertificatesOption = None,
    sink_plain_http: SinkPlainOption = False,
    sink_wait: SinkWaitOption = 30.0,
    site: Annotated[str | None, typer.Option("--site", help="Which site, where there are several.")] = None,
    forever: Annotated[
        bool, typer.Option("--forever", help="Send what comes, too, until SIGTERM or Ctrl-C.")
    ] = False,
) -> None:
    """Send what a box has counted and its centre has not heard yet; embeddings only while they live."""
    from pipeline.edge import send_database
    from pipeline.monitor import traced
    from pipeline.runner.following import stop_on_signals
    from pipeline.telemetry import Traces

    how = sending_of(sink, sink_token_file, sink_certificates, sink_plain_http, sink_wait)
    if how is None:
        return
    with traced(Traces()) as traces:
        if not forever:
            send_database(database, site, how, threading.Event(), once=True, traces=traces)
            return
        with stop_on_signals() as stop:
            send_database(database, site, how, stop, once=False, traces=traces)
