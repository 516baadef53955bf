"""How a camera's footage ends where what follows it was counted before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.ledger import Counted
from pipeline.runner.beginnings import LONGEST_MEMORY_S, SLACK_S
from pipeline.sources import PlannedSource


@dataclass(frozen=True, slots=True)
class Ending:
    """What lies directly behind the last frame that a run counts of a camera.

    Attributes:
        trail: Source that is looked at a little further, without counting it, to see those leave who are in
            view; empty for none.
        until: Where the trail was counted from, seconds since the epoch.
    """

    trail: str
    until: float

    @property
    def looks_until(self) -> float:
        """Moment at which looking ends; who stands in view for longer is closed there."""
        return self.until + LONGEST_MEMORY_S


def find_ending(
    camera: str, sources: Sequence[PlannedSource], read: Collection[str], counted: Sequence[Counted]
) -> Ending | None:
    """Find what the footage of a camera ends at.

    Args:
        camera: Camera id.
        sources: All of its sources, in order of time.
        read: Names of those that the run reads.
        counted: What other runs have counted, and what is not taken back.
    """
    there = {one.name for one in sources} - set(read)
    ends = [max(one.end, one.start) for one in sources if one.name in read]
    if not ends:
        return None
    end = max(ends)
    following = [
        (one.start, one.name)
        for one in counted
        if one.camera == camera and one.start is not None and one.name in there
        if end - SLACK_S <= one.start <= end + LONGEST_MEMORY_S
    ]
    if not following:
        return None
    start, name = min(following)
    return Ending(name, start)
