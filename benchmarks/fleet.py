"""How many workers one driver keeps up with, and what two workers gain on this machine.

``record`` works a site off with one worker per core and notes the arrival of every saving; ``simulate`` plays
such notes as many workers at once (`benchmarks.fleet_simulated`); ``compare`` times the engines, and
``stretches`` one camera with workers of a core each, without and with others that look ahead of its own.

    python -m benchmarks.fleet compare SITE
    python -m benchmarks.fleet stretches SITE --stretch-s 10
    python -m benchmarks.fleet record SITE -o savings.json
    python -m benchmarks.fleet simulate --recorded savings.json --workers 10 50 100 200 400
    python -m benchmarks.fleet simulate --recorded savings.json --workers 200 --database postgresql
"""

import argparse
import json
import math
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.fleet_simulated import Load, Recorded, simulate
from pipeline.configuration import load_configuration
from pipeline.runner import run_site
from pipeline.runner.saving import Keeper, Saving
from pipeline.telemetry import RunSummary
from tracking.processor import CORES_VARIABLE


def record(site: Path, engine: str) -> list[Recorded]:
    """Work a site off and note the arrival of its savings."""
    notes: list[Recorded] = []
    last: dict[str, tuple[float, float]] = {}
    keep = Keeper.keep

    def noting(keeper: Keeper, saving: Saving) -> None:
        keep(keeper, saving)
        now, event = time.monotonic(), saving.settled_until
        if saving.camera in last and math.isfinite(event):
            wall, before = last[saving.camera]
            notes.append(Recorded(now - wall, event - before, len(saving.checkpoint)))
        last[saving.camera] = (now, event if math.isfinite(event) else math.inf)

    Keeper.keep = noting  # type: ignore[method-assign]
    try:
        _run(site, engine)
    finally:
        Keeper.keep = keep  # type: ignore[method-assign]
    return [one for one in notes if math.isfinite(one.event_s)]


def compare(site: Path) -> None:
    """Work a site off with each engine, and say what it took."""
    for engine in ("local", "processes", "ray"):
        before, started = _cpu_s(), time.monotonic()
        frames = _run(site, engine)
        wall_s, cpu_s = time.monotonic() - started, _cpu_s() - before
        load = os.getloadavg()[0]
        print(f"{engine:10} {wall_s:7.1f} s  {frames / wall_s:6.1f} frames/s  driver and children that ended "
              f"{cpu_s:6.1f} core-seconds  load {load:.1f}", flush=True)  # fmt: skip


def stretches(site: Path, stretch_s: float, rounds: int) -> None:
    """Time one camera: a worker with one core, one with two, and two with one each; in turns."""
    for _ in range(rounds):
        for cores, length_s in ((1, 0.0), (2, 0.0), (2, stretch_s)):
            before, started = _cpu_s(), time.monotonic()
            summary = _summary(site, "processes", {"runtime.stretch_s": length_s}, cores)
            wall_s, cpu_s = time.monotonic() - started, _cpu_s() - before
            [camera] = summary.cameras
            print(f"{cores} cores, stretches of {length_s:3.0f} s  {wall_s:6.1f} s  "
                  f"{camera.frames_read / wall_s:6.1f} frames/s  {cpu_s:6.1f} core-seconds  "
                  f"looks ahead {camera.looks_ahead} of {camera.looks}, twice {camera.looks_twice}  "
                  f"load {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip


def _run(site: Path, engine: str) -> int:
    return _summary(site, engine, {}).frames_read


def _summary(site: Path, engine: str, settings: Mapping[str, object], cores: int | None = None) -> RunSummary:
    if cores is not None:
        os.environ[CORES_VARIABLE] = str(cores)
    with tempfile.TemporaryDirectory(prefix="fleet") as folder:
        given = {"database": f"{folder}/flows.db", "runtime.engine": engine, **settings}
        return run_site(load_configuration(site, given))


def _cpu_s() -> float:
    times = psutil.Process().cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Address of an empty database."""
    with tempfile.TemporaryDirectory(prefix="fleet") as folder:
        if kind == "sqlite":
            yield f"sqlite:///{folder}/flows.db"
            return
        import pgserver

        server = pgserver.get_server(Path(folder) / "server")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def show(workers: int, load: Load, notes: Sequence[Recorded]) -> None:
    speed = sum(one.event_s for one in notes) / sum(one.wall_s for one in notes)
    asked, got = workers * speed, load.event_s / load.wall_s
    print(
        f"{workers:7} {len(load.keep_s) / load.wall_s:9.1f} {1000 * statistics.median(load.keep_s):8.1f} "
        f"{1000 * statistics.fmean(load.match_s or [0.0]):9.0f} {load.busy_s / load.wall_s:7.0%} "
        f"{got:9.0f} {got / asked:9.0%}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("compare", "stretches", "record", "simulate"))
    parser.add_argument("site", type=Path, nargs="?")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--engine", default="processes", choices=("local", "processes", "ray"))
    parser.add_argument("--stretch-s", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--recorded", type=Path)
    parser.add_argument("--workers", type=int, nargs="+", default=[10, 50, 100, 200, 400])
    parser.add_argument("--riders-per-hour", type=float, default=200.0)
    parser.add_argument("--seconds", type=float, default=2400.0)
    parser.add_argument(
        "--faster", type=float, default=1.0, help="footage in each saving, times the recorded"
    )
    parser.add_argument(
        "--clock",
        choices=("wall", "processor"),
        default="wall",
        help="processor: leave out what other programs of the machine take, and the disk",
    )
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    if arguments.what == "compare":
        compare(arguments.site)
    elif arguments.what == "stretches":
        stretches(arguments.site, arguments.stretch_s, arguments.rounds)
    elif arguments.what == "record":
        notes = record(arguments.site, arguments.engine)
        arguments.output.write_text(
            json.dumps([[one.wall_s, one.event_s, one.checkpoint_bytes] for one in notes]) + "\n"
        )
    else:
        clock = time.process_time if arguments.clock == "processor" else time.perf_counter
        rows = json.loads(arguments.recorded.read_text())
        faster = arguments.faster
        notes = [Recorded(wall_s, faster * event_s, round(size)) for wall_s, event_s, size in rows]
        print("workers savings/s keep_ms  match_ms  driver  footage/s  of_asked")
        for workers in arguments.workers:
            with database(arguments.database) as url:
                load = simulate(url, workers, notes, arguments.riders_per_hour, arguments.seconds, clock)
                show(workers, load, notes)


if __name__ == "__main__":
    main()
