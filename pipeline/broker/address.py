"""Which broker, and who speaks to it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from tracking.errors import UsageError
from tracking.files import read_given
from tracking.hosts import is_loopback

PORTS = {"mqtt": 1883, "mqtts": 8883}
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """The address of a broker.

    Attributes:
        host: Name or IP address.
        port: Where it listens.
        encrypted: Whether it is spoken to over TLS.
        certificates: File of certificates that the broker's is checked with; None for the system's.
    """

    host: str
    port: int
    encrypted: bool
    certificates: Path | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str, *, plain: bool = False, certificates: Path | None = None) -> Self:
        """Check an address.

        Args:
            text: As it was typed, such as ``mqtts://broker.example.org``.
            plain: Allow mqtt:// to other machines.
            certificates: As for the class.

        Raises:
            UsageError: It is none, holds a secret, or would send without encryption.
        """
        try:
            parts = urlsplit(text.strip())
            port = parts.port
        except ValueError:
            raise UsageError("--broker: no address; give one like mqtts://broker.example.org") from None
        if parts.scheme not in PORTS or not parts.hostname:
            raise UsageError("--broker: no address of a broker; give one like mqtts://broker.example.org")
        if "@" in parts.netloc or parts.query or parts.fragment or parts.path.strip("/"):
            raise UsageError(
                "--broker: an address has a host and a port, and nothing else; user and password go into a "
                "file that --login-file names, the beginning of all topics into --topic"
            )
        if parts.scheme == "mqtt" and not (plain or is_loopback(parts.hostname)):
            raise UsageError(
                f"--broker: mqtt://{parts.hostname} would send without encryption; give mqtts://, or say "
                "that the way is safe with --plain-mqtt"
            )
        if certificates is not None and not certificates.is_file():
            raise UsageError(f"--certificates: {certificates} is no file; give the broker's in PEM")
        return cls(parts.hostname, port or PORTS[parts.scheme], parts.scheme == "mqtts", certificates)


@dataclass(frozen=True, slots=True)
class Login:
    """Who speaks to a broker.

    Attributes:
        user: Name.
        password: Never printed.
    """

    user: str
    password: str = field(repr=False)


def read_login(path: Path) -> Login:
    """Read a user and a password, one a line.

    Raises:
        UsageError: The file cannot be read or holds something else.
    """
    lines = read_given(path, "--login-file").splitlines()
    if len(lines) != 2 or not all(line and len(line) <= _LONGEST for line in lines):
        raise UsageError(
            f"--login-file: {path} has to hold two lines, the user and the password, of {_LONGEST} "
            "characters at most"
        )
    return Login(*lines)
