"""A place in the footage of a camera."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """Where to take up a camera's footage again.

    Attributes:
        source: Name of the source.
        frame: Index of the first frame that is wanted.
        last_time: Time of the last frame that was seen, seconds since the epoch.
    """

    source: str
    frame: int
    last_time: float = -inf
