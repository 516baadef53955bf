"""A live run in real time over RTSP cameras that fail: do memory, threads and open files stay as they are?

A street is simulated once and played by one RTSP server for each camera (``benchmarks/rtsp_camera.py``,
which needs Debian's gir1.2-gst-rtsp-server-1.0). At seeded moments a camera is killed for some seconds,
stands still with its socket open, comes back with pictures of another size, or lies about its clock and its
stamps; the program itself is the one that users start. Every recording also ends by itself and begins anew.
Each kind of event happens once within the first tenth of the time, each to another camera, in an order that
is drawn: what a program needs when it first meets one of them is no growth.

    python -m benchmarks.soak --minutes 60 --csv soak.csv
"""

import argparse
import csv
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import yaml

from simulation.film import write_film

ROOT = Path(__file__).resolve().parents[1]
SYSTEM_PYTHON = "/usr/bin/python3"
EVERY_S = 45.0
"""Mean time between two events, over all cameras."""
SAMPLE_S = 5.0
START_S = 10.0
"""Until the program has loaded what it needs."""
FPS = 5.0
SIZES = ("large", "small")
KINDS = ("outage", "halt", "resolution", "lie")


class Sample(NamedTuple):
    """What a process holds at one moment."""

    seconds: float
    memory_kb: int
    threads: int
    files: int


def sample(process: int, seconds: float) -> Sample:
    """Ask the operating system."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    status = dict(line.split(":", 1) for line in lines)
    files = sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())
    return Sample(seconds, int(status["VmRSS"].split()[0]), int(status["Threads"]), files)


@dataclass
class Camera:
    """One RTSP server, which may be killed, halted and begun anew on the same port.

    Attributes:
        recordings: Folder of its films, one of each size.
        name: Camera id.
        size: Of which it is now.
        jumps_every_s: Its stamps jump so often; 0 for an honest one.
    """

    recordings: Path
    name: str
    size: str = SIZES[0]
    jumps_every_s: int = 0
    port: str = "0"
    _server: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    def start(self) -> None:
        """Serve, on the port that it had before."""
        film = self.recordings / f"{self.size}_{self.name}.mp4"
        command = [SYSTEM_PYTHON, str(ROOT / "benchmarks/rtsp_camera.py"), str(film), self.port]
        self._server = subprocess.Popen(
            [*command, str(self.jumps_every_s)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._server.stdout is not None
        self.port = self._server.stdout.readline().strip()
        if not self.port:
            raise SystemExit("no RTSP server: install gir1.2-gst-rtsp-server-1.0 and its plugins")

    def signal(self, number: signal.Signals) -> None:
        """To the server."""
        assert self._server is not None
        self._server.send_signal(number)

    def kill(self) -> None:
        """Let it be gone."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()


def film(folder: Path, cameras: int, seconds: float) -> list[str]:
    """Simulate the street, in two sizes.

    Returns:
        Camera ids; the site file is ``site.yaml``.
    """
    command = [sys.executable, "-c", "from pipeline.commands import main; main()", "simulate", str(folder)]
    options = ["--cameras", str(cameras), "--minutes", str(seconds / 60), "--riders-per-hour", "900"]
    subprocess.run([*command, *options, "--fps", str(FPS), "--size", "480x270"], cwd=ROOT, check=True)
    names = [camera["id"] for camera in yaml.safe_load((folder / "site.yaml").read_text())["cameras"]]
    for name in names:
        (folder / f"camera_{name}.mp4").rename(folder / f"large_{name}.mp4")
        with av.open(str(folder / f"large_{name}.mp4")) as source:
            small = [
                frame.to_ndarray(width=320, height=180, format="bgr24") for frame in source.decode(video=0)
            ]
        times = np.arange(len(small)) / FPS
        write_film(folder / f"small_{name}.mp4", small, times, size=(320, 180), quality=26)
    return names


def write_site(folder: Path, cameras: list[Camera]) -> Path:
    """The simulated site, its cameras being streams."""
    site = yaml.safe_load((folder / "site.yaml").read_text())
    for entry, camera in zip(site["cameras"], cameras, strict=True):
        entry["source"] = f"rtsp://viewer:secret@127.0.0.1:{camera.port}/a"
        del entry["start"]
    site |= {"detector": {"name": "motion"}, "encoder": {"name": "colour_stripes"}}
    site["database"] = f"sqlite:///{folder / 'flows.db'}"
    path = folder / "live.yaml"
    path.write_text(yaml.safe_dump(site))
    return path


Event = tuple[str, Camera, float, float, Callable[[], None]]
"""Its name, to whom, for how long, how long until the next one, both in seconds, and what ends it."""


def events(chance: random.Random, cameras: list[Camera], tenth_s: float) -> Iterator[Event]:
    """What happens next, from the moment on that it is asked for."""
    lap_s = tenth_s / (len(KINDS) + 1)
    for kind, camera in zip(chance.sample(KINDS, len(KINDS)), _in_turn(chance, cameras), strict=False):
        yield kind, camera, lap_s / 2, lap_s / 2, _disturb(kind, camera)
    while True:
        kind, camera = chance.choice(KINDS), chance.choice(cameras)
        yield kind, camera, chance.uniform(4.0, 40.0), chance.expovariate(1 / EVERY_S), _disturb(kind, camera)


def _in_turn(chance: random.Random, cameras: list[Camera]) -> Iterator[Camera]:
    while True:
        yield from chance.sample(cameras, len(cameras))


def _disturb(kind: str, camera: Camera) -> Callable[[], None]:
    """Do it; what ends it."""
    if kind == "halt":
        camera.signal(signal.SIGSTOP)
        return partial(camera.signal, signal.SIGCONT)
    camera.kill()
    if kind == "resolution":
        camera.size = SIZES[1 - SIZES.index(camera.size)]
    if kind == "lie":
        camera.jumps_every_s = 0 if camera.jumps_every_s else 20
    return camera.start


@dataclass
class Soak:
    """The run: what was sampled and what happened."""

    minutes: float
    seed: int
    samples: list[Sample] = field(default_factory=list)
    happened: dict[str, int] = field(default_factory=dict)

    def work(self, process: int, cameras: list[Camera]) -> None:
        """Let things happen, one at a time, until the time is over."""
        chance, began = random.Random(self.seed), time.monotonic()
        coming, then_s = events(chance, cameras, 6 * self.minutes), 0.0
        end_it: Callable[[], None] | None = None
        due = began + SAMPLE_S
        while (now := time.monotonic()) - began < 60 * self.minutes:
            if now >= due and end_it is None:
                kind, camera, length_s, then_s, end_it = next(coming)
                self.happened[kind] = self.happened.get(kind, 0) + 1
                print(f"{now - began:7.0f} s  camera {camera.name}: {kind}, {length_s:.0f} s", flush=True)
                due = now + length_s
            elif now >= due and end_it is not None:
                end_it()
                end_it, due = None, now + then_s
            self.samples.append(sample(process, now - began))
            time.sleep(SAMPLE_S)
        if end_it is not None:
            end_it()

    def table(self) -> Iterator[str]:
        """Least, most and last of each measure behind the first tenth, against the most within it."""
        tenth = self.samples[-1].seconds / 10
        early = [one for one in self.samples if one.seconds <= tenth]
        late = [one for one in self.samples if one.seconds > tenth]
        yield "| | most in the first tenth | most after it | at the end | growth |"
        yield "|---|---:|---:|---:|---:|"
        for name, unit in (("memory_kb", 1024), ("threads", 1), ("files", 1)):
            most, later = (max(getattr(one, name) for one in part) / unit for part in (early, late))
            last = getattr(self.samples[-1], name) / unit
            growth = f"{100 * (later / most - 1):+.1f} %"
            yield f"| {name.split('_')[0]} | {most:.0f} | {later:.0f} | {last:.0f} | {growth} |"
        tenths: dict[int, int] = {}
        for one in self.samples:
            number = min(int(one.seconds // tenth), 9)
            tenths[number] = max(tenths.get(number, 0), one.memory_kb)
        yield "most memory of each tenth, MB: " + ", ".join(f"{tenths[n] / 1024:.0f}" for n in sorted(tenths))


def account(folder: Path) -> Iterator[str]:
    """Of each camera: riders, seconds watched and not, by reason."""
    connection = sqlite3.connect(folder / "flows.db")
    riders = dict(
        connection.execute("select name, count(*) from sighting join camera using (camera_id) group by 1")
    )
    seen = (
        "select name, sum(end_time - start_time) / 1e6 from coverage join camera using (camera_id) group by 1"
    )
    missed = (
        "select name, reason, sum(end_time - start_time) / 1e6 from unobserved join camera using (camera_id)"
        " group by 1, 2"
    )
    reasons = connection.execute(missed).fetchall()
    for name, seconds in connection.execute(seen):
        told = ", ".join(f"{reason} {lost:.0f} s" for camera, reason, lost in reasons if camera == name)
        yield f"camera {name}: {riders.get(name, 0)} riders, watched {seconds:.0f} s; {told}"


def main() -> None:
    """Play, disturb, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--csv", type=Path, help="also write every sample to this file")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak") as name:
        folder = Path(name)
        cameras = [Camera(folder, one) for one in film(folder, asked.cameras, 90.0)]
        for camera in cameras:
            camera.start()
        command = [sys.executable, "-c", "from pipeline.commands import main; main()", "run", "--live"]
        command += ["--metrics-address", "127.0.0.1:0", "--cameras", str(write_site(folder, cameras))]
        log = (folder / "log").open("w")
        program = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        soak = Soak(asked.minutes, asked.seed)
        try:
            time.sleep(START_S)
            soak.work(program.pid, cameras)
            program.send_signal(signal.SIGTERM)
            code = program.wait(60)
        finally:
            program.kill()
            for camera in cameras:
                camera.kill()
        if asked.csv:
            with asked.csv.open("w", newline="") as file:
                csv.writer(file).writerows([Sample._fields, *soak.samples])
        said = (folder / "log").read_text()
        print(*soak.table(), *account(folder), sep="\n")
        print(f"events: {soak.happened}; exit code {code}; a password was said: {'secret' in said}")
        print("\n".join(said.splitlines()[-25:]))
        sys.exit(code)


if __name__ == "__main__":
    main()
