"""Names of machines, and whom to believe that they are what they say."""

import ipaddress
import ssl
from pathlib import Path

from tracking.errors import UsageError


def is_loopback(name: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def trust(certificates: Path | None, option: str) -> ssl.SSLContext:
    """What another machine's certificate is checked with.

    Args:
        certificates: File in PEM; None for the certificates of the system.
        option: That named the file, for the sentence.

    Raises:
        UsageError: The file holds no certificates.
    """
    try:
        return ssl.create_default_context(cafile=certificates)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"{option}: {certificates} holds no certificates in PEM: {error}") from error
