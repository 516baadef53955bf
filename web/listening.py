"""Where a server listens."""

import socket
from collections.abc import Callable
from dataclasses import dataclass

from tracking.errors import UsageError


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a server listens.

    Attributes:
        host: Address.
        port: 0 for any free one.
        announce: Told the address of the first page as soon as somebody may open it.
    """

    host: str
    port: int
    announce: Callable[[str], None]


def listen(listening: Listening) -> socket.socket:
    """Take the address.

    Raises:
        UsageError: It cannot be had.
    """
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    try:
        return socket.create_server((listening.host, listening.port), family=family, backlog=256)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"--host {listening.host} --port {listening.port}: {reason}; give a free port, or 0 for any"
        ) from error


def address_of(host: str, listener: socket.socket, scheme: str = "http") -> str:
    """What to type into a browser."""
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}:{listener.getsockname()[1]}/"
