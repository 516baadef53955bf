"""Memory of a run: at its peak, with one camera and with more, and over a long recording.

A short clip of each camera is repeated to a recording of the length asked for, without coding it anew, and
each number of cameras is worked off by a process of its own. The memory is what the operating system says.

    python -m benchmarks.memory sample/camera_[ABC].mp4 --minutes 5 --cameras 1 2 3
    python -m benchmarks.memory quiet/camera_A.mp4 --minutes 60 --set attention.quiet_rate=0.25
"""

import argparse
import math
import multiprocessing
import resource
import tempfile
from collections.abc import Iterator
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

import av
import yaml

from pipeline.configuration import parse_assignments

Held = dict[int, float]
"""Whole minute of the footage → MB held when it was reached, least of all cameras."""


def repeat(clip: Path, to: Path, minutes: float) -> None:
    """Write a clip one time behind the other until it is long enough, its packets as they are."""
    with av.open(str(to), "w") as target:
        copied, begin = None, 0
        while True:
            with av.open(str(clip)) as source:
                stream = source.streams.video[0]
                copied = copied or target.add_stream_from_template(stream)
                assert stream.time_base is not None
                step = round(1 / (stream.average_rate or 25) / stream.time_base)
                last = begin
                for packet in source.demux(stream):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts, packet.dts, packet.stream = packet.pts + begin, packet.dts + begin, copied
                    last = max(last, packet.pts)
                    target.mux(packet)
                begin = last + step
                if begin * stream.time_base >= 60 * minutes:
                    return


def held_mb() -> float:
    """Memory that this process holds now."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def work_off(
    folder: Path, cameras: int, given: dict[str, Any], told: "SimpleQueue[tuple[Held, float]]"
) -> None:
    """Count the cameras of a folder; tell what was held at each minute, and the peak."""
    from pipeline.cameras import Chunk
    from pipeline.configuration import load_configuration
    from pipeline.runner import run_site
    from pipeline.runner.camera_work import CameraWork

    held: Held = {}
    reached: dict[str, float] = {}
    first: list[float] = []
    process = CameraWork.process

    def noted(work: CameraWork, chunk: Chunk) -> None:
        process(work, chunk)
        time = chunk.frames[-1].time
        first[:] = first or [chunk.frames[0].time]
        reached[work.camera] = time
        if len(reached) == cameras:
            held.setdefault(math.floor((min(reached.values()) - first[0]) / 60), held_mb())

    CameraWork.process = noted  # type: ignore[method-assign]
    named = {**given, "database": f"{folder}/{cameras}.db"}
    run_site(load_configuration(folder / f"{cameras}.yaml", named))
    told.put((held, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def measure(folder: Path, cameras: int, given: dict[str, Any]) -> tuple[Held, float]:
    """Work off so many cameras of the folder in a process of its own."""
    entries = [{"id": f"C{n}", "source": f"{n}.mp4", "start": "2024-05-14T08:00:00"} for n in range(cameras)]
    site = {"site": "memory", "timezone": "UTC", "cameras": entries, "links": []}
    (folder / f"{cameras}.yaml").write_text(yaml.safe_dump(site))
    context = multiprocessing.get_context("spawn")
    told = context.SimpleQueue()
    child = context.Process(target=work_off, args=(folder, cameras, given, told))
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(f"the run of {cameras} cameras failed")
    return told.get()


def table(found: dict[int, tuple[Held, float]]) -> Iterator[str]:
    """Peak, and growth behind the tenth minute where there is one, as Markdown."""
    yield "| cameras | MB after 1 minute | after 10 minutes | at the end | growth since | peak |"
    yield "|---:|---:|---:|---:|---:|---:|"
    for cameras, (held, peak) in found.items():
        early, late = held.get(10), held[max(held)]
        growth = "" if early is None else f"{100 * (late / early - 1):+.1f} %"
        tenth = "" if early is None else f"{early:.0f}"
        yield f"| {cameras} | {held.get(1, late):.0f} | {tenth} | {late:.0f} | {growth} | {peak:.0f} |"


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path, help="one for each camera: none shares its footage")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--cameras", nargs="+", type=int, default=[1])
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="as for pipeline run")
    asked = parser.parse_args()
    given = parse_assignments(asked.set)
    with tempfile.TemporaryDirectory() as name:
        for number, clip in enumerate(asked.clips[: max(asked.cameras)]):
            repeat(clip, Path(name) / f"{number}.mp4", asked.minutes)
        found = {cameras: measure(Path(name), cameras, given) for cameras in asked.cameras}
    print("\n".join(table(found)))


if __name__ == "__main__":
    main()
