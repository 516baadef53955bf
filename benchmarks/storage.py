"""How fast a database of a year of a city's cameras takes passages in, and answers questions.

Twenty cameras on a ring of streets; riders take one of the ways along it, one passage in ten is missed, and a
camera fails now and then. The database is filled at once, as fast as it can be; then passages are inserted
as a run inserts them, and the five views and the statistics are asked of days, weeks and months.

    python -m benchmarks.storage --sightings 200000
    python -m benchmarks.storage --sightings 10000000 --database postgresql --json storage.json
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.storage_year import CAMERAS, START, fill
from flows.database import CameraDescription, Database, FlowStore, RunDescription
from flows.statistics import TABLES, Interval, Query
from flows.statistics.rows import Statistics
from flows.values import Journey, Match, Sighting

DAYS = {"day": 1, "week": 7, "month": 30}
INTERVALS = {"day": Interval.QUARTER, "week": Interval.HOUR, "month": Interval.DAY}
"""What somebody would ask of a period of this length."""
VIEWS = ("camera_counts", "route_counts", "od_matrix", "travel_times", "journeys_flat")
EMBEDDING = 512


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a question took.

    Attributes:
        question: View or table, and the period.
        rows: Of the longest answer.
        p50_ms: Median.
        p95_ms: 95th percentile.
        times: How often it was asked, of different periods.
    """

    question: str
    rows: int
    p50_ms: float
    p95_ms: float
    times: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured of one database.

    Attributes:
        database: Kind.
        sightings: In the database.
        filled_s: Time that filling took, roll-ups included.
        inserts: Sightings inserted a second, by how many a camera saves at once.
        timings: Of the questions.
    """

    database: str
    sightings: int
    filled_s: float
    inserts: dict[int, float]
    timings: tuple[Timing, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sightings", type=int, default=200_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--times", type=int, default=20, help="how often each question is asked")
    parser.add_argument("--folder", type=Path, help="where the databases are made; a temporary folder")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    arguments = parser.parse_args()
    kinds = ("sqlite", "postgresql") if arguments.database == "both" else (arguments.database,)
    reports = []
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        for kind in kinds:
            with served(kind, Path(folder)) as url:
                reports.append(examine(kind, url, arguments.sightings, arguments.times))
            print(table(reports[-1]))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(one) for one in reports], indent=2) + "\n", "utf-8")


@contextmanager
def served(kind: str, folder: Path) -> Iterator[str]:
    """Address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'flows.db'}"
        return
    import pgserver

    server = pgserver.get_server(folder / "postgresql")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def examine(kind: str, url: str, sightings: int, times: int) -> Report:
    begun = time.perf_counter()
    count = fill(url, sightings)
    filled = time.perf_counter() - begun
    print(f"{kind}: {count} sightings in {filled:.0f} s", file=sys.stderr)
    timings = [*view_timings(url, times), *statistics_timings(url, times)]
    inserts = {batch: inserted_per_second(url, batch) for batch in (25, 500)}
    return Report(kind, count, filled, inserts, tuple(timings))


def measured(question: str, ask: Callable[[datetime], int], days: int, times: int) -> Timing:
    """Ask the same of different days of the year; the first answer warms what caches there are."""
    dice = random.Random(days)
    begins = [START + timedelta(days=dice.randrange(365 - days)) for _ in range(times + 1)]
    ask(begins[0])
    taken, rows = [], 0
    for begin in begins[1:]:
        started = time.perf_counter()
        rows = max(rows, ask(begin))
        taken.append((time.perf_counter() - started) * 1000)
        if sum(taken) > 20_000:
            break
    p50, p95 = np.percentile(taken, [50, 95])
    print(f"  {question}: {p50:.0f} / {p95:.0f} ms, {rows} rows", file=sys.stderr)
    return Timing(question, rows, round(float(p50), 1), round(float(p95), 1), len(taken))


def view_timings(url: str, times: int) -> Iterator[Timing]:
    store = FlowStore.open_for_reading(url)
    with store.database.transaction() as connection:
        for view in VIEWS:
            column = "enter_time" if view == "journeys_flat" else "interval_start"
            for period in ("day", "week"):
                days = DAYS[period]

                def ask(begin: datetime, view: str = view, column: str = column, days: int = days) -> int:
                    end = begin + timedelta(days=days)
                    where = f"{column} >= '{begin:%Y-%m-%d}' AND {column} < '{end:%Y-%m-%d}'"
                    return len(connection.exec_driver_sql(f"SELECT * FROM {view} WHERE {where}").fetchall())

                yield measured(f"{view}, a {period}", ask, days, times)
    store.close()


def statistics_timings(url: str, times: int) -> Iterator[Timing]:
    store = FlowStore.open_for_reading(url)
    for name, found in TABLES.items():
        for period, days in DAYS.items():

            def ask(
                begin: datetime,
                ask: Callable[[Database, Query], Statistics[Any]] = found.ask,
                interval: Interval = INTERVALS[period],
                days: int = days,
            ) -> int:
                query = Query(interval, begin, begin + timedelta(days=days))
                return len(ask(store.database, query).rows)

            yield measured(f"stats {name} {INTERVALS[period]}, a {period}", ask, days, times)
    store.close()


def inserted_per_second(url: str, batch: int, seconds: float = 8.0) -> float:
    """Insert new passages as a run does: camera after camera, then what was matched of them."""
    store = FlowStore.open(url)
    described = tuple(CameraDescription(camera) for camera in CAMERAS)
    description = RunDescription(
        "city", "UTC", described, f"inserts of {batch}", time.time(), live=False, gallery_ttl_s=1200.0
    )
    run_id = store.begin_run(description).run_id
    embedding = np.random.default_rng(1).normal(size=EMBEDDING).astype(np.float32)
    begin = START.replace(tzinfo=UTC).timestamp() + 400 * 86_400
    inserted, taken, place = 0, 0.0, 0
    while taken < seconds:
        span = batch * 30.0
        passages = [
            [
                Sighting(
                    f"{run_id}-{camera}-{place}-{number}",
                    camera,
                    round(begin + 30.0 * number + 1.3 * index, 6),
                    round(begin + 30.0 * number + 1.3 * index + 3, 6),
                    "left",
                    30,
                    0.0,
                    0.9,
                    embedding,
                    "model",
                )
                for number in range(batch)
            ]
            for index, camera in enumerate(CAMERAS)
        ]
        journeys = [
            journey(pair)
            for left, right in zip(passages[::2], passages[1::2], strict=True)
            for pair in zip(left, right, strict=True)
        ]
        started = time.perf_counter()
        for camera, fresh in zip(CAMERAS, passages, strict=True):
            store.save_progress(run_id, camera, fresh, [(begin, begin + span)], "here")
        store.save_matching(run_id, begin + span, (), journeys, forget_before=begin + span - 1200)
        taken += time.perf_counter() - started
        inserted += batch * len(CAMERAS)
        begin, place = begin + span, place + 1
    store.discard_run(run_id)
    store.close()
    print(f"  {inserted / taken:.0f} sightings a second, {batch} at once", file=sys.stderr)
    return round(inserted / taken, 1)


def journey(sightings: tuple[Sighting, Sighting]) -> Journey:
    first, second = (replace(one, embedding=None) for one in sightings)
    travel_s = round(second.enter_time - first.enter_time, 6)
    match = Match(first.sighting_id, second.sighting_id, 0.2, None, travel_s)
    return Journey(f"j{first.sighting_id}", (first, second), (match,))


def table(report: Report) -> str:
    lines = [
        f"{report.database}: {report.sightings} sightings, filled in {report.filled_s:.0f} s",
        *(f"{rate:.0f} sightings a second, {batch} at once" for batch, rate in report.inserts.items()),
        "",
        "| question | rows | p50 ms | p95 ms |",
        "|---|---:|---:|---:|",
    ]
    lines += [
        f"| {one.question} | {one.rows} | {one.p50_ms:.0f} | {one.p95_ms:.0f} |" for one in report.timings
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
