"""Where a stream comes from, and how it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tracking.addresses import without_credentials

_LOOKED_AT_US = "1000000"
"""Stream time that FFmpeg may look at before it says what a stream holds, microseconds."""
_RTSP: Mapping[str, str] = MappingProxyType(
    {
        # UDP loses packets without a word, and firewalls drop it.
        "rtsp_transport": "tcp",
        "allowed_media_types": "video",
    }
)


@dataclass(frozen=True, slots=True)
class StreamAddress:
    """The address of a stream or of a capture device.

    Attributes:
        location: As the site file has it; may hold a password, and is never printed.
    """

    location: str = field(repr=False)

    @property
    def name(self) -> str:
        """What messages call it: no credentials, no options."""
        return without_credentials(self._device or self.location)

    @property
    def target(self) -> str:
        """What FFmpeg opens; never print it."""
        return self._device or self.location

    @property
    def format(self) -> str | None:
        """Format that has to be named, since the address does not tell."""
        return "v4l2" if self._device else None

    @property
    def options(self) -> dict[str, str]:
        """How FFmpeg opens it."""
        scheme = self.location.partition("://")[0].lower()
        if self._device:
            return {}
        own = _RTSP if scheme in ("rtsp", "rtsps") else {}
        return {"analyzeduration": _LOOKED_AT_US, **own}

    @property
    def _device(self) -> str:
        if self.location.isdigit():
            return f"/dev/video{self.location}"
        return self.location if self.location.startswith("/dev/") else ""
