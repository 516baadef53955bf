"""What a person counted: as values, and as a file that can be printed, filled in and read."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.checks.sample import SampledMinute
from flows.statistics import parse_moment
from tracking.errors import UsageError

COLUMNS = ("camera", "from", "to", "direction", "count", "times")
"""Of the file; `times` may be left out: seconds behind `from`, with spaces between them."""


@dataclass(frozen=True, slots=True)
class HandCount:
    """Cyclists that a person counted.

    Attributes:
        camera: Camera id.
        start: Seconds since the epoch.
        end: Seconds since the epoch, exclusive.
        direction: As in `camera_counts`; empty for all together.
        count: How many.
        times: When each was seen, seconds since the epoch; None where nobody noted it.
    """

    camera: str
    start: float
    end: float
    direction: str
    count: int
    times: tuple[float, ...] | None = None


def read_hand_counts(path: Path, zone: ZoneInfo) -> tuple[HandCount, ...]:
    """Read a file of counts.

    Rows without a count are those that nobody has filled in yet; they are left out.

    Args:
        path: CSV with the columns `COLUMNS`.
        zone: Of the site; times without a zone are local.

    Raises:
        UsageError: The file cannot be read, or a line of it says what cannot be.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    first = text.splitlines()[0] if text.strip() else ""
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    missing = [name for name in COLUMNS[:-1] if name not in (rows.fieldnames or ())]
    if missing:
        raise UsageError(
            f"{path}: has no column {' and no column '.join(missing)}; its first line has to be "
            f"{','.join(COLUMNS[:-1])} (and `times`, if they were noted)"
        )
    found: dict[tuple[str, float, float, str], HandCount] = {}
    for row in rows:
        if not (row["count"] or "").strip():
            continue
        one = _read(f"{path}, line {rows.line_num}", row, zone)
        key = (one.camera, one.start, one.end, one.direction)
        if key in found:
            raise UsageError(f"{path}, line {rows.line_num}: counts the same time and direction again")
        found[key] = one
    if not found:
        raise UsageError(f"{path}: holds no count; fill in the column `count`, 0 where nobody passed")
    return tuple(sorted(found.values(), key=lambda one: (one.camera, one.start, one.direction)))


def write_hand_counts(
    sample: Iterable[SampledMinute], directions: Mapping[str, Iterable[str]], zone: ZoneInfo
) -> str:
    """Write the file of a sample, with its counts still empty.

    Args:
        sample: What is to be counted.
        directions: Camera → the directions of which each gets a line; all together where there is none.
        zone: Of the site.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in sample:
        for direction in tuple(directions.get(one.camera, ())) or ("",):
            writer.writerow((one.camera, _text(one.start, zone), _text(one.end, zone), direction, "", ""))
    return text.getvalue()


def _text(moment: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(moment, zone).isoformat(timespec="seconds")


def _read(where: str, row: Mapping[str, str | None], zone: ZoneInfo) -> HandCount:
    start, end = (_moment(row[name] or "", f"{where}, {name}", zone) for name in ("from", "to"))
    if start >= end:
        raise UsageError(f"{where}: `to` must be later than `from`")
    count = (row["count"] or "").strip()
    if not count.isdecimal():
        raise UsageError(f"{where}, count: '{count}' is no number of cyclists; write 0, 1, 2 …")
    times = _times(f"{where}, times", row.get("times"), start, end, int(count))
    camera, direction = ((row[name] or "").strip() for name in ("camera", "direction"))
    return HandCount(camera, start, end, direction, int(count), times)


def _moment(text: str, where: str, zone: ZoneInfo) -> float:
    moment = parse_moment(text, where)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).timestamp()


def _times(where: str, text: str | None, start: float, end: float, count: int) -> tuple[float, ...] | None:
    """The noted times; a count of nobody has none and lacks none."""
    if not count:
        return ()
    if not (text or "").strip():
        return None
    try:
        times = tuple(sorted(start + float(word) for word in (text or "").split()))
    except ValueError as error:
        raise UsageError(f"{where}: '{text}' are no seconds; write such as: 3.5 12 40.2") from error
    if len(times) != count:
        raise UsageError(f"{where}: {len(times)} times for a count of {count}")
    if times[0] < start or times[-1] >= end:
        raise UsageError(f"{where}: a time lies outside; they are seconds behind `from`")
    return times
