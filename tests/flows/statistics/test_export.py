"""Rows written as CSV, JSON, Parquet, GeoJSON and a table, and read back."""

import csv
import io
import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.statistics import (
    CameraCount,
    OdCount,
    RouteCount,
    TravelTime,
    to_csv,
    to_geojson,
    to_json,
    write_parquet,
)

START, END = datetime(2019, 10, 2, 7, tzinfo=UTC), datetime(2019, 10, 2, 7, 15, tzinfo=UTC)
COUNTS = [
    CameraCount("street", "A, 'north'", "left", START, END, 7, 0.5),
    CameraCount("street", "B", "any", START, END, None, 0.0),
]
ROUTES = [
    RouteCount("Straße", "A>B>C", START, END, 12, 1 / 3, 1.0),
    RouteCount("Straße", "A", START, END, 5, None, 0.25),
]
OD = [
    OdCount("street", "A", "C", START, END, 8, 1.0),
    OdCount("street", "C", "A", START, END, None, 0.0),
]
TIMES = [TravelTime("street", "A", "B", START, END, 9, 20.2, 22.0, 24.8, 22.444444444444443, 0.5)]
ZONES = {"street": ZoneInfo("Europe/Amsterdam"), "Straße": ZoneInfo("Europe/Berlin")}
PLACES = {("street", "A"): (53.2, 6.5), ("street", "C"): (53.4, 6.7), ("Straße", "A"): (1.5, 2.5)}


def expected(row: CameraCount | RouteCount | OdCount | TravelTime) -> dict[str, object]:
    return asdict(row) | {
        "interval_start": "2019-10-02 07:00:00Z",
        "interval_end": "2019-10-02 07:15:00Z",
        "interval_start_local": "2019-10-02T09:00:00+02:00",
        "interval_end_local": "2019-10-02T09:15:00+02:00",
    }


@pytest.mark.parametrize("rows", [COUNTS, ROUTES, OD, TIMES, []])
def test_json_is_one_array_with_every_digit(rows: list[CameraCount]) -> None:
    assert json.loads(to_json(rows, ZONES)) == [expected(row) for row in rows]


def test_csv_has_a_header_even_without_rows_and_leaves_the_unknown_empty() -> None:
    read = list(csv.DictReader(io.StringIO(to_csv(COUNTS, CameraCount, ZONES))))
    assert [row["cyclists"] for row in read] == ["7", ""]
    assert read[0]["camera"] == "A, 'north'"
    assert list(read[0]) == list(expected(COUNTS[0]))
    assert to_csv([], OdCount, ZONES) == (
        "site,origin,destination,interval_start,interval_end,cyclists,coverage,"
        "interval_start_local,interval_end_local\n"
    )


@pytest.mark.parametrize(
    ("rows", "kind"),
    [(COUNTS, CameraCount), (ROUTES, RouteCount), (OD, OdCount), (TIMES, TravelTime), ([], TravelTime)],
)
def test_parquet_keeps_types_and_time_zone(
    tmp_path: Path, rows: list[CameraCount], kind: type[CameraCount]
) -> None:
    write_parquet(rows, kind, tmp_path / "rows.parquet", ZONES)
    table = pq.read_table(tmp_path / "rows.parquet")
    local = [
        {name: value for name, value in expected(row).items() if name.endswith("_local")} for row in rows
    ]
    assert table.to_pylist() == [asdict(row) | more for row, more in zip(rows, local, strict=True)]
    assert table.schema.field("interval_start").type == pa.timestamp("us", tz="UTC")
    whole = "n" if kind is TravelTime else "cyclists"
    assert table.schema.field(whole).type == pa.int64()
    assert table.schema.metadata[b"figures"] == b"counted"


@pytest.mark.parametrize(
    ("rows", "geometries"),
    [
        (OD[:1], [{"type": "LineString", "coordinates": [[6.5, 53.2], [6.7, 53.4]]}]),
        (TIMES, [None]),
        (ROUTES, [None, {"type": "Point", "coordinates": [2.5, 1.5]}]),
        (COUNTS, [None, None]),
        ([], []),
    ],
)
def test_geojson_draws_what_has_a_place(rows: list[OdCount], geometries: list[object]) -> None:
    kind = type(rows[0]) if rows else OdCount
    collection = json.loads(to_geojson(rows, kind, PLACES, ZONES))
    assert collection["type"] == "FeatureCollection"
    assert collection["figures"] == "counted"
    assert [feature["geometry"] for feature in collection["features"]] == geometries
    assert [feature["properties"] for feature in collection["features"]] == [expected(row) for row in rows]


def test_a_period_that_ends_within_a_second_is_written_whole() -> None:
    row = OdCount("street", "A", "C", START.replace(microsecond=400), END.replace(microsecond=1), 8, 1.0)
    read = json.loads(to_json([row], ZONES))[0]
    assert (read["interval_start"], read["interval_end"]) == ("2019-10-02 07:00:00Z", "2019-10-02 07:15:01Z")
    assert read["interval_end_local"] == "2019-10-02T09:15:01+02:00"


@pytest.mark.parametrize("start", ["2026-10-25T00:00Z", "2026-10-25T01:00Z", "2026-03-29T01:00Z"])
def test_local_time_carries_its_offset(start: str) -> None:
    begin = datetime.fromisoformat(start)
    row = CameraCount("street", "A", "left", begin, begin + timedelta(hours=1), 7, 1.0)
    read = json.loads(to_json([row], ZONES))[0]
    assert read["interval_start_local"] == begin.astimezone(ZONES["street"]).isoformat()
    assert datetime.fromisoformat(read["interval_end_local"]) == row.interval_end
