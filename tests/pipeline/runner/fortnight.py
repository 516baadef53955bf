"""Fourteen days of two cameras, one small file per camera and day, as the clocks go back in the middle.

Files of even days end at midnight and those of odd days begin there, so that half of the nights fall into a
file's cut with riders in view. On the Sunday of the change half-hour files cover both passes of the hour
that comes twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import numpy as np

from tests.command_line import street

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FIRST_DAY = datetime(2026, 10, 18, tzinfo=AMSTERDAM)
DAYS = 14
SUNDAY = 7
"""Number of the day on which the clocks go back."""
FPS = 10
RED, GREEN, BLUE, PINK = (30, 30, 220), (40, 200, 40), (220, 60, 30), (200, 60, 220)
EVENING_S = 5
"""Length of a file of one day."""
SITE = """
site: test
timezone: Europe/Amsterdam
encoder: {name: colour_stripes}
matching: {commit_lag_s: 20}
cameras:
  - {id: A, source: "a_*", time_pattern: "%Y%m%dT%H%M%S", location: [53.1, 6.5]}
  - {id: B, source: "b_*", time_pattern: "%Y%m%dT%H%M%S", location: [53.2, 6.6]}
links:
  - {from: A, to: B, min_travel_s: 1, max_travel_s: 12}
"""

_Riders = tuple[tuple[int, tuple[int, int, int]], ...]
_NIGHTS: dict[str, tuple[_Riders, ...]] = {
    # First frames of riders in the seconds before midnight and behind it, in turn.
    "a": (((2, RED), (30, GREEN), (57, BLUE)), ((4, BLUE), (48, PINK))),
    "b": (((32, RED), (56, PINK)), ((34, BLUE), (57, GREEN))),
}
_PAUSE_S = 1796
HALF_HOURS = (90, 120, 150, 180, 210, 240)
"""Minutes behind midnight, as they really pass; from 180 on the clocks are back."""


@dataclass(frozen=True)
class Recording:
    """One file of a camera.

    Attributes:
        name: File name; local time, as recorders write it.
        day: Number of the day.
        images: Its pictures.
        seconds: Of each picture behind the first.
    """

    name: str
    day: int
    images: Sequence[np.ndarray]
    seconds: Sequence[float]

    def write(self, folder: Path, name: str = "", frames: int | None = None) -> Path:
        """Write it, or its first frames, under its own name or another."""
        path = folder / (name or self.name)
        with av.open(str(path), "w") as container:
            container.metadata["comment"] = self.name  # No two days have the same bytes.
            stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast"})
            stream.height, stream.width = self.images[0].shape[:2]
            stream.pix_fmt = "yuv420p"
            stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
            for image, seconds in list(zip(self.images, self.seconds, strict=True))[:frames]:
                frame = av.VideoFrame.from_ndarray(image, format="bgr24")
                frame.pts, frame.time_base = round(1000 * seconds), Fraction(1, 1000)
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path


@cache
def _night(camera: str, number: int) -> list[np.ndarray]:
    riders = _NIGHTS[camera]
    return street(2 * EVENING_S * FPS, riders[number % len(riders)])


@cache
def _cut(camera: str) -> list[np.ndarray]:
    """The last two seconds of a half-hour file and the first two of the next, with a rider in view."""
    return street(40, ((-2, RED if camera == "a" else GREEN),))


def moment(day: int, hour: int = 0) -> datetime:
    """A local time of the fortnight."""
    return (FIRST_DAY + timedelta(days=day)).replace(hour=hour)


def _name(camera: str, begin: datetime, ending: str = "") -> str:
    return f"{camera}_{begin.astimezone(AMSTERDAM):%Y%m%dT%H%M%S}{ending}.mp4"


def recordings(camera: str) -> list[Recording]:
    """All files of a camera, in order of time."""
    found = []
    half = EVENING_S * FPS
    for day in range(DAYS):
        images = _night(camera, day // 2)
        even = day % 2 == 0
        begin = moment(day + 1) - timedelta(seconds=EVENING_S) if even else moment(day)
        part = images[:half] if even else images[half:]
        found.append(Recording(_name(camera, begin), day, part, [n / FPS for n in range(half)]))
        if day == SUNDAY:
            found += _half_hours(camera)
    return found


def _half_hours(camera: str) -> list[Recording]:
    """Files around the change, each with two seconds at its beginning and two at its end."""
    cut = _cut(camera)
    seconds = [n / FPS for n in range(20)]
    seconds += [20 / FPS + _PAUSE_S + one for one in seconds]
    found = []
    for minutes in HALF_HOURS:
        begin = moment(SUNDAY).astimezone(UTC) + timedelta(minutes=minutes)
        ending = "_1" if 180 <= minutes < 240 else ""
        found.append(Recording(_name(camera, begin, ending), SUNDAY, [*cut[20:], *cut[:20]], seconds))
    return found
