"""Names of machines."""

import ipaddress


def is_loopback(name: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
