"""The ways of looking that are tried, as keys of the site file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from pipeline.cameras import PreparedCamera
from pipeline.configuration import Configuration
from tracking.attention import AttentionSettings
from tracking.detectors.base import Detector, PartDetector, SizedDetector
from tracking.detectors.settings import MotionSettings
from tracking.values import Frame

RATES = (5.0, 6.25, 8.0, 12.5, 25.0)
"""Looks per second that are tried: with fewer, riders are lost even where their boxes are perfect."""
SIZES = (0.5, 0.65, 0.8)
"""Sizes of the detector's input that are tried beside the full one, as a share of it."""
USUAL_QUIET_RATE = AttentionSettings().quiet_rate
QUIET_RATE = 0.5
"""Looks a second at everything while nothing moves, tried in the end."""
_STRIDE = 32
_LEAST_SIDE = 160
_LEAST_HEIGHT = 90


@dataclass(frozen=True, slots=True)
class Way:
    """One way of looking.

    Attributes:
        looks: How often and where, in words.
        values: Dotted key → value, as the site file would say it.
        rate: Looks per second at most; None for every frame.
        size: Input of the detector, relative to the full one.
        pixels: The same in pixels; None where it cannot be chosen.
    """

    looks: str
    values: Mapping[str, Any]
    rate: float | None = None
    size: float = 1.0
    pixels: int | None = None

    @property
    def name(self) -> str:
        """All of it in words."""
        return self.looks if self.pixels is None else f"{self.looks}, {self.pixels} px"


class Ways(Protocol):
    """What can be tried at a site.

    Attributes:
        reference: Every frame, at full size.
        replayable: Boxes of a frame do not depend on which other frames were looked at.
        remarks: What is not tried, and why.
        rates: Looks per second, increasing.
        sizes: Shares of the full size, increasing; the last is 1.
    """

    @property
    def reference(self) -> Way:
        """See the class."""
        ...

    @property
    def replayable(self) -> bool:
        """See the class."""
        ...

    @property
    def remarks(self) -> Sequence[str]:
        """See the class."""
        ...

    @property
    def rates(self) -> Sequence[float]:
        """See the class."""
        ...

    @property
    def sizes(self) -> Sequence[float]:
        """See the class."""
        ...

    def at(self, rate: float, size: float) -> Way:
        """The cheapest way at this rate and size."""
        ...

    def beside(self) -> Iterable[Way]:
        """What is configured, to be tried whatever else is."""
        ...

    def refined(self, way: Way) -> Iterable[Way]:
        """Still cheaper ones beside a way that agrees."""
        ...

    def instead(self, rates: Sequence[float]) -> Iterable[Way]:
        """Dearer ones, cheapest first, for where nothing else agrees."""
        ...


class AttentiveWays:
    """For detectors that look where and when the attention says; see `Ways`."""

    replayable = True

    def __init__(self, configuration: Configuration, cameras: Sequence[PreparedCamera]) -> None:
        attention = configuration.attention
        self._attention = attention
        asked = configuration.detector.input_size
        self._sides = {1.0: None} if isinstance(asked, tuple) else _sides_for(cameras, asked)
        self.remarks: tuple[str, ...] = ()
        if self._sides == {1.0: None}:
            self.remarks = ("sizes are not tried: the detector takes pictures of one size only",)
        self._parts = any(_takes_any_size(camera.detector) for camera in cameras)
        self._configured = next((share for share, side in self._sides.items() if side == asked), 1.0)
        self.sizes = sorted(self._sides)
        self.rates = rates_for(cameras, None if attention.every_frame else attention.rate)
        self.reference = _unlimited(self._way(1.0, every_frame=True))

    def at(self, rate: float, size: float) -> Way:
        """See `Ways`."""
        return self._way(size, rate=rate, parts=self._parts)

    def beside(self) -> Iterable[Way]:
        """See `Ways`."""
        attention = self._attention
        if not attention.every_frame:
            yield self._way(
                self._configured,
                rate=attention.rate,
                parts=attention.parts and self._parts,
                quiet_rate=attention.quiet_rate,
            )

    def refined(self, way: Way) -> Iterable[Way]:
        """See `Ways`."""
        if way.rate is not None:
            yield self._way(way.size, rate=way.rate, parts=self._parts, quiet_rate=QUIET_RATE)

    def instead(self, rates: Sequence[float]) -> Iterable[Way]:
        """See `Ways`."""
        for rate in rates if self._parts else ():
            yield self._way(1.0, rate=rate)
        for size in self.sizes[:-1]:
            yield self._way(size, every_frame=True)

    def _way(
        self,
        size: float,
        rate: float | None = None,
        *,
        parts: bool = False,
        every_frame: bool = False,
        quiet_rate: float = USUAL_QUIET_RATE,
    ) -> Way:
        values: dict[str, Any] = {"attention.every_frame": every_frame}
        name = "every frame"
        if rate is not None:
            values |= {"attention.rate": rate, "attention.quiet_rate": quiet_rate}
            # Without parts to look at, the key says nothing, and stays as it is.
            values |= {"attention.parts": parts} if self._parts else {}
            name = f"{rate:g}/s in parts" if parts else f"{rate:g}/s"
        side = self._sides[size]
        if side is not None:
            values["detector.input_size"] = side
        if rate is not None and quiet_rate != USUAL_QUIET_RATE:
            name += f", {quiet_rate:g}/s quiet"
        return Way(name, values, rate, size, side)


class RememberingWays:
    """For detectors that remember frames, which see every frame that they are given; see `Ways`."""

    replayable = False

    def __init__(self, configuration: Configuration, cameras: Sequence[PreparedCamera]) -> None:
        detector = configuration.detector
        self._heights: dict[float, int | None] = {1.0: None}
        self.remarks: tuple[str, ...] = ("the detector remembers frames: runtime.max_fps is tried",)
        if all(camera.settings.detector.name == "motion" for camera in cameras):
            full = max(detector.motion.process_height, MotionSettings().process_height)
            heights = {round(share * full) for share in SIZES}
            self._heights[1.0] = full
            self._heights |= {one / full: one for one in heights if _LEAST_HEIGHT <= one < full}
        self.sizes = sorted(self._heights)
        self.rates = [rate for rate in RATES if rate < fastest_fps(cameras)]
        self.reference = _unlimited(self._way(None, 1.0))

    def at(self, rate: float, size: float) -> Way:
        """See `Ways`."""
        return self._way(rate, size)

    def beside(self) -> Iterable[Way]:
        """See `Ways`; what is configured is the reference."""
        return ()

    def refined(self, way: Way) -> Iterable[Way]:
        """See `Ways`; there is nothing between looks."""
        return ()

    def instead(self, rates: Sequence[float]) -> Iterable[Way]:
        """See `Ways`."""
        for size in self.sizes[:-1]:
            yield self._way(None, size)

    def _way(self, rate: float | None, size: float) -> Way:
        values: dict[str, Any] = {}
        if rate is not None:
            values["runtime.max_fps"] = rate
        name = "every frame" if rate is None else f"{rate:g} frames/s"
        height = self._heights[size]
        if height is not None:
            values["detector.motion.process_height"] = height
        return Way(name, values, rate, size, height)


def ways_for(configuration: Configuration, cameras: Sequence[PreparedCamera]) -> Ways:
    """What can be tried with the detectors of a site."""
    if all(camera.detector.stateful for camera in cameras):
        return RememberingWays(configuration, cameras)
    return AttentiveWays(configuration, cameras)


def rates_for(cameras: Sequence[PreparedCamera], configured: float | None) -> list[float]:
    """Rates worth a try: those below the highest frame rate of the footage, and one above it.

    Args:
        cameras: With their footage.
        configured: Rate of the site file; None for none.
    """
    known = sorted({*RATES, *([] if configured is None else [configured])})
    below = [rate for rate in known if rate < fastest_fps(cameras)]
    return below + known[len(below) : len(below) + 1]


def fastest_fps(cameras: Sequence[PreparedCamera]) -> float:
    """Highest frame rate of the footage."""
    return max((one.header.fps for c in cameras for one in c.source.sources if one.header), default=25.0)


def area(frame: Frame) -> float:
    """Share of a frame that is looked at."""
    if not frame.parts:
        return 1.0
    height, width = frame.image.shape[:2]
    looked_at = sum((right - left) * (bottom - top) for left, top, right, bottom in frame.parts)
    return looked_at / float(height * width)


def _unlimited(way: Way) -> Way:
    """The same with every frame there is, whatever the site says of the most."""
    return replace(way, values={**way.values, "runtime.max_fps": None})


def _sides_for(cameras: Sequence[PreparedCamera], asked: int | None) -> dict[float, int | None]:
    """Share of the full size → longer side in pixels; None where sizes cannot be chosen.

    The full size is the model's own, or the one asked for where that is larger.
    """
    own = {_own_side(camera) for camera in cameras}
    side = own.pop() if len(own) == 1 else None
    if side is None:
        return {1.0: None}
    full = max(side, asked or side)
    tried = {round(share * full / _STRIDE) * _STRIDE for share in SIZES} | {asked or full}
    sides: dict[float, int | None] = {one / full: one for one in tried if _LEAST_SIDE <= one < full}
    return sides | {1.0: full}


def _own_side(camera: PreparedCamera) -> int | None:
    detector = camera.detector
    return detector.side if isinstance(detector, SizedDetector) and detector.any_size else None


def _takes_any_size(detector: Detector) -> bool:
    return isinstance(detector, PartDetector) and detector.any_size
