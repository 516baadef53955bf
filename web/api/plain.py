"""Rows that no view has: sites, coverage and outages, in the columns that a program expects."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flows.statistics import CameraCount, Outage, Site, utc_text

_MOMENTS = frozenset({"start", "end", "interval_start", "interval_end"})
"""Columns in UTC."""


def site_rows(sites: Iterable[Site]) -> list[dict[str, Any]]:
    """A row for each camera of each site."""
    return [
        {
            "site": site.name,
            "timezone": site.zone.key,
            "camera": camera.name,
            "latitude": camera.location[0] if camera.location else None,
            "longitude": camera.location[1] if camera.location else None,
            "min_count": site.min_count,
            "interval": site.interval.value,
        }
        for site in sites
        for camera in site.cameras
    ]


def sites_geojson(sites: Iterable[Site]) -> str:
    """A point for each camera; no geometry where the place is unknown."""
    features = [
        {
            "type": "Feature",
            "geometry": None
            if row["latitude"] is None
            else {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
            "properties": {key: row[key] for key in ("site", "camera", "timezone")},
        }
        for row in site_rows(sites)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False) + "\n"


def coverage_rows(counts: Iterable[CameraCount], sites: Sequence[Site]) -> list[dict[str, Any]]:
    """The observed part of each interval, once for all directions of a camera."""
    zones = {site.name: site.zone for site in sites}
    found = {
        (row.site, row.camera, row.interval_start): {
            "site": row.site,
            "camera": row.camera,
            "interval_start": f"{utc_text(row.interval_start)}Z",
            "interval_end": f"{utc_text(row.interval_end)}Z",
            "coverage": row.coverage,
            "interval_start_local": _local(row.interval_start, zones[row.site]),
        }
        for row in counts
    }
    return list(found.values())


def outage_rows(outages: Iterable[Outage], sites: Sequence[Site]) -> list[dict[str, Any]]:
    """When a camera did not watch, and why."""
    zones = {site.name: site.zone for site in sites}
    return [
        {
            "site": one.site,
            "camera": one.camera,
            "start": f"{utc_text(one.start)}Z",
            "end": f"{utc_text(one.end)}Z",
            "reason": one.reason,
            "start_local": _local(one.start, zones[one.site]),
            "end_local": _local(one.end, zones[one.site]),
        }
        for one in outages
    ]


def plain_json(rows: Sequence[dict[str, Any]]) -> str:
    """Write one array of objects."""
    return "[" + ",\n ".join(json.dumps(row, ensure_ascii=False) for row in rows) + "]\n"


def plain_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Write a header and a line per row; nothing where there is no row."""
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()


def plain_parquet(rows: Sequence[dict[str, Any]]) -> bytes:
    """Write a Parquet file whose times are real time stamps in UTC; without columns where there is no row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    moments = [{key: datetime.fromisoformat(row[key]) for key in _MOMENTS & row.keys()} for row in rows]
    table = pa.Table.from_pylist([{**row, **times} for row, times in zip(rows, moments, strict=True)])
    written = io.BytesIO()
    pq.write_table(table, written)
    return written.getvalue()


def _local(moment: datetime, zone: Any) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")
