"""The five views: one meaning, in SQLite, in the sqlite3 program and in PostgreSQL."""

import csv
import io
import shutil
import subprocess
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import combinations, count
from pathlib import Path

import numpy as np
import pytest

from flows.database import FlowStore
from flows.database.views import VIEWS
from tests.flows.written import MORNING, Ride, describe, random_rides, rows_of, write_run

QUARTER = 900.0
CONTRACT = {
    "camera_counts": "site camera direction interval_start interval_end cyclists coverage",
    "route_counts": "site route interval_start interval_end cyclists share coverage",
    "od_matrix": "site origin destination interval_start interval_end cyclists coverage",
    "travel_times": (
        "site origin destination interval_start interval_end n p15_s median_s p85_s mean_s coverage"
    ),
}
RIDES = random_rides(seed=3, count=400, hours=2.5)
OBSERVED = {
    "A": [(MORNING - 100.25, MORNING + 3600), (MORNING + 3700.5, MORNING + 12000)],
    "B": [(MORNING, MORNING + 1000.125)],
    "C": [(MORNING + 5400, MORNING + 10800)],
    "D": [(MORNING, MORNING + 10800)],
    "E": [(MORNING, MORNING + 60)],
}


@pytest.fixture
def fixed_run_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random run ids would be the one difference between two databases."""
    numbers = count(1)
    monkeypatch.setattr("flows.database.runs.secrets.token_hex", lambda size: f"{next(numbers) % 3:032x}")


def write_two_sites(url: str) -> None:
    store = FlowStore.open(url)
    write_run(store, RIDES, OBSERVED)
    later = [Ride((("A", MORNING + 50 * 3600),)), Ride((("B", MORNING + 50.3 * 3600),))]
    day = {
        "A": [(MORNING + 49.9 * 3600, MORNING + 50.5 * 3600)],
        "B": [(MORNING + 50 * 3600, MORNING + 50.5 * 3600)],
    }
    write_run(store, later, day, describe("second run"))
    old = [Ride((("Ä", -86400.5 * 365), ("B", -86400.5 * 365 + 61.5)))]
    past = {"Ä": [(-86400.5 * 365 - 10, -86400.5 * 365 + 300)], "B": [(-86400.5 * 365, -86400.5 * 365 + 300)]}
    write_run(store, old, past, describe("third run", cameras="ÄB", site="market 1969"))
    store.close()


@pytest.mark.usefixtures("fixed_run_ids")
def test_both_databases_show_the_same_rows_to_the_last_digit(sqlite_url: str, postgresql_url: str) -> None:
    write_two_sites(sqlite_url)
    write_two_sites(postgresql_url)
    for view in VIEWS:
        here, there = rows_of(sqlite_url, view), rows_of(postgresql_url, view)
        differing = [pair for pair in zip(here, there, strict=False) if pair[0] != pair[1]]
        assert len(here) == len(there) > 0, f"{view}: {len(here)} rows in SQLite, {len(there)} in PostgreSQL"
        assert not differing, f"{view}: {len(differing)} rows differ, the first: {differing[0]}"
        kinds = {name: type(value) for row in here for name, value in row.items() if value is not None}
        assert kinds == {
            name: type(value) for row in there for name, value in row.items() if value is not None
        }, view


def printed(value: object) -> str:
    """A value as both show it: numbers to six digits, since the program prints fewer than Python."""
    if value is None:
        return ""
    try:
        return f"{float(str(value)):.6g}"
    except ValueError:
        return str(value)


@pytest.mark.usefixtures("fixed_run_ids")
def test_the_sqlite3_program_needs_no_help(sqlite_url: str, tmp_path: Path) -> None:
    program = shutil.which("sqlite3")
    if program is None:
        pytest.skip("the sqlite3 command-line program is not installed")
    write_two_sites(sqlite_url)
    for view in VIEWS:
        answer = subprocess.run(
            [program, "-csv", "-header", str(tmp_path / "flows.db"), f"select * from {view}"],
            capture_output=True,
            text=True,
            check=True,
        )
        read = list(csv.DictReader(io.StringIO(answer.stdout)))
        ours = rows_of(sqlite_url, view)
        assert list(read[0]) == list(ours[0])
        shown = Counter(tuple(printed(value) for value in row.values()) for row in read)
        expected = Counter(tuple(printed(value) for value in row.values()) for row in ours)
        assert shown == expected, f"{view}: {list((shown - expected).items())[:3]}"


def test_columns_are_those_of_the_contract(url: str) -> None:
    store = FlowStore.open(url)
    with store.database.transaction() as connection:
        for view, columns in CONTRACT.items():
            found = connection.exec_driver_sql(f"SELECT * FROM {view}").keys()
            assert " ".join(found) == columns
    store.close()


def of_interval(time: float) -> float:
    return time // QUARTER * QUARTER


def stamp(time: float) -> str:
    return str(np.datetime64(round(time), "s")).replace("T", " ")


@pytest.fixture
def written(url: str) -> str:
    store = FlowStore.open(url)
    write_run(store, RIDES, OBSERVED)
    store.close()
    return url


def test_camera_counts_know_what_was_observed(written: str) -> None:
    seen = Counter((camera, ride.direction, of_interval(at)) for ride in RIDES for camera, at in ride.stops)
    directions = defaultdict(set)
    for camera, direction, _ in seen:
        directions[camera].add(direction)
    first = of_interval(min(start for pieces in OBSERVED.values() for start, _ in pieces))
    last = max(end for pieces in OBSERVED.values() for _, end in pieces)
    expected = {}
    for camera, pieces in OBSERVED.items():
        for direction in directions[camera] or {"any"}:
            for start in np.arange(first, last, QUARTER):
                covered = sum(
                    max(
                        Fraction(),
                        min(Fraction(end), Fraction(start + QUARTER)) - max(Fraction(begin), Fraction(start)),
                    )
                    for begin, end in pieces
                )
                cyclists = seen[camera, direction, start] if covered else None
                expected[camera, direction, stamp(start)] = (cyclists, float(covered / 900))
    found = {
        (row["camera"], row["direction"], row["interval_start"]): (row["cyclists"], row["coverage"])
        for row in rows_of(written, "camera_counts")
    }
    wrong = {
        key: (found.get(key), expected.get(key))
        for key in expected | found
        if found.get(key) != expected.get(key)
    }
    assert not wrong, f"{len(wrong)} of {len(expected)} rows differ, such as {next(iter(wrong.items()))}"
    assert {"E"} == {camera for camera, direction, _ in found if direction == "any"}


def watched(camera: str, interval_start: str) -> Fraction:
    start = Fraction(int(np.datetime64(interval_start.replace(" ", "T"), "s").astype(int)))
    pieces = [(Fraction(begin), Fraction(end)) for begin, end in OBSERVED[camera]]
    seconds = [max(Fraction(), min(end, start + 900) - max(begin, start)) for begin, end in pieces]
    return sum(seconds, Fraction()) / 900


def test_routes_have_shares_where_all_cameras_watched_about_as_long(written: str) -> None:
    routes = Counter(
        (">".join(camera for camera, _ in ride.stops), stamp(of_interval(ride.stops[0][1]))) for ride in RIDES
    )
    rows = rows_of(written, "route_counts")
    assert {(row["route"], row["interval_start"]): row["cyclists"] for row in rows} == routes
    totals = Counter(stamp(of_interval(ride.stops[0][1])) for ride in RIDES)
    for row in rows:
        parts = {camera: watched(camera, row["interval_start"]) for camera in OBSERVED}
        comparable = 2 * min(parts.values()) >= max(parts.values())
        share = row["cyclists"] / totals[row["interval_start"]]
        assert row["share"] == (share if comparable else None), row
        cameras = row["route"].split(">")
        assert row["coverage"] == float(
            min(parts[camera] for camera in (cameras if len(cameras) > 1 else OBSERVED))
        ), row


def test_shares_add_up_to_one(store: FlowStore) -> None:
    hour = [(MORNING, MORNING + 3600)]
    write_run(store, random_rides(seed=5, count=90, hours=0.9, cameras="ABC"), dict.fromkeys("ABC", hour))
    with store.database.transaction() as connection:
        query = "SELECT interval_start, SUM(share) AS whole FROM route_counts GROUP BY interval_start"
        shares = [row.whole for row in connection.exec_driver_sql(query)]
    assert shares == pytest.approx([1.0] * 4)


def test_od_matrix_leaves_out_cyclists_seen_once(written: str) -> None:
    cells = Counter(
        (ride.stops[0][0], ride.stops[-1][0], stamp(of_interval(ride.stops[0][1])))
        for ride in RIDES
        if len(ride.stops) > 1
    )
    rows = rows_of(written, "od_matrix")
    assert {
        (row["origin"], row["destination"], row["interval_start"]): row["cyclists"]
        for row in rows
        if row["cyclists"]
    } == cells


def test_a_pair_without_riders_has_a_row_where_an_end_was_not_watched_all_the_time(written: str) -> None:
    rows = rows_of(written, "od_matrix")
    first = of_interval(min(start for pieces in OBSERVED.values() for start, _ in pieces))
    last = max(end for pieces in OBSERVED.values() for _, end in pieces)
    seen = {(row["origin"], row["destination"], row["interval_start"]) for row in rows if row["cyclists"]}
    pairs = {(origin, destination) for origin, destination, _ in seen}
    starts = [stamp(start) for start in np.arange(first, last, QUARTER)]
    expected = {}
    for origin, destination in pairs:
        for start in starts:
            part = min(watched(origin, start), watched(destination, start))
            if part < 1 and (origin, destination, start) not in seen:
                expected[origin, destination, start] = (0 if part else None, float(part))
    found = {
        (row["origin"], row["destination"], row["interval_start"]): (row["cyclists"], row["coverage"])
        for row in rows
        if not row["cyclists"]
    }
    assert found == expected


def test_travel_times_have_the_percentiles_of_numpy(written: str) -> None:
    trips = defaultdict(list)
    for ride in RIDES:
        for (origin, left), (destination, reached) in combinations(ride.stops, 2):
            trips[origin, destination, stamp(of_interval(ride.stops[0][1]))].append(reached - left)
    rows = rows_of(written, "travel_times")
    assert len(rows) == len(trips)
    for row in rows:
        times = trips[row["origin"], row["destination"], row["interval_start"]]
        expected = [*np.percentile(times, [15, 50, 85]), np.mean(times)]
        assert row["n"] == len(times)
        ends = (row["origin"], row["destination"])
        assert row["coverage"] == float(min(watched(camera, row["interval_start"]) for camera in ends))
        np.testing.assert_allclose(
            [row["p15_s"], row["median_s"], row["p85_s"], row["mean_s"]], expected, rtol=0, atol=1e-6
        )


def test_journeys_flat_tells_every_stop(written: str) -> None:
    rows = rows_of(written, "journeys_flat")
    assert len(rows) == sum(len(ride.stops) for ride in RIDES)
    by_journey = defaultdict(dict)
    for row in rows:
        by_journey[row["journey"]][row["stop"]] = row
    ride = next(ride for ride in RIDES if len(ride.stops) == 3)
    stops = next(
        stops
        for stops in by_journey.values()
        if len(stops) == 3 and stops[1]["journey"].endswith(f"{ride.stops[0][1]:.6f}")
    )
    assert [stops[place]["camera"] for place in (1, 2, 3)] == [camera for camera, _ in ride.stops]
    assert stops[1]["travel_s"] is None
    assert stops[1]["distance"] is None
    assert stops[2]["travel_s"] == pytest.approx(ride.stops[1][1] - ride.stops[0][1], abs=1e-6)
    assert (stops[3]["distance"], stops[3]["probability"]) == (0.375, 0.9)
    assert stops[3]["duration_s"] == 3.5


@pytest.mark.parametrize(
    ("view", "index"),
    [
        ("journeys_flat", "sighting_of_text"),
        ("camera_counts", "quarter_of_text"),
        ("route_counts", "quarter_of_text"),
        ("od_matrix", "quarter_of_text"),
        ("travel_times", "quarter_of_text"),
    ],
)
def test_a_day_is_found_by_an_index(written: str, view: str, index: str) -> None:
    column = "enter_time" if view == "journeys_flat" else "interval_start"
    asked = f"SELECT * FROM {view} WHERE {column} >= '2019-10-02' AND {column} < '2019-10-03'"
    store = FlowStore.open_for_reading(written)
    with store.database.transaction() as connection:
        plan = "EXPLAIN QUERY PLAN"
        if connection.dialect.name == "postgresql":
            plan = "EXPLAIN"
            # So small a table is read whole unless that is forbidden.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        steps = "\n".join(str(row) for row in connection.exec_driver_sql(f"{plan} {asked}"))
    store.close()
    assert index in steps, steps
