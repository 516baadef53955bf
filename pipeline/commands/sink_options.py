"""Options of the commands that send to a centre."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracking.errors import UsageError

if TYPE_CHECKING:
    from pipeline.edge import Sending

SinkOption = Annotated[
    str | None,
    typer.Option(
        "--sink",
        metavar="URL",
        help="Send what is counted to this centre, https://…: embeddings, times, coverage; no pictures.",
    ),
]
"""Where to send."""

SinkTokenOption = Annotated[
    Path | None, typer.Option("--sink-token-file", help="File that holds this box's token, and nothing else.")
]
"""With what to show who sends."""

SinkCertificatesOption = Annotated[
    Path | None,
    typer.Option(
        "--sink-certificates", help="Check the centre with these certificates, PEM; else the system's."
    ),
]
"""Whom to trust."""

SinkPlainOption = Annotated[
    bool, typer.Option("--sink-plain-http", help="Allow http:// to other machines: the way is safe.")
]
"""Whether to send without encryption."""

SinkWaitOption = Annotated[
    float,
    typer.Option(
        "--sink-wait",
        min=0,
        metavar="SECONDS",
        help="How long to try to get rid of the rest at the end; embeddings that are left are deleted.",
    ),
]
"""How long to go on at the end."""


def sending_of(
    sink: str | None, token_file: Path | None, certificates: Path | None, plain: bool, wait_s: float
) -> "Sending | None":
    """Where a command sends to; None where it was not asked to.

    Raises:
        UsageError: The address cannot be used, or no token was named.
    """
    if sink is None:
        return None
    from pipeline.edge import Sending, SinkAddress

    address = SinkAddress.parse(sink, plain=plain, certificates=certificates)
    if token_file is None:
        raise UsageError(
            "--sink: the centre wants to know who sends; put the box's token into a file and name it with "
            "--sink-token-file"
        )
    return Sending(address, token_file, wait_s)
