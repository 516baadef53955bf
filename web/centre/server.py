"""Listens for boxes until somebody stops it."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from tracking.errors import UsageError
from web.listening import Listening, address_of, listen

_KEEP_ALIVE_S = 75


def run_centre(app: Starlette, listening: Listening, certificate: tuple[Path, Path] | None) -> None:
    """Answer boxes until the process is stopped.

    Args:
        app: The application.
        listening: Where.
        certificate: Files of certificate chain and key in PEM; None for plain HTTP.

    Raises:
        UsageError: The address cannot be listened at, or the certificate cannot be used.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        ssl_certfile=None if certificate is None else str(certificate[0]),
        ssl_keyfile=None if certificate is None else str(certificate[1]),
    )
    try:
        config.load()
    except OSError as error:
        raise UsageError(
            f"--cert, --key: they cannot be used: {error}; give PEM files that belong together"
        ) from error
    with contextlib.closing(listen(listening)) as listener:
        scheme = "http" if certificate is None else "https"
        listening.announce(address_of(listening.host, listener, scheme))
        # uvicorn sends itself the signal again that ended it: what is in hand has to be linked before.
        with contextlib.suppress(KeyboardInterrupt), _interrupted_by(signal.SIGTERM):
            uvicorn.Server(config).run(sockets=[listener])


@contextlib.contextmanager
def _interrupted_by(one: signal.Signals) -> Iterator[None]:
    """Let a signal do what Ctrl-C does, for as long as the block takes; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(one, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(one, before)
