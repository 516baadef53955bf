"""One source with its place in time."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.sources.files import SourceFiles
from pipeline.sources.header import Header
from pipeline.sources.timeline import LONGEST_PAUSE_S


class StartOrigin(StrEnum):
    """Who says when a source begins."""

    SITE_FILE = "site file"
    FILE_NAME = "file name"
    CONTAINER = "container"
    BEHIND_PREVIOUS = "behind the previous file"


@dataclass(frozen=True, slots=True)
class PlannedSource:
    """One source with its place in time.

    Attributes:
        files: What to read.
        start: Of its first frame, seconds since the epoch, UTC, clock offset included.
        origin: Who says so.
        header: What it promises; None where it cannot be opened.
        offsets_s: Seconds of each picture since the first; empty for a video.
        notes: Sentences about what was assumed or cannot be read.
        until: When the next source begins, as its name or container says, seconds since the epoch;
            None where nobody tells. The source's own time stamps must not pass it.
        longest_pause_s: Longest step of its own time stamps that may be a pause.
    """

    files: SourceFiles
    start: float
    origin: StartOrigin
    header: Header | None
    offsets_s: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
    until: float | None = None
    longest_pause_s: float = LONGEST_PAUSE_S

    @property
    def name(self) -> str:
        """Name of the source."""
        return self.files.name

    @property
    def end(self) -> float:
        """Promised end, seconds since the epoch; the start where nothing is promised."""
        return self.start + ((self.header.duration_s or 0.0) if self.header else 0.0)
