"""A place in the footage of a camera."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """Where to take up a camera's footage again.

    Attributes:
        source: Name of the source; empty for the first one.
        frame: Index of the first frame to go on with.
        last_time: Time of the last frame that was seen, seconds since the epoch.
        again: Sources and indices of frames before that place which are to be handed out once more,
            without being accounted for; those that are not there any more are left out.
    """

    source: str
    frame: int
    last_time: float = -inf
    again: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Rest:
    """Frames behind the last one that was handed out: worked off without a look, since nothing moved.

    Attributes:
        source: Name of the source of the last of them.
        frame: Index of the first frame behind them.
        last_time: Time of the last of them, seconds since the epoch.
        frames: How many they are.
    """

    source: str
    frame: int
    last_time: float
    frames: int
