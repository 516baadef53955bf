"""What would be counted of boxes that were seen, and why the rest would not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np

from pipeline.configuration import Configuration
from pipeline.reasons.tracks import row_of_track
from pipeline.setup.preview import CameraLooks
from pipeline.setup.unbounded import without_region
from pipeline.stages import CameraChain, ChainSettings, Passage
from pipeline.telemetry import StageClock
from pipeline.tuning.pieces import stretches
from pipeline.tuning.thinning import NoCrops
from tracking.arrays import FloatArray, Image
from tracking.region import Point
from tracking.region.interest import bottom_centres
from tracking.riders import JudgedPassage
from tracking.tracklets import ShortTrack
from tracking.values import Frame

OUTSIDE = "outside"
"""Reason of a rider who never set foot into the region."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Somebody who was seen.

    Attributes:
        start: First moment, local time of the site.
        end: Last moment.
        reason: Why not counted, a key of `pipeline.reasons.MEANINGS` or `OUTSIDE`; empty where counted.
        direction: Of who is counted; else empty.
        margin: How far the limit was missed, in doublings; None where nothing was measured, or where counted.
        way: Of the feet, shares of width and height of the picture.
    """

    start: datetime
    end: datetime
    reason: str
    direction: str
    margin: float | None
    way: tuple[Point, ...]

    @property
    def counted(self) -> bool:
        """Whether a run would count this one."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class _Replayed:
    """What a chain makes of the looks."""

    passages: tuple[Passage, ...]
    refused: tuple[JudgedPassage | ShortTrack, ...]


def judge_looks(configuration: Configuration, seen: CameraLooks) -> tuple[Judged, ...]:
    """Say what a run would count of what was seen, in order of time.

    Args:
        configuration: Of the site, with the region that is asked about.
        seen: What was seen in the whole picture.

    Raises:
        UsageError: Region, exclusion or line do not fit the frame.
    """
    settings = _settings(configuration, seen)
    inside = _replay(settings, seen)
    zone = configuration.zone
    found = [_counted(one, seen.frame_size, zone) for one in inside.passages]
    found += [_refused(seen, one, zone) for one in inside.refused]
    for one in _replay(_settings(without_region(configuration, seen.camera), seen), seen).passages:
        if not settings.region.contains(one.tracklet.boxes).any():
            found.append(_counted(one, seen.frame_size, zone, OUTSIDE))
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.reason)))


def riders_in(configuration: Configuration, seen: CameraLooks) -> list[FloatArray]:
    """Boxes of each rider that a run would count, (N, 4) xyxy pixels."""
    return [one.tracklet.boxes for one in _replay(_settings(configuration, seen), seen).passages]


def _settings(configuration: Configuration, seen: CameraLooks) -> ChainSettings:
    camera = configuration.camera(seen.camera)
    return ChainSettings(
        camera=camera.id,
        frame_size=seen.frame_size,
        region=configuration.region(camera.id, seen.frame_size),
        counting_line=camera.counting_line,
        rider=camera.rider,
        tracker=camera.tracker,
        crops_per_tracklet=1,
    )


def _replay(settings: ChainSettings, seen: CameraLooks) -> _Replayed:
    passages: list[Passage] = []
    refused: list[JudgedPassage | ShortTrack] = []
    width, height = seen.frame_size
    black = np.broadcast_to(np.zeros(1, np.uint8), (height, width, 3))
    for start, end in stretches(seen.pieces):
        chain = CameraChain(settings, _as_it_is, StageClock(), NoCrops(), refused.append)
        for look in seen.looks:
            if start <= look.time < end:
                frame = Frame(seen.camera, look.source, look.index, look.time, black)
                passages += chain.process(frame, look.found)
        passages += chain.finish()
    return _Replayed(tuple(passages), tuple(refused))


def _counted(one: Passage, frame_size: tuple[int, int], zone: tzinfo, reason: str = "") -> Judged:
    start, end = (datetime.fromtimestamp(moment, zone) for moment in (one.enter, one.leave))
    direction = "" if reason else one.tracklet.direction
    return Judged(start, end, reason, direction, None, _way(one.tracklet.boxes, frame_size))


def _refused(seen: CameraLooks, one: JudgedPassage | ShortTrack, zone: tzinfo) -> Judged:
    row = row_of_track(seen.camera, seen.frame_size, one, zone)
    boxes = np.stack([one.first_box, one.last_box]) if isinstance(one, ShortTrack) else one.tracklet.boxes
    return Judged(row.start, row.end, row.reason, "", row.margin, _way(boxes, seen.frame_size))


def _way(boxes: FloatArray, frame_size: tuple[int, int]) -> tuple[Point, ...]:
    feet = np.clip(bottom_centres(boxes) / np.asarray(frame_size, np.float64), 0.0, 1.0)
    return tuple((round(float(x), 4), round(float(y), 4)) for x, y in _thinned(feet))


def _thinned(points: FloatArray) -> Iterable[FloatArray]:
    """So few that a page stays small, the ends among them."""
    most = min(len(points), 60)
    return points[np.linspace(0, len(points) - 1, most).round().astype(int)] if most else points


def _as_it_is(image: Image) -> Image:
    return image
