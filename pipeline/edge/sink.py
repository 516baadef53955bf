"""Where a box sends to, and with what it shows who it is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from tracking.errors import UsageError
from tracking.files import read_given
from tracking.hosts import is_loopback

BATCHES = "/v1/batches"
"""Where a centre takes batches, below its address."""

_LONGEST_TOKEN = 500


@dataclass(frozen=True, slots=True)
class SinkAddress:
    """The address of a centre.

    Attributes:
        url: Where batches go; holds no secret.
        certificates: File of certificates that the centre's is checked with; None for the system's.
    """

    url: str
    certificates: Path | None = None

    @classmethod
    def parse(cls, text: str, *, plain: bool = False, certificates: Path | None = None) -> Self:
        """Check an address.

        Args:
            text: As it was typed, such as ``https://centre.example.org``.
            plain: Allow http to other machines.
            certificates: As for the class.

        Raises:
            UsageError: It is none, holds a secret, or would send without encryption.
        """
        try:
            parts = urlsplit(text.strip())
            port = parts.port
        except ValueError:
            raise UsageError("--sink: no address; give one like https://centre.example.org") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError("--sink: no address of a centre; give one like https://centre.example.org")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise UsageError(
                "--sink: an address is no place for a user, a password or a token; put the token into a file "
                "and name it with --sink-token-file"
            )
        if parts.scheme == "http" and not (plain or is_loopback(parts.hostname)):
            raise UsageError(
                f"--sink: http://{parts.hostname} would send without encryption; give https://, or say that "
                "the way is safe with --sink-plain-http"
            )
        if certificates is not None and not certificates.is_file():
            raise UsageError(f"--sink-certificates: {certificates} is no file; give the centre's in PEM")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        place = host if port is None else f"{host}:{port}"
        return cls(f"{parts.scheme}://{place}{parts.path.rstrip('/')}{BATCHES}", certificates)


def read_token(path: Path) -> str:
    """Read the token of a box.

    Raises:
        UsageError: The file cannot be read or holds something else.
    """
    token = read_given(path, "--sink-token-file").strip()
    if not token or len(token) > _LONGEST_TOKEN or not token.isascii() or len(token.split()) > 1:
        raise UsageError(
            f"--sink-token-file: {path} holds no token; write the one line into it that "
            "pipeline centre --new-token showed"
        )
    return token
