"""One place decides about every frame: is it looked at, and which part of it?"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import cv2
import numpy as np

from tracking.arrays import BoolArray, Image
from tracking.attention.background import SNAPSHOTS, Background
from tracking.attention.pace import hurries, meets
from tracking.attention.parts import enclosing, moving_parts, within
from tracking.attention.sampling import EARLY, FrameSampler
from tracking.attention.settings import AttentionSettings
from tracking.values import Part

SMALL_WIDTH = 160
"""Width of the small picture in which movement is looked for."""


def small_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the small picture of a frame, in its own proportions; a smaller frame stays."""
    across = min(SMALL_WIDTH, width)
    return across, max(1, round(height * across / width))


@dataclass(frozen=True, slots=True)
class Glance:
    """What was decided about a frame.

    Attributes:
        due: Its turn had come; False for those between two turns.
        looks: The detector looks at it; False also where its turn had come and nothing moved.
        parts: What is looked at of the frame, apart from each other; none for the whole of it.
    """

    due: bool = True
    looks: bool = True
    parts: tuple[Part, ...] = ()


class Attention:
    """Decides for the frames of one source, in order.

    Times are cut into slots counted from the beginning of the source, and what moves is told by the
    snapshots of the last `memory_s` seconds: a reader that begins in the middle decides as one that was
    there from the beginning, once it was shown that much.

    Args:
        settings: How often.
        most_fps: Looks per second that are never exceeded; None for no limit.
        region: (h, w) mask of any size, True where movement matters; None for everywhere.
    """

    def __init__(
        self, settings: AttentionSettings, most_fps: float | None = None, region: Image | None = None
    ) -> None:
        self._settings = settings
        self._region = region
        self._reach: BoolArray = np.zeros((0, 0), bool)
        limits = [one for one in (None if settings.every_frame else settings.rate, most_fps) if one]
        self._turns = FrameSampler(min(limits, default=None))
        twice = 2 * settings.rate
        # Their slots are halves of those of the turns, frames that come early included.
        self._half_turns = FrameSampler(twice, 2 * EARLY) if (most_fps or twice) >= twice else None
        self._whole_turns = FrameSampler(settings.quiet_rate)
        self._background = Background()
        self._last_s = -inf
        self._parts_before: tuple[Part, ...] = ()
        self._at_turn: tuple[Part, ...] = ()
        self._closer = False

    @property
    def memory_s(self) -> float:
        """Seconds of the past that a decision depends on, at most."""
        return 0.0 if self._settings.every_frame else (SNAPSHOTS + 2) / self._settings.quiet_rate

    def decide(
        self, seconds: float, frame_size: tuple[int, int], small: Callable[[int], Image | None]
    ) -> Glance:
        """Decide about the next frame.

        Args:
            seconds: Since the beginning of the source, increasing from call to call.
            frame_size: Width and height of the frame in pixels.
            small: Gives its brightness as (h, w) uint8 of the width asked for; None where it is damaged.
        """
        turn = self._turns.admits(seconds)
        half_turn = self._half_turns is not None and self._half_turns.admits(seconds)
        if not turn and not (self._closer and half_turn):
            return Glance(due=False, looks=False)
        if self._settings.every_frame:
            return Glance()
        picture = small(SMALL_WIDTH)
        if picture is None:
            return Glance()
        return self._look(seconds, frame_size, picture) if turn else self._between(frame_size, picture)

    def _look(self, seconds: float, frame_size: tuple[int, int], picture: Image) -> Glance:
        if seconds - self._last_s > 2 / min(self._settings.quiet_rate, self._settings.rate):
            self._background.forget()
            self._at_turn = ()
        self._last_s = seconds
        moves = self._moving(picture, frame_size)
        before, self._parts_before = self._parts_before, moves or ()
        self._closer = hurries(self._parts_before, self._at_turn) or meets(self._parts_before)
        self._at_turn = self._parts_before
        if self._whole_turns.admits(seconds):
            self._background.add(picture, self._settings.least_change)
            return Glance()
        return self._at(moves, before, frame_size)

    def _between(self, frame_size: tuple[int, int], picture: Image) -> Glance:
        """Decide about a frame between two turns, while something is too fast for them, or meets somebody."""
        moves = self._moving(picture, frame_size)
        before, self._parts_before = self._parts_before, moves or ()
        return self._at(moves, before, frame_size)

    def _at(
        self, moves: tuple[Part, ...] | None, before: tuple[Part, ...], frame_size: tuple[int, int]
    ) -> Glance:
        """Look where something moves; at everything where that is not known."""
        if moves is None:
            return Glance()
        if not moves:
            return Glance(looks=False)
        return Glance(parts=enclosing((*moves, *before), frame_size)) if self._settings.parts else Glance()

    def _moving(self, picture: Image, frame_size: tuple[int, int]) -> tuple[Part, ...] | None:
        """The parts of the frame that move; None where everything may."""
        if not self._background.knows(picture):
            return None
        changed = self._background.changed(picture)
        return moving_parts(changed & self._matters(changed.shape), frame_size)

    def _matters(self, shape: tuple[int, ...]) -> BoolArray:
        """Where movement matters in a small picture of this shape."""
        if self._reach.shape != shape:
            region = np.ones(shape, np.uint8) if self._region is None else self._region
            resized = cv2.resize(region, shape[::-1], interpolation=cv2.INTER_NEAREST)
            self._reach = within(np.asarray(resized, np.uint8))
        return self._reach
