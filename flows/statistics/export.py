"""Statistics as CSV, JSON, Parquet and GeoJSON."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from flows.statistics.rows import AnyRow, CameraCount, CorrectedCameraCount, CorrectedRouteCount, RouteCount

Zones = Mapping[str, ZoneInfo]
"""Time zones by site."""

Locations = Mapping[tuple[str, str], tuple[float, float]]
"""Latitude and longitude, degrees, by site and camera."""

COUNTED = "counted"
"""No number of the table is corrected."""

CORRECTED = "counted; corrected in expected, low, high"
"""Corrected numbers stand beside what was counted."""

_TIMES = ("interval_start", "interval_end")
_LOCAL = tuple(f"{name}_local" for name in _TIMES)
_WHOLE_NUMBERS = ("cyclists", "n")
_NUMBERS = ("coverage", "share", "p15_s", "median_s", "p85_s", "mean_s", "expected", "low", "high")


def figures_of(kind: type[AnyRow]) -> str:
    """What the numbers of a table are, for who has nothing but its file.

    ``cyclists`` and what is measured of trips are as the program counted them in every table; corrected
    numbers are in columns of their own, which are empty where nobody checked.
    """
    return CORRECTED if "expected" in column_names(kind) else COUNTED


def utc_text(moment: datetime) -> str:
    """Write a moment as the SQL views do: ``YYYY-MM-DD HH:MM:SS``, UTC; files add a ``Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def local_text(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as ISO 8601 local time with its offset: ``2019-10-02T09:00:00+02:00``."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def column_names(kind: type[AnyRow]) -> list[str]:
    """The columns of a table, in order."""
    return [field.name for field in fields(kind)]


def file_columns(kind: type[AnyRow]) -> list[str]:
    """The columns of a table in a file: with the local times behind the others."""
    return [*column_names(kind), *_LOCAL]


def to_csv(rows: Sequence[AnyRow], kind: type[AnyRow], zones: Zones) -> str:
    """Write a header and a line per row; an empty field is an unknown value."""
    text = io.StringIO()
    writer = csv.DictWriter(text, file_columns(kind), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_plain(row, zones) for row in rows)
    return text.getvalue()


def to_json(rows: Sequence[AnyRow], zones: Zones) -> str:
    """Write one array of objects."""
    lines = ",\n ".join(json.dumps(_plain(row, zones), ensure_ascii=False) for row in rows)
    return f"[{lines}]\n"


def to_geojson(rows: Sequence[AnyRow], kind: type[AnyRow], locations: Locations, zones: Zones) -> str:
    """Write a feature per row: a point for a camera, a line for a route or a pair of cameras.

    Args:
        rows: Of one table.
        kind: Of its rows; the member ``figures`` says whether they are corrected.
        locations: Of the cameras; a row with a camera that has none gets no geometry.
        zones: Of the sites.
    """
    features = [
        {"type": "Feature", "geometry": _geometry(row, locations), "properties": _plain(row, zones)}
        for row in rows
    ]
    told = {"type": "FeatureCollection", "figures": figures_of(kind), "features": features}
    return json.dumps(told, ensure_ascii=False) + "\n"


def write_parquet(rows: Sequence[AnyRow], kind: type[AnyRow], target: Path | BinaryIO, zones: Zones) -> None:
    """Write a Parquet file whose times are real time stamps in UTC; the local ones are text.

    The key ``figures`` of its metadata says whether its numbers are corrected.

    Args:
        rows: Of one table.
        kind: Of its rows.
        target: A file's path, or what takes bytes.
        zones: Of the sites.

    Raises:
        OSError: The file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = (
        dict.fromkeys(_TIMES, pa.timestamp("us", tz="UTC"))
        | dict.fromkeys(_WHOLE_NUMBERS, pa.int64())
        | dict.fromkeys(_NUMBERS, pa.float64())
    )
    schema = pa.schema(
        [(name, types.get(name, pa.string())) for name in file_columns(kind)], {"figures": figures_of(kind)}
    )
    columns: dict[str, list[Any]] = {
        name: [getattr(row, name) for row in rows] for name in column_names(kind)
    }
    for name, local in zip(_TIMES, _LOCAL, strict=True):
        columns[local] = [local_text(_whole(name, row), zones[row.site]) for row in rows]
    pq.write_table(pa.table(columns, schema=schema), target)


def _plain(row: AnyRow, zones: Zones) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in column_names(type(row))}
    for name, local in zip(_TIMES, _LOCAL, strict=True):
        moment = _whole(name, row)
        values[name] = f"{utc_text(moment)}Z"
        values[local] = local_text(moment, zones[row.site])
    return values


def _whole(name: str, row: AnyRow) -> datetime:
    """The start or end of a row in whole seconds; an end within a second is written with the next."""
    if name == "interval_start":
        return row.interval_start.replace(microsecond=0)
    return (row.interval_end + timedelta(microseconds=999_999)).replace(microsecond=0)


def _geometry(row: AnyRow, locations: Locations) -> dict[str, object] | None:
    places = [locations.get((row.site, camera)) for camera in _cameras(row)]
    points = [[place[1], place[0]] for place in places if place is not None]
    if len(points) < len(places):
        return None
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "LineString", "coordinates": points}


def _cameras(row: AnyRow) -> list[str]:
    if isinstance(row, CameraCount | CorrectedCameraCount):
        return [row.camera]
    if isinstance(row, RouteCount | CorrectedRouteCount):
        return row.route.split(">")
    return [row.origin, row.destination]
