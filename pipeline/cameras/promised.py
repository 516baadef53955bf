"""How much work the headers of some footage promise."""

from collections.abc import Iterable

from pipeline.sources import PlannedSource


def promised_frames(sources: Iterable[PlannedSource]) -> int | None:
    """Add up the frames of all sources that can be opened; None where one of them does not say."""
    counts = [source.header.frames for source in sources if source.header]
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None
