"""The program as whole processes, in turns with itself looking at every frame, and with ultralytics.

Each contender reads the same clips on the same machine. ``default`` and ``every_frame`` are ``pipeline
run`` with the shipped detector, ``yolo`` and ``yolo_every_frame`` with the weights given by ``--weights``,
``bytetrack`` and ``botsort`` are ``YOLO(weights).track`` with its default settings, counting the tracks of
persons that were seen together with a bicycle (needs ``pip install lap``). ``before`` is ``pipeline run`` of
another checkout, given by ``--before``. A process is started anew for each clip and round, and what the
operating system says of it counts.

    python -m benchmarks.end_to_end CLIP... --weights yolov8n_int8.onnx --rounds 3
    python -m benchmarks.end_to_end sample/site.yaml --before OLD_CHECKOUT --contenders default before
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.sources.files import SourceFiles
from pipeline.sources.probe import probe

OURS = {
    "default": {},
    "every_frame": {"attention": {"every_frame": True}},
    "before": {},
    "yolo": {},
    "yolo_every_frame": {"attention": {"every_frame": True}},
}
PEERS = ("bytetrack", "botsort")
_PEER = """
import sys
from ultralytics import YOLO, settings
settings.update({"sync": False})
persons, bicycles = set(), []
for result in YOLO(sys.argv[1], task="detect").track(
    sys.argv[2], tracker=sys.argv[3] + ".yaml", stream=True, verbose=False, persist=True
):
    boxes = result.boxes
    if boxes.id is None:
        continue
    wheels = boxes.xyxy[boxes.cls == 1]
    for one, number in zip(boxes.xyxy[boxes.cls == 0], boxes.id[boxes.cls == 0]):
        for other in wheels:
            across = min(one[2], other[2]) - max(one[0], other[0])
            down = min(one[3], other[3]) - max(one[1], other[1])
            if across > 0 and down > 0:
                persons.add(int(number))
print(len(persons))
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One process.

    Attributes:
        clip: Name of the clip.
        contender: Who read it.
        frames: Frames of the clip.
        seconds: Length of the clip.
        wall_s: Seconds from start to end.
        core_s: Processor seconds, user and system.
        peak_mb: Largest memory it held.
        counted: Cyclists it counted.
    """

    clip: str
    contender: str
    frames: int
    seconds: float
    wall_s: float
    core_s: float
    peak_mb: float
    counted: int


def command(contender: str, clip: Path, weights: Path | None, folder: Path) -> list[str]:
    """The process of a contender; ours leave a database in the folder."""
    if contender in PEERS:
        return [sys.executable, "-c", _PEER, str(weights), str(clip), contender]
    (folder / "site.yaml").write_text(yaml.safe_dump({**site_of(clip), **OURS[contender]}))
    given = ["--detector", str(weights)] if contender.startswith("yolo") else []
    run = "from pipeline.commands import main; main()"
    database = ["--database", str(folder / "flows.db")]
    return [sys.executable, "-c", run, "run", "--cameras", str(folder / "site.yaml"), *database, *given]


def site_of(clip: Path) -> dict[str, Any]:
    """The site that a file describes, its recordings by whole paths; or one camera that recorded a clip."""
    if clip.suffix != ".yaml":
        camera = {"id": "A", "source": str(clip), "start": "2024-05-14T08:00:00"}
        return {"site": "clip", "timezone": "UTC", "cameras": [camera], "links": []}
    site = yaml.safe_load(clip.read_text("utf-8"))
    cameras = [{**one, "source": str(clip.parent / one["source"])} for one in site["cameras"]]
    return {**site, "cameras": cameras}


def length(clip: Path) -> tuple[int, float]:
    """Frames and seconds of all cameras of a clip or site."""
    sources = [Path(camera["source"]) for camera in site_of(clip)["cameras"]]
    headers = [probe(SourceFiles(source.name, source)).header for source in sources]
    return sum(one.frames or 0 for one in headers), sum(one.duration_s or 0.0 for one in headers)


def measure(contender: str, clip: Path, weights: Path | None, checkout: Path) -> Measured:
    """Start one process in a checkout, whose program it then is, and wait for its end.

    Raises:
        SystemExit: It failed.
    """
    frames, seconds = length(clip)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "YOLO_OFFLINE": "true", "PYTHONPATH": str(checkout)}
        with (folder / "said").open("w+") as said:
            begun = time.perf_counter()
            line = command(contender, clip, weights, folder)
            process = subprocess.Popen(
                line, stdout=said, stderr=subprocess.STDOUT, env=environment, cwd=checkout
            )
            _, status, used = os.wait4(process.pid, 0)
            wall_s = time.perf_counter() - begun
            said.seek(0)
            text = said.read()
        if status:
            raise SystemExit(f"{contender} failed on {clip.name}:\n{text[-2000:]}")
        counted = int(text.split()[-1]) if contender in PEERS else stored(folder / "flows.db", checkout)
    core_s = used.ru_utime + used.ru_stime
    return Measured(clip.name, contender, frames, seconds, wall_s, core_s, used.ru_maxrss / 1024, counted)


def stored(database: Path, checkout: Path) -> int:
    """Cyclists that a run of a checkout left in its database."""
    asked = ["stats", "counts", "--database", str(database), "--interval", "total"]
    code = "from pipeline.commands import main; main()"
    line = [sys.executable, "-c", code, *asked, "--min-count", "1", "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    told = subprocess.run(line, check=True, capture_output=True, text=True, cwd=checkout, env=environment)
    rows = json.loads(told.stdout)
    return sum(row["cyclists"] or 0 for row in rows)


def table(found: list[Measured]) -> Iterator[str]:
    """Medians over the rounds as Markdown."""
    yield "| clip | program | frames/s | video s / core s | core s | peak MB | counted |"
    yield "|---|---|---|---|---|---|---|"
    for clip, contender in dict.fromkeys((one.clip, one.contender) for one in found):
        mine = [one for one in found if (one.clip, one.contender) == (clip, contender)]
        wall_s = statistics.median(one.wall_s for one in mine)
        core_s = statistics.median(one.core_s for one in mine)
        peak = statistics.median(one.peak_mb for one in mine)
        counted = ", ".join(str(one) for one in sorted({one.counted for one in mine}))
        first = mine[0]
        yield (
            f"| {clip} | {contender} | {first.frames / wall_s:.1f} | {first.seconds / core_s:.2f} "
            f"| {core_s:.1f} | {peak:.0f} | {counted} |"
        )


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path, help="recordings; for our own program also site files")
    parser.add_argument("--weights", type=Path, help="of an exported YOLO model, for all but the shipped one")
    parser.add_argument("--before", type=Path, help="checkout whose program is the contender `before`")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--contenders", nargs="+", choices=[*OURS, *PEERS], default=["default", "every_frame"]
    )
    parser.add_argument("--json", type=Path, help="file for every single measurement")
    asked = parser.parse_args()
    if "before" in asked.contenders and asked.before is None:
        parser.error("the contender `before` needs --before CHECKOUT")
    found = []
    for number in range(asked.rounds):
        for clip in asked.clips:
            for contender in asked.contenders:
                checkout = asked.before if contender == "before" else Path.cwd()
                found.append(measure(contender, clip.resolve(), asked.weights, checkout.resolve()))
                print(f"round {number + 1}: {found[-1]}", file=sys.stderr, flush=True)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in found], indent=2))
    print("\n".join(table(found)))


if __name__ == "__main__":
    main()
