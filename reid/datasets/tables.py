"""The two tables that lie beside the pictures of the project's own sets."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reid.datasets.naming import MarketName
from reid.datasets.parts import Part
from tracking.errors import UsageError

CROPS, TRACKLETS = "crops.csv", "tracklets.csv"
_CROP_COLUMNS = ("path", "identity", "camera", "tracklet", "time")
_TRACKLET_COLUMNS = ("tracklet", "camera", "part", "identity", "rider", "enter", "exit", "crops")


@dataclass(frozen=True, slots=True)
class StoredCrop:
    """A crop and where in the footage it comes from.

    Attributes:
        sequence: Number of the camera's source, from 1.
        frame: Index of the frame in the source.
        box: Number of the crop among those of this frame.
        time: Whole seconds since the epoch.
    """

    sequence: int
    frame: int
    box: int
    time: int


@dataclass(frozen=True, slots=True)
class StoredTracklet:
    """One passage as the set keeps it; times are widened to whole seconds.

    Attributes:
        tracklet: Number within the set, from 1; stays the same whatever the split.
        camera: Camera number, from 1.
        enter: Seconds since the epoch, rounded down.
        exit: Seconds since the epoch, rounded up.
        rider: Who it is over all cameras; None where nobody has said so.
        crops: At least one.
    """

    tracklet: int
    camera: int
    enter: int
    exit: int
    rider: int | None
    crops: tuple[StoredCrop, ...]


@dataclass(frozen=True, slots=True)
class PlacedTracklet:
    """A passage in its part.

    Attributes:
        stored: The passage.
        part: Which part.
        identity: Number in its file names.
    """

    stored: StoredTracklet
    part: Part
    identity: int

    def path(self, crop: StoredCrop) -> str:
        """Place of a crop's picture within the set."""
        name = MarketName(self.identity, self.stored.camera, crop.sequence, crop.frame, crop.box)
        return f"{self.part}/{name}"


def tables_of(placed: Sequence[PlacedTracklet]) -> tuple[str, str]:
    """Write down where everything is.

    Returns:
        Text of ``crops.csv`` and of ``tracklets.csv``.
    """
    crops = sorted(
        (one.path(crop), one.identity, one.stored.camera, one.stored.tracklet, _text(crop.time))
        for one in placed
        for crop in one.stored.crops
    )
    tracklets = [
        (
            one.stored.tracklet,
            one.stored.camera,
            one.part.value,
            one.identity,
            "" if one.stored.rider is None else one.stored.rider,
            _text(one.stored.enter),
            _text(one.stored.exit),
            len(one.stored.crops),
        )
        for one in sorted(placed, key=lambda one: one.stored.tracklet)
    ]
    return _csv(_CROP_COLUMNS, crops), _csv(_TRACKLET_COLUMNS, tracklets)


def read_tables(folder: Path) -> tuple[PlacedTracklet, ...]:
    """Read both tables back, in the order of the tracklets.

    Raises:
        UsageError: A table is missing or damaged, or they contradict each other.
    """
    crops: dict[int, list[StoredCrop]] = {}
    for row in read_rows(folder / CROPS, _CROP_COLUMNS):
        name = MarketName.parse(Path(row["path"]).name)
        if name is None:
            raise _damaged(folder / CROPS)
        crop = StoredCrop(name.sequence, name.frame, name.box, parse_time(row["time"], folder / CROPS))
        crops.setdefault(int(row["tracklet"]), []).append(crop)
    placed = []
    for row in read_rows(folder / TRACKLETS, _TRACKLET_COLUMNS):
        own = sorted(crops.get(int(row["tracklet"]), []), key=lambda c: (c.sequence, c.frame, c.box))
        if len(own) != int(row["crops"]):
            raise _damaged(folder / TRACKLETS)
        stored = StoredTracklet(
            tracklet=int(row["tracklet"]),
            camera=int(row["camera"]),
            enter=parse_time(row["enter"], folder / TRACKLETS),
            exit=parse_time(row["exit"], folder / TRACKLETS),
            rider=int(row["rider"]) if row["rider"] else None,
            crops=tuple(own),
        )
        placed.append(PlacedTracklet(stored, Part(row["part"]), int(row["identity"])))
    return tuple(placed)


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Read a table and check its columns and numbers.

    Raises:
        UsageError: It is missing or damaged.
    """
    if not path.is_file():
        raise UsageError(
            f"{path.parent}: holds no {path.name}; name a folder that `pipeline dataset build` wrote"
        )
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _damaged(path) from error
    for row in rows:
        numbers = [row.get(name) or "" for name in ("identity", "camera", "tracklet")]
        numbers += [row.get("crops", "0") or "", row.get("rider") or "0"]
        if set(row) != set(columns) or not all(number.isdecimal() for number in numbers):
            raise _damaged(path)
        if "part" in row and row["part"] not in set(Part):
            raise _damaged(path)
    return rows


def parse_time(text: str, path: Path) -> int:
    """Seconds since the epoch of a moment such as ``2024-05-14T06:00:03Z``.

    Raises:
        UsageError: Blames the table if it is none.
    """
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError:
        raise _damaged(path) from None


def _text(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _csv(header: Sequence[str], rows: Sequence[Sequence[str | int]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()


def _damaged(path: Path) -> UsageError:
    return UsageError(f"{path}: is damaged or was edited by hand; build the set again")
