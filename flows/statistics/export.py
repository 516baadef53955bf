"""Statistics as CSV, JSON, Parquet and GeoJSON."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.statistics.rows import AnyRow, CameraCount, CorrectedRouteCount, RouteCount

Locations = Mapping[tuple[str, str], tuple[float, float]]
"""Latitude and longitude, degrees, by site and camera."""

_TIMES = ("interval_start", "interval_end")
_WHOLE_NUMBERS = ("cyclists", "n")
_NUMBERS = ("coverage", "share", "p15_s", "median_s", "p85_s", "mean_s", "expected", "low", "high")


def utc_text(moment: datetime) -> str:
    """Write a moment as the SQL views do: ``YYYY-MM-DD HH:MM:SS``, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def column_names(kind: type[AnyRow]) -> list[str]:
    """The columns of a table, in order."""
    return [field.name for field in fields(kind)]


def to_csv(rows: Sequence[AnyRow], kind: type[AnyRow]) -> str:
    """Write a header and a line per row; an empty field is an unknown value."""
    text = io.StringIO()
    writer = csv.DictWriter(text, column_names(kind), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_plain(row) for row in rows)
    return text.getvalue()


def to_json(rows: Sequence[AnyRow]) -> str:
    """Write one array of objects."""
    lines = ",\n ".join(json.dumps(_plain(row), ensure_ascii=False) for row in rows)
    return f"[{lines}]\n"


def to_geojson(rows: Sequence[AnyRow], locations: Locations) -> str:
    """Write a feature per row: a point for a camera, a line for a route or a pair of cameras.

    Args:
        rows: Of one table.
        locations: Of the cameras; a row with a camera that has none gets no geometry.
    """
    features = [
        {"type": "Feature", "geometry": _geometry(row, locations), "properties": _plain(row)} for row in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False) + "\n"


def write_parquet(rows: Sequence[AnyRow], kind: type[AnyRow], path: Path) -> None:
    """Write a Parquet file whose times are real time stamps in UTC.

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
    schema = pa.schema([(name, types.get(name, pa.string())) for name in column_names(kind)])
    columns = {name: [getattr(row, name) for row in rows] for name in column_names(kind)}
    pq.write_table(pa.table(columns, schema=schema), path)


def _plain(row: AnyRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in column_names(type(row))}
    values["interval_start"] = utc_text(row.interval_start)
    # A period that ends within a second ends, written in whole seconds, with the next.
    values["interval_end"] = utc_text(row.interval_end + timedelta(microseconds=999_999))
    return values


def _geometry(row: AnyRow, locations: Locations) -> dict[str, object] | None:
    places = [locations.get((row.site, camera)) for camera in _cameras(row)]
    points = [[place[1], place[0]] for place in places if place is not None]
    if len(points) < len(places):
        return None
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "LineString", "coordinates": points}


def _cameras(row: AnyRow) -> list[str]:
    if isinstance(row, CameraCount):
        return [row.camera]
    if isinstance(row, RouteCount | CorrectedRouteCount):
        return row.route.split(">")
    return [row.origin, row.destination]
