"""The passages of one camera, with the frame that each crop was cut from."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from pipeline.cameras import Chunk, Feeder
from pipeline.sources import FrameSource
from pipeline.stages import CameraChain
from tracking.values import Tracklet

REMEMBERED_S = 60.0
"""Frame numbers are kept this much longer than any passage that is still to come should need them."""


@dataclass(frozen=True, slots=True)
class FrameNumber:
    """A frame in the footage of a camera.

    Attributes:
        sequence: Number of the source, from 1.
        index: Position in the source, from 0.
    """

    sequence: int
    index: int


@dataclass(frozen=True, slots=True)
class LabelledTracklet:
    """A passage with what is known of its rider.

    Attributes:
        tracklet: With anonymised crops.
        rider: Number of the rider over all cameras; None where footage alone speaks.
    """

    tracklet: Tracklet
    rider: int | None


@dataclass(frozen=True, slots=True)
class FramedPassage:
    """A passage whose crops know their frames.

    Attributes:
        labelled: The passage.
        frames: One for each crop.
    """

    labelled: LabelledTracklet
    frames: tuple[FrameNumber, ...]


class PassageFinder(Protocol):
    """Turns the frames of one camera into passages."""

    def process(self, chunk: Chunk) -> Iterable[LabelledTracklet]:
        """Take in the next frames; hand out the passages that they complete."""
        ...

    def finish(self) -> Iterable[LabelledTracklet]:
        """Close what is still in view at the end of the footage."""
        ...

    @property
    def settled_until(self) -> float:
        """No passage that begins before this moment is still to be handed out."""
        ...


class DetectedPassages:
    """Passages as a run would find them.

    Args:
        chain: Of the camera, at its beginning.
    """

    def __init__(self, chain: CameraChain) -> None:
        self._chain = chain

    def process(self, chunk: Chunk) -> list[LabelledTracklet]:
        """See `PassageFinder`."""
        return [
            LabelledTracklet(one.tracklet, None)
            for frame, boxes in zip(chunk.frames, chunk.detections, strict=True)
            for one in self._chain.process(frame, boxes)
        ]

    def finish(self) -> list[LabelledTracklet]:
        """See `PassageFinder`."""
        return [LabelledTracklet(one.tracklet, None) for one in self._chain.finish()]

    @property
    def settled_until(self) -> float:
        """See `PassageFinder`."""
        return self._chain.settled_until


def find_passages(
    source: FrameSource, feeder: Feeder, finder: PassageFinder, advance: Callable[[int], None]
) -> Iterator[FramedPassage]:
    """Go through all footage of a camera.

    Args:
        source: Its footage.
        feeder: Decodes it, at its beginning.
        finder: Frames to passages.
        advance: Told how many frames were done.

    Yields:
        Passages in the order in which they end; those without a usable crop included.
    """
    sequences = {planned.name: number for number, planned in enumerate(source.sources, 1)}
    numbers: dict[float, FrameNumber] = {}

    def framed(found: Iterable[LabelledTracklet]) -> Iterator[FramedPassage]:
        for one in found:
            yield FramedPassage(one, tuple(numbers[crop.time] for crop in one.tracklet.crops))

    feeder.start()
    try:
        while chunk := feeder.next_chunk():
            for frame in chunk.frames:
                numbers[frame.time] = FrameNumber(sequences[frame.source], frame.index)
            yield from framed(finder.process(chunk))
            settled = finder.settled_until - REMEMBERED_S
            for time in [time for time in numbers if time < settled]:
                del numbers[time]
            advance(chunk.passed)
        yield from framed(finder.finish())
    finally:
        feeder.stop()
