"""How fast a database of a year of a city's cameras takes passages in, and answers questions.

Twenty cameras on a ring of streets; riders take one of the ways along it, one passage in ten is missed, and a
camera fails now and then. The database is filled at once, as fast as it can be; then passages are inserted
as a run inserts them, and the five views and the statistics are asked of days, weeks and months. Beside the
time on the wall stands the processor time of program and database, which other programs disturb less.

    python -m benchmarks.storage --sightings 200000
    python -m benchmarks.storage --sightings 10000000 --database postgresql --json storage.json
    python -m benchmarks.storage --sightings 1000000 --days 37 --folder kept

The last one is as dense as a year of ten million. A folder that is named keeps its databases; the next call
asks them and fills nothing.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text

from benchmarks.storage_inserts import Inserts, inserted
from benchmarks.storage_served import Served, is_filled, note_filled, served
from benchmarks.storage_year import START, fill
from flows.database import Database, FlowStore
from flows.statistics import TABLES, Interval, Query
from flows.statistics.rows import Statistics

DAYS = {"day": 1, "week": 7, "month": 30}
INTERVALS = {"day": Interval.QUARTER, "week": Interval.HOUR, "month": Interval.DAY}
"""What somebody would ask of a period of this length."""
VIEWS = ("camera_counts", "route_counts", "od_matrix", "travel_times", "journeys_flat")


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a question took.

    Attributes:
        question: View or table, and the period.
        rows: Of the longest answer.
        p50_ms: Median.
        p95_ms: 95th percentile.
        cpu50_ms: Median of the processor time of program and database.
        cpu95_ms: Its 95th percentile.
        times: How often it was asked, of different periods.
    """

    question: str
    rows: int
    p50_ms: float
    p95_ms: float
    cpu50_ms: float
    cpu95_ms: float
    times: int


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured of one database.

    Attributes:
        database: Kind.
        sightings: In the database.
        days: That they are of.
        filled_s: Time that filling took, roll-ups included; 0 where an earlier call did.
        load: Programs that wanted to run during the last quarter of an hour.
        inserts: By how many a camera saves at once.
        timings: Of the questions.
    """

    database: str
    sightings: int
    days: int
    filled_s: float
    load: float
    inserts: tuple[Inserts, ...]
    timings: tuple[Timing, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sightings", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=365, help="that they are of; at least 31")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--times", type=int, default=20, help="how often each question is asked")
    parser.add_argument("--folder", type=Path, help="where the databases are and stay; a temporary folder")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    arguments = parser.parse_args()
    kinds = ("sqlite", "postgresql") if arguments.database == "both" else (arguments.database,)
    reports = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        for kind in kinds:
            filled_s = filled(kind, folder, arguments)
            with served(kind, folder) as database:
                reports.append(examine(kind, database, arguments, filled_s))
            print(table(reports[-1]))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(one) for one in reports], indent=2) + "\n", "utf-8")


def filled(kind: str, folder: Path, arguments: argparse.Namespace) -> float:
    """Fill the database of a folder, unless an earlier call did; seconds that it took."""
    if is_filled(kind, folder):
        return 0.0
    begun = time.perf_counter()
    with served(kind, folder, filling=True) as database:
        fill(database.url, arguments.sightings, arguments.days)
    note_filled(kind, folder)
    return time.perf_counter() - begun


def examine(kind: str, database: Served, arguments: argparse.Namespace, filled_s: float) -> Report:
    store = FlowStore.open_for_reading(database.url)
    with store.database.transaction() as connection:
        count = int(connection.execute(text("SELECT COUNT(*) FROM sighting")).scalar_one())
    print(f"{kind}: {count} sightings in {filled_s:.0f} s", file=sys.stderr)
    ask = Asking(database, store.database, arguments.days, arguments.times)
    timings = (*ask.views(), *ask.statistics())
    store.close()
    inserts = tuple(inserted(database, batch) for batch in (25, 500))
    return Report(kind, count, arguments.days, filled_s, os.getloadavg()[2], inserts, timings)


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks the same of different days.

    Attributes:
        served: For its processor time.
        database: That is asked.
        days: That it holds.
        times: How often each question is asked.
    """

    served: Served
    database: Database
    days: int
    times: int

    def measured(self, question: str, ask: Callable[[datetime], int], days: int) -> Timing:
        """Ask of different days; the first answer warms what caches there are."""
        dice = random.Random(days)
        begins = [START + timedelta(days=dice.randrange(self.days - days)) for _ in range(self.times + 1)]
        ask(begins[0])
        wall, cpu, rows = [], [], 0
        for begin in begins[1:]:
            started, before = time.perf_counter(), self.served.cpu_s()
            rows = max(rows, ask(begin))
            wall.append((time.perf_counter() - started) * 1000)
            cpu.append((self.served.cpu_s() - before) * 1000)
            if sum(wall) > 20_000:
                break
        p50, p95, cpu50, cpu95 = (
            round(float(one), 1) for each in (wall, cpu) for one in np.percentile(each, [50, 95])
        )
        print(f"  {question}: {p50} / {p95} ms, processor {cpu50} / {cpu95} ms, {rows} rows", file=sys.stderr)
        return Timing(question, rows, p50, p95, cpu50, cpu95, len(wall))

    def views(self) -> Iterator[Timing]:
        """The five views, of a day and of a week; of every stop of a week there are too many rows."""
        with self.database.transaction() as connection:
            for view in VIEWS:
                column = "enter_time" if view == "journeys_flat" else "interval_start"
                for period in ("day",) if view == "journeys_flat" else ("day", "week"):
                    days = DAYS[period]

                    def ask(begin: datetime, view: str = view, column: str = column, days: int = days) -> int:
                        end = begin + timedelta(days=days)
                        where = f"{column} >= '{begin:%Y-%m-%d}' AND {column} < '{end:%Y-%m-%d}'"
                        query = f"SELECT * FROM {view} WHERE {where}"
                        return len(connection.exec_driver_sql(query).fetchall())

                    yield self.measured(f"{view}, a {period}", ask, days)

    def statistics(self) -> Iterator[Timing]:
        """The four tables, of a day, a week and a month."""
        for name, found in TABLES.items():
            for period, days in DAYS.items():

                def ask(
                    begin: datetime,
                    ask: Callable[[Database, Query], Statistics[Any]] = found.ask,
                    interval: Interval = INTERVALS[period],
                    days: int = days,
                ) -> int:
                    query = Query(interval, begin, begin + timedelta(days=days))
                    return len(ask(self.database, query).rows)

                yield self.measured(f"stats {name} {INTERVALS[period]}, a {period}", ask, days)


def table(report: Report) -> str:
    lines = [
        f"{report.database}: {report.sightings} sightings of {report.days} days, filled in "
        f"{report.filled_s:.0f} s; load {report.load:.1f} on {os.cpu_count()} cores",
        "",
        "| saved at once | sightings a second | in a second of processor time |",
        "|---:|---:|---:|",
        *(f"| {one.batch} | {one.per_s:.0f} | {one.per_cpu_s:.0f} |" for one in report.inserts),
        "",
        "| question | rows | p50 ms | p95 ms | processor p50 ms | processor p95 ms |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {one.question} | {one.rows} | {one.p50_ms:.0f} | {one.p95_ms:.0f} | {one.cpu50_ms:.0f} "
        f"| {one.cpu95_ms:.0f} |"
        for one in report.timings
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
