"""How a run at work is, as values: what its cameras see, what its chains hold, what it has stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tracking.attention import Movement


class CameraReading(Protocol):
    """What an engine tells of the eye of one camera; any value with these attributes will do."""

    @property
    def camera(self) -> str:
        """Camera id."""
        ...

    @property
    def connected(self) -> bool:
        """Whether its frames can be had now."""
        ...

    @property
    def frames(self) -> int:
        """Frames that came since the run began; never falling, as all counts."""
        ...

    @property
    def looks(self) -> int:
        """Frames that the detector looked at."""
        ...

    @property
    def dropped(self) -> int:
        """Frames that were left out because nobody had time for them."""
        ...

    @property
    def lag_s(self) -> float | None:
        """Seconds from the moment a frame shows to the moment it was worked off; None for recordings."""
        ...

    @property
    def reconnects(self) -> int:
        """How often the connection was made anew."""
        ...

    @property
    def last_frame(self) -> float | None:
        """Moment that the last frame shows, seconds since the epoch; None before the first."""
        ...

    @property
    def moved(self) -> Movement | None:
        """By how much its view has moved since it was begun to watch; None where that is not known."""
        ...

    @property
    def reason(self) -> str | None:
        """Why it is not connected, in a word or a sentence; nothing where it is."""
        ...


@dataclass(frozen=True, slots=True)
class RecordedCamera:
    """The eye of a camera whose footage is recorded; see `CameraReading`."""

    camera: str
    connected: bool
    frames: int
    looks: int
    last_frame: float | None
    reason: str = ""
    dropped: int = 0
    lag_s: float | None = None
    reconnects: int = 0
    moved: Movement | None = None


@dataclass(frozen=True, slots=True)
class ChainState:
    """What one camera's chain holds and has seen.

    Attributes:
        open_tracklets: Tracklets in view, or that may come back.
        observed_s: Seconds that were really observed, since the run began.
        span_s: Seconds from the first to the last of them, outages included.
    """

    open_tracklets: int
    observed_s: float
    span_s: float

    @property
    def coverage(self) -> float | None:
        """Observed part of the span, 0..1; None before anything was seen."""
        return min(self.observed_s / self.span_s, 1.0) if self.span_s > 0 else None


@dataclass(frozen=True, slots=True)
class Model:
    """A model at work.

    Attributes:
        role: ``detector`` or ``encoder``.
        name: Of the model.
        provider: What really computes it, in the words of its runtime.
    """

    role: str
    name: str
    provider: str


@dataclass(frozen=True, slots=True)
class Durations:
    """How long something took, as a histogram.

    Attributes:
        counts: Upper bound in seconds → how many took no longer; the last bound is infinite.
        total_s: All of them together.
    """

    counts: Mapping[float, int] = field(default_factory=dict)
    total_s: float = 0.0


@dataclass(frozen=True, slots=True)
class RunReadings:
    """All that a run shows at one moment.

    Attributes:
        cameras: Camera id → its eye.
        chains: Camera id → its chain.
        sightings: Camera id → sightings that were stored.
        stretches_ahead: Camera id → stretches whose looks others than its own worker have made.
        links: Links between sightings that were decided.
        journeys: Journeys that were closed.
        watermark: Event time up to which matching has decided, seconds since the epoch; None before.
        models: At work.
        transactions: Of the database.
        beat_age_s: Seconds since the main loop went round.
        beat_limit_s: Seconds after which it counts as stuck.
    """

    cameras: Mapping[str, CameraReading] = field(default_factory=dict)
    chains: Mapping[str, ChainState] = field(default_factory=dict)
    sightings: Mapping[str, int] = field(default_factory=dict)
    stretches_ahead: Mapping[str, int] = field(default_factory=dict)
    links: int = 0
    journeys: int = 0
    watermark: float | None = None
    models: tuple[Model, ...] = ()
    transactions: Durations = field(default_factory=Durations)
    beat_age_s: float = 0.0
    beat_limit_s: float = 0.0

    @property
    def is_alive(self) -> bool:
        """Whether the main loop goes round."""
        return self.beat_age_s <= self.beat_limit_s
