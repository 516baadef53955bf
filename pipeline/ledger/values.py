"""The values that planning works on. Times are seconds since the epoch."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Offered:
    """A source that the footage of a camera holds now.

    Attributes:
        camera: Camera id.
        name: Of the source, unique within the camera.
        digest: Of its bytes.
        start: When it begins.
        end: When it ends, as it promises; its start where it promises nothing.
        rounding_s: By how much its start may be wrong, because names and clocks are rounded.
    """

    camera: str
    name: str
    digest: str
    start: float
    end: float
    rounding_s: float = 1.0

    @property
    def promises(self) -> bool:
        """Whether it says how long it is."""
        return self.end > self.start


@dataclass(frozen=True, slots=True)
class Counted:
    """A stretch of a camera's time that was counted.

    Attributes:
        camera: Camera id.
        name: Source that it came from; empty where only the time is known.
        digest: Of its bytes; empty where only the time is known.
        start: First moment; None where only the digest is known.
        end: Behind the last moment; None where only the digest is known.
        complete: Whether the source was read to its end.
        settings: Digest of the settings that it was counted with; None where nobody knows.
        run_id: Run that counted it.
    """

    camera: str
    name: str
    digest: str
    start: float | None
    end: float | None
    complete: bool = True
    settings: str | None = None
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a camera's time, end exclusive."""

    camera: str
    start: float
    end: float


class Fate(StrEnum):
    """What becomes of a source."""

    NEW = "new"
    CONTINUED = "continued"
    KNOWN = "known"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one source, and why.

    Attributes:
        source: The source.
        fate: New sources are read as a whole, continued ones behind what was counted of their time.
        behind: Only frames after this moment are read; None for all.
        later_s: Seconds by which it begins later than it says, because what is before it ends there.
        takes_back: What was counted of its time is taken back first.
        sentence: What the user is to be told; empty where nothing is remarkable.
    """

    source: Offered
    fate: Fate
    behind: float | None = None
    sentence: str = ""
    later_s: float = 0.0
    takes_back: bool = False

    @property
    def is_read(self) -> bool:
        """Whether something of it is to be counted."""
        return self.fate in (Fate.NEW, Fate.CONTINUED)

    @property
    def begin(self) -> float:
        """Moment from which it is read."""
        return self.source.start + self.later_s if self.behind is None else self.behind


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one run reads.

    Attributes:
        decisions: One for each source that was offered, in order of camera and time.
        removed: Counted time that is taken out of the database first.
        notes: Sentences about the run as a whole.
    """

    decisions: tuple[Decision, ...]
    removed: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()

    def reads(self, camera: str) -> tuple[Decision, ...]:
        """What is read of a camera, in order of time."""
        return tuple(one for one in self.decisions if one.is_read and one.source.camera == camera)

    def of(self, camera: str, *fates: Fate) -> tuple[Decision, ...]:
        """A camera's sources of certain fates."""
        return tuple(one for one in self.decisions if one.source.camera == camera and one.fate in fates)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be read."""
        return not any(one.is_read for one in self.decisions)

    @property
    def is_refused(self) -> bool:
        """Whether all that was offered was counted already, from other sources."""
        return bool(self.decisions) and all(one.fate is Fate.DOUBLE for one in self.decisions)
