"""Whether monthly partitions of passages would pay on PostgreSQL: ``python -m benchmarks.partitions``.

The same passages lie in one table and in one cut by months, with the same indexes; both are filled in
batches, asked for a day of a camera, and rid of their first month.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection, create_engine, text

from flows.database import DatabaseAddress
from flows.database.times import MICROSECONDS

MONTH_US = 30 * 86_400 * MICROSECONDS
START_US = round(datetime(2024, 1, 1, tzinfo=UTC).timestamp()) * MICROSECONDS
CAMERAS, BATCH = 20, 1000
COLUMNS = "sighting_id text, run_id text, camera_id int, enter_time bigint, exit_time bigint, direction text"


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, help="postgresql://… of an empty database")
    parser.add_argument("--sightings", type=int, default=500_000)
    parser.add_argument("--months", type=int, default=12)
    options = parser.parse_args()
    engine = create_engine(DatabaseAddress.parse(options.database).url)
    print("| table | insert, s | a day of a camera, p50 ms | first month deleted, s |\n|---|---:|---:|---:|")
    for name, make, forget in (("whole", _whole, _delete), ("months", _months, _drop)):
        with engine.begin() as connection:
            connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
            make(connection, name, options.months)
        filled = _timed(lambda: _fill(engine.begin, name, options.sightings, options.months))  # noqa: B023
        with engine.begin() as connection:
            connection.execute(text(f"ANALYZE {name}"))
            days = [_timed(lambda: _ask(connection, name, options.months)) for _ in range(60)]  # noqa: B023
        with engine.begin() as connection:
            forgotten = _timed(lambda: forget(connection, name))  # noqa: B023
        print(
            f"| {name} | {filled:.1f} | {1000 * statistics.median(days):.2f} | {forgotten:.2f} |", flush=True
        )
    engine.dispose()


def _timed(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _whole(connection: Connection, name: str, months: int) -> None:
    connection.execute(text(f"CREATE TABLE {name} ({COLUMNS}, PRIMARY KEY (sighting_id))"))
    connection.execute(text(f"CREATE INDEX ON {name} (camera_id, enter_time)"))


def _months(connection: Connection, name: str, months: int) -> None:
    connection.execute(
        text(
            f"CREATE TABLE {name} ({COLUMNS}, PRIMARY KEY (sighting_id, enter_time)) "
            "PARTITION BY RANGE (enter_time)"
        )
    )
    connection.execute(text(f"CREATE INDEX ON {name} (camera_id, enter_time)"))
    for month in range(months):
        low = START_US + month * MONTH_US
        part = f"{name}_{month} PARTITION OF {name} FOR VALUES FROM ({low}) TO ({low + MONTH_US})"
        connection.execute(text(f"CREATE TABLE {part}"))


def _fill(begin: Callable[..., object], name: str, sightings: int, months: int) -> None:
    dice = random.Random(3)
    insert = text(f"INSERT INTO {name} VALUES (:s, 'run', :c, :a, :b, 'left')")
    for first in range(0, sightings, BATCH):
        rows = []
        for number in range(first, min(first + BATCH, sightings)):
            at = START_US + number * months * MONTH_US // sightings
            rows.append({"s": f"{dice.getrandbits(96):024x}", "c": number % CAMERAS, "a": at, "b": at + 1})
        with begin() as connection:  # type: ignore[attr-defined]
            connection.execute(insert, rows)


def _ask(connection: Connection, name: str, months: int) -> None:
    day = START_US + random.randrange(30 * months) * MONTH_US // 30
    within = "camera_id = 3 AND enter_time BETWEEN :a AND :b"
    query = f"SELECT direction, count(*) FROM {name} WHERE {within} GROUP BY direction"
    connection.execute(text(query), {"a": day, "b": day + MONTH_US // 30}).all()


def _delete(connection: Connection, name: str) -> None:
    connection.execute(text(f"DELETE FROM {name} WHERE enter_time < {START_US + MONTH_US}"))


def _drop(connection: Connection, name: str) -> None:
    connection.execute(text(f"DROP TABLE {name}_0"))


if __name__ == "__main__":
    main()
