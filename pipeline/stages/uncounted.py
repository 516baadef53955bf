"""Tracks that were not counted, as rows of a file: where, when and why; never what they looked like."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Self

from tracking.arrays import FloatArray
from tracking.errors import UsageError
from tracking.files import whole_file
from tracking.riders import JudgedPassage, Reason

_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class UncountedTrack:
    """One track that was judged and not counted.

    Attributes:
        camera: Camera id.
        start: First moment seen, local time of the site with its offset.
        end: Last moment seen, likewise.
        first_left: Left edge of the first box, over the width of the picture; the others likewise.
        first_top: Top edge of the first box, over the height of the picture.
        first_right: Right edge of the first box.
        first_bottom: Bottom edge of the first box.
        last_left: Left edge of the last box.
        last_top: Top edge of the last box.
        last_right: Right edge of the last box.
        last_bottom: Bottom edge of the last box.
        frames: Number of boxes.
        speed: Brisk speed, own heights per second.
        reason: Name of a `Reason`, in lower case.
        margin: Signed distance to the limit that decided, in doublings; None where another track decided.
    """

    camera: str
    start: datetime
    end: datetime
    first_left: float
    first_top: float
    first_right: float
    first_bottom: float
    last_left: float
    last_top: float
    last_right: float
    last_bottom: float
    frames: int
    speed: float
    reason: str
    margin: float | None


class UncountedFile:
    """Takes down what the chains of a run do not count; see `at`."""

    def __init__(self, writer: "csv.DictWriter[str]", zone: tzinfo) -> None:
        self._writer = writer
        self._zone = zone

    @classmethod
    @contextmanager
    def at(cls, path: Path, zone: tzinfo) -> Iterator[Self]:
        """Write a file of CSV, which gets its name when the block is left without an error.

        Args:
            path: The file.
            zone: Time zone of the site.

        Raises:
            UsageError: It cannot be written.
        """
        try:
            with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, [one.name for one in fields(UncountedTrack)])
                writer.writeheader()
                yield cls(writer, zone)
        except OSError as error:
            raise UsageError(f"--explain: {path} cannot be written: {error.strerror or error}") from error

    def of(self, camera: str, frame_size: tuple[int, int]) -> Callable[[JudgedPassage], None]:
        """What takes down the tracks of one camera.

        Args:
            camera: Camera id.
            frame_size: Width and height of its frames, pixels.
        """
        return lambda judged: self.write(_track(camera, frame_size, judged, self._zone))

    def write(self, track: UncountedTrack) -> None:
        """Take down one track."""
        self._writer.writerow({name: _text(value) for name, value in asdict(track).items()})


def read_uncounted(path: Path) -> tuple[UncountedTrack, ...]:
    """Read what a run wrote.

    Raises:
        UsageError: The file is not there or is of another kind.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return tuple(_parsed(row) for row in csv.DictReader(file, strict=True))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except (KeyError, ValueError, TypeError, csv.Error) as error:
        raise UsageError(f"{path} is no file of `pipeline run --explain`; write one with it") from error


def _track(camera: str, frame_size: tuple[int, int], judged: JudgedPassage, zone: tzinfo) -> UncountedTrack:
    tracklet, verdict = judged.tracklet, judged.verdict
    start, end = (datetime.fromtimestamp(float(tracklet.times[index]), zone) for index in (0, -1))
    first, last = (_relative(tracklet.boxes[index], frame_size) for index in (0, -1))
    speed = round(verdict.measurements.motion.speed, _DECIMALS)
    margin = None if verdict.margin is None else round(verdict.margin, _DECIMALS)
    reason = verdict.reason.name.lower()
    return UncountedTrack(camera, start, end, *first, *last, len(tracklet.times), speed, reason, margin)


def _relative(box: FloatArray, frame_size: tuple[int, int]) -> tuple[float, float, float, float]:
    width, height = frame_size
    left, top, right, bottom = box.tolist()
    shares = (left / width, top / height, right / width, bottom / height)
    a, b, c, d = (round(min(max(share, 0.0), 1.0), _DECIMALS) for share in shares)
    return a, b, c, d


def _text(value: object) -> object:
    return value.isoformat(" ", "milliseconds") if isinstance(value, datetime) else value


def _parsed(row: dict[str, Any]) -> UncountedTrack:
    return UncountedTrack(
        row["camera"],
        datetime.fromisoformat(row["start"]),
        datetime.fromisoformat(row["end"]),
        *_box(row, "first"),
        *_box(row, "last"),
        int(row["frames"]),
        float(row["speed"]),
        Reason[row["reason"].upper()].name.lower(),
        float(row["margin"]) if row["margin"] else None,
    )


def _box(row: dict[str, Any], name: str) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(row[f"{name}_{side}"]) for side in ("left", "top", "right", "bottom"))
    return left, top, right, bottom
