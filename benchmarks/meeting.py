"""When a chain that begins in the middle of footage comes to remember what one from its beginning does.

If that happened soon, a stretch could be worked off to its sightings before its turn, and be taken as it is
from the moment at which both chains are alike. Every so many seconds a chain begins that has seen nothing;
both get the same boxes. Alike are memories that go on in the same way: numbers of tracks are renamed, and
left out is what can play no part any more (`essence`).

    python -m benchmarks.meeting VIDEO_OR_SITE ... --every 10 --seconds 60
"""

import argparse
import json
import math
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.cameras import Chunk, Feeder, PreparedCamera, open_camera, prepare_cameras
from pipeline.configuration import load_configuration
from pipeline.stages import CameraChain
from pipeline.telemetry import StageClock
from tracking.arrays import Image
from tracking.memory import State, to_text
from tracking.seconds import MOST_S


def essence(state: State, longest_gap_s: float) -> str:
    """What of a chain's memory decides how it goes on.

    Args:
        state: Of a `CameraChain`.
        longest_gap_s: Between two pieces of one passage (`StitchSettings.max_gap_s`).
    """
    register, crops = state["_tracker"]["_register"], state["_crops"]["passages"]
    judge, now = state["_judge"], state["_last_time"]
    log, waiting, history = judge["_log"], judge["_waiting"], judge["_history"]
    tracks = {track["local_id"] for track in register["open"]}
    names = {one: number for number, one in enumerate(sorted({*tracks, *log["_rows"], *waiting, *crops}))}
    since = min((rows[0][0] for rows in log["_rows"].values()), default=math.inf)
    times, boxes = list(history["_times"]), list(history["_boxes"])
    # Of what lies before the oldest track the last moment counts, for the time that the next one stands for.
    first = next((number for number, time in enumerate(times) if time >= since), len(times))
    counted = list(judge["_counted"])
    while counted and counted[0].times[-1] < min(since, now) - max(longest_gap_s, MOST_S):
        counted.pop(0)
    checks = judge["_checked"] and now < judge["_checked_time"] + 1.0
    kept: dict[str, Any] = {
        "open": [{**track, "local_id": names[track["local_id"]]} for track in register["open"]],
        "log": {part: {names[one]: value for one, value in log[part].items()} for part in log},
        "waiting": {names[one]: replace(piece, local_id=names[one]) for one, piece in waiting.items()},
        "wheels": (times[max(first - 1, 0) :], boxes[first:]),
        "counted": counted,
        "checked": ([names[one] for one in judge["_checked"]], judge["_checked_time"] if checks else 0.0),
        "crops": {names[one]: value for one, value in crops.items()},
        "now": (now, register["_now"]),
    }
    return to_text(kept)


def meetings(footage: Path, every_s: float, seconds: float) -> list[tuple[float, int, float | None]]:
    """Begin a chain every so many seconds.

    Args:
        footage: A video, or a site file whose first camera is taken, with its region.
        every_s: Seconds of footage.
        seconds: So much of the footage is looked at.

    Returns:
        For each the second at which it began, the tracks that were open then, and the seconds after which it
        was like the one from the beginning; None for never.
    """
    camera, chunks = _open(footage)
    gap_s = camera.chain.rider.stitch.max_gap_s
    chain, begun, first = _chain(camera), dict[float, tuple[int, CameraChain]](), math.nan
    found: list[tuple[float, int, float | None]] = []
    for chunk in chunks:
        first = chunk.frames[0].time if math.isnan(first) else first
        at = chunk.frames[0].time - first
        if at > seconds:
            break
        if at >= every_s * (len(found) + len(begun) + 1):
            begun[at] = (chain.open_tracklets, _chain(camera))
        for frame, boxes in zip(chunk.frames, chunk.detections, strict=True):
            for one in (chain, *(other for _, other in begun.values())):
                one.process(frame, boxes)
        now, known = chunk.frames[-1].time - first, essence(chain.memory(), gap_s)
        for begin, (tracks, other) in list(begun.items()):
            if essence(other.memory(), gap_s) == known:
                found.append((begin, tracks, now - begin))
                del begun[begin]
    return sorted([*found, *((begin, tracks, None) for begin, (tracks, _) in begun.items())])


def _open(footage: Path) -> tuple[PreparedCamera, Iterator[Chunk]]:
    with tempfile.TemporaryDirectory(prefix="meeting") as folder:
        site = footage if footage.suffix == ".yaml" else _site_of(footage, Path(folder))
        configuration = load_configuration(site, {})
    camera, *_ = prepare_cameras(configuration)
    feeder = open_camera(camera, configuration.runtime, StageClock()).feeder
    feeder.start()
    return camera, _chunks(feeder)


def _chunks(feeder: Feeder) -> Iterator[Chunk]:
    while (chunk := feeder.next_chunk()) is not None:
        yield chunk


def _site_of(video: Path, folder: Path) -> Path:
    one = {"id": "A", "source": str(video.resolve()), "start": "2024-05-14T08:00:00"}
    site = folder / "site.yaml"
    site.write_text(json.dumps({"site": "a", "timezone": "UTC", "cameras": [one], "links": []}))
    return site


def _chain(camera: PreparedCamera) -> CameraChain:
    return CameraChain(camera.chain, _unblurred, StageClock())


def _unblurred(image: Image) -> Image:
    """Crops are compared by their place, and thrown away."""
    return image


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("footage", type=Path, nargs="+")
    parser.add_argument("--every", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    for footage in arguments.footage:
        print(footage, flush=True)
        for begin, tracks, after_s in meetings(footage, arguments.every, arguments.seconds):
            told = "never" if after_s is None else f"{after_s:.1f} s"
            print(f"  begun at {begin:5.1f} s with {tracks} tracks open: alike after {told}", flush=True)


if __name__ == "__main__":
    main()
