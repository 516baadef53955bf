"""Kill a run at random moments until it is done, and compare its database with that of a run never killed.

The street is one on which the view is never empty: parked bicycles, people who stand and wait, and riders.
Detector and encoder are those that come with the program, the kills are real ones (SIGKILL).

    python -m benchmarks.restarts --kills 30 --seconds 40
    python -m benchmarks.restarts --kills 30 --seconds 40 --database postgresql
    python -m benchmarks.restarts --kills 30 --seconds 40 --engine ray
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import psutil
import yaml
from sqlalchemy import text

from flows.database import Database, runs
from flows.database.address import DatabaseAddress
from pipeline.runner.checkpoint import Checkpoint
from simulation import Recording, create_world, load_scenario
from simulation.film import write_film
from simulation.looks import draw_look
from simulation.scene import Scene
from simulation.world import Actor, Kind, Visit, World
from tracking.errors import DatabaseError

START = datetime(2024, 5, 14, 8, 0, tzinfo=ZoneInfo("UTC"))
FPS = 8.0
SIZE = (480, 272)
TABLES = ("sighting", "gallery", "match", "journey", "journey_stop", "coverage", "unobserved", "progress")
RUN = "select run_id, fingerprint, state, watermark, forgotten_before from run"
PATIENCE_S = 240.0
SAVE_EVERY_S, RESTART_EVERY_S = 0.2, 2.0
"""Shorter than those of the program, so that a short film has as many places to stop at as a day."""


def film(folder: Path, seconds: float, seed: int = 5, cameras: int = 2) -> Path:
    """Record a street that is never empty, in two files for each camera.

    Returns:
        The site file.
    """
    world = waiting_world(seconds, seed, cameras)
    recording = Recording(world, SIZE, FPS)
    times = recording.times()
    half = len(times) // 2
    for number in range(cameras):
        camera, visits, picture = recording.camera(number), world.at(number), world.scenario.picture
        scene = Scene(camera, number, visits, times, settings=picture, seed=seed)
        pictures = list(scene.frames())
        for part in (slice(0, half), slice(half, None)):
            # Names carry whole seconds.
            begin = START + timedelta(seconds=round(float(times[part][0])))
            path = folder / f"{world.network.names[number]}_{begin:%Y%m%dT%H%M%S}.mp4"
            stamps = times[part] - times[part][0]
            write_film(path, pictures[part], stamps, size=SIZE, quality=picture.quality)
    return _write_site(folder / "site.yaml", world)


def waiting_world(seconds: float, seed: int, cameras: int) -> World:
    """Riders, parked bicycles, and at each camera two people who stand at the path all the time."""
    scenario = load_scenario("calm")
    changes = {
        "demand": scenario.demand.model_copy(update={"riders_per_hour": 1800}),
        "traffic": scenario.traffic.model_copy(update={"parked_bicycles": 4}),
    }
    scenario = scenario.model_copy(update=changes)
    world = create_world(scenario, cameras=cameras, duration_s=seconds, start=START, seed=seed)
    identity = 1 + max(visit.actor.identity for visit in world.visits)
    rng = np.random.default_rng(seed)
    standing = [
        Visit(
            Actor(identity + index, Kind.PEDESTRIAN, draw_look(scenario.look, rng)),
            *(index % cameras, 0.0, 0, float(rng.uniform(1.6, 3.0)), 0.0),
            along_m=float(rng.uniform(-5, 5)),
        )
        for index in range(2 * cameras)
    ]
    return replace(world, visits=(*world.visits, *standing))


def _write_site(path: Path, world: World) -> Path:
    names = world.network.names
    cameras = [{"id": n, "source": f"{n}_*.mp4", "time_pattern": "%Y%m%dT%H%M%S"} for n in names]
    links = [
        {"from": a, "to": b, "min_travel_s": 1, "max_travel_s": 30} for a in names for b in names if a != b
    ]
    path.write_text(yaml.safe_dump({"site": "kerb", "timezone": "UTC", "cameras": cameras, "links": links}))
    return path


@dataclass
class Work:
    """What a series of interrupted attempts came to.

    Attributes:
        kills: Attempts that were killed.
        chunks: Chunks processed by all attempts together.
        restarts: Frames that lay before the place at which each attempt could go on, over all cameras.
    """

    kills: int
    chunks: int
    restarts: list[int]


def work_off(
    site: Path,
    url: str,
    kills: int,
    seed: int,
    *,
    least_chunks: int = 1,
    most_chunks: int = 6,
    engine: str = "local",
    program: str = "benchmarks.restarts",
) -> Work:
    """Start a run again and again, kill it so many times, then let it end.

    Args:
        site: Site file.
        url: Of the database.
        kills: Attempts that are killed; fewer where the run is done before.
        seed: Of the moments.
        least_chunks: A run is not killed before it has said so many lines.
        most_chunks: Nor kept alive much longer than for so many.
        engine: Of the run.
        program: Module that is the run; takes ``--child SITE URL ENGINE`` and prints a line for each step.

    Raises:
        RuntimeError: An attempt failed by itself, or left processes behind when it was killed.
    """
    chance = random.Random(seed)
    work = Work(0, 0, [])
    while True:
        process = subprocess.Popen(
            [sys.executable, "-m", program, "--child", str(site), url, engine],
            cwd=Path(__file__).resolve().parents[1],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        last = work.kills >= kills
        patience = sys.maxsize if last else chance.randint(least_chunks, most_chunks)
        for _, _line in zip(range(patience), process.stdout, strict=False):
            work.chunks += 1
        if process.poll() is None and not last:
            time.sleep(chance.uniform(0.0, 0.5))
            kill(process.pid)
        _, complaint = process.communicate()
        if process.returncode == -signal.SIGKILL:
            work.kills += 1
            work.restarts.append(restart_point(url))
        elif process.returncode:
            raise RuntimeError(complaint)
        else:
            return work


def kill(number: int) -> None:
    """Kill a process and see that those which it started end by themselves.

    Raises:
        RuntimeError: They do not.
    """
    try:
        started = psutil.Process(number).children(recursive=True)
    except psutil.NoSuchProcess:  # It was done in this moment.
        return
    os.kill(number, signal.SIGKILL)
    until = time.monotonic() + PATIENCE_S
    while left := [one for one in started if not _has_ended(one)]:
        if time.monotonic() > until:
            raise RuntimeError(f"left behind: {left}")
        time.sleep(0.05)


def _has_ended(process: psutil.Process) -> bool:
    """Whether it is gone, or would be if somebody adopted it, which in many containers nobody does."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def child(site: Path, url: str, engine: str) -> None:
    """The run itself, saved often; prints a line for each chunk, or for each saving of a worker."""
    from pipeline.runner import camera_work, local

    local.SAVE_EVERY_S, camera_work.RESTART_EVERY_S = SAVE_EVERY_S, RESTART_EVERY_S
    tell_steps(site, url, engine)


def tell_steps(site: Path, url: str, engine: str) -> None:
    """Run, and print a line for each chunk, or for each saving of a worker."""
    from pipeline.configuration import load_configuration
    from pipeline.runner import camera_work, run_site
    from pipeline.runner.saving import Keeper, Saving

    # The same id in every database: then all rows must be the same.
    runs.secrets.token_hex = lambda size=None: "ab" * (size or 16)  # type: ignore[assignment]
    process, keep = camera_work.CameraWork.process, Keeper.keep

    def told(self: camera_work.CameraWork, chunk: Any) -> None:
        process(self, chunk)
        print(self.camera, flush=True)

    def kept(self: Keeper, saving: Saving) -> None:
        keep(self, saving)
        print(saving.camera, flush=True)

    if engine == "local":
        camera_work.CameraWork.process = told  # type: ignore[method-assign]
    else:
        Keeper.keep = kept  # type: ignore[method-assign]
    run_site(load_configuration(site, {"database": url, "runtime.engine": engine}))


def content(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the times of the clock on the wall."""
    with _reading(url) as connection:
        rows = {name: connection.execute(text(f"select * from {name}")) for name in TABLES}
        found = {name: sorted(map(tuple, result)) for name, result in rows.items()}
        return found | {"run": [tuple(row) for row in connection.execute(text(RUN))]}


def restart_point(url: str) -> int:
    """Frames that the next attempt need not look at again."""
    try:
        with _reading(url) as connection:
            texts = connection.execute(text("select checkpoint from progress")).scalars().all()
    except DatabaseError:  # killed before there was a database
        return 0
    checkpoints = [Checkpoint.from_text(one) for one in texts]
    return sum((one.memory or one).frames_read for one in checkpoints)


@contextmanager
def _reading(url: str) -> Iterator[Any]:
    database = Database.connect(DatabaseAddress.parse(url), "rw")
    try:
        with database.transaction() as connection:
            yield connection
    finally:
        database.close()


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Two empty databases."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'whole.db'}", f"sqlite:///{folder / 'killed.db'}"
        return
    import pgserver

    server = pgserver.get_server(folder / "server")
    try:
        for name in ("whole", "killed"):
            server.psql(f"CREATE DATABASE {name};")
        yield server.get_uri("whole"), server.get_uri("killed")
    finally:
        server.cleanup()


def report(work: Work, whole: Work, expected: dict[str, Any], found: dict[str, Any], wall_s: float) -> str:
    """What came out, as a table."""
    lines = [
        f"{name:14} {len(rows):5} rows  {_verdict(rows, found[name])}" for name, rows in expected.items()
    ]
    memories = [Checkpoint.from_text(row[-1]).memory for row in expected["progress"]]
    sizes = ", ".join(f"{len(one.state) / 1024:.0f} KiB" for one in memories if one)
    gained = sum(later > earlier for earlier, later in zip(work.restarts, work.restarts[1:], strict=False))
    return "\n".join(
        [
            f"{work.kills} kills, {wall_s:.0f} s; {whole.chunks} chunks without, {work.chunks} with them",
            f"{gained} of {work.kills - 1} attempts moved the restart point on",
            f"memory at the end: {sizes}",
            *lines,
        ]
    )


def _verdict(expected: list[Any], found: list[Any]) -> str:
    return "identical" if expected == found else f"DIFFERENT ({len(found)} rows)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--child", nargs=3, metavar=("SITE", "URL", "ENGINE"), help=argparse.SUPPRESS)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--engine", choices=("local", "processes", "ray"), default="local")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    if arguments.child:
        child(Path(arguments.child[0]), *arguments.child[1:])
        return
    with tempfile.TemporaryDirectory(prefix="restarts") as name:
        site = film(Path(name), arguments.seconds, arguments.seed)
        with databases(arguments.database, Path(name)) as (whole, killed):
            undisturbed = work_off(site, whole, 0, 0)
            started = time.monotonic()
            work = work_off(site, killed, arguments.kills, arguments.seed, engine=arguments.engine)
            wall_s = time.monotonic() - started
            expected, found = content(whole), content(killed)
            if arguments.engine != "local":
                # How long before its end a run decided last depends on when workers answer.
                expected, found = (
                    {**one, "run": [row[:3] for row in one["run"]]} for one in (expected, found)
                )
    print(report(work, undisturbed, expected, found, wall_s))
    sys.exit(expected != found)


if __name__ == "__main__":
    main()
