"""A year of a city's cameras, written into a database as fast as it takes it."""

import io
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, text

from flows.database import CameraDescription, FlowStore, RunDescription
from flows.database.rollups import drop_triggers
from flows.database.times import to_microseconds
from flows.database.upgrade import upgrade_schema
from tracking.arrays import IntArray

CAMERAS = tuple(f"camera-{number:02}" for number in range(20))
START = datetime(2025, 1, 1)
TIMEZONE = "Europe/Amsterdam"
MISSED = 0.1
"""Part of the passages that no camera counts."""
LENGTHS, SHARES = (1, 2, 3, 4, 5), (0.35, 0.3, 0.2, 0.1, 0.05)
"""Cameras on a way, and how many riders take a way of that length."""
_HOURS = np.array([1, 1, 1, 1, 1, 4, 10, 30, 40, 20, 12, 14, 18, 16, 18, 24, 36, 42, 26, 16, 12, 8, 5, 3])
_CHUNK = 200_000

Columns = dict[str, Sequence[object]]


def fill(url: str, sightings: int, days: int = 365, seed: int = 1) -> int:
    """Write the year, or the first days of it, of one run.

    Args:
        url: An empty database.
        sightings: About how many.
        days: In so many days.
        seed: The same seed gives the same year.

    Returns:
        How many it became.
    """
    store = FlowStore.open(url)
    described = tuple(
        CameraDescription(camera, (53.2 + place / 100, 6.5)) for place, camera in enumerate(CAMERAS)
    )
    begun = START.timestamp()
    run_id = store.begin_run(RunDescription("city", TIMEZONE, described, "year", begun)).run_id
    dice = np.random.default_rng(seed)
    origin = to_microseconds((START - datetime(1970, 1, 1)).total_seconds())
    mean = sum(length * share for length, share in zip(LENGTHS, SHARES, strict=True)) * (1 - MISSED)
    riders, written = round(sightings / mean), 0
    with store.database.transaction() as connection:
        drop_triggers(connection)
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("SET LOCAL work_mem = '1GB'"))
        else:
            # In no order, ids would write each page many times if not all of them stayed in memory.
            connection.execute(text("PRAGMA cache_size = -8000000"))
        indexes = drop_indexes(connection)
        ids = [row[0] for row in connection.execute(text("SELECT camera_id FROM camera ORDER BY name"))]
        write(connection, "coverage", coverage(run_id, ids, origin, days, dice))
        for begin in range(0, riders, _CHUNK):
            share = (begin / riders, min(begin + _CHUNK, riders) / riders)
            for name, columns in rides(run_id, ids, origin, share, days, min(_CHUNK, riders - begin), dice):
                written += len(columns["sighting_id"]) if name == "sighting" else 0
                write(connection, name, columns)
            print(f"  {begin / riders:.0%} of the riders", file=sys.stderr)
        for index in indexes:
            connection.exec_driver_sql(index)
        if connection.dialect.name == "postgresql":
            # Its own does that between transactions; without it, roll-ups are planned for empty tables.
            connection.execute(text("ANALYZE"))
        upgrade_schema(connection)
    store.finish_run(run_id)
    if store.database.path is None:
        engine = store.database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
    store.close()
    return written


def drop_indexes(connection: Connection) -> list[str]:
    """Drop the indexes that belong to no key.

    Returns:
        What makes them again: sorting once is cheaper than a place for each row.
    """
    tables = "('sighting', 'journey', 'journey_stop', 'match')"
    if connection.dialect.name == "postgresql":
        query = f"""SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN {tables} AND NOT EXISTS
            (SELECT 1 FROM pg_constraint WHERE conname = indexname)"""
    else:
        query = f"""SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
            AND tbl_name IN {tables}"""
    found = connection.exec_driver_sql(query).fetchall()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    return [str(definition) for _, definition in found]


def coverage(
    run_id: str, cameras: Sequence[int], origin: int, days: int, dice: np.random.Generator
) -> Columns:
    """Every camera watches all the time, but for a failure of some hours every three weeks."""
    rows: list[tuple[int, int, int]] = []
    end = origin + days * 86_400_000_000
    for camera in cameras:
        begin = origin
        for day in np.sort(dice.random(days // 21)) * days:
            failed = origin + int(day * 86_400_000_000)
            if failed > begin:
                rows.append((camera, begin, failed))
            begin = max(begin, failed + int(dice.exponential(3 * 3_600_000_000)))
        rows.append((camera, begin, end))
    camera_ids, starts, ends = zip(*rows, strict=True)
    return {
        "run_id": [run_id] * len(rows), "camera_id": camera_ids, "start_time": starts, "end_time": ends
    }  # fmt: skip


def rides(
    run_id: str,
    cameras: Sequence[int],
    origin: int,
    share: tuple[float, float],
    days: int,
    count: int,
    dice: np.random.Generator,
) -> Iterator[tuple[str, Columns]]:
    """Riders of a part of the year, as rows of the tables.

    Args:
        run_id: The run.
        cameras: Numbers of the cameras, around the ring.
        origin: Beginning of the year, microseconds.
        share: Beginning and end of the part, 0..1.
        days: Length of the year.
        count: Riders.
        dice: Random numbers.
    """
    day = np.floor(dice.uniform(share[0] * days, share[1] * days, count))
    hour = dice.choice(24, count, p=_HOURS / _HOURS.sum())
    moment = np.round((day * 86_400 + (hour + dice.random(count)) * 3600) * 1e6).astype(np.int64) + origin
    length = dice.choice(LENGTHS, count, p=SHARES)
    # Some quarters of the town send many more riders than others.
    first = dice.choice(len(cameras), count, p=(weight := 1 / np.arange(1, len(cameras) + 1)) / weight.sum())
    turn = dice.choice((1, -1), count)
    rider, stop, camera, enter = [], [], [], []
    for step in range(max(LENGTHS)):
        here = np.flatnonzero((length > step) & (dice.random(count) >= MISSED))
        rider.append(here)
        stop.append(np.full(len(here), step))
        camera.append((first[here] + turn[here] * step) % len(cameras))
        enter.append(moment[here] + step * (90_000_000 + dice.integers(0, 60_000_000, len(here))))
    of, at, where, when = (np.concatenate(each) for each in (rider, stop, camera, enter))
    order = np.lexsort((at, of))
    yield from _tables(run_id, of[order], np.array(cameras)[where[order]], when[order], share[0], dice)


def _tables(
    run_id: str, rider: IntArray, camera: IntArray, enter: IntArray, part: float, dice: np.random.Generator
) -> Iterator[tuple[str, Columns]]:
    total = len(rider)
    new = np.concatenate([[True], rider[1:] != rider[:-1]])
    first = np.maximum.accumulate(np.where(new, np.arange(total), 0))
    place = np.arange(total) - first
    # As long as those of the program, and in no order.
    marks = dice.integers(0, 2**63, total)
    ids = [f"{mark:016x}{number:08x}{int(part * 1e8):08x}" for number, mark in enumerate(marks.tolist())]
    journeys = [f"j{ids[at][1:]}" for at in first.tolist()]
    left = dice.random(total) < 0.5
    yield (
        "sighting",
        {
            "sighting_id": ids,
            "run_id": [run_id] * total,
            "camera_id": camera.tolist(),
            "enter_time": enter.tolist(),
            "exit_time": (enter + 3_000_000).tolist(),
            "direction": np.where(left, "left", "right").tolist(),
            "frames": [30] * total,
            "stationary_s": [0.0] * total,
            "quality": [0.9] * total,
            "model_id": ["model"] * total,
        },
    )
    starts = np.flatnonzero(new).tolist()
    yield "journey", {"journey_id": [journeys[at] for at in starts], "run_id": [run_id] * len(starts)}
    yield "journey_stop", {"journey_id": journeys, "stop": place.tolist(), "sighting_id": ids}
    later = np.flatnonzero(~new).tolist()
    yield (
        "match",
        {
            "from_sighting": [ids[at - 1] for at in later],
            "to_sighting": [ids[at] for at in later],
            "run_id": [run_id] * len(later),
            "distance": [0.25] * len(later),
            "probability": [0.9] * len(later),
            "travel": [int(enter[at] - enter[at - 1]) for at in later],
        },
    )


def write(connection: Connection, table: str, columns: Columns) -> None:
    """Write rows in the fastest way that a database has."""
    names = ", ".join(columns)
    cursor = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        lines = io.StringIO()
        for row in zip(*columns.values(), strict=True):
            lines.write("\t".join(map(str, row)) + "\n")
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:  # type: ignore[attr-defined]
            copy.write(lines.getvalue())
        return
    places = ", ".join("?" * len(columns))
    cursor.executemany(
        f"INSERT INTO {table} ({names}) VALUES ({places})", list(zip(*columns.values(), strict=True))
    )
