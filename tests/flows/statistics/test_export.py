"""Rows written as CSV, JSON, Parquet, GeoJSON and a table, and read back."""

import csv
import io
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

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
    RouteCount("Straße", "A>B>C", START, END, 12, 1 / 3),
    RouteCount("Straße", "A", START, END, 5, None),
]
OD = [OdCount("street", "A", "C", START, END, 8)]
TIMES = [TravelTime("street", "A", "B", START, END, 9, 20.2, 22.0, 24.8, 22.444444444444443)]
PLACES = {("street", "A"): (53.2, 6.5), ("street", "C"): (53.4, 6.7), ("Straße", "A"): (1.5, 2.5)}


def expected(row: CameraCount | RouteCount | OdCount | TravelTime) -> dict[str, object]:
    return asdict(row) | {"interval_start": "2019-10-02 07:00:00", "interval_end": "2019-10-02 07:15:00"}


@pytest.mark.parametrize("rows", [COUNTS, ROUTES, OD, TIMES, []])
def test_json_is_one_array_with_every_digit(rows: list[CameraCount]) -> None:
    assert json.loads(to_json(rows)) == [expected(row) for row in rows]


def test_csv_has_a_header_even_without_rows_and_leaves_the_unknown_empty() -> None:
    read = list(csv.DictReader(io.StringIO(to_csv(COUNTS, CameraCount))))
    assert [row["cyclists"] for row in read] == ["7", ""]
    assert read[0]["camera"] == "A, 'north'"
    assert list(read[0]) == list(expected(COUNTS[0]))
    assert to_csv([], OdCount) == "site,origin,destination,interval_start,interval_end,cyclists\n"


@pytest.mark.parametrize(
    ("rows", "kind"),
    [(COUNTS, CameraCount), (ROUTES, RouteCount), (OD, OdCount), (TIMES, TravelTime), ([], TravelTime)],
)
def test_parquet_keeps_types_and_time_zone(
    tmp_path: Path, rows: list[CameraCount], kind: type[CameraCount]
) -> None:
    write_parquet(rows, kind, tmp_path / "rows.parquet")
    table = pq.read_table(tmp_path / "rows.parquet")
    assert table.to_pylist() == [asdict(row) for row in rows]
    assert table.schema.field("interval_start").type == pa.timestamp("us", tz="UTC")
    whole = "n" if kind is TravelTime else "cyclists"
    assert table.schema.field(whole).type == pa.int64()


@pytest.mark.parametrize(
    ("rows", "geometries"),
    [
        (OD, [{"type": "LineString", "coordinates": [[6.5, 53.2], [6.7, 53.4]]}]),
        (TIMES, [None]),
        (ROUTES, [None, {"type": "Point", "coordinates": [2.5, 1.5]}]),
        (COUNTS, [None, None]),
        ([], []),
    ],
)
def test_geojson_draws_what_has_a_place(rows: list[OdCount], geometries: list[object]) -> None:
    collection = json.loads(to_geojson(rows, PLACES))
    assert collection["type"] == "FeatureCollection"
    assert [feature["geometry"] for feature in collection["features"]] == geometries
    assert [feature["properties"] for feature in collection["features"]] == [expected(row) for row in rows]


def test_a_period_that_ends_within_a_second_is_written_whole() -> None:
    row = OdCount("street", "A", "C", START.replace(microsecond=400), END.replace(microsecond=1), 8)
    read = json.loads(to_json([row]))[0]
    assert (read["interval_start"], read["interval_end"]) == ("2019-10-02 07:00:00", "2019-10-02 07:15:01")
