"""What was found in frames before their turn, and its use: taken only where it is of the very same look."""

import pickle
import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from pipeline.cameras.looking import Looked
from pipeline.runner.engines.stretches import Stretches
from tracking.values import Detections, Frame, Part


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One look: numbers alone, and no pixel.

    Attributes:
        index: Of the frame within its source.
        parts: What was looked at of it.
        found: Boxes, scores and classes.
    """

    index: int
    parts: tuple[Part, ...]
    found: Detections

    @classmethod
    def of(cls, looked: Looked) -> tuple[Self, ...]:
        """The looks of one chunk; waits for them."""
        pairs = zip(looked.frames, looked.result(), strict=True)
        return tuple(cls(frame.index, frame.parts, found) for frame, found in pairs)


class Memorandum:
    """The looks of a stretch that others have made, where the camera's frames come in their turn.

    A look is a function of a frame and of the parts that are looked at. Both are compared, so that nothing
    rests on the frames being chosen alike: what does not fit is looked at again.

    Args:
        stretches: Of the camera.
        frames_per_chunk: Frames that are looked at together.
        ask: Wants the looks of a stretch; told its number.
        heard: Brings the answers, as `answer` makes them.

    Attributes:
        used: Looks that did not have to be made again.
        useless: Looks that did.
    """

    def __init__(
        self,
        stretches: Stretches,
        frames_per_chunk: int,
        ask: Callable[[int], None],
        heard: "queue.Queue[bytes]",
    ) -> None:
        self._stretches = stretches
        self._frames_per_chunk = frames_per_chunk
        self._ask = ask
        self._heard = heard
        self._given_up = False
        self._at: tuple[str, int | None] = ("", None)
        self._known: dict[int, Glimpse] = {}
        self.used = self.useless = 0

    def one(self, frame: Frame) -> Detections | None:
        """See `pipeline.cameras.looking.Foresight`."""
        self._come_to(frame)
        glimpse = self._known.get(frame.index)
        if glimpse is None or glimpse.parts != frame.parts:
            return None
        del self._known[frame.index]
        self.used += 1
        return glimpse.found

    def together(self, frames: Sequence[Frame]) -> tuple[Detections, ...] | None:
        """See `pipeline.cameras.looking.Foresight`."""
        self._come_to(frames[0])
        number = frames[0].index // self._frames_per_chunk
        chunk = [one for one in self._known.values() if one.index // self._frames_per_chunk == number]
        if [(one.index, one.parts) for one in chunk] != [(one.index, one.parts) for one in frames]:
            return None
        for one in chunk:
            del self._known[one.index]
        self.used += len(chunk)
        return tuple(one.found for one in chunk)

    def give_up(self) -> None:
        """See `pipeline.cameras.looking.Foresight`."""
        self._given_up = True
        self._heard.put(b"")

    def close(self) -> None:
        """No frame comes any more."""
        self.useless += len(self._known)
        self._known = {}

    def _come_to(self, frame: Frame) -> None:
        """Have the looks of the stretch of a frame."""
        number = self._stretches.at(frame.source, frame.index)
        if (frame.source, number) == self._at:
            return
        self.close()
        self._at = (frame.source, number)
        if number is not None and not self._given_up:
            self._ask(number)
            self._known = {one.index: one for one in self._answer_to(number)}

    def _answer_to(self, number: int) -> tuple[Glimpse, ...]:
        while data := self._heard.get():
            told, looks = pickle.loads(data)
            if told == number:
                glimpses: tuple[Glimpse, ...] = () if looks is None else pickle.loads(looks)
                return glimpses
        return ()


def answer(number: int, looks: bytes | None) -> bytes:
    """The looks of a stretch, pickled glimpses, for the way; None where nobody has looked."""
    return pickle.dumps((number, looks))
