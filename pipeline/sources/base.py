"""What a run wants from the footage of one camera."""

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Protocol, Self

from pipeline.sources.planned import PlannedSource
from pipeline.sources.position import Rest, SourcePosition
from pipeline.sources.report import SourceReport
from tracking.arrays import Image
from tracking.attention import AttentionSettings
from tracking.values import Frame


class FrameSource(Protocol):
    """One camera's footage as a single stream of frames.

    Attributes:
        camera: Camera id.
        sources: Its files in order of time.
        frame_size: (width, height) of every frame.
        rest: What was read behind the last frame handed out; None where that was the last.
    """

    camera: str
    sources: tuple[PlannedSource, ...]
    frame_size: tuple[int, int]
    rest: Rest | None

    def limited_to(
        self, sources: Sequence[PlannedSource], behind: Mapping[str, float], until: float = inf
    ) -> Self:
        """The same camera with some of its sources only, of these only frames between two moments."""
        ...

    def frames(self, start_at: SourcePosition | None = None) -> Iterator[Frame]:
        """Frames with strictly increasing times, from a position or from the very beginning."""
        ...

    def reports(self) -> tuple[SourceReport, ...]:
        """The account of every source begun up to now; may be asked for while frames are read."""
        ...


class AttentiveSource(FrameSource, Protocol):
    """Footage that can be told which of its frames are worth a look."""

    def attend(self, settings: AttentionSettings, region: Image | None) -> None:
        """Hand out only the frames that are worth a look.

        Args:
            settings: How often, and where.
            region: (h, w) uint8 of any size, above 0 where movement matters; None for everywhere.
        """
        ...
